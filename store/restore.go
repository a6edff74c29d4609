package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// ErrRestored says that the database is an older state of itself, or a copy, and that nothing is
// minted or published until a person confirms it.
var ErrRestored = errors.New("the database was restored or copied; look at it, then run kartoteka restore confirm")

// Standing is what a witness outside the database compares.
type Standing struct {
	Hub      string `json:"hub"` // identifies the hub, through all restores
	Epoch    int64  `json:"epoch"`
	Position int64  `json:"position"` // of the change log
	Serial   int64  `json:"serial"`   // the next one to be given
}

// Standing reads where the database stands, and why it may be an older state ("" if it is not).
func (s *Store) Standing(ctx context.Context) (st Standing, restored string, err error) {
	var key []byte
	err = s.pool.QueryRow(ctx, `SELECT permutation_key, epoch, last_position, next_serial, restored FROM hub`).Scan(&key, &st.Epoch, &st.Position, &st.Serial, &restored)
	st.Hub = hubName(key)
	return st, restored, away(err)
}

// Whereabouts is Standing within a transaction, with the ruleset in force.
func (tx *Tx) Whereabouts(ctx context.Context) (st Standing, ruleset string, err error) {
	var key []byte
	err = tx.QueryRow(ctx, `SELECT permutation_key, epoch, last_position, next_serial, ruleset_hash FROM hub`).Scan(&key, &st.Epoch, &st.Position, &st.Serial, &ruleset)
	st.Hub = hubName(key)
	return st, ruleset, scrub(err)
}

func hubName(key []byte) string {
	sum := sha256.Sum256(append([]byte("hub"), key...))
	return hex.EncodeToString(sum[:8])
}

// MarkRestored keeps everybody from minting and publishing until [Tx.Confirm]. What opened a door at the time
// of the backup opens none now: sessions may have ended since, invitations been used, tokens been revoked.
// Tokens rest until [Tx.EndConfirm].
func (s *Store) MarkRestored(ctx context.Context, why string) error {
	_, err := s.pool.Exec(ctx, `
		WITH marked AS (UPDATE hub SET restored = $1 WHERE restored = '' RETURNING true),
			sessions AS (DELETE FROM session WHERE EXISTS (SELECT FROM marked)),
			invitations AS (DELETE FROM invitation WHERE EXISTS (SELECT FROM marked))
		DELETE FROM journey WHERE EXISTS (SELECT FROM marked)`, why)
	return away(err)
}

// ReserveBy lets a witness know serials before codes are made of them: reserve is called with the
// serial up to which codes may be given, exclusively, and its error stops the minting.
func (s *Store) ReserveBy(reserve func(serial int64) error) { s.reserve = reserve }

// reserveBlock is how many serials are reserved at once.
const reserveBlock = 100

// reserved makes sure that the witness knows of all serials below next.
func (s *Store) reserved(next int64) error {
	if s.reserve == nil || next <= s.reservedTo.Load() {
		return nil
	}
	to := next + reserveBlock
	if err := s.reserve(to); err != nil {
		return err
	}
	s.reservedTo.Store(to)
	return nil
}

// Confirm begins the life of a restored database: positions, serials and epoch go on beyond all
// that was ever published. Everybody else waits until [Tx.EndConfirm].
func (tx *Tx) Confirm(ctx context.Context, beyond Standing) error {
	_, err := tx.Exec(ctx, `UPDATE hub SET epoch = $1, last_position = greatest(last_position, $2), next_serial = greatest(next_serial, $3)`,
		beyond.Epoch, beyond.Position, beyond.Serial)
	return scrub(err)
}

