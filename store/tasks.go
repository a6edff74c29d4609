package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// TaskRow is a task as it stands in the queue.
type TaskRow struct {
	customer.Task
	Opened       time.Time
	ClaimedBy    string // "" for nobody; a claim that has run out is none
	ClaimedUntil *time.Time
	Skipped      *time.Time
	SkipReason   string     // why it was put off
	Snoozed      *time.Time // until then nobody is asked
	Closed       *time.Time
	Reason       string                 // why it is no longer open
	Operation    int64                  // that answered it
	Pending      customer.ProposalState // of an answer that is not carried out yet; "" for none
	Assigned     string                 // only they are asked; "" for anybody
	Comments     int
	Together     *int32 // what all records of both customers of a possible match say, hundredths of a bit; nil: not found out
}

// TaskFilter chooses tasks; the zero one all that are open.
type TaskFilter struct {
	Kinds    []customer.TaskKind
	Code     customer.Code
	State    customer.TaskState // "" is open
	Unowned  bool               // only those that Who may be asked: nobody else has claimed, answered or been assigned them, and nobody has put them off until later
	Mine     bool               // only those that the one who asks has claimed
	Assigned bool               // only those that are for the one who asks
	Who      string             // the one who asks
	After    int64              // only those behind this one in the queue
}

const taskColumns = `id, kind, state, coalesce(code, 0), coalesce(other, 0), records, sides, coalesce(decision, 0), weight, loss, opened,
	CASE WHEN claimed_until > now() THEN claimed_by ELSE '' END, CASE WHEN claimed_until > now() THEN claimed_until END, skipped, skip_reason, snoozed, closed, reason, coalesce(operation, 0), pending, assigned, together,
	(SELECT count(*) FROM note n WHERE n.task = task.id)`

// queueOrder is the order of the queue: by expected loss; what was put off comes last, in the order in
// which it was.
const queueOrder = ` ORDER BY skipped NULLS FIRST, loss DESC, id`

func taskRow(row pgx.CollectableRow) (t TaskRow, err error) {
	err = row.Scan(&t.ID, &t.Kind, &t.State, &t.Code, &t.Other, &t.Records, &t.Sides, &t.Decision, &t.Weight, &t.Loss, &t.Opened,
		&t.ClaimedBy, &t.ClaimedUntil, &t.Skipped, &t.SkipReason, &t.Snoozed, &t.Closed, &t.Reason, &t.Operation, &t.Pending, &t.Assigned, &t.Together, &t.Comments)
	return t, err
}

// clause is a condition with its arguments.
type clause struct {
	sql  string
	args []any
}

// and adds a condition about one value, which each ? stands for.
func (c *clause) and(sql string, value any) {
	c.sql += " AND " + strings.ReplaceAll(sql, "?", c.arg(value))
}

// where says what is asked for and nothing else, so that the indexes of open questions serve it.
func (f *TaskFilter) where() *clause {
	c := &clause{sql: " WHERE state = 'open'"}
	if f.State != "" && f.State != customer.TaskOpen {
		c.args, c.sql = []any{string(f.State)}, " WHERE state = $1"
	}
	if len(f.Kinds) > 0 {
		kinds := make([]string, len(f.Kinds))
		for i, k := range f.Kinds {
			kinds[i] = string(k)
		}
		c.and("kind = ANY(?)", kinds)
	}
	if f.Code != 0 {
		c.and("(code = ? OR other = ?)", int64(f.Code))
	}
	if f.Unowned {
		c.and(`(claimed_until IS NULL OR claimed_until <= now() OR claimed_by = ?) AND (snoozed IS NULL OR snoozed <= now())
			AND assigned IN ('', ?) AND (pending = '' OR pending = 'second' AND NOT EXISTS (SELECT FROM proposal p WHERE p.task = task.id AND p.state = 'second' AND p.author = ?))`, f.Who)
	}
	if f.Mine {
		c.and("claimed_by = ? AND claimed_until > now()", f.Who)
	}
	if f.Assigned {
		c.and("assigned = ?", f.Who)
	}
	if f.After != 0 {
		c.and("(coalesce(skipped, '-infinity'), -loss, id) > (SELECT coalesce(skipped, '-infinity'), -loss, id FROM task WHERE id = ?)", f.After)
	}
	return c
}

// arg adds an argument and names it.
func (c *clause) arg(value any) string {
	c.args = append(c.args, value)
	return "$" + strconv.Itoa(len(c.args))
}

// Tasks lists tasks in the order of the queue, at most limit.
func (tx *Tx) Tasks(ctx context.Context, f TaskFilter, limit int) ([]TaskRow, error) {
	where := f.where()
	rows, err := tx.Query(ctx, `SELECT `+taskColumns+` FROM task`+where.sql+queueOrder+` LIMIT `+where.arg(limit), where.args...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, taskRow)
	return list, scrub(err)
}

// TaskAt returns a task; [ErrUnknown] if there never was one of the number.
func (tx *Tx) TaskAt(ctx context.Context, id int64) (TaskRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+taskColumns+` FROM task WHERE id = $1`, id)
	if err != nil {
		return TaskRow{}, scrub(err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, taskRow)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, fmt.Errorf("task %d: %w", id, ErrUnknown)
	}
	return t, scrub(err)
}

