package resolve

import (
	"context"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Outlook is what finding candidates needs of a base; it need not hold the lane.
type Outlook interface {
	Closed(ctx context.Context, keys []uint64) (map[uint64]bool, error)
	Generic(ctx context.Context, keys []uint64) (map[uint64]bool, error)
	Carriers(ctx context.Context, keys []uint64, limit int) (map[uint64][]customer.Carrier, error)
	ContentOf(ctx context.Context, nodes []int64) (map[int64]*customer.Standard, error)
}

// scout finds candidates and weighs them: within a turn, and ahead of one.
type scout struct {
	ctx     context.Context
	rules   *Rules
	outlook Outlook
	generic map[uint64]bool
	known   map[uint64]bool // values whose state is in generic
	ahead   *Ahead          // what was found out before; never nil
}

func newScout(ctx context.Context, rules *Rules, base Outlook, ahead *Ahead) scout {
	if ahead == nil {
		ahead = newAhead()
	}
	return scout{ctx, rules, base, map[uint64]bool{}, map[uint64]bool{}, ahead}
}

// item makes the item of a landed revision, unless that was done ahead.
func (s *scout) item(standard *customer.Standard) *matching.Item {
	if it := s.ahead.made[standard]; it != nil {
		return it
	}
	return s.rules.Matcher.Item(standard)
}

// knowGeneric looks up the state of all shared values of the items.
func (s *scout) knowGeneric(items func(yield func(*matching.Item))) error {
	var ask []uint64
	items(func(it *matching.Item) {
		for i := range it.Shared {
			if key := it.Shared[i].Key; !s.known[key] {
				s.known[key] = true
				ask = append(ask, key)
			}
		}
	})
	found, err := s.outlook.Generic(s.ctx, ask)
	maps.Copy(s.generic, found)
	return err
}

// openKeys sorts out which of the records' keys yield pairs, and finds their carriers; crossed
// are those that too many nodes carry now.
func (s *scout) openKeys(records map[customer.RecordID]*record) (carriers map[uint64][]customer.Carrier, crossed []matching.ClosedKey, err error) {
	keys := map[uint64]matching.ClosedKey{}
	for _, rec := range records {
		for _, k := range rec.item.Keys {
			keys[k.Hash] = matching.ClosedKey{Hash: k.Hash, Kind: rec.item.Kind, Rule: k.Rule}
		}
	}
	all := sortedKeys(keys)
	closed, err := s.outlook.Closed(s.ctx, all)
	if err != nil {
		return nil, nil, err
	}
	open := slices.DeleteFunc(all, func(k uint64) bool { return closed[k] })
	limit := s.rules.Settings.BlockLimit
	if carriers, err = s.outlook.Carriers(s.ctx, open, limit+1); err != nil {
		return nil, nil, err
	}
	for _, key := range open {
		if len(carriers[key]) > limit {
			c := keys[key]
			c.Nodes = len(carriers[key])
			crossed = append(crossed, c)
		}
	}
	for _, c := range crossed {
		delete(carriers, c.Hash)
	}
	return carriers, crossed, nil
}

// worthReading lists the nodes that some record may be linked to, or nearly, for all that their
// sketches tell, ascending.
func (s *scout) worthReading(records map[customer.RecordID]*record, carriers map[uint64][]customer.Carrier) []int64 {
	nodes := map[int64]struct{}{}
	seen := map[int64]bool{}
	for _, rec := range records {
		clear(seen)
		prospect, least := s.rules.Matcher.Prospect(rec.item), s.least(rec)
		for i := range rec.item.Keys {
			if !rec.item.Emits(i) {
				continue
			}
			for _, c := range carriers[rec.item.Keys[i].Hash] {
				if !seen[c.Node] {
					seen[c.Node] = c.Sketch.Known()
					if prospect.Most(c.Sketch) >= least {
						nodes[c.Node] = struct{}{}
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(nodes))
}

// least is from when on a pair is worth a look: linked, or a question for a person.
func (s *scout) least(rec *record) matching.Weight {
	return s.rules.Matcher.Link(rec.item.Kind) - doubt
}

// candidates gives the items of nodes, generic values marked: those that were met before, and
// those that are fetched now.
func (s *scout) candidates(nodes []int64) (map[int64]*matching.Item, error) {
	found := make(map[int64]*matching.Item, len(nodes))
	var unmet []int64
	for _, n := range nodes {
		if it := s.ahead.met[n]; it != nil {
			found[n] = it
		} else {
			unmet = append(unmet, n)
		}
	}
	missing := s.rules.Items.get(unmet, found)
	contents, err := s.outlook.ContentOf(s.ctx, missing)
	if err != nil {
		return nil, err
	}
	for n, standard := range contents {
		found[n] = s.rules.itemOf(n, standard)
	}
	if err := s.knowGeneric(func(yield func(*matching.Item)) {
		for _, it := range found {
			yield(it)
		}
	}); err != nil {
		return nil, err
	}
	for n, it := range found {
		found[n] = marked(it, s.generic)
	}
	return found, nil
}

// met is a record that met a node under an open key.
type met struct {
	record *record
	node   int64
	score
}

// score is what a pair weighs. It depends on the contents and on which values were generic.
type score struct {
	total  matching.Weight
	vetoed bool // strong evidence that only a contradiction of firm values outweighs
	masks  [2]uint32
}

// weigh weighs each record against the nodes that share an open key with it, and returns the
// pairs that are worth a look, by record.
func (s *scout) weigh(records map[customer.RecordID]*record, carriers map[uint64][]customer.Carrier, candidates map[int64]*matching.Item, each func(content, node int64, sc score)) []met {
	var out []met
	seen := map[int64]bool{}
	for _, id := range sortedIDs(records) {
		rec := records[id]
		clear(seen)
		content, least := contentNode(rec.item), s.least(rec)
		for i := range rec.item.Keys {
			if !rec.item.Emits(i) {
				continue
			}
			for _, carrier := range carriers[rec.item.Keys[i].Hash] {
				node := carrier.Node
				other := candidates[node]
				if other == nil || seen[node] {
					continue
				}
				seen[node] = true
				sc := s.score(rec.item, other, pair{content, node})
				if each != nil {
					each(content, node, sc)
				}
				if sc.total >= least {
					out = append(out, met{rec, node, sc})
				}
			}
		}
	}
	return out
}

// score weighs a pair, unless that was done ahead while the same values were generic.
func (s *scout) score(a, b *matching.Item, p pair) score {
	masks := [2]uint32{a.Generic, b.Generic}
	if sc, known := s.ahead.scores[p]; known && sc.masks == masks {
		return sc
	}
	var ev matching.Evidence
	s.rules.Matcher.Compare(a, b, &ev)
	total := matching.Sum(s.rules.Matcher.Prior(a.Kind), &ev)
	strong := total >= s.rules.Matcher.Link(a.Kind)+matching.StrongVeto
	return score{total, strong && matching.Vetoed(a.Firm, b.Firm), masks}
}
