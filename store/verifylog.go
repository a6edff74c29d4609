package store

import (
	"context"

	"kartoteka/customer"
)

// VerifySuccessors checks I3: retired codes lead, without a circle, to an active or erased one,
// or to nobody if their last record was deleted at its source.
func (tx *Tx) VerifySuccessors(ctx context.Context, c *customer.Check) error {
	c.Of = "retired codes"
	if err := tx.find(ctx, c, `SELECT count(*) FROM golden WHERE state = 'retired'`, []finder{
		{`SELECT g.code, CASE WHEN g.state <> 'retired' THEN 'is ' || g.state || ' and has a successor'
				ELSE 'leads to a code that was never given' END
			FROM golden g LEFT JOIN golden s ON s.code = g.successor
			WHERE g.successor IS NOT NULL AND (g.state <> 'retired' OR s.code IS NULL)`, codeAnd(cureRepair)},
		{`SELECT g.code, 'leads elsewhere than the change that retired it says'
			FROM golden g JOIN change c ON c.code = g.code AND c.version = g.version
			WHERE g.state = 'retired' AND g.successor IS DISTINCT FROM c.successor`, codeAnd(cureAgain)},
	}); err != nil {
		return err
	}
	return tx.verifyCircles(ctx, c)
}

// VerifyVersions checks I6: versions run 1..n without holes, epochs never fall, each version has
// its row, and positions are in the order of commits.
func (tx *Tx) VerifyVersions(ctx context.Context, c *customer.Check) error {
	c.Of = "changes"
	return tx.find(ctx, c, `SELECT count(*) FROM change`, []finder{
		{`SELECT code, 'its versions have holes: ' || count(*) || ' rows, version ' || min(version) || ' to ' || max(version)
			FROM change GROUP BY code HAVING count(*) <> max(version) OR min(version) <> 1`, codeAnd(cureBackup)},
		{`SELECT g.code, 'has version ' || g.version || ', the change log ends at ' || coalesce(m.version, 0)
			FROM golden g LEFT JOIN LATERAL (SELECT max(version) AS version FROM change c WHERE c.code = g.code) m ON true
			WHERE m.version IS DISTINCT FROM g.version`, codeAnd(cureBackup)},
		{`SELECT code, 'is in the change log only' FROM (SELECT DISTINCT code FROM change) c
			WHERE NOT EXISTS (SELECT FROM golden g WHERE g.code = c.code)`, codeAnd(cureBackup)},
		{`SELECT code, 'its version ' || version || ' stands before an older one, or its epoch fell' FROM (
				SELECT code, version, position, epoch, lag(position) OVER w AS before, lag(epoch) OVER w AS former
				FROM change WINDOW w AS (PARTITION BY code ORDER BY version)) x
			WHERE position < before OR epoch < former`, codeAnd(cureBackup)},
		{`SELECT 'position ' || position, CASE WHEN position <> before + 1 THEN 'the positions before it are missing'
				ELSE 'was committed before the one ahead of it' END FROM (
				SELECT position, at, epoch, lag(epoch, 1, 1::bigint) OVER w AS former, lag(position, 1, 0::bigint) OVER w AS before, lag(at) OVER w AS earlier
				FROM change WINDOW w AS (ORDER BY position)) x
			WHERE position <> before + 1 AND epoch = former OR at < earlier`, placeAnd(cureBackup)},
		{`SELECT 'hub', 'counts ' || last_position || ' positions, the change log has ' || coalesce((SELECT max(position) FROM change), 0)
			FROM hub WHERE last_position <> coalesce((SELECT max(position) FROM change), 0)
				OR epoch < coalesce((SELECT max(epoch) FROM change), 0)`, placeAnd(cureBackup)},
		{`SELECT coalesce(c.code, h.code), 'version ' || coalesce(c.version, h.version) || CASE WHEN h.code IS NULL
				THEN ' has no history' ELSE ' has a history and no change' END
			FROM change c FULL JOIN history h ON h.code = c.code AND h.version = c.version
			WHERE c.code IS NULL OR h.code IS NULL`, codeAnd(cureBackup)},
	})
}

// VerifyLog checks I7 without brokers: the change log folds to the golden state.
func (tx *Tx) VerifyLog(ctx context.Context, c *customer.Check) error {
	c.Of = "codes"
	return tx.find(ctx, c, `SELECT count(*) FROM golden`, []finder{
		{`SELECT g.code, 'is ' || g.state || ', its last change says ' || c.kind
			FROM golden g JOIN change c ON c.code = g.code AND c.version = g.version
			WHERE g.state <> CASE
				WHEN c.kind = 'reissued' THEN g.state
				WHEN c.kind IN ('erased', 'withdrawn') THEN 'erased'
				WHEN c.kind = 'removed' OR c.kind = 'merged' AND c.successor IS NOT NULL THEN 'retired'
				ELSE 'active' END`, codeAnd(cureBackup)},
		{`SELECT 'feed ' || name, 'has published up to position ' || position || ', which was never given'
			FROM feed_cursor WHERE name LIKE 'feed.%' AND position > (SELECT last_position FROM hub)`, placeAnd("the database is older than what was published: restore a newer one")},
	})
}

// VerifyOperations checks a part of I12: each change of state has one audit row, and the last change
// of each code covers its golden record. [Tx.WalkAudit] checks the chain.
func (tx *Tx) VerifyOperations(ctx context.Context, c *customer.Check) error {
	c.Of = "audit rows"
	return tx.find(ctx, c, `SELECT count(*) FROM op`, []finder{
		{`SELECT c.code, 'position ' || c.position || ' belongs to operation ' || c.operation || CASE WHEN o.id IS NULL
				THEN ', which has no audit row' ELSE ', which was written at another time' END
			FROM change c LEFT JOIN op o ON o.id = c.operation WHERE c.at IS DISTINCT FROM o.at`, codeAnd(cureBackup)},
		{`SELECT g.code, 'the golden record is not the one that its last change covers'
			FROM golden g JOIN change c ON c.code = g.code AND c.version = g.version
			WHERE sha256(convert_to(g.document, 'UTF8')) <> c.hash`, codeAnd(cureAgain)},
		{`SELECT m.record, coalesce(m.to_code, m.from_code), 'moved by operation ' || m.operation || ', which has no audit row'
			FROM move m WHERE NOT EXISTS (SELECT FROM op o WHERE o.id = m.operation)`, recordAnd(cureBackup)},
		{`SELECT 'decision ' || id, 'was made by operation ' || operation || ', which has no audit row'
			FROM decision d WHERE NOT EXISTS (SELECT FROM op o WHERE o.id = d.operation)`, placeAnd(cureBackup)},
		{`SELECT what || ' ' || id, 'was taken back by operation ' || revoked || ', which has no audit row or came before it' FROM (
				SELECT 'decision' AS what, id, operation, revoked FROM decision
				UNION ALL SELECT 'pin', id, operation, revoked FROM pin UNION ALL SELECT 'keeper', code, operation, revoked FROM keeper) x
			WHERE revoked < operation OR revoked IS NOT NULL AND NOT EXISTS (SELECT FROM op o WHERE o.id = x.revoked)`, placeAnd(cureBackup)},
		{`SELECT 'pin ' || id, 'was set by operation ' || operation || ', which has no audit row'
			FROM pin p WHERE NOT EXISTS (SELECT FROM op o WHERE o.id = p.operation)`, placeAnd(cureBackup)},
	})
}
