package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Mixture counts the customers who have a number of live records in a set of sources.
type Mixture struct {
	Sources   []string // sorted
	Records   int64    // of each customer
	Customers int64
}

// Mixtures counts all active customers by their sources and numbers of records. It reads every record.
func (tx *Tx) Mixtures(ctx context.Context) ([]Mixture, error) {
	var last int
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(id), 0) FROM source`).Scan(&last); err != nil {
		return nil, scrub(err)
	}
	set, in := `bit_or(1::bigint << source)`, `m.sources & (1::bigint << id) <> 0` // sums up without sorting
	if last > 62 {
		set, in = `array_agg(DISTINCT source)`, `id = ANY(m.sources)`
	}
	rows, err := tx.Query(ctx, `
		WITH mixed AS (SELECT code, count(*) AS n, `+set+` AS sources FROM record WHERE state = 'live' AND code IS NOT NULL GROUP BY code)
		SELECT (SELECT array_agg(name ORDER BY name) FROM source WHERE `+in+`), n, customers
		FROM (SELECT sources, n, count(*) AS customers FROM mixed GROUP BY sources, n) m`)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Mixture])
	return list, scrub(err)
}

// TaskDay is what happened to the queue on one day.
type TaskDay struct {
	Day      time.Time `json:"day"`
	Opened   int64     `json:"opened"`
	Answered int64     `json:"answered"`
	Obsolete int64     `json:"obsolete"`
}

// TaskDays counts what was opened and closed on the last days, today included, in a time zone.
func (tx *Tx) TaskDays(ctx context.Context, zone string, days int) ([]TaskDay, error) {
	rows, err := tx.Query(ctx, `
		WITH day AS (SELECT generate_series(date_trunc('day', now() AT TIME ZONE $1) - ($2::int - 1) * interval '1 day', date_trunc('day', now() AT TIME ZONE $1), '1 day') AS d),
		opened AS (SELECT date_trunc('day', opened AT TIME ZONE $1) AS d, count(*) AS n FROM task WHERE opened > now() - ($2::int + 1) * interval '1 day' GROUP BY 1),
		closed AS (SELECT date_trunc('day', closed AT TIME ZONE $1) AS d, count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'obsolete') AS obsolete
			FROM task WHERE closed > now() - ($2::int + 1) * interval '1 day' GROUP BY 1)
		SELECT day.d, coalesce(o.n, 0), coalesce(c.done, 0), coalesce(c.obsolete, 0)
		FROM day LEFT JOIN opened o USING (d) LEFT JOIN closed c USING (d) ORDER BY 1`, zone, days)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[TaskDay])
	return list, scrub(err)
}

// Ages tells how old the open tasks are, in seconds: the median, the 95th percentile and the oldest.
type Ages struct {
	Median float64 `json:"median_seconds"`
	P95    float64 `json:"p95_seconds"`
	Oldest float64 `json:"oldest_seconds"`
}

// TaskAges tells how old the open tasks are; zero if there is none.
func (tx *Tx) TaskAges(ctx context.Context) (a Ages, err error) {
	err = tx.QueryRow(ctx, `
		SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY age), 0), coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY age), 0), coalesce(max(age), 0)
		FROM (SELECT extract(epoch FROM now() - opened)::float8 AS age FROM task WHERE state = 'open') t`).Scan(&a.Median, &a.P95, &a.Oldest)
	return a, scrub(err)
}

// TaskWeights counts the open tasks by their evidence in whole bits, rounded down.
func (tx *Tx) TaskWeights(ctx context.Context) (map[int]int64, error) {
	rows, err := tx.Query(ctx, `SELECT floor(weight / 100.0)::int, count(*) FROM task WHERE state = 'open' AND weight <> 0 GROUP BY 1`)
	if err != nil {
		return nil, scrub(err)
	}
	out := map[int]int64{}
	var bits int
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&bits, &n}, func() error {
		out[bits] = n
		return nil
	})
	return out, scrub(err)
}

// ProposalCounts counts proposals by state, those of the last days only.
func (tx *Tx) ProposalCounts(ctx context.Context, days int) (map[customer.ProposalState]int64, error) {
	rows, err := tx.Query(ctx, `SELECT state, count(*) FROM proposal WHERE given > now() - $1::int * interval '1 day' GROUP BY 1`, days)
	if err != nil {
		return nil, scrub(err)
	}
	out := map[customer.ProposalState]int64{}
	var state customer.ProposalState
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		out[state] = n
		return nil
	})
	return out, scrub(err)
}
