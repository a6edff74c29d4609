package store

import (
	"context"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"kartoteka/customer"
)

// bulkState is a bulk run of a transaction.
type bulkState struct {
	empty   bool // the base was empty: everything goes in by COPY, indexes are built at the end
	indexes []string
	rows    func(customer.RecordID) customer.NewRecord
}

// bulkTables lists the tables whose indexes are dropped while an empty base is filled.
var bulkTables = []string{"record", "body", "block", "golden", "history", "change", "consent", "relation", "product"}

// BeginBulk prepares the transaction for filling an empty base: indexes go, and come back at
// FinishBulk in the same transaction. Readers wait until it ends; there is nothing to read yet.
func (tx *Tx) BeginBulk(ctx context.Context, rows func(customer.RecordID) customer.NewRecord) error {
	tx.bulk = &bulkState{empty: true, rows: rows}
	// Truncated in this transaction, the tables are filled without write-ahead log where wal_level
	// is minimal, as on the private server.
	if _, err := tx.Exec(ctx, "TRUNCATE "+strings.Join(bulkTables, ", ")); err != nil {
		return scrub(err)
	}
	for _, table := range bulkTables {
		if err := tx.dropIndexes(ctx, table); err != nil {
			return scrub(err)
		}
	}
	return nil
}

// CopyBodies writes revisions of new records while they are made.
func (tx *Tx) CopyBodies(ctx context.Context, bodies iter.Seq[customer.Body]) error {
	_, err := copySequence(ctx, tx, "body", []string{"record", "revision", "run", "op", "raw", "standard"}, func(yield func([]any) bool) {
		for b := range bodies {
			if !yield([]any{int64(b.Record), int32(b.Revision), b.Run, string(customer.Upsert), validText(b.Raw), b.Standard}) {
				return
			}
		}
	})
	return scrub(err)
}

// TakeRecordIDs reserves n ids and returns the first.
func (tx *Tx) TakeRecordIDs(ctx context.Context, n int) (customer.RecordID, error) {
	var first int64
	err := tx.QueryRow(ctx, `SELECT setval('record_id', nextval('record_id') + $1) - $1`, n).Scan(&first)
	return customer.RecordID(first), scrub(err)
}

// dropIndexes drops a table's indexes and key constraints and remembers how to make them again.
func (tx *Tx) dropIndexes(ctx context.Context, table string) error {
	rows, err := tx.Query(ctx, `SELECT i.relname, pg_get_indexdef(i.oid), coalesce(c.conname, ''), coalesce(pg_get_constraintdef(c.oid), '')
		FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
		LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype IN ('p', 'u')
		WHERE x.indrelid = $1::regclass ORDER BY i.relname`, table)
	if err != nil {
		return err
	}
	type index struct{ name, definition, constraint, constraintDefinition string }
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x index, err error) {
		err = row.Scan(&x.name, &x.definition, &x.constraint, &x.constraintDefinition)
		return x, err
	})
	if err != nil {
		return err
	}
	quoted := func(name string) string { return pgx.Identifier{name}.Sanitize() }
	for _, x := range list {
		drop, again := "DROP INDEX "+quoted(x.name), x.definition
		if x.constraint != "" {
			drop = "ALTER TABLE " + quoted(table) + " DROP CONSTRAINT " + quoted(x.constraint)
			again = "ALTER TABLE " + quoted(table) + " ADD CONSTRAINT " + quoted(x.constraint) + " " + x.constraintDefinition
		}
		if _, err := tx.Exec(ctx, drop); err != nil {
			return err
		}
		tx.bulk.indexes = append(tx.bulk.indexes, again)
	}
	return nil
}

// FinishBulk builds the indexes again, gives back the record ids from next on, and tells the
// planner about the new tables.
func (tx *Tx) FinishBulk(ctx context.Context, next customer.RecordID) error {
	if _, err := tx.Exec(ctx, `SELECT setval('record_id', $1, false)`, int64(next)); err != nil {
		return scrub(err)
	}
	if _, err := tx.Exec(ctx, `SET LOCAL maintenance_work_mem = '512MB'`); err != nil {
		return scrub(err)
	}
	for _, sql := range tx.bulk.indexes {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return scrub(err)
		}
	}
	tx.bulk = nil
	_, err := tx.Exec(ctx, "ANALYZE "+strings.Join(bulkTables, ", "))
	return scrub(err)
}

// copyEffects writes by COPY what is all new.
func (tx *Tx) copyEffects(ctx context.Context, e *customer.Effects, n *numbered) error {
	for _, table := range []struct {
		name    string
		columns []string
		rows    int
		row     func(int) []any
	}{
		{"op", []string{"id", "kind", "actor", "reason", "at", "digest", "hash"}, len(n.operations), func(i int) []any {
			op := &n.operations[i]
			return []any{op.id, op.Kind, op.Actor, op.Reason, n.at, op.digest, op.hash}
		}},
		{"record", []string{"id", "source", "key", "kind", "state", "revision", "landed", "fingerprint", "run", "node", "code", "home"}, len(e.Records), func(i int) []any {
			r := &e.Records[i]
			x := tx.bulk.rows(r.ID)
			return []any{int64(r.ID), x.Source, x.Key, string(r.Kind), string(r.State), int32(r.Revision), x.Landed, x.Fingerprint, x.Run, r.Node, int64(r.Code), int64(r.Home)}
		}},
		{"golden", []string{"code", "serial", "kind", "state", "component", "version", "document"}, len(e.Codes), func(i int) []any {
			c := &e.Codes[i]
			return []any{int64(c.Code), c.Serial, string(c.Kind), string(c.State), int64(c.Component), c.Version, string(c.Document)}
		}},
		{"change", []string{"position", "code", "version", "epoch", "kind", "operation", "moved", "hash", "at"}, len(e.Changes), func(i int) []any {
			c := &e.Changes[i]
			return []any{n.position + int64(i), int64(c.Code), c.Version, c.Epoch, string(c.Kind), n.operations[c.Operation].id, movedJSON(c.Moved), n.hashOf(c.Code), n.at}
		}},
		{"history", []string{"code", "version", "refs"}, len(e.Changes), func(i int) []any {
			c := &e.Changes[i]
			return []any{int64(c.Code), c.Version, string(c.History)}
		}},
	} {
		if table.rows == 0 {
			continue
		}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{table.name}, table.columns, pgx.CopyFromSlice(table.rows, func(i int) ([]any, error) { return table.row(i), nil }))
		if err != nil {
			return scrub(err)
		}
	}
	if err := tx.copyFacts(ctx, e.Records); err != nil {
		return scrub(err)
	}
	batch := &pgx.Batch{}
	queueNewTasks(batch, e.Tasks)
	if batch.Len() == 0 {
		return nil
	}
	return scrub(tx.SendBatch(ctx, batch).Close())
}

