package resolve

import (
	"fmt"

	"kartoteka/customer"
)

// Columns is a population in memory: standardized records stay encoded until they are looked at.
type Columns struct {
	codec   customer.Codec
	records []Record // without Standard
	bodies  [][]byte
	fresh   []bool
	arena   []byte
}

// NewColumns makes an empty population of a portrait.
func NewColumns(p *customer.Portrait) *Columns { return &Columns{codec: customer.NewCodec(p)} }

// Add appends a record with its encoded Standard, which is copied; resolved says that its
// revision is newly resolved.
func (c *Columns) Add(rec Record, standard []byte, resolved bool) int {
	rec.Standard = nil
	c.records = append(c.records, rec)
	c.bodies = append(c.bodies, c.keep(standard))
	c.fresh = append(c.fresh, resolved)
	return len(c.records) - 1
}

// Replace gives the i-th record another revision.
func (c *Columns) Replace(i, revision int, standard []byte) {
	c.records[i].Revision = revision
	c.bodies[i] = c.keep(standard)
}

// keep copies into an arena of large pieces, so that millions of records are few allocations.
func (c *Columns) keep(b []byte) []byte {
	if len(b) > cap(c.arena)-len(c.arena) {
		c.arena = make([]byte, 0, max(1<<20, len(b)))
	}
	at := len(c.arena)
	c.arena = append(c.arena, b...)
	return c.arena[at:len(c.arena):len(c.arena)]
}

// Len implements [Population].
func (c *Columns) Len() int { return len(c.records) }

// Read implements [Population].
func (c *Columns) Read(i int, rec *Record) error {
	*rec = c.records[i]
	s, err := c.codec.Decode(c.bodies[i])
	if err != nil {
		return fmt.Errorf("record %d: %w", rec.ID, err)
	}
	rec.Standard = s
	return nil
}

// Resolved implements [Population].
func (c *Columns) Resolved(i int) bool { return c.fresh[i] }
