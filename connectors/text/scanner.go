package text

import (
	"bytes"
	"errors"
	"io"
)

const (
	// maxRecord is the longest row that is held in memory; a longer one is rejected as it passes by.
	maxRecord = 8 << 20
	// maxField is the longest field that a customer's attribute may have.
	maxField = 1 << 20
	// maxQuoted is how far the closing quote may be; beyond it the opening one was a stray.
	maxQuoted = 1 << 20
	// maxFields is how many fields a row may have: as many are there in the widest table, and empty ones behind them.
	maxFields = 4 * MaxColumns
)

// dialect is how rows are cut into fields.
type dialect struct {
	sep     byte
	quotes  bool
	cr      bool // rows end in a bare CR
	escapes bool // a backslash escapes, as PostgreSQL COPY and MySQL write
}

func (d dialect) name() string {
	switch d.sep {
	case '\t':
		return "tab"
	case 0:
		return "none, one column"
	}
	return string(rune(d.sep))
}

// fault is why a row could not be cut into fields; "" is none.
type fault string

const (
	faultQuote  fault = "row.quotes"
	faultLength fault = "row.length"
	faultFields fault = "row.columns"
)

// record is one row; its bytes are valid until the next one is read.
type record struct {
	line   int64 // 1-based, where it begins
	offset int64 // of its first byte in the decoded text
	raw    []byte
	fields []field
	fault  fault
}

// field is a piece of raw. doubled says that quotes in it are written twice.
type field struct {
	from, to        int
	quoted, doubled bool
}

// scanner cuts a decoded text into records.
type scanner struct {
	r          io.Reader
	buf        []byte
	start, end int
	eof        bool
	err        error
	line       int64
	offset     int64
	d          dialect
	newline    byte
	rec        record
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: r, buf: make([]byte, 256<<10), newline: '\n'}
}

func (s *scanner) dialectIs(d dialect) {
	s.d, s.newline = d, '\n'
	if d.cr {
		s.newline = '\r'
	}
}

