package resolve

import (
	"context"
	"fmt"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Ahead is what was found out about landed revisions before the lane: their items, and what
// they weigh against the nodes that they would meet. It holds only what follows from contents,
// so nothing that happens meanwhile makes it wrong: a turn looks up anew which nodes there are
// and which values are generic, and weighs what is not here.
type Ahead struct {
	made   map[*customer.Standard]*matching.Item // of landed revisions and those before; generic values not marked
	met    map[int64]*matching.Item              // of candidates in nodes that are named by their content; not marked
	scores map[pair]score
}

// pair is a content, named as the node of records that have it, against a node.
type pair struct{ content, node int64 }

func newAhead() *Ahead {
	return &Ahead{made: map[*customer.Standard]*matching.Item{}, met: map[int64]*matching.Item{}, scores: map[pair]score{}}
}

// Prepare finds out ahead of the lane what a turn over the landed revisions will ask for. It
// reads on a plain snapshot and writes nothing.
func Prepare(ctx context.Context, rules *Rules, base Outlook, landed []Landed) (*Ahead, error) {
	s := newScout(ctx, rules, base, nil)
	fresh := s.make(landed)
	if err := s.meet(fresh); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	return s.ahead, nil
}

// make makes the items of the landed revisions and of those before.
func (s *scout) make(landed []Landed) map[customer.RecordID]*record {
	fresh := make(map[customer.RecordID]*record, len(landed))
	for i := range landed {
		l := &landed[i]
		for _, standard := range []*customer.Standard{l.Before, l.Standard} {
			if standard != nil && s.ahead.made[standard] == nil {
				s.ahead.made[standard] = s.rules.Matcher.Item(standard)
			}
		}
		if l.Op != customer.Delete {
			fresh[l.ID] = &record{l.Record, s.ahead.made[l.Standard]}
		}
	}
	return fresh
}

// meet weighs the records against the nodes that share an open key with them.
func (s *scout) meet(fresh map[customer.RecordID]*record) error {
	if err := s.mark(fresh); err != nil {
		return err
	}
	carriers, _, err := s.openKeys(fresh)
	if err != nil {
		return err
	}
	candidates, err := s.candidates(s.worthReading(fresh, carriers))
	if err != nil {
		return err
	}
	s.weigh(fresh, carriers, candidates, func(content, node int64, sc score) {
		// A node that is not named by its content may hold another one when the turn comes.
		if it := candidates[node]; contentNode(it) == node {
			s.ahead.met[node] = marked(it, nil)
			s.ahead.scores[pair{content, node}] = sc
		}
	})
	return nil
}

// mark marks the generic values of the records.
func (s *scout) mark(records map[customer.RecordID]*record) error {
	err := s.knowGeneric(func(yield func(*matching.Item)) {
		for _, rec := range records {
			yield(rec.item)
		}
	})
	for _, rec := range records {
		rec.item = marked(rec.item, s.generic)
	}
	return err
}
