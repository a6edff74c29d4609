package resolve

import (
	"fmt"
	"slices"
	"strings"

	"kartoteka/customer"
)

// contradiction finds two records that active decisions and the order together hold to be both
// one customer and two.
func contradiction(o *Order, active []customer.Decision) error {
	ties := ties{}
	for _, d := range active {
		if d.Kind == customer.Same {
			ties.add(d.ID, slices.Concat(d.Left, d.Right))
		}
	}
	if o.Kind == customer.Same {
		ties.add(0, slices.Concat(o.Sides...))
	}
	for _, d := range append(o.different(), active...) {
		if d.Kind != customer.Different {
			continue
		}
		for _, left := range d.Left {
			if chain, tied := ties.chain(left, d.Right); tied {
				return fmt.Errorf("%w: %s holds records %d and %d apart, but %s; the one that is wrong must be revoked first",
					ErrContradiction, named(d.ID), left, chain[len(chain)-1].to, spell(left, chain))
			}
		}
	}
	return nil
}

func (o *Order) different() []customer.Decision {
	if o.Kind != customer.Different {
		return nil
	}
	return o.decisions()
}

// ties are the records that decisions hold together: record → decisions → records.
type ties map[customer.RecordID][]tie

type tie struct {
	decision int64 // 0 is the order itself
	to       customer.RecordID
}

// add ties each record to the first one, which is enough to connect all.
func (t ties) add(decision int64, records []customer.RecordID) {
	for _, id := range records[min(1, len(records)):] {
		t[records[0]] = append(t[records[0]], tie{decision, id})
		t[id] = append(t[id], tie{decision, records[0]})
	}
}

// chain finds the shortest way from a record to any of the others.
func (t ties) chain(from customer.RecordID, to []customer.RecordID) ([]tie, bool) {
	came := map[customer.RecordID]tie{from: {}} // the tie back
	for queue := []customer.RecordID{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at != from && slices.Contains(to, at) {
			return t.back(came, from, at), true
		}
		for _, next := range t[at] {
			if _, seen := came[next.to]; !seen {
				came[next.to] = tie{next.decision, at}
				queue = append(queue, next.to)
			}
		}
	}
	return nil, false
}

func (t ties) back(came map[customer.RecordID]tie, from, at customer.RecordID) []tie {
	var chain []tie
	for at != from {
		chain = append(chain, tie{came[at].decision, at})
		at = came[at].to
	}
	slices.Reverse(chain)
	return chain
}

func named(decision int64) string {
	if decision == 0 {
		return "this decision"
	}
	return fmt.Sprintf("decision %d", decision)
}

func spell(from customer.RecordID, chain []tie) string {
	var steps []string
	for _, step := range chain {
		steps = append(steps, fmt.Sprintf("%s holds %d and %d together", named(step.decision), from, step.to))
		from = step.to
	}
	return strings.Join(steps, ", ")
}
