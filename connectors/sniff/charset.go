package sniff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
)

// Charsets that are told apart, by their usual names.
const (
	UTF8    = "utf-8"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
	CP1251  = "windows-1251"
	KOI8R   = "koi8-r"
	KOI8U   = "koi8-u"
	CP866   = "cp866"
	CP1252  = "windows-1252"
)

var pages = map[string]*charmap.Charmap{
	CP1251: charmap.Windows1251, KOI8R: charmap.KOI8R, KOI8U: charmap.KOI8U, CP866: charmap.CodePage866, CP1252: charmap.Windows1252,
	"ibm866": charmap.CodePage866, "cp1251": charmap.Windows1251, "cp1252": charmap.Windows1252, "iso-8859-1": charmap.Windows1252,
	"iso-8859-5": charmap.ISO8859_5, "x-mac-cyrillic": charmap.MacintoshCyrillic,
}

// Charset finds the charset of a text: byte order mark, then UTF-16 by its zero or 04
// bytes, then UTF-8 if most lines that could tell are valid, then the code page whose
// letters are the likeliest in Russian, Ukrainian or a Western language.
func Charset(sample []byte) string {
	switch {
	case bytes.HasPrefix(sample, []byte("\xef\xbb\xbf")):
		return UTF8
	case bytes.HasPrefix(sample, []byte("\xff\xfe")):
		return UTF16LE
	case bytes.HasPrefix(sample, []byte("\xfe\xff")):
		return UTF16BE
	}
	if c := wide(sample); c != "" {
		return c
	}
	if mostlyUTF8(sample) {
		return UTF8
	}
	best, name := math.Inf(-1), CP1251
	for _, c := range []string{CP1251, KOI8R, KOI8U, CP866, CP1252} { // the first wins a tie
		if s := likelihood(pages[c], sample); s > best+1e-9 {
			best, name = s, c
		}
	}
	return name
}

// wide recognizes UTF-16 without a mark: every second byte is 00 or 04.
func wide(sample []byte) string {
	n := len(sample) / 2
	if n < 4 {
		return ""
	}
	var high [2]int // at even places, at odd places
	zeros := 0
	for i := range 2 * n {
		if sample[i] == 0 || sample[i] == 4 {
			high[i&1]++
		}
		if sample[i] == 0 {
			zeros++
		}
	}
	switch {
	case zeros*20 < n:
		return ""
	case high[1]*10 > n*8 && high[0]*10 < n*3:
		return UTF16LE
	case high[0]*10 > n*8 && high[1]*10 < n*3:
		return UTF16BE
	}
	return ""
}

// mostlyUTF8 counts lines with letters beyond ASCII; the last line may be cut.
func mostlyUTF8(sample []byte) bool {
	good, bad := 0, 0
	for len(sample) > 0 {
		line, rest, ended := bytes.Cut(sample, []byte{'\n'})
		sample = rest
		switch {
		case plain(line):
		case utf8.Valid(line) || !ended && utf8.Valid(trimCut(line)):
			good++
		default:
			bad++
		}
	}
	return bad <= good
}

func trimCut(line []byte) []byte {
	for range min(3, len(line)) {
		if r, size := utf8.DecodeLastRune(line); r != utf8.RuneError || size > 1 {
			break
		}
		line = line[:len(line)-1]
	}
	return line
}

