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
}

// searchNodes bounds how many nodes one search looks at.
const searchNodes = 3000

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
	best := map[customer.Code]Hit{}
	for i := range records {
		rec := &records[i]
		if rec.Code == 0 || rec.Standard.Kind != item.Kind {
			continue
		}
		score := agreement(rules.Matcher, item, rules.Matcher.Item(rec.Standard))
		if old, known := best[rec.Code]; score > 0 && (!known || score > old.Score) {
			best[rec.Code] = Hit{rec.Code, *rec, score}
		}
	}
	hits := slices.SortedFunc(maps.Values(best), func(x, y Hit) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Code, y.Code))
	})
	return hits[:min(len(hits), limit)], nil
}

// mostMet lists the nodes, those that most keys lead to first, as many as a search looks at.
func mostMet(carriers map[uint64][]int64) []int64 {
	met := map[int64]int{}
	for _, nodes := range carriers {
		for _, n := range nodes {
			met[n]++
		}
	}
	nodes := slices.SortedFunc(maps.Keys(met), func(x, y int64) int { return cmp.Or(cmp.Compare(met[y], met[x]), cmp.Compare(x, y)) })
	return nodes[:min(len(nodes), searchNodes)]
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
