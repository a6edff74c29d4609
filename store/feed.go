package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Changes implements feed.Log: rows of the change log after a position. Positions are in the
// order of commits, because the lane gives them, so a reader misses none.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]customer.Change, error) {
	// The hub's row tells whether there is anything to read: while the first load fills the
	// tables they cannot be read, and there is nothing to read.
	last, err := s.Last(ctx)
	if err != nil || last <= after {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `
		SELECT position, code, version, epoch, kind, operation, coalesce(successor, 0), fields, moved, at
		FROM   change
		WHERE  position > $1
		ORDER  BY position
		LIMIT  $2`, after, limit)
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, scanChange)
	return list, away(err)
}

func scanChange(row pgx.CollectableRow) (c customer.Change, err error) {
	var moved string
	var at time.Time
	if err := row.Scan(&c.Position, &c.Code, &c.Version, &c.Epoch, &c.Kind, &c.Operation, &c.Successor, &c.Fields, &moved, &at); err != nil {
		return c, err
	}
	c.At = at
	if moved != "" {
		if err := json.Unmarshal([]byte(moved), &c.Moved); err != nil {
			return c, fmt.Errorf("change %d: moved: %w", c.Position, err)
		}
	}
	return c, nil
}

// Last implements feed.Log.
func (s *Store) Last(ctx context.Context) (position int64, err error) {
	var restored string
	err = s.pool.QueryRow(ctx, `SELECT last_position, restored FROM hub`).Scan(&position, &restored)
	if err == nil && restored != "" {
		return 0, fmt.Errorf("%s: %w", restored, ErrRestored)
	}
	return position, away(err)
}

// States implements feed.Log: one statement, so one snapshot.
func (s *Store) States(ctx context.Context, codes []customer.Code) (map[customer.Code]customer.CodeNow, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	return states(ctx, s.pool, codes)
}

func states(ctx context.Context, db querier, codes []customer.Code) (map[customer.Code]customer.CodeNow, error) {
	rows, err := db.Query(ctx, `
		SELECT g.code, g.state, c.epoch, g.version, coalesce(g.successor, 0), CASE WHEN g.state = 'active' THEN g.document END
		FROM   golden g JOIN change c ON c.code = g.code AND c.version = g.version
		WHERE  g.code = ANY($1)`, numbers(codes))
	if err != nil {
		return nil, away(err)
	}
	out := make(map[customer.Code]customer.CodeNow, len(codes))
	var now customer.CodeNow
	_, err = pgx.ForEachRow(rows, []any{&now.Code, &now.State, &now.Epoch, &now.Version, &now.Successor, &now.Document}, func() error {
		out[now.Code] = now
		now = customer.CodeNow{}
		return nil
	})
	return out, away(err)
}

// Records implements feed.Log.
func (s *Store) Records(ctx context.Context, ids []customer.RecordID) (map[customer.RecordID]customer.RecordNow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		SELECT r.id, s.name, r.key, p.id, coalesce(p.code, 0)
		FROM   record r
		JOIN   source s ON s.id = r.source
		JOIN   LATERAL (SELECT id, code FROM record p WHERE p.source = r.source AND p.key = r.key
		                ORDER BY p.incarnation DESC LIMIT 1) p ON true
		WHERE  r.id = ANY($1)`, numbers(ids))
	if err != nil {
		return nil, away(err)
	}
	out := make(map[customer.RecordID]customer.RecordNow, len(ids))
	var id customer.RecordID
	var now customer.RecordNow // whole of each row
	_, err = pgx.ForEachRow(rows, []any{&id, &now.Ref.Source, &now.Ref.Key, &now.Record, &now.Code}, func() error {
		out[id] = now
		return nil
	})
	return out, away(err)
}

// Park remembers that the present version of a code is too large for a consumer.
func (s *Store) Park(ctx context.Context, name string, code customer.Code, reason string) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO feed_parked (name, code, position, reason)
		SELECT $1, code, position, $3 FROM change WHERE code = $2 ORDER BY version DESC LIMIT 1
		ON CONFLICT (name, code) DO UPDATE SET position = excluded.position, reason = excluded.reason`, name, int64(code), reason)
	return away(err)
}

