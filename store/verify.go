package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// The cures that violations name.
const (
	cureRepair = "kartoteka verify --repair computes it again"
	cureHold   = "kartoteka maintain asks again"
	cureBackup = "somebody changed the tables by hand or storage failed: restore a backup from before it"
	cureAgain  = "kartoteka verify --repair makes it again and publishes it"
	cureTask   = "the question is void: kartoteka verify --repair closes it"
	cureFacts  = "kartoteka verify --repair writes it again from the record"
	cureCursor = "kartoteka verify --repair reads the source again from where its runs have landed"
)

// mends says what a repair does about violations whose cure it is.
var mends = map[string]customer.Mend{cureRepair: customer.MendRecords, cureAgain: customer.MendCode, cureTask: customer.MendTask,
	cureFacts: customer.MendFacts, cureCursor: customer.MendCursor}

// finder looks for violations by one statement, each row of which is one.
type finder struct {
	sql string
	row func(pgx.CollectableRow) (customer.Violation, error)
}

// codeAnd reads rows of a code and what is wrong with it.
func codeAnd(cure string) func(pgx.CollectableRow) (customer.Violation, error) {
	return func(row pgx.CollectableRow) (v customer.Violation, err error) {
		v.Cure, v.Mend, v.Codes = cure, mends[cure], make([]customer.Code, 1)
		return v, row.Scan(&v.Codes[0], &v.What)
	}
}

// recordAnd reads rows of a record, its code or null, and what is wrong with it.
func recordAnd(cure string) func(pgx.CollectableRow) (customer.Violation, error) {
	return func(row pgx.CollectableRow) (v customer.Violation, err error) {
		var code *int64
		v.Cure, v.Mend, v.Records = cure, mends[cure], make([]customer.RecordID, 1)
		err = row.Scan(&v.Records[0], &code, &v.What)
		if code != nil {
			v.Codes = []customer.Code{customer.Code(*code)}
		}
		return v, err
	}
}

// placeAnd reads rows of a place and what is wrong there.
func placeAnd(cure string) func(pgx.CollectableRow) (customer.Violation, error) {
	return func(row pgx.CollectableRow) (v customer.Violation, err error) {
		v.Cure, v.Mend = cure, mends[cure]
		return v, row.Scan(&v.Place, &v.What)
	}
}

// find runs finders after counting what they look at.
func (tx *Tx) find(ctx context.Context, c *customer.Check, count string, finders []finder) error {
	if err := tx.QueryRow(ctx, count).Scan(&c.Checked); err != nil {
		return fmt.Errorf("verify %s: %w", c.Invariant, scrub(err))
	}
	for _, f := range finders {
		if err := tx.each(ctx, c, f); err != nil {
			return fmt.Errorf("verify %s: %w", c.Invariant, scrub(err))
		}
	}
	return nil
}

func (tx *Tx) each(ctx context.Context, c *customer.Check, f finder) error {
	rows, err := tx.Query(ctx, f.sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := f.row(rows)
		if err != nil {
			return err
		}
		c.Add(v)
	}
	return rows.Err()
}

// VerifyMembership checks I1: each live record belongs to one code, and that code is active.
func (tx *Tx) VerifyMembership(ctx context.Context, c *customer.Check) error {
	c.Of = "live records"
	return tx.find(ctx, c, `SELECT count(*) FROM record WHERE state = 'live'`, []finder{
		{`SELECT r.id, r.code, CASE WHEN r.code IS NULL THEN 'is live and belongs to no code'
				WHEN g.code IS NULL THEN 'belongs to a code that was never given'
				ELSE 'belongs to a code that is ' || g.state END
			FROM record r LEFT JOIN golden g ON g.code = r.code
			WHERE r.state = 'live' AND g.state IS DISTINCT FROM 'active'`, recordAnd(cureRepair)},
		{`SELECT id, code, 'is ' || state || ' and still belongs to a code' FROM record
			WHERE state <> 'live' AND code IS NOT NULL`, recordAnd(cureRepair)},
		{`SELECT r.id, r.code, 'is live though its key was given to somebody else' FROM record r
			JOIN record n ON n.source = r.source AND n.key = r.key AND n.incarnation > r.incarnation
			WHERE r.state = 'live' AND r.landed <= r.revision`, recordAnd(cureBackup)},
		{`SELECT id, code, CASE WHEN state = 'pending' THEN 'waits though nothing of it is unresolved' ELSE 'is ' || state || ' though nothing of it was ever resolved' END
			FROM record WHERE state = 'pending' AND landed <= revision OR state = 'live' AND revision = 0`, recordAnd(cureBackup)},
	})
}

