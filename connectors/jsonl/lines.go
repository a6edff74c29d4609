package jsonl

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// maxObject is the largest object that is held in memory.
const maxObject = 16 << 20

// lines walks through one object a line. A broken line is a reject, the next one is read.
type lines struct {
	in     *connectors.Input
	r      *bufio.Reader
	t      *tabler
	line   int64
	offset int64
	buf    []byte
}

func newLines(in *connectors.Input, r io.Reader, t *tabler) *lines {
	return &lines{in: in, r: bufio.NewReaderSize(r, 256<<10), t: t}
}

// Next implements [connectors.Items].
func (l *lines) Next(out *connectors.Item) error {
	for {
		at := l.offset
		line, tooLong, err := l.read()
		if err != nil {
			return err
		}
		p := place(l.in, l.line, at)
		line = bytes.TrimRight(line, "\r\n")
		switch trimmed := bytes.TrimSpace(line); {
		case tooLong:
			out.Reject = l.in.Reject(p, "", "row.length", fmt.Sprintf("the line is longer than %d MiB; a line end may be missing", maxObject>>20), line[:1024])
			return nil
		case len(trimmed) == 0:
			continue
		default:
			l.t.item(l.in, p, trimmed, out)
			return nil
		}
	}
}

// read takes a line; what is beyond the limit is passed by.
func (l *lines) read() (line []byte, tooLong bool, err error) {
	l.buf = l.buf[:0]
	for {
		piece, err := l.r.ReadSlice('\n')
		l.offset += int64(len(piece))
		if len(l.buf)+len(piece) <= maxObject {
			l.buf = append(l.buf, piece...)
		} else {
			tooLong = true
		}
		switch {
		case err == nil:
			l.line++
			return l.buf, tooLong, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(l.buf) > 0:
			l.line++
			return l.buf, tooLong, nil
		case errors.Is(err, io.EOF):
			return nil, false, io.EOF
		default:
			return nil, false, l.in.Broken(err)
		}
	}
}

// Close implements [connectors.Items].
func (l *lines) Close() error { return nil }

// array walks through the objects of one top-level array.
type array struct {
	in  *connectors.Input
	r   *bounded
	dec *json.Decoder
	t   *tabler
	row int64
}

// errObject says that one element of an array is too large to be held.
var errObject = fmt.Errorf("an object is longer than %d MiB", maxObject>>20)

// bounded hands out so many bytes for one element of an array, which the decoder holds whole.
type bounded struct {
	r    io.Reader
	left int
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errObject
	}
	n, err := b.r.Read(p[:min(len(p), 64<<10)])
	b.left -= n
	return n, err
}

func newArray(in *connectors.Input, r io.Reader, t *tabler) (*array, error) {
	b := &bounded{r, maxObject}
	a := &array{in: in, r: b, dec: json.NewDecoder(b), t: t}
	if _, err := a.dec.Token(); err != nil {
		return nil, in.Broken(err)
	}
	return a, nil
}

// Next implements [connectors.Items]. Broken JSON inside an array is an error of the whole file:
// where the next object begins cannot be known.
func (a *array) Next(out *connectors.Item) error {
	a.r.left = maxObject
	if !a.dec.More() {
		if _, err := a.dec.Token(); err != nil && !errors.Is(err, io.EOF) {
			return a.in.Broken(err)
		}
		return io.EOF
	}
	at := a.dec.InputOffset()
	var raw json.RawMessage
	if err := a.dec.Decode(&raw); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errObject) {
			return a.in.Broken(err)
		}
		return fmt.Errorf("%w: %s: broken JSON near byte %d; export it anew", connectors.ErrInput, a.in.Name, at)
	}
	a.row++
	a.t.item(a.in, place(a.in, a.row, at), raw, out)
	return nil
}

// Close implements [connectors.Items].
func (a *array) Close() error { return nil }

// item turns the text of an object into a row or a reject.
func (t *tabler) item(in *connectors.Input, p customer.Place, text []byte, out *connectors.Item) {
	row, fault := t.row(text)
	if fault.code != "" {
		out.Reject = in.Reject(p, fault.field, fault.code, fault.reason, text)
		return
	}
	if len(row.Cells) == 0 && row.Op == "" {
		out.Filtered = customer.FilteredBlank
		return
	}
	row.Place = p
	out.Row = row
}
