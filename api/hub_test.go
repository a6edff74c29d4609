package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"

	"kartoteka/access"
	"kartoteka/customer"
)

// memory is a hub in memory.
type memory struct {
	mu      sync.Mutex
	changes []customer.Change
	states  map[customer.Code]State
	records map[customer.Ref]customer.Code
	wake    chan struct{} // closed by each commit
	awaited chan struct{} // told when somebody waits
	broken  error
}

func newMemory() *memory {
	return &memory{states: map[customer.Code]State{}, records: map[customer.Ref]customer.Code{}, wake: make(chan struct{}), awaited: make(chan struct{}, 1)}
}

func (m *memory) commit(s State, kind customer.ChangeKind) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.Epoch, s.Version = 1, m.states[s.Code].Version+1
	if s.State == customer.CodeActive {
		var d customer.Document
		_ = json.Unmarshal(s.Document, &d) // what the test says of it
		d.Code, d.State, d.Epoch, d.Version = s.Code, s.State, s.Epoch, s.Version
		s.Document, _ = d.JSON()
	}
	m.states[s.Code] = s
	m.changes = append(m.changes, customer.Change{Position: int64(len(m.changes) + 1), Code: s.Code, Kind: kind, Epoch: 1, Version: s.Version,
		Successor: s.Successor, Fields: []string{"phone"}})
	close(m.wake)
	m.wake = make(chan struct{})
}

func (m *memory) Ready(context.Context) error { return m.broken }

func (m *memory) Changes(_ context.Context, after int64, limit int) ([]customer.Change, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	rest := m.changes[min(int(after), len(m.changes)):]
	return slices.Clone(rest[:min(limit, len(rest))]), m.broken
}

func (m *memory) Await(ctx context.Context, after int64) error {
	m.mu.Lock()
	wake, ready := m.wake, int64(len(m.changes)) > after
	m.mu.Unlock()
	if ready {
		return nil
	}
	select {
	case m.awaited <- struct{}{}:
	default:
	}
	select {
	case <-wake:
	case <-ctx.Done():
	}
	return ctx.Err()
}

func (m *memory) State(_ context.Context, code customer.Code) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, known := m.states[code]; known {
		return s, m.broken
	}
	return State{}, ErrUnknown
}

func (m *memory) Lookup(_ context.Context, ref customer.Ref) (customer.Code, error) {
	if ref.Key == "panic" {
		panic(errors.New("Ковалёв"))
	}
	if code, known := m.records[ref]; known {
		return code, nil
	}
	return 0, ErrUnknown
}

func (m *memory) States(_ context.Context, codes []customer.Code) (map[customer.Code]State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[customer.Code]State{}
	for _, code := range codes {
		if s, known := m.states[code]; known {
			out[code] = s
		}
	}
	return out, m.broken
}

func (m *memory) Page(_ context.Context, after customer.Code, limit int) (out []State, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, code := range slices.Sorted(maps.Keys(m.states)) {
		if code > after && len(out) < limit {
			out = append(out, m.states[code])
		}
	}
	return out, m.broken
}

func (m *memory) Last(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.changes)), m.broken
}

// open is a server without sign-in: everybody may everything.
func open(hub Hub, o Options) *Server {
	o.LoopbackOnly = true
	o.Guard = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(access.With(r.Context(), access.Local("test"))))
		})
	}
	return New(hub, o)
}
