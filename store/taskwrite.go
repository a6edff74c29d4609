package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// queueTasks closes tasks, changes holds, and opens tasks or brings them up to date, in this order,
// so that no two open tasks ever ask the same.
func queueTasks(batch *pgx.Batch, e *customer.Effects, n *numbered) {
	for _, c := range e.Closed {
		batch.Queue(`UPDATE task SET state = $2, reason = $3, closed = now(), claimed_by = '', claimed_until = NULL WHERE id = $1 AND state = 'open'`,
			c.ID, string(c.State), c.Reason)
	}
	var again []int64
	for i := range e.Holds {
		if id := e.Holds[i].Task.ID; id != 0 {
			again = append(again, id)
		}
	}
	for i := range e.Tasks {
		if id := e.Tasks[i].ID; id != 0 {
			again = append(again, id)
		}
	}
	if len(again) > 0 {
		// Out of each other's way first: two questions may change places.
		batch.Queue(`UPDATE task SET code = -id WHERE id = ANY($1) AND state = 'open'`, again)
	}
	// About decisions of this write first: they are the last that were numbered until there are holds.
	for i := range e.Tasks {
		if e.Tasks[i].Decision < 0 {
			queueTask(batch, &e.Tasks[i], len(e.Judged.Decisions))
		}
	}
	for i := range e.Holds {
		queueHold(batch, &e.Holds[i], n)
	}
	for i := range e.Tasks {
		if e.Tasks[i].Decision >= 0 {
			queueTask(batch, &e.Tasks[i], 0)
		}
	}
}

// queueHold revokes a hold, changes which records it names, or makes a new one with its task.
func queueHold(batch *pgx.Batch, h *customer.Hold, n *numbered) {
	operation := n.operations[0].id
	switch {
	case h.Kind == "":
		batch.Queue(`UPDATE decision SET revoked = $2 WHERE id = $1 AND revoked IS NULL`, h.ID, operation)
		return
	case h.ID == 0:
		batch.Queue(`
			WITH d AS (INSERT INTO decision (kind, operation) VALUES ($1, $2) RETURNING id),
			     t AS (INSERT INTO task (kind, code, other, records, sides, weight, loss, decision)
			           SELECT $5, nullif($6::bigint, 0), nullif($7::bigint, 0), $8, $9, $10, $11, id FROM d)
			INSERT INTO decision_record (decision, record, right_side)
			SELECT d.id, x.record, false FROM d, unnest($3::bigint[]) AS x(record)
			UNION ALL
			SELECT d.id, x.record, true FROM d, unnest($4::bigint[]) AS x(record)`,
			string(h.Kind), operation, numbers(h.Left), numbers(h.Right), string(h.Task.Kind), int64(h.Task.Code), int64(h.Task.Other),
			numbers(h.Task.Records), sidesOf(&h.Task), h.Task.Weight, h.Task.Loss)
		return
	}
	batch.Queue(`DELETE FROM decision_record WHERE decision = $1 AND record <> ALL(CASE WHEN right_side THEN $3::bigint[] ELSE $2::bigint[] END)`,
		h.ID, numbers(h.Left), numbers(h.Right))
	batch.Queue(`INSERT INTO decision_record (decision, record, right_side)
		SELECT $1, x.record, x.side FROM (SELECT unnest($2::bigint[]), false UNION ALL SELECT unnest($3::bigint[]), true) AS x(record, side)
		WHERE NOT EXISTS (SELECT FROM decision_record r WHERE r.decision = $1 AND r.record = x.record AND r.right_side = x.side)`,
		h.ID, numbers(h.Left), numbers(h.Right))
	queueTask(batch, &h.Task, 0)
}

// queueTask opens a task, or brings an open one up to date. Of so many decisions of this write, the
// task's is the one at the place that -1, -2, ... names.
func queueTask(batch *pgx.Batch, t *customer.Task, decisions int) {
	args := []any{string(t.Kind), int64(t.Code), int64(t.Other), numbers(t.Records), sidesOf(t), t.Weight, t.Loss, t.Decision}
	switch {
	case t.ID != 0:
		// What would come to ask the same as another open task is not asked twice.
		batch.Queue(`UPDATE task SET kind = $1, code = nullif($2::bigint, 0), other = nullif($3::bigint, 0), records = $4, sides = $5, weight = $6, loss = $7, weighed = '',
			decision = nullif($8::bigint, 0), state = CASE WHEN EXISTS (SELECT FROM task o WHERE o.state = 'open' AND o.kind = $1
				AND o.code = $2 AND o.other IS NOT DISTINCT FROM nullif($3::bigint, 0) AND o.id <> $9
				AND $1 NOT IN ('key_reuse', 'disagreement')) THEN 'obsolete' ELSE 'open' END
			WHERE id = $9 AND state = 'open'`, append(args, t.ID)...)
	case t.Decision < 0:
		// The lane is held: nobody else takes numbers meanwhile.
		batch.Queue(`INSERT INTO task (kind, code, other, records, sides, weight, loss, decision)
			VALUES ($1, nullif($2::bigint, 0), nullif($3::bigint, 0), $4, $5, $6, $7, currval(pg_get_serial_sequence('decision', 'id')) - $9 - $8::bigint)
			ON CONFLICT DO NOTHING`, append(args, int64(decisions))...)
	default:
		batch.Queue(`INSERT INTO task (kind, code, other, records, sides, weight, loss, decision)
			VALUES ($1, nullif($2::bigint, 0), nullif($3::bigint, 0), $4, $5, $6, $7, nullif($8::bigint, 0)) ON CONFLICT DO NOTHING`, args...)
	}
}

func sidesOf(t *customer.Task) []int32 {
	if t.Sides == nil {
		return []int32{}
	}
	return t.Sides
}

// OpenTasks implements resolve.Codes.
func (tx *Tx) OpenTasks(ctx context.Context, codes []customer.Code) ([]customer.Task, error) {
	const columns = `SELECT id, kind, state, coalesce(code, 0), coalesce(other, 0), records, sides, coalesce(decision, 0), weight, loss FROM task WHERE `
	const open, answered = `state = 'open'`, `state = 'done' AND kind IN ('disagreement', 'oversized')`
	sql, args := columns+`(`+open+` OR `+answered+`) ORDER BY id`, []any{}
	if codes != nil { // each part by itself: the indexes are those of open tasks
		sql = columns + open + ` AND code = ANY($1) UNION ` + columns + open + ` AND other = ANY($1) UNION ` +
			columns + answered + ` AND (code = ANY($1) OR other = ANY($1)) ORDER BY id`
		args = []any{numbers(codes)}
	}
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t customer.Task, err error) {
		err = row.Scan(&t.ID, &t.Kind, &t.State, &t.Code, &t.Other, &t.Records, &t.Sides, &t.Decision, &t.Weight, &t.Loss)
		return t, err
	})
	return list, scrub(err)
}

// HeldRecords implements resolve.Maintainable.
func (tx *Tx) HeldRecords(ctx context.Context) ([]customer.RecordID, error) {
	rows, err := tx.Query(ctx, `
		SELECT x.record FROM decision d, LATERAL (SELECT record FROM decision_record WHERE decision = d.id ORDER BY record LIMIT 20) x
		WHERE d.kind LIKE 'hold%' AND d.revoked IS NULL
		UNION
		SELECT unnest(records[1:20]) FROM task WHERE state = 'open' AND kind LIKE 'held%'`)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[customer.RecordID])
	return list, scrub(err)
}
