package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Acquire implements feed.Leases. A lease that was given back keeps its row without owner, so
// that tokens go on rising.
func (s *Store) Acquire(ctx context.Context, role, holder string, ttl time.Duration) (customer.Lease, error) {
	return s.acquire(ctx, role, holder, ttl, false)
}

// Take is Acquire for work that happens in the database alone, where the fence suffices: a lease whose
// holder died is free at once, and not only when it runs out. Leases that were acquired are not taken
// so: what their holder may still send must be waited for.
func (s *Store) Take(ctx context.Context, role, holder string, ttl time.Duration) (customer.Lease, error) {
	l, err := s.acquire(ctx, role, holder, ttl, true)
	if err != nil {
		s.letGo(context.WithoutCancel(ctx), l)
	}
	return l, err
}

func (s *Store) acquire(ctx context.Context, role, holder string, ttl time.Duration, session bool) (customer.Lease, error) {
	l := customer.Lease{Role: role, Holder: holder}
	err := s.InTx(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO lease (name, owner, until, token, clean) VALUES ($1, '', '-infinity', 0, true)
			ON CONFLICT DO NOTHING`, role); err != nil {
			return err
		}
		// The row stays locked until the end, so that the state that is told is the one that is taken.
		var owner string
		var over bool
		if err := tx.QueryRow(ctx, `
			SELECT owner, until <= clock_timestamp(), token, clean AND owner = '' FROM lease WHERE name = $1 FOR UPDATE`,
			role).Scan(&owner, &over, &l.Token, &l.Clean); err != nil {
			return err
		}
		if owner != "" && owner != holder && !over {
			if dead, err := tx.died(ctx, role, l.Token); err != nil || !session || !dead {
				return cmp.Or(err, customer.ErrLeaseHeld)
			}
		}
		l.Token++
		if session {
			if err := s.keep(ctx, l); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `
			UPDATE lease SET owner = $2, until = clock_timestamp() + $3::interval, token = $4, clean = false WHERE name = $1`,
			role, holder, ttl, l.Token); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT position, reach FROM feed_cursor WHERE name = $1`, role).Scan(&l.Position, &l.Reach)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return l, fmt.Errorf("lease %s: %w", role, away(err))
	}
	return l, nil
}

// Renew implements feed.Leases.
func (s *Store) Renew(ctx context.Context, l customer.Lease, ttl time.Duration) error {
	return s.held(ctx, l, `UPDATE lease SET until = clock_timestamp() + $3::interval WHERE name = $1 AND token = $2 AND owner <> ''`, ttl)
}

// Release implements feed.Leases.
func (s *Store) Release(ctx context.Context, l customer.Lease, clean bool) error {
	defer s.letGo(ctx, l)
	return s.held(ctx, l, `UPDATE lease SET owner = '', clean = $3 WHERE name = $1 AND token = $2 AND owner <> ''`, clean)
}

// held runs an update of the lease's own row, which finds the row only while the token stands.
func (s *Store) held(ctx context.Context, l customer.Lease, update string, value any) error {
	done, err := s.pool.Exec(ctx, update, l.Role, l.Token, value)
	if err == nil && done.RowsAffected() == 0 {
		err = customer.ErrLeaseLost
	}
	if err != nil {
		return fmt.Errorf("lease %s: %w", l.Role, away(err))
	}
	return nil
}

// Advance implements feed.Leases.
func (s *Store) Advance(ctx context.Context, l customer.Lease, position int64) error {
	return s.raise(ctx, l, "position", position)
}

// raise sets a column of the role's row, which never falls.
func (s *Store) raise(ctx context.Context, l customer.Lease, column string, position int64) error {
	return s.InTx(ctx, func(tx *Tx) error {
		if err := tx.Fence(ctx, l); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO feed_cursor (name, `+column+`) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET `+column+` = excluded.`+column+` WHERE feed_cursor.`+column+` < excluded.`+column, l.Role, position)
		return away(err)
	})
}

// Fence lets the transaction go on only while the lease is its holder's, and keeps others from
// taking it until the transaction ends.
func (tx *Tx) Fence(ctx context.Context, l customer.Lease) error {
	var one int
	// FOR SHARE: whoever acquires waits for this transaction; transactions of one holder do not wait for each other.
	err := tx.QueryRow(ctx, `SELECT 1 FROM lease WHERE name = $1 AND token = $2 AND owner <> '' FOR SHARE`, l.Role, l.Token).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		err = customer.ErrLeaseLost
	}
	if err != nil {
		return fmt.Errorf("lease %s: %w", l.Role, away(err))
	}
	return nil
}
