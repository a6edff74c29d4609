package mapping

import (
	"path/filepath"
	"regexp"
	"strings"

	"kartoteka/customer"
)

var (
	packedRE  = regexp.MustCompile(`(?i)\.(gz|zip|bz2|zst|xz|csv|tsv|txt|jsonl|json|ndjson|xlsx|xlsm|xls|ods|xml|dbf|vcf|ldif)$`)
	copyRE    = regexp.MustCompile(`(?i)\s*(\(\d+\)|\(copy\)|\(копия\)|[-–—_ ]+(copy|копия|копія)(\s*\(?\d*\)?)?|^(copy of|копия|копія)\s+)`)
	dateAtRE  = regexp.MustCompile(`(^|[^0-9])((19|20)\d\d[-_.]?(0[1-9]|1[0-2])([-_.]?(0[1-9]|[12]\d|3[01]))?([-_T ]?\d{2}[-_.:]?\d{2}([-_.:]?\d{2})?)?|(0?[1-9]|[12]\d|3[01])[-_.](0?[1-9]|1[0-2])[-_.](19|20)?\d\d|(19|20)\d\d)(?P<end>[^0-9]|$)`)
	versionRE = regexp.MustCompile(`(?i)(^|[\s_.-])(v\d+(\.\d+)*|ver\.?\s*\d*|версия\s*\d*|final|финал|итог|new|новый|новая|old|старый|latest|последний|последняя|draft|черновик|backup|bak|export|выгрузка|dump|исправленный|испр|tmp|full|delta)([\s_.-]|$)`)
)

// SourceName makes the name of a source from the path of a dropped file: its base name
// without extensions, dates, copy marks and version words; "file" if nothing remains.
func SourceName(path string) customer.Source {
	s := filepath.Base(filepath.ToSlash(path))
	for packedRE.MatchString(s) {
		s = packedRE.ReplaceAllString(s, "")
	}
	for {
		before := s
		s = copyRE.ReplaceAllString(s, "")
		s = dateAtRE.ReplaceAllString(s, "${1} ${end}")
		s = versionRE.ReplaceAllString(s, "$1")
		if s = strings.Trim(s, " _-.,()"); s == before {
			break
		}
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '/' || r == '\\' || r == '\u00a0' }), "-")
	if s == "" {
		return "file"
	}
	return customer.Source(strings.ToLower(s))
}
