package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Unweighed is a possible match of two customers who changed since it was weighed by all their records.
type Unweighed struct {
	ID       int64
	Codes    [2]customer.Code
	Weight   int32   // of the strongest pair, hundredths of a bit
	Loss     float64 // by that pair alone
	Versions string
}

// Possible matches that were never weighed, the dearest first; those about customers who changed after a position; all.
const (
	neverWeighed = `FROM task t JOIN golden a ON a.code = t.code JOIN golden b ON b.code = t.other
		WHERE t.state = 'open' AND t.kind = 'possible_match' AND t.weighed = ''`
	changedSince = `FROM (SELECT t.id FROM task t WHERE t.state = 'open' AND t.code IN (SELECT code FROM change WHERE position > $2)
		UNION SELECT t.id FROM task t WHERE t.state = 'open' AND t.other IN (SELECT code FROM change WHERE position > $2)) near
		JOIN task t USING (id) JOIN golden a ON a.code = t.code JOIN golden b ON b.code = t.other
		WHERE t.state = 'open' AND t.kind = 'possible_match' AND t.weighed <> '' AND t.weighed <> a.version || ':' || b.version`
	weighedOnce = `FROM task t JOIN golden a ON a.code = t.code JOIN golden b ON b.code = t.other
		WHERE t.state = 'open' AND t.kind = 'possible_match' AND t.weighed <> '' AND t.weighed <> a.version || ':' || b.version AND $2 >= 0`
)

// manyChanges is from how many rows of the change log on it is quicker to look at every question.
const manyChanges = 20_000

// Unweighed lists what is to be weighed, the dearest first, and keeps it from others until the
// transaction ends. What was weighed before is looked at again if its customers changed after a position of the
// change log, 0 for all. The position up to which nothing is left then is returned; since itself if there is more.
func (tx *Tx) Unweighed(ctx context.Context, since int64, limit int) (list []Unweighed, position int64, err error) {
	// READ COMMITTED: what commits after this statement has a later position and is looked at next time.
	if err := tx.QueryRow(ctx, `SELECT last_position FROM hub`).Scan(&position); err != nil {
		return nil, since, scrub(err)
	}
	if list, err = tx.unweighed(ctx, neverWeighed, limit); err != nil {
		return nil, since, err
	}
	if position != since && len(list) < limit {
		again := changedSince
		if since == 0 || position < since || position-since > manyChanges { // less than before: the database is an older state
			again, since = weighedOnce, 0
		}
		more, err := tx.unweighed(ctx, again, limit-len(list), since)
		if err != nil {
			return nil, since, err
		}
		list = append(list, more...)
	}
	kept, err := tx.keepTasks(ctx, list)
	if err != nil || len(list) == limit || len(kept) < len(list) {
		return kept, since, err
	}
	return kept, position, nil
}

func (tx *Tx) unweighed(ctx context.Context, from string, limit int, since ...any) ([]Unweighed, error) {
	rows, err := tx.Query(ctx, `SELECT t.id, t.code, t.other, t.weight, CASE t.weighed WHEN '' THEN t.loss ELSE t.pair_loss END, a.version || ':' || b.version `+from+
		` ORDER BY t.loss DESC LIMIT $1`, append([]any{limit}, since...)...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (u Unweighed, err error) {
		err = row.Scan(&u.ID, &u.Codes[0], &u.Codes[1], &u.Weight, &u.Loss, &u.Versions)
		return u, err
	})
	return list, scrub(err)
}

// keepTasks locks open tasks and leaves those out that somebody else holds.
func (tx *Tx) keepTasks(ctx context.Context, list []Unweighed) ([]Unweighed, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	rows, err := tx.Query(ctx, `SELECT id FROM task WHERE id = ANY($1) AND state = 'open' FOR UPDATE SKIP LOCKED`, ids)
	if err != nil {
		return nil, scrub(err)
	}
	held := map[int64]bool{}
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&id}, func() error { held[id] = true; return nil }); err != nil {
		return nil, scrub(err)
	}
	var out []Unweighed
	for i := range list {
		if held[list[i].ID] {
			out = append(out, list[i])
		}
	}
	return out, nil
}

// Weighed keeps what all records of both customers of questions say, hundredths of a bit, and what is expected to
// be lost by that.
func (tx *Tx) Weighed(ctx context.Context, list []Unweighed, together []int32, loss []float64) error {
	var ids []int64
	var pairs []float64
	var versions []string
	for i := range list {
		ids, pairs, versions = append(ids, list[i].ID), append(pairs, list[i].Loss), append(versions, list[i].Versions)
	}
	_, err := tx.Exec(ctx, `UPDATE task SET together = n.together, loss = n.loss, pair_loss = n.pair_loss, weighed = n.weighed
		FROM unnest($1::bigint[], $2::integer[], $3::double precision[], $4::double precision[], $5::text[]) AS n(id, together, loss, pair_loss, weighed)
		WHERE task.id = n.id`, ids, together, loss, pairs, versions)
	return scrub(err)
}
