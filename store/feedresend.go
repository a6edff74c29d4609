package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// AskResend asks the publisher of a role to send again; it returns the number of the request.
func (s *Store) AskResend(ctx context.Context, role string, r customer.Resend) (id int64, err error) {
	err = s.pool.QueryRow(ctx, insertResend, role, r.Topic, int64(r.Code), r.After, r.Upto, r.Fresh).Scan(&id)
	return id, away(err)
}

const insertResend = `INSERT INTO feed_resend (name, topic, code, after, upto, fresh) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`

// Resends lists the open requests of a role, the oldest first.
func (s *Store) Resends(ctx context.Context, role string) ([]customer.Resend, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, topic, code, after, upto, fresh FROM feed_resend WHERE name = $1 ORDER BY id`, role)
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r customer.Resend, err error) {
		err = row.Scan(&r.ID, &r.Topic, &r.Code, &r.After, &r.Upto, &r.Fresh)
		return r, err
	})
	return list, away(err)
}

// NextResend implements feed.Resends.
func (s *Store) NextResend(ctx context.Context, role string) (customer.Resend, bool, error) {
	list, err := s.Resends(ctx, role)
	if err != nil || len(list) == 0 {
		return customer.Resend{}, false, err
	}
	return list[0], true, nil
}

// Resent implements feed.Resends.
func (s *Store) Resent(ctx context.Context, l customer.Lease, r customer.Resend) error {
	return s.InTx(ctx, func(tx *Tx) error {
		if err := tx.Fence(ctx, l); err != nil {
			return err
		}
		if r.Done() {
			_, err := tx.Exec(ctx, `DELETE FROM feed_resend WHERE id = $1`, r.ID)
			return away(err)
		}
		_, err := tx.Exec(ctx, `UPDATE feed_resend SET after = $2 WHERE id = $1`, r.ID, r.After)
		return away(err)
	})
}

// Topics implements feed.Resends. What is remembered of a topic stands in feed_cursor beside the
// role's own row, so a new prefix is a set of new topics.
func (s *Store) Topics(ctx context.Context, l customer.Lease, topics []customer.FeedTopic) error {
	return s.InTx(ctx, func(tx *Tx) error {
		if err := tx.Fence(ctx, l); err != nil {
			return err
		}
		for _, t := range topics {
			if err := tx.meetTopic(ctx, l, &t); err != nil {
				return away(err)
			}
		}
		return nil
	})
}

func (tx *Tx) meetTopic(ctx context.Context, l customer.Lease, t *customer.FeedTopic) error {
	name := l.Role + "/" + t.Prefix + "." + t.Name
	if t.Name == "crosswalk" { // a restored hub tells again where each record belongs
		var epoch int64
		if err := tx.QueryRow(ctx, `SELECT epoch FROM hub`).Scan(&epoch); err != nil {
			return err
		}
		t.Settings = fmt.Sprintf("epoch %d", epoch)
	}
	var settings string
	err := tx.QueryRow(ctx, `SELECT settings FROM feed_cursor WHERE name = $1`, name).Scan(&settings)
	known := err == nil
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if known && settings == t.Settings && !t.Created {
		return nil
	}
	if l.Position > 0 {
		var id int64
		if err := tx.QueryRow(ctx, insertResend, l.Role, t.Name, 0, 0, l.Position, t.Created).Scan(&id); err != nil {
			return err
		}
		if t.Name == "crosswalk" && !t.Created { // and takes back the rows of records that it does not know
			if err := tx.QueryRow(ctx, insertResend, l.Role, "crosswalk/sweep", 0, 0, 1, false).Scan(&id); err != nil {
				return err
			}
		}
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO feed_cursor (name, settings) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET settings = excluded.settings`, name, t.Settings)
	return err
}

// Reach implements feed.Leases.
func (s *Store) Reach(ctx context.Context, l customer.Lease, position int64) error {
	return s.raise(ctx, l, "reach", position)
}

// Unpark forgets that codes were too large: they were sent.
func (s *Store) Unpark(ctx context.Context, name string, codes []customer.Code) error {
	if len(codes) == 0 {
		return nil
	}
	_, err := s.pool.Exec(ctx, `DELETE FROM feed_parked WHERE name = $1 AND code = ANY($2)`, name, numbers(codes))
	return away(err)
}

// ChangesOf implements feed.Log.
func (s *Store) ChangesOf(ctx context.Context, code customer.Code, after int64, limit int) ([]customer.Change, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT position, code, version, epoch, kind, operation, coalesce(successor, 0), fields, moved, at
		FROM   change
		WHERE  code = $1 AND position > $2
		ORDER  BY version
		LIMIT  $3`, int64(code), after, limit)
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, scanChange)
	return list, away(err)
}
