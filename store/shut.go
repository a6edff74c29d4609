package store

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// shutSet keeps the closed keys and generic values of the database in memory, because every turn
// asks for some thousand of them. The hub's row tells what is new; see [Tx.shut].
type shutSet struct {
	mu      sync.RWMutex
	version int64 // that is kept; -1: none
	keys    [2]map[uint64]struct{}
}

// place tells closed keys from generic values.
func place(generic bool) int {
	if generic {
		return 1
	}
	return 0
}

// Closed implements resolve.Base.
func (tx *Tx) Closed(ctx context.Context, keys []uint64) (map[uint64]bool, error) {
	return tx.shut(ctx, keys, false)
}

// Generic implements resolve.Base.
func (tx *Tx) Generic(ctx context.Context, keys []uint64) (map[uint64]bool, error) {
	return tx.shut(ctx, keys, true)
}

func (tx *Tx) shut(ctx context.Context, keys []uint64, generic bool) (map[uint64]bool, error) {
	if len(keys) == 0 {
		return map[uint64]bool{}, nil
	}
	if !tx.current || tx.reopened {
		return tx.askShut(ctx, keys, generic)
	}
	if err := tx.look(ctx); err != nil {
		return nil, err
	}
	out := map[uint64]bool{}
	own := tx.own[place(generic)]
	set := &tx.s.shutSet
	set.mu.RLock()
	defer set.mu.RUnlock()
	for _, k := range keys {
		if _, is := set.keys[place(generic)][k]; is || own[k] {
			out[k] = true
		}
	}
	return out, nil
}

// askShut asks the database: a snapshot may be older than what is kept, and what this
// transaction reopened is nobody else's business yet.
func (tx *Tx) askShut(ctx context.Context, keys []uint64, generic bool) (map[uint64]bool, error) {
	rows, err := tx.Query(ctx, `SELECT key FROM closed WHERE key = ANY($1) AND generic = $2`, signed(keys), generic)
	if err != nil {
		return nil, scrub(err)
	}
	out := map[uint64]bool{}
	var key int64
	_, err = pgx.ForEachRow(rows, []any{&key}, func() error {
		out[uint64(key)] = true
		return nil
	})
	return out, scrub(err)
}

// look brings what is kept up to the present versions, once a transaction: only a holder of the
// lane changes them, so it stays true for whoever holds the lane.
func (tx *Tx) look(ctx context.Context) error {
	if tx.looked {
		return nil
	}
	var version, reopened int64
	if err := tx.QueryRow(ctx, `SELECT shut_version, reopen_version, index_version FROM hub`).Scan(&version, &reopened, &tx.indexVersion); err != nil {
		return scrub(err)
	}
	tx.looked = true
	return tx.lookShut(ctx, version, reopened)
}

func (tx *Tx) lookShut(ctx context.Context, version, reopened int64) error {
	set := &tx.s.shutSet
	set.mu.RLock()
	have := set.version
	set.mu.RUnlock()
	if have == version {
		return nil
	}
	set.mu.Lock()
	defer set.mu.Unlock()
	since := set.version
	switch {
	case since == version || since > version && !tx.holds:
		return nil // somebody was faster
	case since < reopened || since > version:
		since = -1
		set.keys = [2]map[uint64]struct{}{{}, {}}
	}
	rows, err := tx.Query(ctx, `SELECT key, generic FROM closed WHERE version > $1`, since)
	if err == nil {
		var key int64
		var generic bool
		_, err = pgx.ForEachRow(rows, []any{&key, &generic}, func() error {
			set.keys[place(generic)][uint64(key)] = struct{}{}
			return nil
		})
	}
	if err != nil {
		set.version = -1
		return scrub(err)
	}
	set.version = version
	return nil
}

// Shut implements resolve.Base.
func (tx *Tx) Shut(ctx context.Context, closed []customer.ClosedKey, generic []customer.GenericValue) error {
	if len(closed)+len(generic) == 0 {
		return nil
	}
	if tx.current && !tx.reopened { // what is kept must not hold what this transaction may take back
		if err := tx.look(ctx); err != nil {
			return err
		}
	}
	var version int64
	if err := tx.QueryRow(ctx, `UPDATE hub SET shut_version = shut_version + 1 RETURNING shut_version`).Scan(&version); err != nil {
		return scrub(err)
	}
	batch := &pgx.Batch{}
	const insert = `INSERT INTO closed (key, generic, kind, rule, carriers, version) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
	for _, c := range closed {
		batch.Queue(insert, int64(c.Hash), false, c.Kind, int(c.Rule), c.Nodes, version)
		tx.own[0] = with(tx.own[0], c.Hash)
	}
	for _, g := range generic {
		batch.Queue(insert, int64(g.Key), true, g.Kind, int(g.Attribute), g.Signatures, version)
		tx.own[1] = with(tx.own[1], g.Key)
	}
	return scrub(tx.SendBatch(ctx, batch).Close())
}

func with(set map[uint64]bool, key uint64) map[uint64]bool {
	if set == nil {
		set = map[uint64]bool{}
	}
	set[key] = true
	return set
}

// ShutKeys implements resolve.Maintainable.
func (tx *Tx) ShutKeys(ctx context.Context) (closed, generic []uint64, err error) {
	rows, err := tx.Query(ctx, `SELECT key, generic FROM closed ORDER BY key`)
	if err != nil {
		return nil, nil, scrub(err)
	}
	var key int64
	var isValue bool
	_, err = pgx.ForEachRow(rows, []any{&key, &isValue}, func() error {
		if isValue {
			generic = append(generic, uint64(key))
		} else {
			closed = append(closed, uint64(key))
		}
		return nil
	})
	return closed, generic, scrub(err)
}

// Reopen implements resolve.Maintainable.
func (tx *Tx) Reopen(ctx context.Context, closed, generic []uint64) error {
	if err := tx.reopen(ctx); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM closed WHERE (key = ANY($1) AND NOT generic) OR (key = ANY($2) AND generic)`, signed(closed), signed(generic))
	return scrub(err)
}

// reopenAll forgets everything that is shut.
func (tx *Tx) reopenAll(ctx context.Context) error {
	if err := tx.reopen(ctx); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM closed`)
	return scrub(err)
}

// reopen tells everybody to look anew once this transaction is committed.
func (tx *Tx) reopen(ctx context.Context) error {
	tx.reopened = true
	_, err := tx.Exec(ctx, `UPDATE hub SET shut_version = shut_version + 1, reopen_version = shut_version + 1`)
	return scrub(err)
}
