package consumer

import (
	"context"
	"sync"

	"kartoteka/customer"
)

// Row is the last known state of a code. An erased code keeps its row without document, lest
// an older message bring the customer back.
type Row struct {
	Code      customer.Code
	State     customer.CodeState
	Epoch     int64
	Version   int64
	Successor customer.Code
	Document  []byte // the message as received; nil of an erased code
}

// Newer reports whether r says more than what is known of the same code.
func (r *Row) Newer(known *Row) bool {
	return r.Epoch > known.Epoch || r.Epoch == known.Epoch && r.Version > known.Version
}

// Table is where a consumer keeps customers. It is used from several goroutines, each with
// the partitions of its own.
type Table interface {
	// Offsets tells for each partition where to go on reading.
	Offsets(ctx context.Context) (map[int]int64, error)
	// Apply stores each row that is newer than the known one, and the next offset of the
	// partition, in one transaction. No code comes twice in rows.
	Apply(ctx context.Context, partition int, next int64, rows []Row) error
}

// Memory is a table in memory; the zero Memory is empty.
type Memory struct {
	mu      sync.Mutex
	rows    map[customer.Code]Row
	offsets map[int]int64
}

// Offsets implements [Table].
func (m *Memory) Offsets(context.Context) (map[int]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[int]int64{}
	for partition, next := range m.offsets {
		out[partition] = next
	}
	return out, nil
}

// Apply implements [Table].
func (m *Memory) Apply(_ context.Context, partition int, next int64, rows []Row) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		m.rows, m.offsets = map[customer.Code]Row{}, map[int]int64{}
	}
	for _, r := range rows {
		if known, ok := m.rows[r.Code]; !ok || r.Newer(&known) {
			m.rows[r.Code] = r
		}
	}
	m.offsets[partition] = next
	return nil
}

// Rows returns a copy of the table.
func (m *Memory) Rows() map[customer.Code]Row {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[customer.Code]Row{}
	for code, r := range m.rows {
		out[code] = r
	}
	return out
}
