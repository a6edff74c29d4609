package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Write implements resolve.Base: it numbers operations and changes, chains the audit rows, and
// stores everything in the running transaction.
func (tx *Tx) Write(ctx context.Context, e *customer.Effects) error {
	n, err := tx.number(ctx, e)
	if err != nil {
		return scrub(err)
	}
	if tx.bulk != nil && tx.bulk.empty {
		return tx.copyEffects(ctx, e, n)
	}
	batch := &pgx.Batch{}
	queueOperations(batch, n)
	if e.Judged != nil {
		queueJudged(batch, e.Judged, n.operations[0].id)
	}
	queueRecords(batch, e.Records, tx.nodes)
	tx.nodes, tx.vacant = nil, nil
	queueCodes(batch, e.Codes)
	queueMoves(batch, e.Moves, n)
	queueTasks(batch, e, n)
	queueFacts(batch, e.Records)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return scrub(err)
	}
	if err := tx.copyChanges(ctx, e, n); err != nil {
		return scrub(err)
	}
	return scrub(tx.copyHistory(ctx, e, n))
}

// numbered are the running numbers that a write takes.
type numbered struct {
	operations []operationRow
	position   int64 // of the first change
	at         time.Time
	hashes     map[customer.Code][]byte // of the documents that the changes leave
}

type operationRow struct {
	customer.Operation
	id           int64
	digest, hash []byte
}

// number takes operation numbers and positions from the hub's row, which the lane protects, and
// computes the chain: each hash covers the one before, the operation and its changes.
func (tx *Tx) number(ctx context.Context, e *customer.Effects) (*numbered, error) {
	n := &numbered{hashes: make(map[customer.Code][]byte, len(e.Codes))}
	if len(e.Operations) == 0 && len(e.Changes) == 0 {
		return n, nil
	}
	for i := range e.Codes {
		sum := sha256.Sum256(e.Codes[i].Document)
		n.hashes[e.Codes[i].Code] = sum[:]
	}
	var lastOperation int64
	var head []byte
	// A clock that was put back by an hour does not put the log back: what is written now is not older than
	// what was written before. One that was years ahead must not stay there for years, so a day is the most.
	if err := tx.QueryRow(ctx, `UPDATE hub SET last_position = last_position + $1, last_operation = last_operation + $2
		RETURNING last_position - $1 + 1, last_operation - $2, chain_head, greatest(date_trunc('microseconds', clock_timestamp()),
			(SELECT at FROM op WHERE id = hub.last_operation - $2 AND at < clock_timestamp() + interval '1 day'))`,
		len(e.Changes), len(e.Operations)).Scan(&n.position, &lastOperation, &head, &n.at); err != nil {
		return nil, err
	}
	digests := n.digests(e)
	for i, op := range e.Operations {
		row := operationRow{Operation: op, id: lastOperation + int64(i) + 1, digest: digests[i]}
		row.hash = chain(head, &row, n.at)
		head = row.hash
		n.operations = append(n.operations, row)
	}
	// Whoever waits for changes hears of them when the transaction commits.
	_, err := tx.Exec(ctx, `UPDATE hub SET chain_head = $1 RETURNING pg_notify($2, '')`, head, channel)
	return n, err
}

// digests covers, by operation, the changes it made.
func (n *numbered) digests(e *customer.Effects) [][]byte {
	sums := make([][]byte, len(e.Operations))
	parts := make([][]byte, len(e.Operations))
	for i := range e.Changes {
		c := &e.Changes[i]
		parts[c.Operation] = appendChange(parts[c.Operation], n.position+int64(i), c.Code, c.Version, string(c.Kind), n.hashOf(c.Code))
	}
	for i := range parts {
		sum := sha256.Sum256(parts[i])
		sums[i] = sum[:]
	}
	return sums
}

// hashOf is the hash of the document that a change leaves.
func (n *numbered) hashOf(code customer.Code) []byte { return n.hashes[code] }

func appendChange(dst []byte, position int64, code customer.Code, version int64, kind string, hash []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(position))
	dst = binary.BigEndian.AppendUint64(dst, uint64(code))
	dst = binary.BigEndian.AppendUint64(dst, uint64(version))
	return append(append(append(dst, kind...), 0), hash...)
}

// chain is the hash of one audit row.
func chain(before []byte, row *operationRow, at time.Time) []byte {
	h := sha256.New()
	h.Write(before)
	var b []byte
	b = binary.BigEndian.AppendUint64(b, uint64(row.id))
	b = binary.BigEndian.AppendUint64(b, uint64(at.UnixMicro()))
	for _, text := range []string{row.Kind, row.Actor, row.Reason} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(text))), text...)
	}
	h.Write(append(b, row.digest...))
	return h.Sum(nil)
}

