package store

import (
	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// queueJudged writes what a person decided by an operation.
func queueJudged(batch *pgx.Batch, j *customer.Judged, operation int64) {
	batch.Queue(`UPDATE op SET request = nullif($2, ''), intent = $3 WHERE id = $1`, operation, j.Request, j.Intent)
	queueRevoked(batch, &j.Revoked, operation)
	for i := range j.Decisions {
		queueDecision(batch, &j.Decisions[i], operation)
	}
	for i := range j.Pins {
		value, err := encodePin(&j.Pins[i].Value)
		if err != nil { // texts cannot fail
			panic(err)
		}
		batch.Queue(`INSERT INTO pin (code, attribute, value, operation) VALUES ($1, $2, $3, $4)`, int64(j.Pins[i].Code), j.Pins[i].Attribute, value, operation)
	}
	for _, code := range j.Keepers {
		batch.Queue(`INSERT INTO keeper (code, operation) VALUES ($1, $2) ON CONFLICT DO NOTHING`, int64(code), operation)
	}
}

func queueRevoked(batch *pgx.Batch, r *customer.Revoked, operation int64) {
	if len(r.Decisions) > 0 {
		batch.Queue(`UPDATE decision SET revoked = $2 WHERE id = ANY($1) AND revoked IS NULL`, r.Decisions, operation)
	}
	if len(r.Pins) > 0 {
		batch.Queue(`UPDATE pin SET revoked = $2 WHERE id = ANY($1) AND revoked IS NULL`, r.Pins, operation)
	}
	if len(r.Keepers) > 0 {
		for _, k := range r.Keepers {
			batch.Queue(`UPDATE keeper SET revoked = $3 WHERE code = $1 AND operation = $2 AND revoked IS NULL`, int64(k.Code), k.Operation, operation)
		}
	}
}

func queueDecision(batch *pgx.Batch, d *customer.Decision, operation int64) {
	if d.Operation != 0 { // what is left of an older decision stays that operation's
		operation = d.Operation
	}
	grant := customer.Grant{}
	if d.Grant != nil {
		grant = *d.Grant
	}
	revisions := make([]int32, len(d.Left)) // 0: not asked for
	for i := range min(len(revisions), len(grant.Revisions)) {
		revisions[i] = int32(grant.Revisions[i])
	}
	// One statement, so that all of it has the number that the decision gets.
	batch.Queue(`WITH d AS (INSERT INTO decision (kind, operation) VALUES ($1, $2) RETURNING id),
		g AS (INSERT INTO consent_grant SELECT d.id, $6, $7, $8, $9 FROM d WHERE $1 = 'granted')
		INSERT INTO decision_record (decision, record, right_side, revision)
		SELECT d.id, n.record, false, nullif(n.revision, 0) FROM d, unnest($3::bigint[], $5::integer[]) AS n(record, revision)
		UNION ALL
		SELECT d.id, n.record, true, NULL FROM d, unnest($4::bigint[]) AS n(record)`,
		string(d.Kind), operation, numbers(d.Left), numbers(d.Right), revisions, grant.Purpose, grant.Channel, grant.Address, grant.At)
}
