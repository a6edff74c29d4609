package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// successors are the retired codes that lead somewhere, by code; 20 bytes each, so that millions
// of them are no burden.
type successors struct {
	from, to []customer.Code
	walk     []int32 // number of the walk that passed the code; 0: none
}

// verifyCircles names one code of each circle of successors.
func (tx *Tx) verifyCircles(ctx context.Context, c *customer.Check) error {
	rows, err := tx.Query(ctx, `SELECT code, successor FROM golden WHERE state = 'retired' AND successor IS NOT NULL ORDER BY code`)
	if err != nil {
		return scrub(err)
	}
	var s successors
	var from, to customer.Code
	if _, err = pgx.ForEachRow(rows, []any{&from, &to}, func() error {
		s.from, s.to = append(s.from, from), append(s.to, to)
		return nil
	}); err != nil {
		return scrub(err)
	}
	s.walk = make([]int32, len(s.from))
	for start := range s.from {
		if at, circle := s.follow(start); circle {
			c.Add(customer.Violation{Codes: []customer.Code{s.from[at], s.to[at]}, What: "leads back to itself in a circle of successors",
				Cure: cureAgain, Mend: customer.MendCode})
		}
	}
	return nil
}

// follow walks from a code to the end of its chain, or to where a walk was before.
func (s *successors) follow(start int) (at int, circle bool) {
	number := int32(start) + 1
	for at = start; s.walk[at] == 0; {
		s.walk[at] = number
		next, found := slices.BinarySearch(s.from, s.to[at])
		if !found {
			return at, false
		}
		at = next
	}
	return at, s.walk[at] == number
}
