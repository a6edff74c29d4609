package resolve

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Finder is what a search needs of a base.
type Finder interface {
	Carriers(ctx context.Context, keys []uint64, limit int) (map[uint64][]customer.Carrier, error)
	OfNodes(ctx context.Context, nodes []int64, all bool) ([]Record, error)
	Generic(ctx context.Context, keys []uint64) (map[uint64]bool, error)
}

// Question is what somebody knows of a customer.
type Question struct {
	Known *customer.Standard
	// Variants are only looked up, not compared: a surname with each initial, say.
	Variants []customer.Standard
}

// Hit is a code that may be the answer.
type Hit struct {
	Code   customer.Code
	Record Record          // of the code: the one that agrees most
	Score  matching.Weight // of what agrees, hundredths of a bit
	Total  matching.Weight // of everything, generic values aside: at the threshold or above it, they would be linked
}

// searchNodes bounds how many nodes one search looks up, searchSketches how many of them it looks at by
// their sketches: those that several keys lead to, and keys that few others carry; and searchRecords how
// many of these it reads at most, searchStep at a time, the most promising first.
const searchNodes, searchSketches, searchRecords, searchStep = 3000, 400, 50, 25

// Search finds the codes whose records agree most with what is known, best first. It asks the
// block index, closed keys and generic values included, so its cost does not grow with the
// base. What contradicts is not held against a hit: people misremember.
func Search(ctx context.Context, rules *Rules, base Finder, q Question, limit int) ([]Hit, error) {
	s := search{ctx: ctx, matcher: rules.Matcher, base: base, item: rules.Matcher.Item(q.Known), best: map[customer.Code]Hit{}}
	keys := map[uint64]bool{}
	addKeys(keys, s.item)
	for i := range q.Variants {
		addKeys(keys, rules.Matcher.Item(&q.Variants[i]))
	}
	if len(keys) == 0 {
		return nil, nil
	}
	carriers, err := base.Carriers(ctx, sortedKeys(keys), max(20, searchNodes/len(keys)))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	generic, err := base.Generic(ctx, sharedKeys(s.item))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	s.asked = marked(s.item, generic)
	list := promising(s.item, rules.Matcher, carriers)
	return s.read(list[:min(len(list), max(searchRecords, 2*limit))], limit)
}

// search is the work on one question.
type search struct {
	ctx         context.Context
	matcher     Matcher
	base        Finder
	item, asked *matching.Item // asked has its generic values marked
	best        map[customer.Code]Hit
}

// promise is a node and the most that may agree with it.
type promise struct {
	node int64
	most matching.Weight
}

// read reads nodes, the most promising first, until no other one can be among the best.
func (s *search) read(list []promise, limit int) ([]Hit, error) {
	hits := []Hit{}
	for step := range slices.Chunk(list, searchStep) {
		if len(hits) >= limit && hits[limit-1].Score >= step[0].most {
			break
		}
		nodes := make([]int64, len(step))
		for i := range step {
			nodes[i] = step[i].node
		}
		records, err := s.base.OfNodes(s.ctx, nodes, false)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		for i := range records {
			s.score(&records[i])
		}
		hits = slices.SortedFunc(maps.Values(s.best), func(x, y Hit) int {
			return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Code, y.Code))
		})
	}
	return hits[:min(len(hits), limit)], nil
}

// score keeps a record if it is the best of its code.
func (s *search) score(rec *Record) {
	if rec.Code == 0 || rec.Standard.Kind != s.item.Kind {
		return
	}
	other := s.matcher.Item(rec.Standard)
	score := agreement(s.matcher, s.item, other)
	if old, known := s.best[rec.Code]; score > 0 && (!known || score > old.Score) {
		s.best[rec.Code] = Hit{rec.Code, *rec, score, totalOf(s.matcher, s.asked, other)}
	}
}

// promising lists the nodes that a search looks at, those first of which most may agree for all that their
// sketches tell.
func promising(item *matching.Item, m Matcher, carriers map[uint64][]customer.Carrier) []promise {
	prospect := m.Prospect(item)
	sketches := map[int64]customer.Sketch{}
	for _, list := range carriers {
		for _, c := range list {
			if c.Sketch.Known() {
				sketches[c.Node] = c.Sketch
			}
		}
	}
	var list []promise
	for _, node := range mostMet(customer.NodesOf(carriers)) {
		list = append(list, promise{node, prospect.Agreement(sketches[node])})
	}
	slices.SortStableFunc(list, func(x, y promise) int { return cmp.Compare(y.most, x.most) })
	return list
}

// mostMet lists the nodes, those first that several keys lead to and keys with few others, as
// many as a search looks at.
func mostMet(carriers map[uint64][]int64) []int64 {
	met := map[int64]float64{}
	for _, key := range sortedKeys(carriers) { // sums of fractions depend on their order
		for _, n := range carriers[key] {
			met[n] += 1 / float64(len(carriers[key]))
		}
	}
	nodes := slices.SortedFunc(maps.Keys(met), func(x, y int64) int { return cmp.Or(cmp.Compare(met[y], met[x]), cmp.Compare(x, y)) })
	return nodes[:min(len(nodes), searchSketches)]
}

func sharedKeys(it *matching.Item) []uint64 {
	keys := make([]uint64, len(it.Shared))
	for i := range it.Shared {
		keys[i] = it.Shared[i].Key
	}
	return keys
}

func totalOf(m Matcher, a, b *matching.Item) matching.Weight {
	var ev matching.Evidence
	m.Compare(a, b, &ev)
	return matching.Sum(m.Prior(a.Kind), &ev)
}

func addKeys(keys map[uint64]bool, it *matching.Item) {
	for i := range it.Keys {
		keys[it.Keys[i].Hash] = true
	}
	for i := range it.Shared {
		keys[it.Shared[i].Key] = true
	}
}

// agreement sums the evidence of what agrees.
func agreement(m Matcher, a, b *matching.Item) matching.Weight {
	var ev matching.Evidence
	m.Compare(a, b, &ev)
	sum := matching.Weight(0)
	for _, w := range ev[:matching.MaxComparisons] {
		if w != matching.Missing && w > 0 {
			sum += matching.Weight(w)
		}
	}
	return sum
}
