package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// factTables are the tables of what hangs on records: their columns with the types, and the rows
// that a record gives.
var factTables = []struct {
	name    string
	columns string
	unnest  string // of their columns as arrays
	width   int
	rows    func(customer.RecordID, *customer.Standard) [][]any
}{
	{"consent", "record, purpose, channel, address, given, at", "$2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[]", 6, consentRows},
	{"relation", "record, attribute, role, target_source, target_key, valid_from, valid_to",
		"$2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]", 7, relationRows},
	{"product", "record, kind, number, status, opened, closed", "$2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]", 6, productRows},
}

// VerifyFacts compares what hangs on live records with what the records say (I14): each person's
// own statements are there, so that an unmerge gives them back.
func (tx *Tx) VerifyFacts(ctx context.Context, records []customer.Record, c *customer.Check) error {
	ids := make([]int64, len(records))
	codes := map[int64]customer.Code{}
	for i := range records {
		ids[i] = int64(records[i].ID)
		codes[ids[i]] = records[i].Code
	}
	for _, table := range factTables {
		var said [][]any
		for i := range records {
			said = append(said, table.rows(records[i].ID, records[i].Standard)...)
		}
		wrong, err := tx.differing(ctx, table.name, table.columns, table.unnest, append([]any{ids}, transposed(said, table.width)...))
		if err != nil {
			return err
		}
		for _, id := range wrong {
			c.Add(customer.Violation{Records: []customer.RecordID{customer.RecordID(id)}, Codes: []customer.Code{codes[id]},
				What: fmt.Sprintf("its rows of table %s are not what the record says", table.name), Cure: cureFacts, Mend: customer.MendFacts})
		}
	}
	return nil
}

// differing returns the records of whose rows the table has others than the arguments say.
func (tx *Tx) differing(ctx context.Context, table, columns, unnest string, args []any) ([]int64, error) {
	rows, err := tx.Query(ctx, `
		WITH stored AS (SELECT `+columns+` FROM `+table+` WHERE record = ANY($1)),
			said AS (SELECT * FROM unnest(`+unnest+`) AS s(`+columns+`))
		SELECT DISTINCT record FROM (
			(TABLE stored EXCEPT ALL TABLE said) UNION ALL (TABLE said EXCEPT ALL TABLE stored)) x ORDER BY record`, args...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return list, scrub(err)
}

// StrayFacts checks that nothing hangs on records that are not live.
func (tx *Tx) StrayFacts(ctx context.Context, c *customer.Check) error {
	for _, table := range factTables {
		if err := tx.each(ctx, c, finder{`SELECT DISTINCT f.record, NULL::bigint, 'is not live and has rows in table ` + table.name + `'
			FROM ` + table.name + ` f LEFT JOIN record r ON r.id = f.record WHERE r.state IS DISTINCT FROM 'live'`, recordAnd(cureFacts)}); err != nil {
			return scrub(err)
		}
	}
	return nil
}

// transposed turns rows into one array a column.
func transposed(rows [][]any, width int) []any {
	out := make([]any, width)
	for i := range out {
		column := make([]any, len(rows))
		for j := range rows {
			column[j] = rows[j][i]
		}
		out[i] = column
	}
	return out
}
