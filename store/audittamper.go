package store

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// tamperWindow is how many rows behind a broken one are looked at to find out what was done.
const tamperWindow = 100

// window reads the broken row and those behind it.
func (w *auditWalker) window(ctx context.Context, from int64) ([]auditRow, error) {
	rows, err := w.tx.Query(ctx, auditColumns+` WHERE id >= $1 ORDER BY id LIMIT $2`, from, tamperWindow)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanAudit)
}

// explainBreak finds out what was done where the chain breaks: the first row of the window does not
// follow from the row before it. A row that still fits the rows behind it was altered; one that fits
// another place was moved; where the row that belongs here stands further back, others were put in.
func explainBreak(before *auditRow, window []auditRow, head *customer.AuditMark) customer.AuditFault {
	op, id := &window[0], before.id+1
	f := customer.AuditFault{Operation: op.id}
	belongs := placeOf(before.hash, id, window)
	switch {
	case belongs > 0 && fitsElsewhere(op, before, window):
		f.Tamper, f.What = customer.TamperReordered, fmt.Sprintf("stands in another place than it was written: the row that belongs here is now operation %d", window[belongs].id)
	case op.id != id && belongs >= 0:
		f.Tamper, f.What = customer.TamperReordered, fmt.Sprintf("was written as operation %d and has another number", id)
	case op.id != id:
		f.Tamper, f.What = customer.TamperDeleted, fmt.Sprintf("the audit rows from %d to %d were taken out", id, op.id-1)
	case belongs > 0:
		f.Tamper, f.What = customer.TamperInserted, fmt.Sprintf("was put in: the row that belongs here is now operation %d", window[belongs].id)
	case shifted(op, window) > 0:
		f.Tamper, f.What = customer.TamperInserted, fmt.Sprintf("was written as operation %d: rows were put in before it", op.id-int64(shifted(op, window)))
	case shifted(op, window) < 0:
		f.Tamper, f.What = customer.TamperDeleted, fmt.Sprintf("was written as operation %d: rows before it were taken out", op.id-int64(shifted(op, window)))
	case altered(op, before, window, head):
		f.Tamper, f.What = customer.TamperAltered, "was altered: the rows behind it still stand on what it said"
	case fitsElsewhere(op, before, window):
		f.Tamper, f.What = customer.TamperReordered, "stands in another place than it was written"
	default:
		f.Tamper, f.What = customer.TamperUnclear, "does not follow from the row before it: it was altered, or put in, or rows before it were taken out and those behind it given other numbers"
	}
	return f
}

// placeOf finds the row that follows from a hash under a number; -1 if none of the window does.
func placeOf(hash []byte, id int64, window []auditRow) int {
	for i := range window {
		if window[i].follows(hash, id) {
			return i
		}
	}
	return -1
}

// altered reports whether the row behind still follows from the row, by the hash that it has, or
// from what it says.
func altered(op, before *auditRow, window []auditRow, head *customer.AuditMark) bool {
	if len(window) < 2 {
		return head.Operation == op.id && (bytes.Equal(head.Hash, op.hash) || bytes.Equal(head.Hash, op.hashAfter(before.hash, op.id)))
	}
	if window[1].id != op.id+1 {
		return false
	}
	return window[1].follows(op.hash, window[1].id) || window[1].follows(op.hashAfter(before.hash, op.id), window[1].id)
}

// shifted tells by how much the numbers of the row and those behind it were raised; 0 if they were not.
func shifted(op *auditRow, window []auditRow) int {
	if len(window) < 2 || window[1].id != op.id+1 {
		return 0
	}
	for by := 1; by <= tamperWindow; by++ {
		switch next := window[1].id; {
		case window[1].follows(op.hash, next-int64(by)):
			return by
		case window[1].follows(op.hash, next+int64(by)):
			return -by
		}
	}
	return 0
}

// fitsElsewhere reports whether a row follows from another row of the window, under another number.
func fitsElsewhere(op, before *auditRow, window []auditRow) bool {
	for i := range window {
		for id := before.id + 1; id <= before.id+int64(len(window))+1; id++ {
			if !bytes.Equal(window[i].hash, op.hash) && op.follows(window[i].hash, id) {
				return true
			}
		}
	}
	return false
}
