package store

import (
	"context"
	"hash/fnv"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"

	"kartoteka/customer"
)

// sessions is one connection that lives as long as the process and holds an advisory lock for each
// lease that the process has. When the process dies the server lets go of the locks, and others
// need not wait until the leases run out. A process that only stands still keeps its locks; its
// leases run out.
type sessions struct {
	mu   sync.Mutex
	conn *pgxpool.Conn
	held map[int32]bool
}

// sessionClass is the first half of the locks' keys: "kl".
const sessionClass = 0x6b6c

// sessionKey is the second half: of two leases with one key the other one looks alive a while longer.
func sessionKey(role string, token int64) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(role + "\x00" + strconv.FormatInt(token, 10)))
	return int32(h.Sum32()) //nolint:gosec // any 32 bits will do
}

// keep takes the lock of a lease. A connection that broke is replaced: the locks that it held are
// gone, and those leases look as if their holder had died; whoever takes one fences us off.
func (s *Store) keep(ctx context.Context, l customer.Lease) error {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	if s.sessions.conn != nil && s.sessions.conn.Conn().IsClosed() {
		s.sessions.conn.Release()
		s.sessions.conn = nil
	}
	if s.sessions.conn == nil {
		conn, err := s.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		s.sessions.conn, s.sessions.held = conn, map[int32]bool{}
	}
	s.sessions.held[sessionKey(l.Role, l.Token)] = true
	_, err := s.sessions.conn.Exec(ctx, `SELECT pg_try_advisory_lock($1::int, $2::int)`, sessionClass, sessionKey(l.Role, l.Token))
	return err
}

// letGo gives the lock of a lease back, if there is one.
func (s *Store) letGo(ctx context.Context, l customer.Lease) {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	key := sessionKey(l.Role, l.Token)
	if s.sessions.conn == nil || !s.sessions.held[key] {
		return
	}
	delete(s.sessions.held, key)
	// A lock that was lost with its connection is none to give back.
	_, _ = s.sessions.conn.Exec(ctx, `SELECT pg_advisory_unlock($1::int, $2::int)`, sessionClass, key)
}

// end lets go of all locks with their connection.
func (x *sessions) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.conn != nil {
		_ = x.conn.Hijack().Close(context.Background())
		x.conn = nil
	}
}

// died reports whether nobody holds the lock of a lease any more.
func (tx *Tx) died(ctx context.Context, role string, token int64) (dead bool, err error) {
	err = tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1::int, $2::int)`, sessionClass, sessionKey(role, token)).Scan(&dead)
	return dead, err
}
