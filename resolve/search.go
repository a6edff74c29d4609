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
	Nodes(ctx context.Context, keys []uint64, limit int) (map[uint64][]int64, error)
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

// searchNodes bounds how many nodes one search looks up, and searchRecords how many of them it
// reads: those first that several keys lead to, and keys that few others carry.
const searchNodes, searchRecords = 3000, 200

// Search finds the codes whose records agree most with what is known, best first. It asks the
// block index, closed keys and generic values included, so its cost does not grow with the
// base. What contradicts is not held against a hit: people misremember.
func Search(ctx context.Context, rules *Rules, base Finder, q Question, limit int) ([]Hit, error) {
	item := rules.Matcher.Item(q.Known)
	keys := map[uint64]bool{}
	addKeys(keys, item)
	for i := range q.Variants {
		addKeys(keys, rules.Matcher.Item(&q.Variants[i]))
	}
	if len(keys) == 0 {
		return nil, nil
	}
	carriers, err := base.Nodes(ctx, sortedKeys(keys), max(20, searchNodes/len(keys)))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	records, err := base.OfNodes(ctx, mostMet(carriers), false)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	generic, err := base.Generic(ctx, sharedKeys(item))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	asked := marked(item, generic)
	best := map[customer.Code]Hit{}
	for i := range records {
		rec := &records[i]
		if rec.Code == 0 || rec.Standard.Kind != item.Kind {
			continue
		}
		other := rules.Matcher.Item(rec.Standard)
		score := agreement(rules.Matcher, item, other)
		if old, known := best[rec.Code]; score > 0 && (!known || score > old.Score) {
			best[rec.Code] = Hit{rec.Code, *rec, score, totalOf(rules.Matcher, asked, other)}
		}
	}
	hits := slices.SortedFunc(maps.Values(best), func(x, y Hit) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Code, y.Code))
	})
	return hits[:min(len(hits), limit)], nil
}

// mostMet lists the nodes, those first that several keys lead to and keys with few others, as
// many as a search reads.
func mostMet(carriers map[uint64][]int64) []int64 {
	met := map[int64]float64{}
	for _, key := range sortedKeys(carriers) { // sums of fractions depend on their order
		for _, n := range carriers[key] {
			met[n] += 1 / float64(len(carriers[key]))
		}
	}
	nodes := slices.SortedFunc(maps.Keys(met), func(x, y int64) int { return cmp.Or(cmp.Compare(met[y], met[x]), cmp.Compare(x, y)) })
	return nodes[:min(len(nodes), searchRecords)]
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
