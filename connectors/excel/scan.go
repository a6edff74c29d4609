package excel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

const (
	maxToken = 16 << 20 // one tag or one text of a part
	maxDepth = 64
)

var (
	errDoctype = errors.New("it has a DOCTYPE")
	errDepth   = errors.New("it is nested too deep")
	errToken   = fmt.Errorf("a cell is longer than %d MiB", maxToken>>20)
	errTag     = errors.New("a tag is broken")
)

type tokenKind uint8

const (
	startTag tokenKind = iota
	endTag
	text
)

// scan is a pull parser for the XML that spreadsheets are made of. It is about ten times as fast as
// encoding/xml, which the size of sheets asks for; it takes no DOCTYPE and no depth.
type scan struct {
	r          io.Reader
	buf        []byte
	start, end int
	eof        bool
	depth      int
	scratch    []byte
	joined     []byte // texts of one cell so far

	kind  tokenKind
	name  []byte // local name of a tag
	attrs []byte // between name and end of a start tag
	text  []byte // decoded
	again bool   // an empty element: its end tag comes next
}

func newScan(r io.Reader) *scan { return &scan{r: r, buf: make([]byte, 128<<10)} }

// join puts the text behind the others of its cell.
func (s *scan) join() error {
	if len(s.joined)+len(s.text) > maxToken {
		return errToken
	}
	s.joined = append(s.joined, s.text...)
	return nil
}

func (s *scan) fill() error {
	if s.eof {
		return io.EOF
	}
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.end -= s.start
		s.start = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxToken {
			return errToken
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.r.Read(s.buf[s.end:])
	s.end += n
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	s.eof = err != nil
	if s.eof && n == 0 {
		return io.EOF
	}
	return nil
}

// find returns the length up to the end of the mark, searching from an offset.
func (s *scan) find(from int, mark string) (int, error) {
	for {
		if s.end-s.start > from {
			if i := bytes.Index(s.buf[s.start+from:s.end], []byte(mark)); i >= 0 {
				return from + i + len(mark), nil
			}
			from = max(from, s.end-s.start-len(mark)+1)
		}
		if err := s.fill(); err != nil {
			return 0, cut(err)
		}
	}
}

func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// next reads a token: a start tag, an end tag, a text. io.EOF comes when every tag is closed.
func (s *scan) next() error {
	if s.again {
		s.again = false
		s.kind = endTag
		s.depth--
		return nil
	}
	for {
		if s.start == s.end {
			if err := s.fill(); err != nil {
				if errors.Is(err, io.EOF) && s.depth > 0 {
					return io.ErrUnexpectedEOF
				}
				return err
			}
			continue
		}
		if s.buf[s.start] != '<' {
			return s.readText()
		}
		done, err := s.markup()
		if done || err != nil {
			return err
		}
	}
}

func (s *scan) readText() error {
	n, err := s.find(0, "<")
	if errors.Is(err, io.ErrUnexpectedEOF) && s.depth == 0 {
		s.start = s.end
		return io.EOF
	}
	if err != nil {
		return err
	}
	s.kind = text
	s.text = s.unescape(s.buf[s.start : s.start+n-1])
	s.start += n - 1
	return nil
}

// markup reads what begins with "<"; false for comments and instructions.
func (s *scan) markup() (bool, error) {
	for s.end-s.start < 9 && s.fill() == nil {
	}
	head := s.buf[s.start:s.end]
	skip := func(end string) (bool, error) {
		n, err := s.find(2, end)
		s.start += n
		return false, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("<?")):
		return skip("?>")
	case bytes.HasPrefix(head, []byte("<!--")):
		return skip("-->")
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		n, err := s.find(9, "]]>")
		if err != nil {
			return false, err
		}
		s.kind, s.text = text, s.buf[s.start+9:s.start+n-3]
		s.start += n
		return true, nil
	case bytes.HasPrefix(head, []byte("<!")):
		return false, errDoctype
	}
	return true, s.tag()
}

func (s *scan) tag() error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	body := s.buf[s.start+1 : s.start+n-1]
	s.start += n
	if len(body) > 0 && body[0] == '/' {
		s.kind, s.name = endTag, local(bytes.TrimSpace(body[1:]))
		s.depth--
		if s.depth < 0 {
			return errTag
		}
		return nil
	}
	s.kind = startTag
	if len(body) > 0 && body[len(body)-1] == '/' {
		s.again = true
		body = body[:len(body)-1]
	}
	i := bytes.IndexAny(body, " \t\r\n")
	if i < 0 {
		i = len(body)
	}
	if i == 0 {
		return errTag
	}
	s.name, s.attrs = local(body[:i]), body[i:]
	if s.depth++; s.depth > maxDepth {
		return errDepth
	}
	return nil
}

// tagEnd finds the ">" that is not inside an attribute's value.
func (s *scan) tagEnd() (int, error) {
	for from := 1; ; {
		n, err := s.find(from, ">")
		if err != nil {
			return 0, err
		}
		if closed(s.buf[s.start : s.start+n]) {
			return n, nil
		}
		from = n
	}
}

// closed reports that no attribute's value is open at the end of the tag so far.
func closed(tag []byte) bool {
	for {
		i := bytes.IndexByte(tag, '"')
		if j := bytes.IndexByte(tag[:max(i, 0)], '\''); i < 0 || j >= 0 {
			i = bytes.IndexByte(tag, '\'')
		}
		if i < 0 {
			return true
		}
		end := bytes.IndexByte(tag[i+1:], tag[i])
		if end < 0 {
			return false
		}
		tag = tag[i+end+2:]
	}
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// attr finds an attribute by its local name.
func (s *scan) attr(name string) string {
	rest := s.attrs
	for {
		for len(rest) > 0 && rest[0] <= ' ' {
			rest = rest[1:]
		}
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return ""
		}
		key := rest[:eq]
		rest = rest[eq+1:]
		for len(rest) > 0 && rest[0] <= ' ' {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return ""
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		if named(key, name) {
			return string(s.unescape(rest[1 : end+1]))
		}
		rest = rest[end+2:]
	}
}

// named compares an attribute's written name with a local one.
func named(key []byte, name string) bool {
	if string(key) == name {
		return true
	}
	if len(key) <= len(name) {
		return false
	}
	key = bytes.TrimSpace(key)
	return string(local(key)) == name && !bytes.HasPrefix(key, []byte("xmlns"))
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

func (s *scan) unescape(b []byte) []byte {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b
	}
	out := append(s.scratch[:0], b[:i]...)
	for b = b[i:]; len(b) > 0; {
		if b[0] != '&' {
			n := bytes.IndexByte(b, '&')
			if n < 0 {
				n = len(b)
			}
			out = append(out, b[:n]...)
			b = b[n:]
			continue
		}
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if end < 0 {
			out = append(out, '&')
			b = b[1:]
			continue
		}
		out = appendEntity(out, string(b[1:end]))
		b = b[end+1:]
	}
	s.scratch = out
	return out
}

func appendEntity(out []byte, name string) []byte {
	if r, ok := entities[name]; ok {
		return append(out, r...)
	}
	if len(name) > 1 && name[0] == '#' {
		number, base := name[1:], 10
		if number[0] == 'x' || number[0] == 'X' {
			number, base = number[1:], 16
		}
		if n, err := strconv.ParseInt(number, base, 32); err == nil {
			return utf8.AppendRune(out, rune(n))
		}
	}
	return append(append(append(out, '&'), name...), ';')
}
