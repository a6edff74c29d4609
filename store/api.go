package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Ready implements api.Hub: the database answers.
func (s *Store) Ready(ctx context.Context) error {
	if _, err := s.Last(ctx); errors.Is(err, ErrRestored) {
		return err
	} else if err != nil {
		return fmt.Errorf("%w; the log says why", ErrAway)
	}
	return nil
}

// State implements api.Hub.
func (s *Store) State(ctx context.Context, code customer.Code) (customer.CodeNow, error) {
	return stateOf(ctx, s, code)
}

func stateOf(ctx context.Context, s interface {
	States(context.Context, []customer.Code) (map[customer.Code]customer.CodeNow, error)
}, code customer.Code) (customer.CodeNow, error) {
	states, err := s.States(ctx, []customer.Code{code})
	if err != nil {
		return customer.CodeNow{}, err
	}
	now, known := states[code]
	if !known {
		return customer.CodeNow{}, customer.ErrUnknown
	}
	return now, nil
}

// Lookup implements api.Hub.
func (s *Store) Lookup(ctx context.Context, ref customer.Ref) (code customer.Code, err error) {
	return lookup(ctx, s.pool, ref)
}

func lookup(ctx context.Context, db querier, ref customer.Ref) (code customer.Code, err error) {
	err = db.QueryRow(ctx, `
		SELECT r.code FROM record r JOIN source s ON s.id = r.source
		WHERE  s.name = $1 AND r.key = $2 AND r.state = 'live' AND r.code IS NOT NULL
		ORDER  BY r.incarnation DESC LIMIT 1`, string(ref.Source), ref.Key).Scan(&code)
	if errors.Is(err, pgx.ErrNoRows) {
		err = customer.ErrUnknown
	}
	return code, away(err)
}

// channel is where a transaction that appends to the change log says so when it commits.
const channel = "kartoteka_change"

// awaitAgain bounds a wait: behind a pooler notifications may not come.
const awaitAgain = time.Second

// Await implements api.Hub: it returns when something was committed, at the latest after a second.
func (s *Store) Await(ctx context.Context, after int64) error {
	next := s.Committed()
	if last, err := s.Last(ctx); err != nil || last > after {
		return err
	}
	timer := time.NewTimer(awaitAgain)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-next:
	case <-timer.C:
	}
	return nil
}

// Committed returns a channel that is closed when something was committed to the change log
// after the call, by whatever process. The first call begins to listen.
func (s *Store) Committed() <-chan struct{} {
	s.news.begin(s)
	return s.news.next()
}

// news tells all who wait of a commit.
type news struct {
	once    sync.Once
	mu      sync.Mutex
	waiting chan struct{}
	cancel  context.CancelFunc
	ended   chan struct{}
}

func (n *news) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting == nil {
		n.waiting = make(chan struct{})
	}
	return n.waiting
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting != nil {
		close(n.waiting)
		n.waiting = nil
	}
}

func (n *news) begin(s *Store) {
	n.once.Do(func() {
		ctx, cancel := context.WithCancel(context.Background())
		n.mu.Lock()
		n.cancel, n.ended = cancel, make(chan struct{})
		n.mu.Unlock()
		go func() {
			defer close(n.ended)
			for ctx.Err() == nil {
				s.listen(ctx)
				n.tell() // what came while nobody listened
				pause(ctx, 200*time.Millisecond)
			}
		}()
	})
}

// end stops listening; the store is about to be closed.
func (n *news) end() {
	n.once.Do(func() {}) // nobody begins any more
	n.mu.Lock()
	cancel, ended := n.cancel, n.ended
	n.mu.Unlock()
	if cancel != nil {
		cancel()
		<-ended
	}
	n.tell()
}

// listen tells of commits on a connection of its own until it is lost or the context ends.
func (s *Store) listen(ctx context.Context) {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is written
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return
	}
	for {
		s.news.tell()
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// away scrubs an error and says which ones may pass.
func away(err error) error {
	if err == nil || errors.Is(err, customer.ErrLeaseHeld) || errors.Is(err, customer.ErrLeaseLost) || errors.Is(err, customer.ErrUnknown) {
		return err
	}
	if Temporary(err) || brokeOff(err) {
		return fmt.Errorf("%w: %w", ErrAway, scrub(err))
	}
	return scrub(err)
}

// brokeOff reports whether the connection was lost in the middle of a statement, which may have been
// carried out; a connection that the end of a context cut is not lost.
func brokeOff(err error) bool {
	var network *net.OpError
	return (errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}