// ClaimTask gives the first task of the queue that nobody has claimed to who, for a time; ok is false
// when there is none. Two who ask at once never get the same one.
func (tx *Tx) ClaimTask(ctx context.Context, f TaskFilter, lease time.Duration) (t TaskRow, ok bool, err error) {
	f.Unowned = true
	where := f.where()
	// SKIP LOCKED: a row that another claimant is taking is passed over instead of waited for, or it would be
	// given to both.
	rows, err := tx.Query(ctx, `UPDATE task SET claimed_by = `+where.arg(f.Who)+`, claimed_until = now() + `+where.arg(lease.Milliseconds())+`::bigint * interval '1 millisecond'
		WHERE id = (SELECT id FROM task`+where.sql+queueOrder+` LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING `+taskColumns, where.args...)
	if err != nil {
		return t, false, scrub(err)
	}
	t, err = pgx.CollectExactlyOneRow(rows, taskRow)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, false, nil
	}
	return t, err == nil, scrub(err)
}

// ClaimOne gives an open task to who, or holds it longer, for a time; false if it is closed or somebody
// else's.
func (tx *Tx) ClaimOne(ctx context.Context, id int64, who string, lease time.Duration) (bool, error) {
	tag, err := tx.Exec(ctx, `UPDATE task SET claimed_by = $2, claimed_until = now() + $3::bigint * interval '1 millisecond'
		WHERE id = $1 AND state = 'open' AND (claimed_until IS NULL OR claimed_until <= now() OR claimed_by = $2)
			AND (pending = '' OR pending = 'second' AND NOT EXISTS (SELECT FROM proposal p WHERE p.task = task.id AND p.state = 'second' AND p.author = $2))`, id, who, lease.Milliseconds())
	return tag.RowsAffected() == 1, scrub(err)
}

// ReleaseTask gives a claimed task back; false if it was not who's.
func (tx *Tx) ReleaseTask(ctx context.Context, id int64, who string) (bool, error) {
	tag, err := tx.Exec(ctx, `UPDATE task SET claimed_by = '', claimed_until = NULL WHERE id = $1 AND claimed_by = $2 AND claimed_until > now()`, id, who)
	return tag.RowsAffected() == 1, scrub(err)
}

// SkipTask puts an open task off: it is asked after all others, and nobody is asked until a time, if one
// is given.
func (tx *Tx) SkipTask(ctx context.Context, id int64, reason string, until *time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE task SET skipped = now(), skip_reason = $2, snoozed = $3, claimed_by = '', claimed_until = NULL WHERE id = $1 AND state = 'open'`, id, reason, until)
	return scrub(err)
}

// AnswerTask closes a task as answered by an operation. What the answer decided against the evidence was
// seen by who answered, so it is not asked about once more.
func (tx *Tx) AnswerTask(ctx context.Context, id, operation int64, answer string) error {
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE task SET state = 'done', reason = $3, operation = $2, closed = now(), claimed_by = '', claimed_until = NULL
		WHERE id = $1 AND (state = 'open' OR state = 'done' AND operation IS NULL)`, id, operation, answer)
	batch.Queue(`UPDATE task SET state = 'done', weight = 0, reason = 'seen', operation = $1, closed = now() WHERE state = 'open' AND kind = 'disagreement'
		AND decision IN (SELECT id FROM decision WHERE operation = $1)`, operation)
	return scrub(tx.SendBatch(ctx, batch).Close())
}

// TaskCount is how many tasks of a kind are open, and what they are expected to cost together.
type TaskCount struct {
	Kind    customer.TaskKind `json:"kind"`
	Open    int64             `json:"open"`
	Claimed int64             `json:"claimed"`
	Skipped int64             `json:"skipped"`
	Loss    float64           `json:"loss"`
}

// TaskCounts counts the open tasks by kind.
func (tx *Tx) TaskCounts(ctx context.Context) ([]TaskCount, error) {
	rows, err := tx.Query(ctx, `SELECT kind, count(*), count(*) FILTER (WHERE claimed_until > now()), count(skipped), sum(loss)
		FROM task WHERE state = 'open' GROUP BY kind ORDER BY sum(loss) DESC, kind`)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c TaskCount, err error) {
		err = row.Scan(&c.Kind, &c.Open, &c.Claimed, &c.Skipped, &c.Loss)
		return c, err
	})
	return list, scrub(err)
}

// AnsweredToday counts the tasks that people answered since midnight in a time zone.
func (tx *Tx) AnsweredToday(ctx context.Context, zone string) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM task WHERE state = 'done' AND closed >= date_trunc('day', now() AT TIME ZONE $1) AT TIME ZONE $1`, zone).Scan(&n)
	return n, scrub(err)
}

// LossBeyond sums what the open tasks after the first asked of the queue are expected to cost.
func (tx *Tx) LossBeyond(ctx context.Context, asked int) (loss float64, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(sum(loss), 0) FROM (SELECT loss FROM task WHERE state = 'open'`+queueOrder+` OFFSET $1) t`, asked).Scan(&loss)
	return loss, scrub(err)
}

// RecordsAt tells where records stand.
func (tx *Tx) RecordsAt(ctx context.Context, ids []customer.RecordID) ([]RecordRow, error) {
	return tx.recordRows(ctx, `WHERE r.id = ANY($1)`, numbers(ids))
}

// LastCodeOf is the active code of the customer that a record left when it ended, 0 if there is none.
func (tx *Tx) LastCodeOf(ctx context.Context, record customer.RecordID) (customer.Code, error) {
	var last int64
	err := tx.QueryRow(ctx, `SELECT from_code FROM move WHERE record = $1 AND to_code IS NULL AND from_code IS NOT NULL ORDER BY operation DESC LIMIT 1`, int64(record)).Scan(&last)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, scrub(err)
	}
	rows, err := tx.Codes(ctx, []customer.Code{customer.Code(last)})
	for i := range rows {
		if rows[i].State == customer.CodeActive {
			return rows[i].Code, nil
		}
	}
	return 0, err
}
