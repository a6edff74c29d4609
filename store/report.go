package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// LiveRecords counts the live records.
func (tx *Tx) LiveRecords(ctx context.Context) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM record WHERE state = 'live'`).Scan(&n)
	return n, scrub(err)
}

// doubtfulExamples is how many doubtful pairs a report names.
const doubtfulExamples = 10

// Report counts what the hub holds: duplicates within and across sources, overlap, open questions.
func (tx *Tx) Report(ctx context.Context) (*customer.Report, error) {
	r := &customer.Report{}
	for _, step := range []func(context.Context, *customer.Report) error{tx.reportSources, tx.reportOverlaps, tx.reportTotals, tx.reportDoubts} {
		if err := step(ctx, r); err != nil {
			return nil, scrub(err)
		}
	}
	return r, nil
}

func (tx *Tx) reportSources(ctx context.Context, r *customer.Report) error {
	rows, err := tx.Query(ctx, `
		WITH held AS (SELECT source, code, count(*) AS n FROM record WHERE state = 'live' AND code IS NOT NULL GROUP BY source, code),
		     known AS (SELECT code, count(*) AS sources FROM held GROUP BY code)
		SELECT s.name, sum(h.n), count(*), sum(h.n - 1), count(*) FILTER (WHERE k.sources > 1)
		FROM held h JOIN known k USING (code) JOIN source s ON s.id = h.source GROUP BY s.name ORDER BY s.name`)
	if err != nil {
		return err
	}
	r.Sources, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x customer.SourceReport, err error) {
		err = row.Scan(&x.Source, &x.Records, &x.Customers, &x.Duplicates, &x.Shared)
		return x, err
	})
	return err
}

func (tx *Tx) reportOverlaps(ctx context.Context, r *customer.Report) error {
	rows, err := tx.Query(ctx, `
		WITH held AS (SELECT DISTINCT source, code FROM record WHERE state = 'live' AND code IS NOT NULL)
		SELECT a.name, b.name, count(*) FROM held x JOIN held y ON y.code = x.code AND y.source <> x.source
		JOIN source a ON a.id = x.source JOIN source b ON b.id = y.source
		WHERE a.name < b.name GROUP BY a.name, b.name ORDER BY a.name, b.name`)
	if err != nil {
		return err
	}
	r.Overlaps, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x customer.Overlap, err error) {
		err = row.Scan(&x.A, &x.B, &x.Customers)
		return x, err
	})
	return err
}

func (tx *Tx) reportTotals(ctx context.Context, r *customer.Report) error {
	return tx.QueryRow(ctx, `
		WITH held AS (SELECT code, count(*) AS n, count(DISTINCT source) AS sources FROM record WHERE state = 'live' AND code IS NOT NULL GROUP BY code)
		SELECT coalesce(sum(n), 0), count(*), count(*) FILTER (WHERE sources > 1), coalesce(max(n), 0),
			(SELECT count(*) FROM closed WHERE NOT generic), (SELECT count(*) FROM closed WHERE generic),
			(SELECT count(*) FROM task WHERE state = 'open')
		FROM held`).Scan(&r.Records, &r.Customers, &r.Across, &r.Largest, &r.Closed, &r.Generic, &r.Doubtful)
}

func (tx *Tx) reportDoubts(ctx context.Context, r *customer.Report) error {
	rows, err := tx.Query(ctx, `SELECT code, other, weight FROM task WHERE state = 'open' AND kind = 'possible_match' ORDER BY weight DESC, id LIMIT $1`, doubtfulExamples)
	if err != nil {
		return err
	}
	r.Examples, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x customer.DoubtfulPair, err error) {
		err = row.Scan(&x.Code, &x.Other, &x.Weight)
		return x, err
	})
	return err
}
