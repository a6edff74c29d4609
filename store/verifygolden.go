package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// collect reads rows into structs by the places of their fields.
func collect[T any](rows pgx.Rows, fields func(*T) []any) ([]T, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (x T, err error) {
		err = row.Scan(fields(&x)...)
		return x, err
	})
}

// goldenSets selects codes with the rows of their present version, and their pins.
func goldenSets() string {
	return `
	SELECT g.code, g.kind, g.state, coalesce(g.successor, 0), g.version, g.document, coalesce(c.epoch, 0), h.refs, ` + pinsOf("g.code") + `
	FROM golden g
	LEFT JOIN change c ON c.code = g.code AND c.version = g.version
	LEFT JOIN history h ON h.code = g.code AND h.version = g.version
	WHERE g.state <> 'erased'`
}

// setsAtOnce is how many codes of a sample are read together.
const setsAtOnce = 500

// GoldenSets shows codes that are not erased, with their live records, by code: those listed, or all of
// them if the list is nil.
func (tx *Tx) GoldenSets(ctx context.Context, codes []customer.Code, show func(*customer.GoldenSet) error) error {
	granted, err := tx.grantsByRecord(ctx)
	if err != nil {
		return err
	}
	withGrants := func(set *customer.GoldenSet) error {
		for i := range set.Members {
			set.Grants = append(set.Grants, granted[set.Members[i].ID]...)
		}
		return show(set)
	}
	if codes == nil {
		return tx.allGoldenSets(ctx, withGrants)
	}
	return tx.listedGoldenSets(ctx, codes, withGrants)
}