// FeedStatus is how far a consumer of the change log is.
type FeedStatus struct {
	Last      int64     `json:"last_position"`
	LastAt    time.Time `json:"last_at,omitzero"`
	Published int64     `json:"published_position"`
	Lag       int64     `json:"lag"`                  // changes not published yet
	Behind    float64   `json:"behind_seconds"`       // age of the oldest of them
	Holder    string    `json:"holder,omitempty"`     // who publishes now
	Until     time.Time `json:"lease_until,omitzero"` // by the database's clock
	Parked    []Parked  `json:"parked"`
	// Asked are open requests to send again.
	Asked []customer.Resend `json:"asked,omitempty"`
}

// Parked is a code whose golden record was too large to be sent, at a position.
type Parked struct {
	Code     customer.Code `json:"code"`
	Topic    string        `json:"topic"` // golden, golden.VIEW, events
	Position int64         `json:"position"`
	Reason   string        `json:"reason"`
}

// FeedStatus reads how far a role got.
func (s *Store) FeedStatus(ctx context.Context, role string) (FeedStatus, error) {
	var f FeedStatus
	var lastAt, until *time.Time
	var holder *string
	err := s.pool.QueryRow(ctx, `
		SELECT h.last_position, coalesce(c.position, 0),
		       (SELECT at FROM change WHERE position = h.last_position),
		       coalesce((SELECT extract(epoch FROM clock_timestamp() - at) FROM change WHERE position > coalesce(c.position, 0) ORDER BY position LIMIT 1), 0)::float8,
		       CASE WHEN l.until > clock_timestamp() THEN l.owner ELSE '' END, l.until
		FROM   hub h
		LEFT   JOIN feed_cursor c ON c.name = $1
		LEFT   JOIN lease l ON l.name = $1 AND l.owner <> ''`, role).
		Scan(&f.Last, &f.Published, &lastAt, &f.Behind, &holder, &until)
	if err != nil {
		return f, away(err)
	}
	f.Lag = f.Last - f.Published
	if holder != nil {
		f.Holder = *holder
	}
	if lastAt != nil {
		f.LastAt = *lastAt
	}
	if until != nil && f.Holder != "" {
		f.Until = *until
	}
	if f.Parked, err = s.parked(ctx, role); err != nil {
		return f, err
	}
	f.Asked, err = s.Resends(ctx, role)
	return f, err
}

// parked lists the codes whose present version is not published; one that changed since is tried again.
func (s *Store) parked(ctx context.Context, role string) ([]Parked, error) {
	rows, err := s.pool.Query(ctx, parkedOf+` ORDER BY p.position, p.code, p.name`, role)
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, scanParked)
	return list, away(err)
}

const parkedOf = `
	SELECT p.code, CASE WHEN p.name = $1 THEN 'golden' ELSE substr(p.name, length($1) + 2) END, p.position, p.reason FROM feed_parked p
	WHERE  (p.name = $1 OR starts_with(p.name, $1 || '/')) AND NOT EXISTS (SELECT FROM change c WHERE c.code = p.code AND c.position > p.position)`

func scanParked(row pgx.CollectableRow) (p Parked, err error) {
	err = row.Scan(&p.Code, &p.Topic, &p.Position, &p.Reason)
	return p, err
}

// FeedReach tells how far a role has published, and to which topics the present version of a code was
// too large for.
func (tx *Tx) FeedReach(ctx context.Context, role string, code customer.Code) (position int64, parked []Parked, err error) {
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(position), 0) FROM feed_cursor WHERE name = $1`, role).Scan(&position); err != nil {
		return 0, nil, scrub(err)
	}
	rows, err := tx.Query(ctx, parkedOf+` AND p.code = $2 ORDER BY p.name`, role, int64(code))
	if err != nil {
		return 0, nil, scrub(err)
	}
	parked, err = pgx.CollectRows(rows, scanParked)
	return position, parked, scrub(err)
}

// Page implements api.Hub: codes by number, one statement.
func (s *Store) Page(ctx context.Context, after customer.Code, limit int) ([]customer.CodeNow, error) {
	return page(ctx, s.pool, after, limit)
}

func page(ctx context.Context, db querier, after customer.Code, limit int) ([]customer.CodeNow, error) {
	rows, err := db.Query(ctx, `
		SELECT g.code, g.state, c.epoch, g.version, coalesce(g.successor, 0), CASE WHEN g.state = 'active' THEN g.document END
		FROM   golden g JOIN change c ON c.code = g.code AND c.version = g.version
		WHERE  g.code > $1
		ORDER  BY g.code
		LIMIT  $2`, int64(after), limit)
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (now customer.CodeNow, err error) {
		err = row.Scan(&now.Code, &now.State, &now.Epoch, &now.Version, &now.Successor, &now.Document)
		return now, err
	})
	return list, away(err)
}