// EndConfirm lets everybody go on, with the tokens that were made before if keep says so; else those are
// revoked. It returns how many were.
func (tx *Tx) EndConfirm(ctx context.Context, keep bool) (revoked int64, err error) {
	done, err := tx.Exec(ctx, `UPDATE token SET revoked = clock_timestamp() WHERE revoked IS NULL AND NOT $1`, keep)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE hub SET restored = ''`)
	}
	return done.RowsAffected(), scrub(err)
}

// InLaneToConfirm is InLane for the process that confirms a restored database.
func (s *Store) InLaneToConfirm(ctx context.Context, f func(*Tx) error) error {
	return s.inLane(ctx, 0, confirming, f)
}

// confirming is who may use the lane of a restored database.
const confirming = "confirm"

// Reissue writes a version of the present epoch for up to limit codes whose newest one is of an
// older epoch, so that the feed tells their state again; it returns how many.
func (tx *Tx) Reissue(ctx context.Context, op customer.Operation, epoch int64, limit int, rewrite func(*customer.CodeRow) error) (int, error) {
	rows, err := tx.Query(ctx, `
		SELECT g.code, g.kind, g.state, coalesce(g.successor, 0), coalesce(g.component, 0), g.serial, g.version, g.document, h.refs
		FROM golden g JOIN change c ON c.code = g.code AND c.version = g.version JOIN history h ON h.code = g.code AND h.version = g.version
		WHERE c.epoch < $1 ORDER BY g.code LIMIT $2`, epoch, limit)
	if err != nil {
		return 0, scrub(err)
	}
	e := &customer.Effects{Operations: []customer.Operation{op}}
	var row customer.CodeRow
	var refs []byte
	if _, err = pgx.ForEachRow(rows, []any{&row.Code, &row.Kind, &row.State, &row.Successor, &row.Component, &row.Serial, &row.Version, &row.Document, &refs}, func() error {
		next := row
		next.Version++
		if err := rewrite(&next); err != nil {
			return err
		}
		e.Codes = append(e.Codes, next)
		e.Changes = append(e.Changes, customer.LoggedChange{History: append([]byte(nil), refs...), Change: customer.Change{
			Code: next.Code, Version: next.Version, Epoch: epoch, Kind: customer.Reissued, Successor: next.Successor}})
		return nil
	}); err != nil {
		return 0, scrub(err)
	}
	if len(e.Codes) == 0 {
		return 0, nil
	}
	return len(e.Codes), tx.Write(ctx, e)
}

// Withdraw takes back the codes of a range of serials that the database does not know: they were
// given after the state that was restored.
func (tx *Tx) Withdraw(ctx context.Context, op customer.Operation, epoch, from, to int64, document func(customer.Code) []byte) error {
	e := &customer.Effects{Operations: []customer.Operation{op}}
	for serial := from; serial < to; serial++ {
		code := tx.s.numbering.Code(serial)
		e.Codes = append(e.Codes, customer.CodeRow{Code: code, Kind: customer.Person, State: customer.CodeErased, Serial: serial, Version: 1, Document: document(code)})
		e.Changes = append(e.Changes, customer.LoggedChange{History: []byte("{}"), Change: customer.Change{Code: code, Version: 1, Epoch: epoch, Kind: customer.Withdrawn}})
	}
	if len(e.Codes) == 0 {
		return nil
	}
	return tx.Write(ctx, e)
}

// CodesOfHashes finds the codes of live records whose keys have one of the keyed hashes, and are not known as erased.
func (tx *Tx) CodesOfHashes(ctx context.Context, hashes map[string]bool) ([]customer.Code, error) {
	rows, err := tx.Query(ctx, `SELECT s.name, r.key, r.code FROM record r JOIN source s ON s.id = r.source WHERE r.state = 'live' AND r.code IS NOT NULL`)
	if err != nil {
		return nil, scrub(err)
	}
	found := map[customer.Code]bool{}
	var out []customer.Code
	var ref customer.Ref
	var code customer.Code
	_, err = pgx.ForEachRow(rows, []any{&ref.Source, &ref.Key, &code}, func() error {
		if !found[code] && hashes[customer.KeyHash(tx.s.secret, ref)] {
			found[code] = true
			out = append(out, code)
		}
		return nil
	})
	return out, scrub(err)
}

// ErasedHashes returns those of the keyed hashes that stand for nobody who is erased yet.
func (tx *Tx) ErasedHashes(ctx context.Context, hashes []string) (missing map[string]bool, err error) {
	rows, err := tx.Query(ctx, `SELECT n.hash FROM unnest($1::text[]) AS n(hash) WHERE NOT EXISTS (SELECT FROM erased e WHERE e.hash = n.hash)`, hashes)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	missing = make(map[string]bool, len(list))
	for _, h := range list {
		missing[h] = true
	}
	return missing, scrub(err)
}

// KeepErased remembers keyed hashes of records that the restored state does not have: they must
// not come back either.
func (tx *Tx) KeepErased(ctx context.Context, hashes []string, operation int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO erased (hash, operation) SELECT hash, $2 FROM unnest($1::text[]) AS n(hash) ON CONFLICT DO NOTHING`, hashes, operation)
	return scrub(err)
}

// ServerMajor is the major version of the server.
func (s *Store) ServerMajor(ctx context.Context) (major int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::integer / 10000`).Scan(&major)
	return major, away(err)
}

// Exported runs f while a snapshot is exported that other sessions can join by its name.
func (s *Store) Exported(ctx context.Context, f func(tx *Tx, snapshot string) error) error {
	return s.Snapshot(ctx, func(tx *Tx) error {
		var name string
		if err := tx.QueryRow(ctx, `SELECT pg_export_snapshot()`).Scan(&name); err != nil {
			return scrub(err)
		}
		return f(tx, name)
	})
}

// Contents counts what the hub holds, table by table: what a backup is compared by.
func (tx *Tx) Contents(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	for _, table := range []string{"record", "body", "golden", "history", "change", "move", "op", "decision", "pin", "task", "consent", "relation", "product", "reject", "block", "closed", "erased"} {
		var n int64
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			return nil, fmt.Errorf("%s: %w", table, scrub(err))
		}
		out[table] = n
	}
	return out, nil
}

// Clear empties the database for a restore; the error wraps [ErrInUse] while others work with it.
func (s *Store) Clear(ctx context.Context) error {
	if err := s.alone(ctx); err != nil {
		return err
	}
	// ACCESS EXCLUSIVE on every table, as DROP takes it; nobody else is there to wait for it.
	_, err := s.pool.Exec(ctx, `DROP SCHEMA public CASCADE; CREATE SCHEMA public`)
	return away(err)
}