// VerifyMembers checks I2: no active code without a member.
func (tx *Tx) VerifyMembers(ctx context.Context, c *customer.Check) error {
	c.Of = "active codes"
	return tx.find(ctx, c, `SELECT count(*) FROM golden WHERE state = 'active'`, []finder{
		{`SELECT code, 'is active and has no live record' FROM golden g WHERE state = 'active'
			AND NOT EXISTS (SELECT FROM record r WHERE r.code = g.code AND r.state = 'live')`, codeAnd(cureRepair)},
	})
}

// VerifyCodes checks I4: a code is never given twice. A code is the permuted serial, serials
// only rise, and a code is created once.
func (tx *Tx) VerifyCodes(ctx context.Context, c *customer.Check) error {
	c.Of = "codes"
	if err := tx.find(ctx, c, `SELECT count(*) FROM golden`, []finder{
		{`SELECT code, 'has a serial that was never given' FROM golden WHERE serial >= (SELECT next_serial FROM hub)`, codeAnd(cureBackup)},
		{`SELECT code, CASE WHEN version > 1 THEN 'was created again' ELSE 'begins with ' || kind END
			FROM change WHERE (kind IN ('created', 'withdrawn')) <> (version = 1)`, codeAnd(cureBackup)},
		{`SELECT r.id, r.home, 'had a first code that the hub does not know' FROM record r
			WHERE r.home IS NOT NULL AND NOT EXISTS (SELECT FROM golden g WHERE g.code = r.home)`, recordAnd(cureBackup)},
	}); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT code, serial FROM golden`)
	if err != nil {
		return scrub(err)
	}
	var code customer.Code
	var serial int64
	_, err = pgx.ForEachRow(rows, []any{&code, &serial}, func() error {
		if tx.s.numbering.Code(serial) != code {
			c.Add(customer.Violation{Codes: []customer.Code{code}, What: "is not the code of its serial", Cure: cureBackup})
		}
		return nil
	})
	return scrub(err)
}

// VerifyDecisions checks I10: records decided different never share a code, records decided
// same are not parted.
func (tx *Tx) VerifyDecisions(ctx context.Context, c *customer.Check) error {
	c.Of = "active decisions"
	pair := func(row pgx.CollectableRow) (v customer.Violation, err error) {
		v.Codes, v.Records, v.Cure, v.Mend = make([]customer.Code, 1), make([]customer.RecordID, 2), cureRepair, customer.MendRecords
		return v, row.Scan(&v.Codes[0], &v.Records[0], &v.Records[1], &v.What)
	}
	const sides = ` FROM decision d
		JOIN decision_record x ON x.decision = d.id
		JOIN decision_record y ON y.decision = d.id
		JOIN record a ON a.id = x.record AND a.state = 'live'
		JOIN record b ON b.id = y.record AND b.state = 'live'
		WHERE d.revoked IS NULL AND `
	return tx.find(ctx, c, `SELECT count(*) FROM decision WHERE revoked IS NULL`, []finder{
		{`SELECT a.code, a.id, b.id, 'share a code though decision ' || d.id || ' holds them apart'` + sides +
			`d.kind = 'different' AND NOT x.right_side AND y.right_side AND a.code = b.code`, pair},
		{`SELECT a.code, a.id, b.id, 'have two codes though decision ' || d.id || ' holds them together'` + sides +
			`d.kind = 'same' AND a.id < b.id AND a.code <> b.code`, pair},
	})
}

// VerifyTasks checks a part of I13: open tasks refer to active codes.
func (tx *Tx) VerifyTasks(ctx context.Context, c *customer.Check) error {
	c.Of = "open tasks"
	return tx.find(ctx, c, `SELECT count(*) FROM task WHERE state = 'open'`, []finder{
		{`SELECT g.code, 'open task ' || t.id || ' asks about this code, which is ' || coalesce(h.state, 'unknown to the hub')
			FROM task t CROSS JOIN LATERAL (VALUES (t.code), (t.other)) AS g(code) LEFT JOIN golden h ON h.code = g.code
			WHERE t.state = 'open' AND g.code IS NOT NULL AND h.state IS DISTINCT FROM 'active'`,
			codeAnd(cureTask)},
		{`SELECT 'hold ' || d.id, 'waits for a person whom no open task asks' FROM decision d
			WHERE d.kind LIKE 'hold%' AND d.revoked IS NULL AND NOT EXISTS (SELECT FROM task t WHERE t.decision = d.id AND t.state = 'open')`, placeAnd(cureHold)},
		{`SELECT 'task ' || t.id, 'asks about a hold that does not stand' FROM task t
			WHERE t.state = 'open' AND t.kind LIKE 'held%' AND NOT EXISTS (SELECT FROM decision d WHERE d.id = t.decision AND d.kind LIKE 'hold%' AND d.revoked IS NULL)`, placeAnd(cureHold)},
	})
}

// Pending counts the records that wait to be resolved.
func (tx *Tx) Pending(ctx context.Context) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM record WHERE landed > revision`).Scan(&n)
	return n, scrub(err)
}