// plain reports whether a text is ASCII, eight bytes at a time.
func plain(line []byte) bool {
	for ; len(line) >= 8; line = line[8:] {
		if binary.LittleEndian.Uint64(line)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, b := range line {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// frequency holds letters from the most to the least frequent one, Russian with the Ukrainian
// ones mixed in; an unlisted letter scores as rare.
const frequency = "оаеинтсрвлкмдпуяыьгзбчйхжшюіцщэїфєъґё"

// likelihood is the mean score of the bytes beyond ASCII.
func likelihood(page *charmap.Charmap, sample []byte) float64 {
	var table [256]rune
	var worth [256]float64
	for b := range 256 {
		table[b] = page.DecodeByte(byte(b))
		worth[b] = letterWorth(table[b])
	}
	sum, n := 0.0, 0
	before := ' '
	for _, b := range sample {
		r := table[b]
		if b >= utf8.RuneSelf {
			n++
			sum += worth[b] + neighbors(before, r)
		} else if unicode.Is(unicode.Cyrillic, before) && r < utf8.RuneSelf && unicode.IsLetter(r) {
			sum -= 3
		}
		before = r
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

func letterWorth(r rune) float64 {
	switch low := unicode.ToLower(r); {
	case r == utf8.RuneError || unicode.IsControl(r):
		return -6
	case unicode.Is(unicode.Cyrillic, r):
		i := strings.IndexRune(frequency, low) / 2
		if i < 0 {
			return -2
		}
		return 3 - float64(i)*0.12
	case strings.ContainsRune("№«»—–…’“” \u00a0", r):
		return 1
	case unicode.IsLetter(r):
		return 1
	}
	return -3
}

// neighbors punishes what words do not do: a capital after a small letter, two alphabets in
// one word, two accented Latin letters in a row.
func neighbors(before, r rune) float64 {
	if !unicode.IsLetter(r) || !unicode.IsLetter(before) {
		return 0
	}
	cyr, cyrBefore := unicode.Is(unicode.Cyrillic, r), unicode.Is(unicode.Cyrillic, before)
	switch {
	case cyr != cyrBefore:
		return -3
	case !cyr && before >= utf8.RuneSelf:
		return -3
	case unicode.IsUpper(r) && unicode.IsLower(before):
		return -3
	case !cyr:
		return 1.5
	}
	return 0
}

// Decode reads text of a charset as UTF-8, without a byte order mark. Bytes that the charset
// does not have become U+FFFD; in UTF-8 they stay as they are, for the parser to reject their row.
func Decode(charset string, r io.Reader) (io.Reader, error) {
	switch charset = strings.ToLower(charset); charset {
	case UTF8, "utf8", "us-ascii", "ascii", "":
		return &unmarked{r: r}, nil
	case UTF16LE:
		return xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewDecoder().Reader(r), nil
	case UTF16BE:
		return xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM).NewDecoder().Reader(r), nil
	}
	page := pages[charset]
	if page == nil {
		return nil, fmt.Errorf("charset %s is not known; use one of utf-8, utf-16le, utf-16be, windows-1251, koi8-r, koi8-u, cp866, windows-1252", charset)
	}
	return newPaged(page, r), nil
}

// unmarked drops a UTF-8 byte order mark.
type unmarked struct {
	r       io.Reader
	started bool
}

func (u *unmarked) Read(p []byte) (int, error) {
	if u.started || len(p) < 3 {
		u.started = true
		return u.r.Read(p)
	}
	u.started = true
	n, err := io.ReadFull(u.r, p[:3])
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	if n == 3 && string(p[:3]) == "\xef\xbb\xbf" {
		return u.r.Read(p)
	}
	if errors.Is(err, io.EOF) && n > 0 {
		err = nil
	}
	return n, err
}

// paged decodes a single-byte code page by table.
type paged struct {
	r     io.Reader
	table [256][]byte
	in    []byte
	out   []byte
}

func newPaged(page *charmap.Charmap, r io.Reader) *paged {
	d := &paged{r: r, in: make([]byte, 32<<10)}
	for b := range 256 {
		d.table[b] = utf8.AppendRune(nil, page.DecodeByte(byte(b)))
	}
	return d
}

func (d *paged) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(p) < 3 || len(d.out) > 0 {
		if len(d.out) > 0 {
			n := copy(p, d.out)
			d.out = d.out[n:]
			return n, nil
		}
		n, err := d.r.Read(d.in[:1])
		if n == 0 {
			return 0, err
		}
		d.out = append(d.out, d.table[d.in[0]]...)
	}
	n, err := d.r.Read(d.in[:min(len(d.in), len(p)/3)])
	at := 0
	for _, b := range d.in[:n] {
		if b < utf8.RuneSelf {
			p[at] = b
			at++
			continue
		}
		at += copy(p[at:], d.table[b])
	}
	return at, err
}
