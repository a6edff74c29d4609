package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/failpoint"
)

// Keys of advisory locks. The lane makes deciding and writing one line. Batches pass the door
// before they queue for the lane, one at a time, so that a person's operation waits for the turn
// that runs and for no other. Landings and the lane keep apart: landings share their lock, whoever
// holds the lane takes it as well. So neither reads what the other is about to change, and they
// never wait for each other's records in a circle.
const (
	lane      = 0x6b617274 // "kart"
	migrating = lane + 1
	landings  = lane + 2
	door      = lane + 3
)

// application is how connections are called in pg_stat_activity; those that hold the lane for
// minutes, by right, have another name.
const (
	application     = "kartoteka"
	longApplication = "kartoteka, long work"
)

// laneIdle is how long a holder of the lane may do nothing.
const laneIdle = 12 * time.Second

// InLane runs f in a transaction that holds the lane, before any batch that waits for it. A
// holder that stops answering loses its connection, so that the lane is free again within 15
// seconds.
func (s *Store) InLane(ctx context.Context, f func(*Tx) error) error {
	return s.inLane(ctx, s.patience, "", f)
}

// InTurn is InLane for one of many turns of a batch: persons go first.
func (s *Store) InTurn(ctx context.Context, f func(*Tx) error) error {
	return s.inLane(ctx, s.patience, "", f, door)
}

// InLongLane is InLane for bulk work, which may think for minutes between statements.
func (s *Store) InLongLane(ctx context.Context, f func(*Tx) error) error {
	return s.inLane(ctx, 0, "", f, door)
}

func (s *Store) inLane(ctx context.Context, idle time.Duration, plan string, f func(*Tx) error, before ...int64) error {
	if err := s.ask(ctx, plan); err != nil {
		return err
	}
	// READ COMMITTED: the lock is taken by a statement of its own, so that the statements after
	// it see all that former holders wrote. REPEATABLE READ would go on with the snapshot from
	// before the wait.
	var changed indexed
	err := s.transact(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) (err error) {
		settings := fmt.Sprintf("SET LOCAL idle_in_transaction_session_timeout = %d", idle.Milliseconds())
		if idle == 0 {
			settings = "SET LOCAL application_name = '" + longApplication + "'"
		}
		if _, err := tx.Exec(ctx, settings); err != nil {
			return err
		}
		if err := failpoint.Pass("lane.wanted"); err != nil {
			return err
		}
		if err := s.wait(ctx, tx, append(before, lane, landings)); err != nil {
			return err
		}
		if err := failpoint.Pass("lane.taken"); err != nil {
			return err
		}
		t := &Tx{Tx: tx, s: s, current: true, holds: true}
		if err := t.checkApplying(ctx, plan); err != nil {
			return err
		}
		if err := f(t); err != nil {
			return err
		}
		if changed, err = t.newIndexVersion(ctx); err != nil {
			return err
		}
		return failpoint.Pass("lane.written")
	})
	if err != nil {
		return err
	}
	if changed.version != 0 {
		s.carriers.committed(changed)
	}
	return failpoint.Pass("lane.left")
}

// AskFirst lets a question be asked before this process enters the lane for the first time, and again
// before the next time if it failed. Whoever confirms a restored database does not ask.
func (s *Store) AskFirst(question func(context.Context) error) { s.before = question }

func (s *Store) ask(ctx context.Context, plan string) error {
	if s.before == nil || plan == confirming || s.asked.Load() {
		return nil
	}
	err := s.before(ctx)
	s.asked.Store(err == nil)
	return err
}

// wait takes locks, and looks meanwhile whether their holders still work.
func (s *Store) wait(ctx context.Context, tx pgx.Tx, locks []int64) error {
	watching, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.watch(watching)
	}()
	defer func() {
		stop()
		<-ended
	}()
	for _, lock := range kept(locks) {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", lock); err != nil {
			return err
		}
	}
	return nil
}

// watch ends holders of the lane whose program stopped in the middle of a statement: the server
// waits for it, and its own time-out counts only what is between statements.
func (s *Store) watch(ctx context.Context) {
	tick := time.NewTicker(s.patience / 12)
	defer tick.Stop()
	for looks := 0; ; looks++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if looks > 0 && s.watching.TryLock() {
			s.endStopped(ctx)
			s.watching.Unlock()
		}
	}
}

// endStopped has a connection of its own: those of the pool may all wait for the lane. That it
// fails is no news; the next look tries again.
func (s *Store) endStopped(ctx context.Context) {
	db, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return
	}
	defer db.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	_, _ = db.Exec(ctx, `
		SELECT pg_terminate_backend(a.pid)
		FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid IN ($1, $2, $5) AND l.objsubid = 1
		AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND a.application_name = $3 AND a.wait_event_type = 'Client' AND a.state_change < clock_timestamp() - $4::interval`,
		int64(lane), int64(door), application, s.patience, int64(landings))
}

// LaneHeld reports whether somebody holds the lane.
func (s *Store) LaneHeld(ctx context.Context) (held bool, err error) {
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1 AND objsubid = 1
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`, int64(lane)).Scan(&held)
	return held, away(err)
}