// fill reads more behind what is held; false at the end of the text.
func (s *scanner) fill() bool {
	if s.eof {
		return false
	}
	if s.start > 0 && s.end == len(s.buf) {
		copy(s.buf, s.buf[s.start:s.end])
		s.end -= s.start
		s.start = 0
	}
	if s.end == len(s.buf) {
		grown := make([]byte, 2*len(s.buf))
		copy(grown, s.buf)
		s.buf = grown
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	s.eof, s.err = true, io.ErrNoProgress
	return false
}

// lineEnd finds the end of the physical line that begins at the offset from start: the
// length up to its newline and with it; tooLong when it is not found within the limit.
func (s *scanner) lineEnd(from int) (bare, whole int, tooLong bool) {
	for at := from; ; {
		if i := bytes.IndexByte(s.buf[s.start+at:s.end], s.newline); i >= 0 {
			bare = at + i
			whole = bare + 1
			break
		}
		at = s.end - s.start
		if at-from > maxRecord {
			return at, at, true
		}
		if !s.fill() {
			bare, whole = s.end-s.start, s.end-s.start
			break
		}
	}
	if bare > from && s.newline == '\n' && s.buf[s.start+bare-1] == '\r' {
		bare--
	}
	return bare, whole, false
}

// next reads a record; io.EOF at the end.
func (s *scanner) next() (*record, error) {
	if s.start == s.end && !s.fill() {
		if s.err != nil {
			return nil, s.err
		}
		return nil, io.EOF
	}
	s.rec = record{line: s.line + 1, offset: s.offset, fields: s.rec.fields[:0]}
	bare, whole, tooLong := s.lineEnd(0)
	if tooLong {
		return s.pass(bare)
	}
	end := bare
	if !s.d.quotes || bytes.IndexByte(s.buf[s.start:s.start+bare], '"') < 0 {
		s.split(bare)
	} else {
		end, whole, s.rec.fault = s.splitQuoted(bare, whole)
	}
	if len(s.rec.fields) > maxFields {
		s.rec.fault = faultFields
	}
	if s.rec.fault != "" {
		s.rec.fields = s.rec.fields[:0]
	}
	if s.err != nil {
		return nil, s.err
	}
	s.rec.raw = s.buf[s.start : s.start+end]
	s.consume(whole)
	return &s.rec, nil
}

func (s *scanner) consume(n int) {
	s.line += int64(bytes.Count(s.buf[s.start:s.start+n], []byte{s.newline}))
	s.start += n
	s.offset += int64(n)
}

// pass skips the rest of a line that is too long to be held.
func (s *scanner) pass(held int) (*record, error) {
	s.rec.fault = faultLength
	raw := append([]byte(nil), s.buf[s.start:s.start+1024]...)
	for {
		s.consume(held)
		if s.start == s.end && !s.fill() {
			break
		}
		i := bytes.IndexByte(s.buf[s.start:s.end], s.newline)
		if i >= 0 {
			s.consume(i + 1)
			break
		}
		held = s.end - s.start
	}
	s.rec.raw = raw
	return &s.rec, s.err
}

// split cuts a line without quotes.
func (s *scanner) split(bare int) {
	line := s.buf[s.start : s.start+bare]
	from := 0
	for at := 0; s.d.sep != 0 && len(s.rec.fields) <= maxFields; {
		i := bytes.IndexByte(line[at:], s.d.sep)
		if i < 0 {
			break
		}
		at += i
		if !s.d.escapes || !escaped(line[from:at]) {
			s.rec.fields = append(s.rec.fields, field{from: from, to: at})
			from = at + 1
		}
		at++
	}
	s.rec.fields = append(s.rec.fields, field{from: from, to: bare})
}

// escaped reports an odd number of backslashes at the end.
func escaped(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// splitQuoted cuts a row whose first line has quotes. A field in quotes may hold separators,
// line ends and doubled quotes. If the quotes make no sense the fault covers the first line only.
func (s *scanner) splitQuoted(bare, whole int) (end, consumed int, f fault) {
	first, firstWhole := bare, whole
	for at := 0; ; {
		var fd field
		if at < bare && s.buf[s.start+at] == '"' {
			var ok bool
			if fd, at, ok = s.quoted(at); !ok {
				return first, firstWhole, faultQuote
			}
			if at > bare { // went on beyond the line: where does its last line end?
				var tooLong bool
				if bare, whole, tooLong = s.lineEnd(at); tooLong {
					return first, firstWhole, faultQuote
				}
			}
			if at < bare && s.buf[s.start+at] != s.d.sep {
				return first, firstWhole, faultQuote
			}
		} else {
			fd.from = at
			if i := s.separatorIn(at, bare); i >= 0 {
				at += i
			} else {
				at = bare
			}
			fd.to = at
		}
		s.rec.fields = append(s.rec.fields, fd)
		if at >= bare {
			return bare, whole, ""
		}
		if len(s.rec.fields) > maxFields {
			return first, firstWhole, faultFields
		}
		at++
	}
}

func (s *scanner) separatorIn(from, to int) int {
	if s.d.sep == 0 {
		return -1
	}
	return bytes.IndexByte(s.buf[s.start+from:s.start+to], s.d.sep)
}

// quoted reads a field from its opening quote to behind its closing one.
func (s *scanner) quoted(at int) (fd field, behind int, ok bool) {
	fd = field{from: at + 1, quoted: true}
	for at++; ; {
		i := bytes.IndexByte(s.buf[s.start+at:s.end], '"')
		if i < 0 {
			at = s.end - s.start
			if at-fd.from > maxQuoted || !s.fill() {
				return fd, at, false
			}
			continue
		}
		at += i + 1
		if s.start+at == s.end {
			s.fill()
		}
		if s.start+at < s.end && s.buf[s.start+at] == '"' {
			fd.doubled = true
			at++
			continue
		}
		fd.to = at - 1
		return fd, at, true
	}
}
