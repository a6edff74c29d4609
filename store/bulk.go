package store

import (
	"context"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

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
	err := tx.copyRows(ctx, "body", []string{"record", "revision", "run", "op", "raw", "standard"}, func(next func() *copyRow) {
		for b := range bodies {
			row := next()
			if row == nil {
				return
			}
			row.int64(int64(b.Record))
			row.int32(int32(b.Revision))
			row.int64(b.Run)
			row.text(string(customer.Upsert))
			row.text(validText(b.Raw))
			row.bytes(b.Standard)
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
	for _, copyTable := range []func(context.Context, *customer.Effects, *numbered) error{tx.copyRecords, tx.copyGolden, tx.copyChanges, tx.copyHistory} {
		if err := copyTable(ctx, e, n); err != nil {
			return scrub(err)
		}
	}
	if err := tx.copyFacts(ctx, e.Records); err != nil {
		return scrub(err)
	}
	batch := &pgx.Batch{}
	queueOperations(batch, n)
	queueTasks(batch, e, n)
	queueMoves(batch, e.Moves, n)
	if batch.Len() == 0 {
		return nil
	}
	return scrub(tx.SendBatch(ctx, batch).Close())
}

func (tx *Tx) copyRecords(ctx context.Context, e *customer.Effects, _ *numbered) error {
	if len(e.Records) == 0 {
		return nil
	}
	columns := []string{"id", "source", "key", "kind", "state", "revision", "landed", "fingerprint", "run", "node", "code", "home"}
	return tx.copyRows(ctx, "record", columns, func(next func() *copyRow) {
		for i := range e.Records {
			r, row := &e.Records[i], next()
			if row == nil {
				return
			}
			x := tx.bulk.rows(r.ID)
			row.int64(int64(r.ID))
			row.int32(x.Source)
			row.text(x.Key)
			row.text(string(r.Kind))
			row.text(string(r.State))
			row.int32(int32(r.Revision))
			row.int32(x.Landed)
			row.int64(x.Fingerprint)
			row.int64(x.Run)
			row.id(r.Node)
			row.id(int64(r.Code))
			row.id(int64(r.Home))
		}
	})
}

func (tx *Tx) copyGolden(ctx context.Context, e *customer.Effects, _ *numbered) error {
	if len(e.Codes) == 0 {
		return nil
	}
	return tx.copyRows(ctx, "golden", []string{"code", "serial", "kind", "state", "component", "version", "document"}, func(next func() *copyRow) {
		for i := range e.Codes {
			c, row := &e.Codes[i], next()
			if row == nil {
				return
			}
			row.int64(int64(c.Code))
			row.int64(c.Serial)
			row.text(string(c.Kind))
			row.text(string(c.State))
			row.id(int64(c.Component))
			row.int64(c.Version)
			row.bytes(c.Document)
		}
	})
}

func (tx *Tx) copyChanges(ctx context.Context, e *customer.Effects, n *numbered) error {
	if len(e.Changes) == 0 {
		return nil
	}
	columns := []string{"position", "code", "version", "epoch", "kind", "operation", "successor", "fields", "moved", "hash", "at"}
	return tx.copyRows(ctx, "change", columns, func(next func() *copyRow) {
		for i := range e.Changes {
			c, row := &e.Changes[i], next()
			if row == nil {
				return
			}
			row.int64(n.position + int64(i))
			row.int64(int64(c.Code))
			row.int64(c.Version)
			row.int64(c.Epoch)
			row.text(string(c.Kind))
			row.int64(n.operations[c.Operation].id)
			row.id(int64(c.Successor))
			row.texts(c.Fields)
			row.text(movedJSON(c.Moved))
			row.bytes(n.hashOf(c.Code))
			row.time(n.at)
		}
	})
}

func (tx *Tx) copyHistory(ctx context.Context, e *customer.Effects, _ *numbered) error {
	if len(e.Changes) == 0 {
		return nil
	}
	return tx.copyRows(ctx, "history", []string{"code", "version", "refs"}, func(next func() *copyRow) {
		for i := range e.Changes {
			c, row := &e.Changes[i], next()
			if row == nil {
				return
			}
			row.int64(int64(c.Code))
			row.int64(c.Version)
			row.bytes(c.History)
		}
	})
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
	tx.reindexed = true
	if err := tx.reopenAll(ctx); err != nil {
		return err
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
	if err := tx.copyRows(ctx, "new_node", []string{"id", "node"}, func(next func() *copyRow) {
		for r := range rows {
			row := next()
			if row == nil {
				return
			}
			row.int64(int64(r.Record))
			row.int64(r.Node)
		}
	}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE record r SET node = n.node FROM new_node n WHERE r.id = n.id AND r.node IS DISTINCT FROM n.node`); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE record SET node = NULL WHERE state = 'deleted' AND node IS NOT NULL`)
	return err
}

// copyBlocks writes under what each distinct node stands.
func (tx *Tx) copyBlocks(ctx context.Context, rows iter.Seq[customer.Indexed]) error {
	seen := map[int64]struct{}{}
	return tx.copyRows(ctx, "block", []string{"key", "sig", "node"}, func(next func() *copyRow) {
		for r := range rows {
			if _, twice := seen[r.Node]; twice {
				continue
			}
			seen[r.Node] = struct{}{}
			for _, b := range blockRows(&r) {
				row := next()
				if row == nil {
					return
				}
				row.int64(b.key)
				row.int64(b.sig)
				row.int64(r.Node)
			}
		}
	})
}