func queueOperations(batch *pgx.Batch, n *numbered) {
	for i := range n.operations {
		op := &n.operations[i]
		batch.Queue(`INSERT INTO op (id, kind, actor, reason, at, digest, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			op.id, op.Kind, op.Actor, op.Reason, n.at, op.digest, op.hash)
	}
}

// queueRecords writes what changed in records, and the nodes that they were put into.
func queueRecords(batch *pgx.Batch, records []customer.RecordChange, into map[customer.RecordID]int64) {
	var ids, codes, homes, nodes []int64
	var revisions []int32
	var states, kinds []string
	for i := range records {
		r := &records[i]
		ids, codes, homes, nodes = append(ids, int64(r.ID)), append(codes, int64(r.Code)), append(homes, int64(r.Home)), append(nodes, into[r.ID])
		revisions, states, kinds = append(revisions, int32(r.Revision)), append(states, string(r.State)), append(kinds, string(r.Kind))
		delete(into, r.ID)
	}
	if len(ids) > 0 {
		batch.Queue(`UPDATE record r SET code = nullif(n.code, 0), home = nullif(n.home, 0), revision = n.revision, state = n.state,
				kind = CASE WHEN n.kind = '' THEN r.kind ELSE n.kind END, node = coalesce(nullif(n.node, 0), r.node)
			FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::bigint[]) AS n(id, code, home, revision, state, kind, node)
			WHERE r.id = n.id`, ids, codes, homes, revisions, states, kinds, nodes)
	}
	if len(into) > 0 {
		ids, nodes = nil, nil
		for _, id := range slices.Sorted(maps.Keys(into)) {
			ids, nodes = append(ids, int64(id)), append(nodes, into[id])
		}
		batch.Queue(`UPDATE record r SET node = n.node FROM unnest($1::bigint[], $2::bigint[]) AS n(id, node) WHERE r.id = n.id`, ids, nodes)
	}
}

// queueCodes writes the rows of codes. Whoever writes holds the lane, so that no row can come
// between looking and writing, and what ON CONFLICT guards against with marks and locks of its own cannot happen.
func queueCodes(batch *pgx.Batch, codes []customer.CodeRow) {
	if len(codes) == 0 {
		return
	}
	var ids, serials, successors, components, versions []int64
	var kinds, states, documents []string
	for i := range codes {
		c := &codes[i]
		ids, serials, successors = append(ids, int64(c.Code)), append(serials, c.Serial), append(successors, int64(c.Successor))
		components, versions = append(components, int64(c.Component)), append(versions, c.Version)
		kinds, states, documents = append(kinds, string(c.Kind)), append(states, string(c.State)), append(documents, string(c.Document))
	}
	batch.Queue(`
		WITH n AS MATERIALIZED (
			SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
				AS n(code, serial, kind, state, successor, component, version, document)),
		known AS (
			UPDATE golden g SET kind = n.kind, state = n.state, successor = nullif(n.successor, 0),
				component = nullif(n.component, 0), version = n.version, document = n.document
			FROM n WHERE g.code = n.code RETURNING n.code)
		INSERT INTO golden (code, serial, kind, state, successor, component, version, document)
		SELECT code, serial, kind, state, nullif(successor, 0), nullif(component, 0), version, document FROM n
		WHERE NOT EXISTS (SELECT FROM known WHERE known.code = n.code)`,
		ids, serials, kinds, states, successors, components, versions, documents)
}

func movedJSON(moved []customer.Moved) string {
	if len(moved) == 0 {
		return ""
	}
	text, err := json.Marshal(moved)
	if err != nil { // numbers cannot fail
		panic(err)
	}
	return string(text)
}

func queueMoves(batch *pgx.Batch, moves []customer.Move, n *numbered) {
	if len(moves) == 0 {
		return
	}
	var records, operations, from, to []int64
	var revisions []int32
	for _, m := range moves {
		records, operations = append(records, int64(m.Record)), append(operations, n.operations[m.Operation].id)
		from, to, revisions = append(from, int64(m.From)), append(to, int64(m.To)), append(revisions, int32(m.Revision))
	}
	batch.Queue(`INSERT INTO move (record, operation, from_code, to_code, revision)
		SELECT record, operation, nullif(f, 0), nullif(t, 0), revision
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[]) AS n(record, operation, f, t, revision)`,
		records, operations, from, to, revisions)
}

// queueFacts replaces the facts of newly resolved records.
func queueFacts(batch *pgx.Batch, records []customer.RecordChange) {
	var ids []int64
	for i := range records {
		if records[i].Resolved {
			ids = append(ids, int64(records[i].ID))
		}
	}
	if len(ids) == 0 {
		return
	}
	for _, table := range []string{"consent", "relation", "product"} {
		batch.Queue(`DELETE FROM `+table+` WHERE record = ANY($1)`, ids)
	}
	for i := range records {
		if r := &records[i]; r.Resolved && r.State == customer.RecordLive {
			queueFactsOf(batch, r.ID, r.Standard)
		}
	}
}

func queueFactsOf(batch *pgx.Batch, id customer.RecordID, s *customer.Standard) {
	for _, row := range consentRows(id, s) {
		batch.Queue(`INSERT INTO consent VALUES ($1, $2, $3, $4, $5, $6)`, row...)
	}
	for _, row := range relationRows(id, s) {
		batch.Queue(`INSERT INTO relation VALUES ($1, $2, $3, $4, $5, $6, $7)`, row...)
	}
	for _, row := range productRows(id, s) {
		batch.Queue(`INSERT INTO product VALUES ($1, $2, $3, $4, $5, $6)`, row...)
	}
}

func consentRows(id customer.RecordID, s *customer.Standard) (out [][]any) {
	for _, c := range s.Consents {
		var at any
		if !c.At.IsZero() {
			at = c.At
		}
		out = append(out, []any{int64(id), c.Purpose, c.Channel, c.Address, c.Given, at})
	}
	return out
}

func relationRows(id customer.RecordID, s *customer.Standard) (out [][]any) {
	for _, r := range s.Relations {
		out = append(out, []any{int64(id), r.Attribute, r.Role, string(r.Target.Source), r.Target.Key, r.From.String(), r.To.String()})
	}
	return out
}

func productRows(id customer.RecordID, s *customer.Standard) (out [][]any) {
	for _, p := range s.Products {
		out = append(out, []any{int64(id), p.Kind, p.Number, p.Status, p.Opened.String(), p.Closed.String()})
	}
	return out
}
