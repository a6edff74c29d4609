package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Note appends a visit to its chain: each hash covers the one before and the row. The head's lock makes
// a line of those who note, until their transactions end.
func (tx *Tx) Note(ctx context.Context, v *customer.Visit) error {
	if err := tx.lockVisits(ctx); err != nil {
		return err
	}
	return tx.note(ctx, v)
}

func (tx *Tx) lockVisits(ctx context.Context) error {
	var one bool
	return scrub(tx.QueryRow(ctx, `SELECT one FROM visit_head FOR UPDATE`).Scan(&one))
}

func (tx *Tx) note(ctx context.Context, v *customer.Visit) error {
	var before []byte
	if err := tx.QueryRow(ctx, `SELECT last + 1, hash, date_trunc('microseconds', clock_timestamp()) FROM visit_head`).Scan(&v.ID, &before, &v.At); err != nil {
		return scrub(err)
	}
	hash := chainVisit(before, v)
	codes := make([]int64, len(v.Codes))
	for i := range v.Codes {
		codes[i] = int64(v.Codes[i])
	}
	_, err := tx.Exec(ctx, `WITH head AS (UPDATE visit_head SET last = $1, hash = $8)
		INSERT INTO visit (id, at, who, act, codes, fields, reason, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		v.ID, v.At, v.Who, v.Act, codes, none(v.Fields), v.Reason, hash)
	return scrub(err)
}

// chainVisit is the hash of one visit.
func chainVisit(before []byte, v *customer.Visit) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(v.ID))
	b = binary.BigEndian.AppendUint64(b, uint64(v.At.UnixMicro()))
	b = binary.BigEndian.AppendUint32(b, uint32(len(v.Codes)))
	for _, c := range v.Codes {
		b = binary.BigEndian.AppendUint64(b, uint64(c))
	}
	for _, text := range append([]string{v.Who, v.Act, v.Reason}, v.Fields...) {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(text))), text...)
	}
	h := sha256.New()
	h.Write(before)
	h.Write(b)
	return h.Sum(nil)
}

// Budget is how often somebody may do certain acts; Most 0 is no budget.
type Budget struct {
	Most  int
	Acts  []string
	Since time.Time
}

// Visit notes a visit. With a budget it first counts how often its who has done the acts since; if that
// is the budget or more, nothing is noted and the error is [customer.ErrBudget].
func (s *Store) Visit(ctx context.Context, v *customer.Visit, b Budget) error {
	err := s.InTx(ctx, func(tx *Tx) error {
		if err := tx.lockVisits(ctx); err != nil { // of its own, so that what is counted is what others committed
			return err
		}
		if b.Most > 0 {
			var done int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM visit WHERE who = $1 AND act = ANY($2) AND at > $3`, v.Who, b.Acts, b.Since).Scan(&done); err != nil {
				return err
			}
			if done >= b.Most {
				return customer.ErrBudget
			}
		}
		return tx.note(ctx, v)
	})
	if err != nil {
		return fmt.Errorf("visit: %w", away(err))
	}
	return nil
}

// VisitFilter chooses visits; what is zero is no condition.
type VisitFilter struct {
	Who    string
	Act    string
	Code   customer.Code
	Since  time.Time
	Before int64 // visits with lower numbers
	Limit  int
}

// Visits returns visits that a filter chooses, the latest first.
func (s *Store) Visits(ctx context.Context, f VisitFilter) ([]customer.Visit, error) {
	var since *time.Time
	if !f.Since.IsZero() {
		since = &f.Since
	}
	rows, err := s.pool.Query(ctx, `SELECT id, at, who, act, codes, fields, reason FROM visit
		WHERE ($1 = '' OR who = $1) AND ($2 = '' OR act = $2) AND ($3::bigint = 0 OR codes @> ARRAY[$3::bigint])
			AND ($4::timestamptz IS NULL OR at >= $4) AND ($5::bigint = 0 OR id < $5)
		ORDER BY id DESC LIMIT $6`, f.Who, f.Act, int64(f.Code), since, f.Before, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("visits: %w", away(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v customer.Visit, err error) {
		_, err = scanVisit(row, &v)
		return v, err
	})
	return list, away(err)
}

// scanVisit reads a visit, and its hash if the row has one more column.
func scanVisit(row pgx.CollectableRow, v *customer.Visit) (hash []byte, err error) {
	var codes []int64
	into := []any{&v.ID, &v.At, &v.Who, &v.Act, &codes, &v.Fields, &v.Reason}
	if len(row.FieldDescriptions()) > len(into) {
		into = append(into, &hash)
	}
	err = row.Scan(into...)
	for _, c := range codes {
		v.Codes = append(v.Codes, customer.Code(c))
	}
	return hash, err
}

// storedVisit is a visit with the hash that its row has.
type storedVisit struct {
	customer.Visit
	hash []byte
}

// WalkVisits reads the chain of visits in its order and tells of the first row that does not follow from
// the one before it, or of an end that is not where the head says. It returns how many rows there are.
func (tx *Tx) WalkVisits(ctx context.Context, fault func(customer.AuditFault)) (n int64, err error) {
	rows, err := openCursor(ctx, tx, "visits", `SELECT id, at, who, act, codes, fields, reason, hash FROM visit ORDER BY id`, 5000,
		func(row pgx.CollectableRow) (v storedVisit, err error) {
			v.hash, err = scanVisit(row, &v.Visit)
			return v, err
		})
	if err != nil {
		return 0, err
	}
	defer rows.close(ctx)
	var head storedVisit
	if err := tx.QueryRow(ctx, `SELECT last, hash FROM visit_head`).Scan(&head.ID, &head.hash); err != nil {
		return 0, scrub(err)
	}
	var last storedVisit
	for ; ; n++ {
		v, err := rows.peek(ctx)
		if err != nil {
			return n, err
		}
		if v == nil {
			break
		}
		if v.ID != last.ID+1 || !bytes.Equal(chainVisit(last.hash, &v.Visit), v.hash) {
			fault(customer.AuditFault{Visit: v.ID, Tamper: customer.TamperUnclear, What: "does not follow from the row before it: it was altered, put in or moved, or rows before it were taken out"})
			return n, nil
		}
		last = *v
		rows.take()
	}
	if last.ID != head.ID || !bytes.Equal(last.hash, head.hash) {
		fault(customer.AuditFault{Visit: head.ID, Tamper: customer.TamperDeleted, What: fmt.Sprintf("the record of visits ends at %d and should end at %d: rows were taken out or put in at the end", last.ID, head.ID)})
	}
	return n, nil
}
