package resolve

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kartoteka/customer"
)

// ErrContradiction says that a decision contradicts active ones; its text names the chain,
// one link of which must go first.
var ErrContradiction = errors.New("contradicts decisions that are active")

// contradiction finds two records that active decisions and new ones together hold to be both
// one customer and two.
func contradiction(news, active []customer.Decision) error {
	all := slices.Concat(news, active)
	ties, groups := ties{}, groups{}
	for _, d := range all {
		if d.Kind == customer.Same {
			ties.add(d, slices.Concat(d.Left, d.Right))
			groups.join(slices.Concat(d.Left, d.Right))
		}
	}
	for _, d := range all {
		if d.Kind != customer.Different {
			continue
		}
		if left, right, tied := groups.across(&d); tied {
			chain, _ := ties.chain(left, right)
			return fmt.Errorf("%w: %s holds records %d and %d apart, but %s; the one that is wrong must be revoked first: kartoteka revoke OPERATION",
				ErrContradiction, named(d), left, right, spell(left, chain))
		}
	}
	return nil
}

// groups are records that decisions hold together.
type groups map[customer.RecordID]customer.RecordID

func (g groups) find(id customer.RecordID) customer.RecordID {
	for {
		up, has := g[id]
		if !has || up == id {
			return id
		}
		if upper, has := g[up]; has {
			g[id] = upper
		}
		id = up
	}
}

func (g groups) join(records []customer.RecordID) {
	for _, id := range records[min(1, len(records)):] {
		g[g.find(id)] = g.find(records[0])
	}
}

// across finds a record of each side that are held together, the smallest.
func (g groups) across(d *customer.Decision) (left, right customer.RecordID, tied bool) {
	first := map[customer.RecordID]customer.RecordID{}
	for _, id := range d.Left {
		if old, has := first[g.find(id)]; !has || id < old {
			first[g.find(id)] = id
		}
	}
	for _, id := range d.Right {
		if other, is := first[g.find(id)]; is && (!tied || other < left || other == left && id < right) {
			left, right, tied = other, id, true
		}
	}
	return left, right, tied
}

// ties are the records that decisions hold together: record → decisions → records.
type ties map[customer.RecordID][]tie

type tie struct {
	decision customer.Decision
	to       customer.RecordID
}

// add ties each record to the first one, which is enough to connect all.
func (t ties) add(d customer.Decision, records []customer.RecordID) {
	d.Left, d.Right = nil, nil
	for _, id := range records[min(1, len(records)):] {
		t[records[0]] = append(t[records[0]], tie{d, id})
		t[id] = append(t[id], tie{d, records[0]})
	}
}

// chain finds the shortest way from a record to another.
func (t ties) chain(from, to customer.RecordID) ([]tie, bool) {
	came := map[customer.RecordID]tie{from: {}} // the tie back
	for queue := []customer.RecordID{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at != from && at == to {
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

func named(d customer.Decision) string {
	if d.ID <= 0 {
		return "this operation"
	}
	return fmt.Sprintf("decision %d of operation %d", d.ID, d.Operation)
}

// spell tells a chain; steps of one decision are one step.
func spell(from customer.RecordID, chain []tie) string {
	var steps []string
	for i := 0; i < len(chain); {
		j := i + 1
		for j < len(chain) && chain[j].decision.ID == chain[i].decision.ID {
			j++
		}
		steps = append(steps, fmt.Sprintf("%s holds %d and %d together", named(chain[i].decision), from, chain[j-1].to))
		from, i = chain[j-1].to, j
	}
	return strings.Join(steps, ", ")
}
