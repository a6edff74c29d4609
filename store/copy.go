package store

import (
	"context"
	"encoding/binary"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// copyRow appends one row in PostgreSQL's binary COPY format (documentation, COPY, "Binary
// Format"). The columns come in the order of the COPY statement; each method appends one.
// It does what pgx's CopyFrom does without boxing every value, which was a third of the time
// of a bulk load.
type copyRow struct {
	buf     []byte
	columns int
}

func (r *copyRow) begin() { r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(r.columns)) }

func (r *copyRow) int64(n int64) {
	r.buf = binary.BigEndian.AppendUint64(append(r.buf, 0, 0, 0, 8), uint64(n))
}

func (r *copyRow) int32(n int32) {
	r.buf = binary.BigEndian.AppendUint32(append(r.buf, 0, 0, 0, 4), uint32(n))
}

// id writes a number that is NULL when it is zero.
func (r *copyRow) id(n int64) {
	if n == 0 {
		r.null()
		return
	}
	r.int64(n)
}

func (r *copyRow) null() { r.buf = append(r.buf, 0xff, 0xff, 0xff, 0xff) }

func (r *copyRow) text(s string) {
	r.buf = append(binary.BigEndian.AppendUint32(r.buf, uint32(len(s))), s...)
}

func (r *copyRow) bytes(b []byte) {
	r.buf = append(binary.BigEndian.AppendUint32(r.buf, uint32(len(b))), b...)
}

// texts writes an array of texts; nil is NULL.
func (r *copyRow) texts(list []string) {
	if list == nil {
		r.null()
		return
	}
	const textOID = 25
	size, dimensions := 12, uint32(0)
	if len(list) > 0 {
		size, dimensions = size+8, 1
	}
	for _, s := range list {
		size += 4 + len(s)
	}
	for _, n := range []uint32{uint32(size), dimensions, 0, textOID} { // no NULL in it
		r.buf = binary.BigEndian.AppendUint32(r.buf, n)
	}
	if dimensions > 0 {
		r.buf = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(r.buf, uint32(len(list))), 1) // counted from 1
	}
	for _, s := range list {
		r.text(s)
	}
}

// time writes a timestamptz: microseconds since 2000.
func (r *copyRow) time(t time.Time) { r.int64(t.UnixMicro() - 946684800_000000) }

// copySignature begins a binary COPY: signature, no flags, no header extension.
const copySignature = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// copyPiece is how many bytes are made before they go to the connection.
const copyPiece = 256 << 10

// copyRows copies rows into a table. fill makes them, in a goroutine of its own while the
// connection sends: it calls next for each row, appends the columns to what next returns, and
// ends early when next returns nil.
func (tx *Tx) copyRows(ctx context.Context, table string, columns []string, fill func(next func() *copyRow)) error {
	pieces := make(chan []byte, 4)
	maker := &pieceMaker{row: copyRow{columns: len(columns)}, pieces: pieces, spare: make(chan []byte, 6), stop: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(pieces)
		maker.run(fill)
	}()
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = pgx.Identifier{c}.Sanitize()
	}
	_, err := tx.Conn().PgConn().CopyFrom(ctx, &pieceReader{pieces: pieces, spare: maker.spare},
		"COPY "+pgx.Identifier{table}.Sanitize()+" ("+strings.Join(names, ", ")+") FROM STDIN ("+tx.copyOptions()+")")
	close(maker.stop)
	<-done
	return err
}

// copyOptions freezes the rows that fill an empty base: nobody has to mark them as committed
// later, page by page through the log, and indexes alone answer from the first query on.
// PostgreSQL allows it because the tables were truncated in this transaction.
func (tx *Tx) copyOptions() string {
	if tx.bulk != nil && tx.bulk.empty {
		return "FORMAT binary, FREEZE"
	}
	return "FORMAT binary"
}

// pieceMaker cuts rows into pieces.
type pieceMaker struct {
	row    copyRow
	pieces chan<- []byte
	spare  chan []byte
	stop   chan struct{}
	ended  bool
}

func (m *pieceMaker) run(fill func(next func() *copyRow)) {
	m.row.buf = append(make([]byte, 0, copyPiece+64<<10), copySignature...)
	fill(m.next)
	m.row.buf = append(m.row.buf, 0xff, 0xff) // trailer
	m.send()
}

func (m *pieceMaker) next() *copyRow {
	if len(m.row.buf) >= copyPiece {
		m.send()
	}
	if m.ended {
		return nil
	}
	m.row.begin()
	return &m.row
}

func (m *pieceMaker) send() {
	select {
	case m.pieces <- m.row.buf:
	case <-m.stop:
		m.ended = true
	}
	select {
	case m.row.buf = <-m.spare:
		m.row.buf = m.row.buf[:0]
	default:
		m.row.buf = make([]byte, 0, copyPiece+64<<10)
	}
}

// pieceReader reads pieces one after the other and gives them back.
type pieceReader struct {
	pieces <-chan []byte
	spare  chan<- []byte
	whole  []byte
	left   []byte
}

func (p *pieceReader) Read(b []byte) (int, error) {
	for len(p.left) == 0 {
		if p.whole != nil {
			select {
			case p.spare <- p.whole:
			default:
			}
		}
		piece, more := <-p.pieces
		if !more {
			p.whole = nil
			return 0, io.EOF
		}
		p.whole, p.left = piece, piece
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}
