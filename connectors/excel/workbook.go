package excel

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"kartoteka/connectors"
	"kartoteka/connectors/sniff"
)

// Limits of a workbook: bytes of an unpacked part, and things that Excel itself keeps to.
const (
	maxPart   = 8 << 30
	maxStyles = 64 << 10
	maxSheets = 1000
	maxMerged = 200_000 // merged cells of all sheets
)

// sheet is one sheet of a workbook.
type sheet struct {
	name   string
	part   *zip.File
	hidden bool
	filled bool   // has a cell with a value
	merged []area // merged cells
}

// area is a merged range; all ends inclusive, columns from 0, rows from 1.
type area struct{ top, bottom, left, right int }

// workbook is an opened xlsx file.
type workbook struct {
	in       *connectors.Input
	parts    map[string]*zip.File
	sheets   []*sheet
	from1904 bool
	styles   []style
	texts    sharedTexts // shared strings
	merged   int         // of all sheets
}

func openWorkbook(in *connectors.Input) (*workbook, error) {
	z, err := sniff.OpenZip(in)
	if err != nil {
		return nil, err
	}
	w := &workbook{in: in, parts: map[string]*zip.File{}}
	for _, f := range z.File {
		w.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, "\\", "/"), "/"))] = f
		if sniff.Bomb(f, maxPart) {
			return nil, fmt.Errorf("%w: %s unpacks to a multiple of its size, like a zip bomb; save it anew in Excel or LibreOffice", connectors.ErrInput, in.Name)
		}
	}
	for _, step := range []func() error{w.readSheets, w.readStyles, w.readStrings, w.survey} {
		if err := step(); err != nil {
			return nil, errors.Join(w.broken(err), w.texts.Close())
		}
	}
	return w, nil
}

func (w *workbook) broken(err error) error { return w.in.Broken(err) }

// each walks through the start tags of a part; a part that is missing has none.
func (w *workbook) each(name string, visit func(*scan) error) error {
	f := w.parts[name]
	if f == nil {
		return nil
	}
	return eachTag(f, maxPart, visit)
}

func eachTag(f *zip.File, limit int64, visit func(*scan) error) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	s := newScan(io.LimitReader(r, limit))
	for {
		if err := s.next(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if s.kind == startTag {
			if err := visit(s); err != nil {
				return err
			}
		}
	}
}

func (w *workbook) readSheets() error {
	targets := map[string]string{}
	err := w.each("xl/_rels/workbook.xml.rels", func(s *scan) error {
		if string(s.name) == "Relationship" && len(targets) < 10*maxSheets {
			target := s.attr("Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[s.attr("Id")] = strings.ToLower(strings.TrimPrefix(target, "/"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.each("xl/workbook.xml", func(s *scan) error {
		switch string(s.name) {
		case "workbookPr":
			v := s.attr("date1904")
			w.from1904 = v == "1" || v == "true"
		case "sheet":
			state := s.attr("state")
			part := w.parts[targets[s.attr("id")]]
			if part != nil && len(w.sheets) < maxSheets {
				w.sheets = append(w.sheets, &sheet{name: s.attr("name"), part: part, hidden: state == "hidden" || state == "veryHidden"})
			}
		}
		return nil
	})
}

func (w *workbook) readStyles() error {
	codes := map[int]string{}
	inside := false
	return w.each("xl/styles.xml", func(s *scan) error {
		switch string(s.name) {
		case "numFmt":
			if id, err := strconv.Atoi(s.attr("numFmtId")); err == nil && len(codes) < maxStyles {
				codes[id] = s.attr("formatCode")
			}
		case "cellXfs":
			inside = true
		case "cellStyles", "cellStyleXfs", "dxfs":
			inside = false
		case "xf":
			if !inside || len(w.styles) == maxStyles {
				return nil
			}
			id, _ := strconv.Atoi(s.attr("numFmtId"))
			code, custom := codes[id]
			w.styles = append(w.styles, style{date: custom && dateFormat(code) || !custom && builtinDate(id), zeros: zeroFormat(code)})
		case "alignment":
			if inside && len(w.styles) > 0 {
				w.styles[len(w.styles)-1].indent, _ = strconv.Atoi(s.attr("indent"))
			}
		}
		return nil
	})
}

// readStrings keeps the shared strings; phonetic hints are left out.
func (w *workbook) readStrings() error {
	f := w.parts["xl/sharedstrings.xml"]
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	s := newScan(r)
	for {
		if err := s.next(); err != nil {
			if errors.Is(err, io.EOF) {
				return w.texts.flush()
			}
			return err
		}
		if s.kind == startTag && string(s.name) == "si" {
			text, err := richText(s)
			if err != nil {
				return err
			}
			if err := w.texts.add(text); err != nil {
				return err
			}
		}
	}
}

// richText joins the runs of the element that was just opened.
func richText(s *scan) (string, error) {
	s.joined = s.joined[:0]
	depth := s.depth - 1
	taking, phonetic := false, false
	for {
		if err := s.next(); err != nil {
			return "", cut(err)
		}
		switch s.kind {
		case startTag:
			phonetic = phonetic || string(s.name) == "rPh"
			taking = string(s.name) == "t" && !phonetic
		case text:
			if taking {
				if err := s.join(); err != nil {
					return "", err
				}
			}
		case endTag:
			taking = false
			if string(s.name) == "rPh" {
				phonetic = false
			}
			if s.depth == depth {
				return control(string(s.joined)), nil
			}
		}
	}
}

// control undoes _x000D_, as characters that XML cannot hold are written.
func control(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(s, "_x") {
		b.WriteString(s[:i])
		if len(s) >= i+7 && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				s = s[i+7:]
				continue
			}
		}
		b.WriteString("_x")
		s = s[i+2:]
	}
	return b.String() + s
}

// survey reads each visible sheet once for its merged cells, which stand behind the rows, and so
// finds out before anything is delivered whether the file is whole.
func (w *workbook) survey() error {
	for _, sh := range w.sheets {
		if sh.hidden {
			continue
		}
		err := eachTag(sh.part, maxPart, func(s *scan) error {
			switch string(s.name) {
			case "v", "t":
				sh.filled = true
			case "mergeCell":
				if a, ok := parseArea(s.attr("ref")); ok && w.merged < maxMerged {
					w.merged++
					sh.merged = append(sh.merged, a)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func parseArea(ref string) (area, bool) {
	from, to, found := strings.Cut(ref, ":")
	left, top := coordinates(from)
	right, bottom := coordinates(to)
	return area{top, bottom, left, right}, found && top > 0 && left >= 0 && bottom >= top && right >= left
}

// coordinates reads B12 as column 1, row 12; a reference that is none has row 0.
func coordinates(ref string) (column, row int) {
	column = -1
	i := 0
	for ; i < len(ref) && i < 3 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		column = (column+1)*26 + int(ref[i]-'A')
	}
	row, err := strconv.Atoi(ref[i:])
	if err != nil || column < 0 || row < 1 {
		return -1, 0
	}
	return column, row
}

func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
