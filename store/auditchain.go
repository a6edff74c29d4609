package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// AuditWalk is an order to walk along the audit chain.
type AuditWalk struct {
	// After is where the walk begins: behind that operation, whose hash is taken for granted. The
	// zero mark is the beginning of the chain.
	After customer.AuditMark
	// Row, if not nil, is shown each row as it is stored.
	Row func(mark customer.AuditMark, kind string)
	// Fault is told of each row that is not what it was, the first one with what was done to it.
	Fault func(customer.AuditFault)
}

// WalkAudit reads the audit chain in its order, holding little of it in memory, and compares every
// row with the one before it and with the changes that it covers. It returns how many rows there are.
func (tx *Tx) WalkAudit(ctx context.Context, w AuditWalk) (int64, error) {
	n, err := (&auditWalker{AuditWalk: w, tx: tx}).walk(ctx)
	if err != nil {
		return n, fmt.Errorf("audit: %w", scrub(err))
	}
	return n, nil
}

type auditWalker struct {
	AuditWalk
	tx     *Tx
	broken bool // the first broken row was explained
	rows   int64
}

// auditRow is a row of op as the chain covers it.
type auditRow struct {
	operationRow
	at time.Time
}

const auditColumns = `SELECT id, kind, actor, reason, at, digest, hash FROM op`

func scanAudit(row pgx.CollectableRow) (op auditRow, err error) {
	err = row.Scan(&op.id, &op.Kind, &op.Actor, &op.Reason, &op.at, &op.digest, &op.hash)
	return op, err
}

// hashAfter is the hash that the row should have behind another, under a number.
func (op *auditRow) hashAfter(before []byte, id int64) []byte {
	row := op.operationRow
	row.id = id
	return chain(before, &row, op.at)
}

// follows reports whether the row stands under a number behind a row of that hash.
func (op *auditRow) follows(before []byte, id int64) bool {
	return bytes.Equal(op.hashAfter(before, id), op.hash)
}

// coveredRow is a row of the change log as the digest of its operation covers it.
type coveredRow struct {
	operation int64
	encoded   []byte
}

func scanCovered(row pgx.CollectableRow) (r coveredRow, err error) {
	var position, version int64
	var code customer.Code
	var kind string
	var hash []byte
	err = row.Scan(&r.operation, &position, &code, &version, &kind, &hash)
	r.encoded = appendChange(nil, position, code, version, kind, hash)
	return r, err
}

// walk reads audit rows and the changes that they cover side by side.
func (w *auditWalker) walk(ctx context.Context) (int64, error) {
	behind := fmt.Sprintf(" > %d ", w.After.Operation)
	covered, err := openCursor(ctx, w.tx, "audit_covered", `SELECT operation, position, code, version, kind, hash FROM change
		WHERE operation`+behind+`ORDER BY operation, position`, 5000, scanCovered)
	if err != nil {
		return 0, err
	}
	defer covered.close(ctx)
	rows, err := openCursor(ctx, w.tx, "audit_op", auditColumns+` WHERE id`+behind+`ORDER BY id`, 5000, scanAudit)
	if err != nil {
		return 0, err
	}
	defer rows.close(ctx)
	before := auditRow{operationRow: operationRow{id: w.After.Operation, hash: w.After.Hash}}
	for {
		op, err := rows.peek(ctx)
		if err != nil {
			return w.rows, err
		}
		if op == nil {
			return w.rows, w.end(ctx, &before)
		}
		if err := w.row(ctx, op, &before, covered); err != nil {
			return w.rows, err
		}
		before = *op
		rows.take()
	}
}

func (w *auditWalker) row(ctx context.Context, op, before *auditRow, covered *cursor[coveredRow]) error {
	w.rows++
	if w.Row != nil {
		w.Row(customer.AuditMark{Operation: op.id, Hash: op.hash}, op.Kind)
	}
	digest, err := digestOf(ctx, covered, op.id)
	if err != nil {
		return err
	}
	if op.id == before.id+1 && op.follows(before.hash, op.id) {
		if !bytes.Equal(op.digest, digest) {
			w.Fault(customer.AuditFault{Operation: op.id, Tamper: customer.TamperChanges, What: "its changes are not those that its audit row covers"})
		}
		return nil
	}
	fault := customer.AuditFault{Operation: op.id, Tamper: customer.TamperUnclear, What: "does not follow from the row before it"}
	if !w.broken {
		w.broken = true
		window, err := w.window(ctx, op.id)
		if err != nil {
			return err
		}
		head, err := w.tx.AuditHead(ctx)
		if err != nil {
			return err
		}
		fault = explainBreak(before, window, &head.AuditMark)
	}
	w.Fault(fault)
	return nil
}

// digestOf covers the changes of an operation; operations are asked for in their order.
func digestOf(ctx context.Context, covered *cursor[coveredRow], operation int64) ([]byte, error) {
	h := sha256.New()
	for {
		r, err := covered.peek(ctx)
		if err != nil {
			return nil, err
		}
		if r == nil || r.operation > operation {
			return h.Sum(nil), nil
		}
		if r.operation == operation {
			h.Write(r.encoded)
		}
		covered.take()
	}
}

// end holds the last row against where the hub says that the chain ends.
func (w *auditWalker) end(ctx context.Context, last *auditRow) error {
	head, err := w.tx.AuditHead(ctx)
	if err != nil {
		return err
	}
	f := customer.AuditFault{Tamper: customer.TamperAltered, What: "the hash at the end of the chain is not that of the last audit row"}
	switch {
	case head.Operation == last.id && bytes.Equal(head.Hash, last.hash):
		return nil
	case head.Operation > last.id:
		f.Tamper, f.What = customer.TamperDeleted, fmt.Sprintf("the chain ends at operation %d, the audit rows at %d: rows were taken from the end", head.Operation, last.id)
	case head.Operation < last.id:
		f.Operation, f.Tamper = head.Operation+1, customer.TamperInserted
		f.What = fmt.Sprintf("the chain ends at operation %d, the audit rows at %d: rows were put in at the end", head.Operation, last.id)
	}
	w.Fault(f)
	return nil
}

// AuditHead returns where the hub says that its audit chain ends.
func (tx *Tx) AuditHead(ctx context.Context) (h customer.AuditHead, err error) {
	var secret []byte
	err = tx.QueryRow(ctx, `SELECT last_operation, chain_head, epoch, last_position, clock_timestamp(), permutation_key FROM hub`).
		Scan(&h.Operation, &h.Hash, &h.Epoch, &h.Position, &h.At, &secret)
	sum := sha256.Sum256(append([]byte("kartoteka hub\x00"), secret...))
	h.Hub = sum[:8]
	return h, scrub(err)
}
