package store

import (
	"context"

	"kartoteka/customer"
)

// lastPositions is where each source was left by its runs, as far as they tell.
const lastPositions = `SELECT DISTINCT ON (source) source, id, cursor_to FROM run WHERE cursor_to IS NOT NULL ORDER BY source, id DESC`

// VerifyMoves checks I9: the log of moves tells, for each record, an unbroken way from its first
// code to its present one, which is what an unmerge and a look back stand on.
func (tx *Tx) VerifyMoves(ctx context.Context, c *customer.Check) error {
	c.Of = "moves"
	return tx.find(ctx, c, `SELECT count(*) FROM move`, []finder{
		{`SELECT m.record, coalesce(m.from_code, m.to_code), CASE WHEN r.id IS NULL THEN 'moved and is not there'
				ELSE 'left, by operation ' || m.operation || ', a code that it was not in' END
			FROM (SELECT record, operation, from_code, to_code, row_number() OVER w = 1 AS first, lag(to_code) OVER w AS before
				FROM move WINDOW w AS (PARTITION BY record ORDER BY operation)) m
			LEFT JOIN record r ON r.id = m.record
			WHERE r.id IS NULL OR m.from_code IS DISTINCT FROM CASE WHEN m.first THEN r.home ELSE m.before END
				AND NOT (m.first AND m.from_code IS NULL AND m.to_code = r.home) -- a record that began with a later revision
				AND NOT EXISTS (SELECT FROM op o WHERE o.id = m.operation AND o.kind = 'repair' AND m.from_code IS NULL)`, recordAnd(cureBackup)},
		{`SELECT r.id, r.code, 'belongs to another code than its last move led to'
			FROM record r LEFT JOIN (SELECT DISTINCT ON (record) record, to_code FROM move ORDER BY record, operation DESC) m ON m.record = r.id
			WHERE r.code IS DISTINCT FROM CASE WHEN m.record IS NULL THEN r.home ELSE m.to_code END`, recordAnd(cureRepair)},
	})
}

// VerifyPositions checks I16: a source stands where its last run left it, each run began where the
// one before it ended, and positions that can be compared only rise.
func (tx *Tx) VerifyPositions(ctx context.Context, c *customer.Check) error {
	c.Of = "runs that moved a source's position"
	return tx.find(ctx, c, `SELECT count(*) FROM run WHERE cursor_to IS NOT NULL`, []finder{
		{`SELECT 'source ' || s.name, 'stands at another position than run ' || r.id || ' left it at, so rows may be passed by'
			FROM source s JOIN (` + lastPositions + `) r ON r.source = s.id WHERE s.cursor <> r.cursor_to`, placeAnd(cureCursor)},
		{`SELECT 'run ' || id, 'began at another position than the run before it had left'
			FROM (SELECT id, cursor_from, lag(cursor_to) OVER (PARTITION BY source ORDER BY id) AS before FROM run WHERE cursor_to IS NOT NULL) x
			WHERE before IS NOT NULL AND cursor_from <> before`, placeAnd(cureBackup)},
		// A position within a file is rows@fingerprint of the file. A run that was cut short may have
		// read a snapshot from its beginning.
		{`SELECT 'run ' || id, 'moved its source''s position backward' FROM run
			WHERE state = 'done' AND cursor_from ~ '^[0-9]{1,18}@' AND cursor_to ~ '^[0-9]{1,18}@' AND split_part(cursor_from, '@', 2) = split_part(cursor_to, '@', 2)
				AND split_part(cursor_from, '@', 1)::bigint > split_part(cursor_to, '@', 1)::bigint`, placeAnd(cureBackup)},
	})
}