func (tx *Tx) listedGoldenSets(ctx context.Context, codes []customer.Code, show func(*customer.GoldenSet) error) error {
	for part := range slices.Chunk(codes, setsAtOnce) {
		rows, err := tx.Query(ctx, goldenSets()+` AND g.code = ANY($1) ORDER BY g.code`, numbers(part))
		if err != nil {
			return scrub(err)
		}
		sets, err := pgx.CollectRows(rows, scanGoldenSet)
		if err != nil {
			return scrub(err)
		}
		records, err := tx.queryRecords(ctx, `SELECT `+recordColumns+fromRecords+` AND r.code = ANY($1) ORDER BY r.code, r.id`, numbers(part))
		if err != nil {
			return err
		}
		page := &cursor[customer.Record]{page: records, last: true}
		for i := range sets {
			if err := gather(ctx, page, &sets[i]); err != nil {
				return err
			}
			if err := show(&sets[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) allGoldenSets(ctx context.Context, show func(*customer.GoldenSet) error) error {
	codes, err := openCursor(ctx, tx, "verify_golden", goldenSets()+` ORDER BY g.code`, 1000, scanGoldenSet)
	if err != nil {
		return scrub(err)
	}
	defer codes.close(ctx)
	records, err := openCursor(ctx, tx, "verify_member", `SELECT `+recordColumns+fromRecords+`
		AND r.code IS NOT NULL ORDER BY r.code, r.id`, 1000, tx.scanRecord)
	if err != nil {
		return scrub(err)
	}
	defer records.close(ctx)
	for {
		set, err := codes.peek(ctx)
		if err != nil || set == nil {
			return scrub(err)
		}
		if err := gather(ctx, records, set); err != nil {
			return scrub(err)
		}
		if err := show(set); err != nil {
			return err
		}
		codes.take()
	}
}

func scanGoldenSet(row pgx.CollectableRow) (s customer.GoldenSet, err error) {
	var pins []byte
	if err = row.Scan(&s.Code, &s.Kind, &s.State, &s.Successor, &s.Version, &s.Document, &s.Epoch, &s.History, &pins); err != nil {
		return s, err
	}
	s.Pins, err = decodePins(s.Code, pins)
	return s, err
}

// gather takes the records of a code; those of codes that are not there are passed by (I1 tells of them).
func gather(ctx context.Context, records *cursor[customer.Record], set *customer.GoldenSet) error {
	for {
		rec, err := records.peek(ctx)
		if err != nil || rec == nil || rec.Code > set.Code {
			return err
		}
		if rec.Code == set.Code {
			set.Members = append(set.Members, *rec)
		}
		records.take()
	}
}

// ActiveCodes returns all active codes, ascending.
func (tx *Tx) ActiveCodes(ctx context.Context) ([]customer.Code, error) {
	return tx.codeList(ctx, `SELECT code FROM golden WHERE state = 'active' ORDER BY code`)
}

// SampleCodes picks about n codes that are not erased at random; a retired one is picked with the
// code that it leads to. Codes lie at random on their line, so the next one after a random point
// is a fair choice.
func (tx *Tx) SampleCodes(ctx context.Context, n int, point func() int64) ([]customer.Code, error) {
	points := make([]int64, n)
	for i := range points {
		points[i] = point() % 1_000_000_000_000
	}
	return tx.codeList(ctx, `WITH picked AS (SELECT g.code, g.successor FROM unnest($1::bigint[]) AS p(point)
			JOIN LATERAL (SELECT code, successor FROM golden WHERE state <> 'erased' AND code >= p.point ORDER BY code LIMIT 1) g ON true)
		SELECT code FROM picked UNION SELECT successor FROM picked WHERE successor IS NOT NULL ORDER BY code`, points)
}

func (tx *Tx) codeList(ctx context.Context, sql string, args ...any) ([]customer.Code, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	out := make([]customer.Code, len(list))
	for i, n := range list {
		out[i] = customer.Code(n)
	}
	return out, scrub(err)
}

// RecordsOf returns the numbers of the live records of codes, ascending.
func (tx *Tx) RecordsOf(ctx context.Context, codes []customer.Code) ([]customer.RecordID, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM record WHERE state = 'live' AND code = ANY($1) ORDER BY id`, numbers(codes))
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return recordIDs(list), scrub(err)
}

// LiveRecordsEncoded shows every live record with its encoded Standard.
func (tx *Tx) LiveRecordsEncoded(ctx context.Context, show func(rec customer.Record, standard []byte)) error {
	return tx.encoded(ctx, show, ` ORDER BY r.id`)
}

// SampleEncoded shows about so many live records with their encoded Standard, all if there are fewer: one of
// so many as it returns.
func (tx *Tx) SampleEncoded(ctx context.Context, about int64, show func(rec customer.Record, standard []byte)) (every int64, err error) {
	if err := tx.QueryRow(ctx, `SELECT greatest(1, count(*) / $1) FROM record WHERE state = 'live'`, about).Scan(&every); err != nil {
		return 0, scrub(err)
	}
	return every, tx.encoded(ctx, show, ` AND r.id % $1 = 0 ORDER BY r.id`, every)
}

func (tx *Tx) encoded(ctx context.Context, show func(rec customer.Record, standard []byte), which string, args ...any) error {
	rows, err := tx.Query(ctx, `SELECT `+recordColumns+fromRecords+which, args...)
	if err != nil {
		return scrub(err)
	}
	var rec customer.Record
	var node, code, home *int64
	var standard []byte
	_, err = pgx.ForEachRow(rows, []any{&rec.ID, &rec.Ref.Source, &rec.Ref.Key, &rec.Revision, &node, &code, &home, &standard}, func() error {
		rec.Node, rec.Code, rec.Home = orZero(node), customer.Code(orZero(code)), customer.Code(orZero(home))
		show(rec, standard)
		return nil
	})
	if err != nil {
		return fmt.Errorf("live records: %w", scrub(err))
	}
	return nil
}

// Published shows the present state of each code, and whether its last change was published to
// the consumer of the name and not set aside.
func (tx *Tx) Published(ctx context.Context, name string, show func(now *customer.CodeNow, sent bool)) error {
	rows, err := tx.Query(ctx, `
		SELECT g.code, g.state, c.epoch, g.version, coalesce(g.successor, 0), CASE WHEN g.state = 'active' THEN g.document END,
			c.position <= coalesce((SELECT position FROM feed_cursor WHERE name = $1), 0)
				AND NOT EXISTS (SELECT FROM feed_parked p WHERE p.name = $1 AND p.code = g.code)
		FROM golden g JOIN change c ON c.code = g.code AND c.version = g.version`, name)
	if err != nil {
		return scrub(err)
	}
	var now customer.CodeNow
	var sent bool
	_, err = pgx.ForEachRow(rows, []any{&now.Code, &now.State, &now.Epoch, &now.Version, &now.Successor, &now.Document, &sent}, func() error {
		show(&now, sent)
		now = customer.CodeNow{}
		return nil
	})
	return scrub(err)
}
