package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Codes implements resolve.Base: the codes and where they lead.
func (tx *Tx) Codes(ctx context.Context, codes []customer.Code) ([]customer.CodeRow, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	asked := make(map[customer.Code]bool, len(codes))
	for _, c := range codes {
		asked[c] = true
	}
	list, err := tx.codeRows(ctx, `FROM golden WHERE code = ANY($1)`, numbers(codes))
	var next []int64
	for i := range list {
		if s := list[i].Successor; s != 0 && !asked[s] {
			asked[s] = true
			next = append(next, int64(s))
		}
	}
	if err != nil || len(next) == 0 {
		return list, err
	}
	// UNION, not UNION ALL: a damaged chain that runs in a circle ends.
	rest, err := tx.codeRows(ctx, `FROM (
			WITH RECURSIVE chain(code) AS (
				SELECT unnest($1::bigint[])
				UNION
				SELECT g.successor FROM chain JOIN golden g USING (code) WHERE g.successor IS NOT NULL)
			SELECT * FROM chain) chain JOIN golden USING (code) WHERE code <> ALL ($2)`, next, numbers(codes))
	return append(list, rest...), err
}

func (tx *Tx) codeRows(ctx context.Context, from string, args ...any) ([]customer.CodeRow, error) {
	rows, err := tx.Query(ctx, `SELECT code, kind, state, successor, component, serial, version, document,
			coalesce((SELECT max(k.operation) FROM keeper k WHERE k.code = golden.code AND k.revoked IS NULL), 0), `+pinsOf("golden.code")+" "+from, args...)
	if err != nil {
		return nil, scrub(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c customer.CodeRow, err error) {
		var successor, component *int64
		var pins []byte
		if err = row.Scan(&c.Code, &c.Kind, &c.State, &successor, &component, &c.Serial, &c.Version, &c.Document, &c.Keeper, &pins); err != nil {
			return c, err
		}
		c.Successor, c.Component = customer.Code(orZero(successor)), customer.Code(orZero(component))
		c.Pins, err = decodePins(c.Code, pins)
		return c, err
	})
}

// Mint implements resolve.Base.
func (tx *Tx) Mint(ctx context.Context, n int) ([]customer.Minted, error) {
	var next int64
	if err := tx.QueryRow(ctx, `UPDATE hub SET next_serial = next_serial + $1 RETURNING next_serial`, n).Scan(&next); err != nil {
		return nil, scrub(err)
	}
	if next >= 100_000_000_000 {
		return nil, fmt.Errorf("all personal codes are given")
	}
	if err := tx.s.reserved(next); err != nil {
		return nil, err
	}
	return tx.minted(next-int64(n), n), nil
}

// NextCodes implements resolve.Desk.
func (tx *Tx) NextCodes(ctx context.Context, n int) ([]customer.Minted, error) {
	var next int64
	if err := tx.QueryRow(ctx, `SELECT next_serial FROM hub`).Scan(&next); err != nil {
		return nil, scrub(err)
	}
	return tx.minted(next, n), nil
}

func (tx *Tx) minted(first int64, n int) []customer.Minted {
	out := make([]customer.Minted, n)
	for i := range out {
		serial := first + int64(i)
		out[i] = customer.Minted{Code: tx.s.numbering.Code(serial), Serial: serial}
	}
	return out
}
