package store

import (
	"context"
	"fmt"

	"kartoteka/customer"
)

// Hub is the hub's row as others may see it.
type Hub struct {
	Epoch        int64
	RulesetHash  string // "" until the first load fixes the ruleset
	Ruleset      string
	Model        string
	LastPosition int64
	CrosswalkKey []byte
}

const selectHub = `SELECT epoch, ruleset_hash, ruleset, model, last_position, crosswalk_key FROM hub`

// Hub reads the hub's row.
func (s *Store) Hub(ctx context.Context) (Hub, error) {
	var h Hub
	err := s.pool.QueryRow(ctx, selectHub).Scan(&h.Epoch, &h.RulesetHash, &h.Ruleset, &h.Model, &h.LastPosition, &h.CrosswalkKey)
	return h, away(err)
}

// Hub reads the hub's row within the transaction.
func (tx *Tx) Hub(ctx context.Context) (Hub, error) {
	var h Hub
	err := tx.QueryRow(ctx, selectHub).Scan(&h.Epoch, &h.RulesetHash, &h.Ruleset, &h.Model, &h.LastPosition, &h.CrosswalkKey)
	return h, err
}

// RulesetHash names the ruleset in force, within the transaction.
func (tx *Tx) RulesetHash(ctx context.Context) (hash string, err error) {
	err = tx.QueryRow(ctx, "SELECT ruleset_hash FROM hub").Scan(&hash)
	return hash, scrub(err)
}

// Waiting is what has landed and is not resolved yet.
type Waiting struct {
	First, Last customer.RecordID
	Operations  int64 // that the hub has carried out
}

// Waiting tells whether anything waits: two equal answers mean that nobody works on it.
func (s *Store) Waiting(ctx context.Context) (w Waiting, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT coalesce((SELECT min(id) FROM record WHERE landed > revision), 0),
		       coalesce((SELECT max(id) FROM record WHERE landed > revision), 0), last_operation FROM hub`).Scan(&w.First, &w.Last, &w.Operations)
	return w, away(err)
}

// CountWaiting counts what waits.
func (s *Store) CountWaiting(ctx context.Context) (n int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM record WHERE landed > revision`).Scan(&n)
	return n, away(err)
}

// FixRuleset writes the ruleset that answers depend on from now on.
func (tx *Tx) FixRuleset(ctx context.Context, r customer.Ruleset) error {
	if _, err := tx.Exec(ctx, "UPDATE hub SET ruleset_hash = $1, ruleset = $2, model = $3", r.Hash, r.Text, r.Model); err != nil {
		return fmt.Errorf("ruleset: %w", err)
	}
	return nil
}

// Empty reports whether the hub never had a record.
func (tx *Tx) Empty(ctx context.Context) (bool, error) {
	var any bool
	err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM record)").Scan(&any)
	return !any, err
}

// CountLive estimates nothing: it counts the live records.
func (s *Store) CountLive(ctx context.Context) (int64, error) {
	var n int64
	err := s.pool.QueryRow(ctx, "SELECT count(*) FROM record WHERE state = 'live'").Scan(&n)
	return n, away(err)
}

// Served notes the address at which the hub is served.
func (s *Store) Served(ctx context.Context, address string) error {
	_, err := s.pool.Exec(ctx, `UPDATE hub SET address = $1 WHERE address <> $1`, address)
	return away(err)
}

// Address tells where the hub was served last; "" if it never was.
func (s *Store) Address(ctx context.Context) (address string, err error) {
	err = s.pool.QueryRow(ctx, `SELECT address FROM hub`).Scan(&address)
	return address, away(err)
}