func (tx *Tx) copyFacts(ctx context.Context, records []customer.RecordChange) error {
	for table, rowsOf := range map[string]func(customer.RecordID, *customer.Standard) [][]any{
		"consent": consentRows, "relation": relationRows, "product": productRows} {
		var rows [][]any
		for i := range records {
			rows = append(rows, rowsOf(records[i].ID, records[i].Standard)...)
		}
		if len(rows) == 0 {
			continue
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columnsOf[table], pgx.CopyFromRows(rows)); err != nil {
			return err
		}
	}
	return nil
}

var columnsOf = map[string][]string{
	"consent":  {"record", "purpose", "channel", "address", "given", "at"},
	"relation": {"record", "attribute", "role", "target_source", "target_key", "valid_from", "valid_to"},
	"product":  {"record", "kind", "number", "status", "opened", "closed"},
}

// Reindex implements resolve.BulkBase.
func (tx *Tx) Reindex(ctx context.Context, rows iter.Seq[customer.Indexed], closed []customer.ClosedKey, generic []customer.GenericValue) error {
	if _, err := tx.Exec(ctx, `DELETE FROM closed`); err != nil {
		return scrub(err)
	}
	fill := tx.bulk == nil || !tx.bulk.empty
	if fill {
		if err := tx.clearBlocks(ctx); err != nil {
			return scrub(err)
		}
	}
	if err := tx.copyBlocks(ctx, rows); err != nil {
		return scrub(err)
	}
	if fill {
		if err := tx.setNodes(ctx, rows); err != nil {
			return scrub(err)
		}
	}
	return tx.Shut(ctx, closed, generic)
}

func (tx *Tx) clearBlocks(ctx context.Context) error {
	_, err := tx.Exec(ctx, `TRUNCATE block`)
	return err
}

// setNodes writes the nodes of records that are there already.
func (tx *Tx) setNodes(ctx context.Context, rows iter.Seq[customer.Indexed]) error {
	if _, err := tx.Exec(ctx, `CREATE TEMP TABLE IF NOT EXISTS new_node (id bigint, node bigint) ON COMMIT DELETE ROWS`); err != nil {
		return err
	}
	if _, err := copySequence(ctx, tx, "new_node", []string{"id", "node"}, func(yield func([]any) bool) {
		for row := range rows {
			if !yield([]any{int64(row.Record), row.Node}) {
				return
			}
		}
	}); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE record r SET node = n.node FROM new_node n WHERE r.id = n.id AND r.node IS DISTINCT FROM n.node`)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE record SET node = NULL WHERE state = 'deleted' AND node IS NOT NULL`)
	return err
}

// copyBlocks writes under what each distinct node stands.
func (tx *Tx) copyBlocks(ctx context.Context, rows iter.Seq[customer.Indexed]) error {
	seen := map[int64]struct{}{}
	_, err := copySequence(ctx, tx, "block", []string{"key", "sig", "node"}, func(yield func([]any) bool) {
		for row := range rows {
			if _, twice := seen[row.Node]; twice {
				continue
			}
			seen[row.Node] = struct{}{}
			for _, b := range blockRows(&row) {
				if !yield([]any{b.key, b.sig, row.Node}) {
					return
				}
			}
		}
	})
	return err
}

// copySequence copies the rows of a sequence, made in a goroutine of its own while the
// connection sends.
func copySequence(ctx context.Context, tx *Tx, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	const piece = 512
	pieces := make(chan [][]any, 8)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(pieces)
		list := make([][]any, 0, piece)
		send := func() bool {
			select {
			case pieces <- list:
				list = make([][]any, 0, piece)
				return true
			case <-ctx.Done():
				return false
			}
		}
		for row := range rows {
			if list = append(list, row); len(list) == piece && !send() {
				return ctx.Err()
			}
		}
		send()
		return nil
	})
	var copied int64
	group.Go(func() (err error) {
		copied, err = tx.CopyFrom(ctx, pgx.Identifier{table}, columns, &pieceSource{pieces: pieces})
		return err
	})
	return copied, group.Wait()
}

// pieceSource is a pgx.CopyFromSource over pieces of rows.
type pieceSource struct {
	pieces <-chan [][]any
	piece  [][]any
	at     int
}

func (s *pieceSource) Next() bool {
	s.at++
	for s.at >= len(s.piece) {
		piece, more := <-s.pieces
		if !more {
			return false
		}
		s.piece, s.at = piece, 0
	}
	return true
}

func (s *pieceSource) Values() ([]any, error) { return s.piece[s.at], nil }
func (s *pieceSource) Err() error             { return nil }
