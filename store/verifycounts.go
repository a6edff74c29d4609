package store

import (
	"context"
	"fmt"

	"kartoteka/customer"
)

// bodies classifies each revision by what its record says of it. A revision that landed and was
// overtaken before it was resolved is superseded; so is what an ended incarnation of a key had.
const bodies = `SELECT r.source, CASE
		WHEN b.revision = r.revision AND r.state = 'live' THEN 'live'
		WHEN b.revision = r.landed AND r.landed > r.revision THEN 'pending'
		WHEN b.revision = r.revision AND r.state = 'deleted' AND b.op = 'delete' THEN 'deleted'
		ELSE 'superseded' END AS class
	FROM body b JOIN record r ON r.id = b.record`

// VerifyCounts checks I11: nothing that was read is lost. Per run read = accepted + unchanged +
// rejected + filtered; per source all that was accepted is live, pending, superseded or deleted.
func (tx *Tx) VerifyCounts(ctx context.Context, c *customer.Check) error {
	c.Of = "runs"
	const records = ` GROUP BY r.id HAVING `
	if err := tx.find(ctx, c, `SELECT count(*) FROM run`, []finder{
		{`SELECT 'run ' || id, 'read ' || read || ' rows, but accepted ' || accepted || ' + unchanged ' || unchanged ||
				' + rejected ' || rejected || ' + filtered ' || filtered || ' are ' || accepted + unchanged + rejected + filtered
			FROM run WHERE read <> accepted + unchanged + rejected + filtered`, placeAnd(cureBackup)},
		{`SELECT 'run ' || u.id, 'rejected ' || u.rejected || ' rows and keeps ' || count(j.id)
			FROM run u LEFT JOIN reject j ON j.run = u.id GROUP BY u.id HAVING count(j.id) <> u.rejected`, placeAnd(cureBackup)},
		{`SELECT 'run ' || u.id, 'accepted ' || u.accepted || ' revisions, ' || coalesce(b.n, 0) || ' are there'
			FROM run u LEFT JOIN (SELECT run, count(*) AS n FROM body GROUP BY run) b ON b.run = u.id
			WHERE u.accepted <> coalesce(b.n, 0)`, placeAnd(cureBackup)},
		{`SELECT r.id, r.code, 'has ' || count(b.record) || ' revisions stored, ' || r.landed || ' landed'
			FROM record r LEFT JOIN body b ON b.record = r.id AND b.revision BETWEEN 1 AND r.landed` + records + `count(b.record) <> r.landed`, recordAnd(cureBackup)},
		{`SELECT b.record, NULL::bigint, 'revision ' || b.revision || ' was never counted as landed'
			FROM body b LEFT JOIN record r ON r.id = b.record WHERE r.id IS NULL OR b.revision > r.landed OR b.revision < 1`, recordAnd(cureBackup)},
		{`SELECT r.id, r.code, 'is live by a revision that deletes it' FROM record r
			JOIN body b ON b.record = r.id AND b.revision = r.revision WHERE r.state = 'live' AND b.op = 'delete'`, recordAnd(cureRepair)},
	}); err != nil {
		return err
	}
	accounts, err := tx.Accounts(ctx)
	for _, a := range accounts {
		if sum := a.Live + a.Pending + a.Superseded + a.Deleted; sum != a.Accepted {
			c.Add(customer.Violation{Place: "source " + string(a.Source), Cure: cureBackup,
				What: fmt.Sprintf("accepted %d revisions, but live %d + pending %d + superseded %d + deleted %d are %d", a.Accepted, a.Live, a.Pending, a.Superseded, a.Deleted, sum)})
		}
	}
	return err
}

// Account is what became of all that a source's runs accepted.
type Account struct {
	Source     customer.Source `json:"source"`
	Accepted   int64           `json:"accepted"`
	Live       int64           `json:"live"`
	Pending    int64           `json:"pending"`
	Superseded int64           `json:"superseded"`
	Deleted    int64           `json:"deleted"`
}

// Accounts returns the accounts of all sources, by name.
func (tx *Tx) Accounts(ctx context.Context) ([]Account, error) {
	rows, err := tx.Query(ctx, `
		WITH stored AS (SELECT source, class, count(*) AS n FROM (`+bodies+`) b GROUP BY source, class)
		SELECT s.name, coalesce((SELECT sum(accepted)::bigint FROM run u WHERE u.source = s.id), 0),
			coalesce(sum(n) FILTER (WHERE class = 'live'), 0)::bigint, coalesce(sum(n) FILTER (WHERE class = 'pending'), 0)::bigint,
			coalesce(sum(n) FILTER (WHERE class = 'superseded'), 0)::bigint, coalesce(sum(n) FILTER (WHERE class = 'deleted'), 0)::bigint
		FROM source s LEFT JOIN stored b ON b.source = s.id GROUP BY s.id ORDER BY s.name`)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := collect(rows, func(a *Account) []any {
		return []any{&a.Source, &a.Accepted, &a.Live, &a.Pending, &a.Superseded, &a.Deleted}
	})
	return list, scrub(err)
}
