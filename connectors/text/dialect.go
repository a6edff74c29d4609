package text

import (
	"bytes"
	"strings"
)

// sampleRecords is how many rows the separator is judged by.
const sampleRecords = 50

// dialect finds out how the text is cut, from what stands at its beginning. It drops Excel's
// hint line (sep=;), which is taken at its word.
func (s *scanner) dialect(sep byte, quotes bool) (dialect, error) {
	for s.end-s.start < 64<<10 && s.fill() {
	}
	if s.err != nil {
		return dialect{}, s.err
	}
	sample := s.buf[s.start:s.end]
	d := dialect{sep: sep, quotes: quotes}
	d.cr = bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0
	s.dialectIs(d)
	if hint, n := s.hint(sample); n > 0 {
		s.consume(n)
		sample = sample[n:]
		if sep == 0 {
			d.sep = hint
		}
	}
	if d.sep == 0 {
		d.sep = steadiest(sample, d)
	}
	d.escapes = d.sep == '\t' && copied(sample)
	return d, nil
}

// hint reads a first line "sep=;".
func (s *scanner) hint(sample []byte) (sep byte, length int) {
	if len(sample) < 5 || !strings.EqualFold(string(sample[:4]), "sep=") {
		return 0, 0
	}
	bare, whole, _ := s.lineEnd(0)
	line := bytes.Trim(sample[4:bare], `"`)
	if len(line) != 1 {
		return 0, 0
	}
	return line[0], whole
}

// copied recognizes what PostgreSQL and MySQL write: a field that is \N alone.
func copied(sample []byte) bool {
	for line := range bytes.Lines(sample) {
		for f := range bytes.SplitSeq(bytes.TrimRight(line, "\r\n"), []byte{'\t'}) {
			if string(f) == `\N` {
				return true
			}
		}
	}
	return false
}

// steadiest finds the separator that cuts most rows into the same number of fields, more
// than one; 0 if none does.
func steadiest(sample []byte, d dialect) byte {
	var best byte
	bestScore := 0.0
	for _, sep := range []byte{';', '\t', ',', '|'} {
		d.sep = sep
		fields, share := steadiness(sample, d)
		if fields < 2 {
			continue
		}
		if score := share * share * (1 + 0.02*float64(min(fields, 30))); score > bestScore+1e-9 {
			best, bestScore = sep, score
		}
	}
	return best
}

// steadiness is the most usual number of fields above one, and the share of rows that have it.
func steadiness(sample []byte, d dialect) (fields int, share float64) {
	s := newScanner(bytes.NewReader(sample))
	s.dialectIs(d)
	counts := map[int]int{}
	rows := 0
	for rows < sampleRecords {
		r, err := s.next()
		if err != nil || s.eof && s.start == s.end && rows > 1 && len(sample) >= 64<<10 {
			break // the last row of a cut sample is cut itself
		}
		if len(bytes.TrimSpace(r.raw)) == 0 {
			continue
		}
		rows++
		if r.fault == "" {
			counts[len(r.fields)]++
		}
	}
	most := 0
	for n, c := range counts {
		if n > 1 && (c > most || c == most && n > fields) {
			fields, most = n, c
		}
	}
	if rows == 0 {
		return 0, 0
	}
	return fields, float64(most) / float64(rows)
}
