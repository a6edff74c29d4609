package matching

import (
	"cmp"
	"slices"

	"kartoteka/customer"
)

// BlockReport says what blocking does to a set of records.
type BlockReport struct {
	Records        int          `json:"records"`
	Nodes          int          `json:"nodes"`
	Keys           int64        `json:"keys"` // stored: each node's
	KeysPerNode    float64      `json:"keys_per_node"`
	Pairs          int64        `json:"pairs"` // of nodes, scored
	PairsPerRecord float64      `json:"pairs_per_record"`
	Copies         int64        `json:"copies"` // pairs of records that are copies of each other and need no rule
	Linked         int64        `json:"linked"` // pairs of records in one cluster that a rule brings together, and copies
	Closed         int          `json:"closed"` // keys that too many nodes carry
	Truth          *BlockTruth  `json:"truth,omitempty"`
	Rules          []RuleReport `json:"rules"`
	Worst          []WorstBlock `json:"worst"` // largest first
}

// BlockTruth measures blocking against a truth.
type BlockTruth struct {
	Pairs  int64   `json:"pairs"` // true ones
	Met    int64   `json:"met"`   // of them, brought together by a rule, or copies
	Recall float64 `json:"recall"`
}

// RuleReport says what one blocking rule contributes. Linked and true pairs are of records, the
// other pairs of nodes. Alone means that no other rule brings the pair.
type RuleReport struct {
	Kind             customer.Kind `json:"kind"`
	Rule             string        `json:"rule"`
	Keys             int64         `json:"keys"` // stored
	Blocks           int           `json:"blocks"`
	Largest          int           `json:"largest"` // nodes of the largest block, closed ones included
	Closed           int           `json:"closed"`
	Pairs            int64         `json:"pairs"`
	PairsAlone       int64         `json:"pairs_alone"`
	Linked           int64         `json:"linked"`
	LinkedAlone      int64         `json:"linked_alone"`
	LinkedAloneShare float64       `json:"linked_alone_share"` // of all linked pairs
	True             int64         `json:"true,omitempty"`
	TrueAlone        int64         `json:"true_alone,omitempty"`
	Recall           *float64      `json:"recall,omitempty"`
}

// WorstBlock is a block by its size. Its hash says nothing about the values.
type WorstBlock struct {
	Kind  customer.Kind `json:"kind"`
	Rule  string        `json:"rule"`
	Hash  uint64        `json:"-"`
	Nodes int           `json:"nodes"`
	Open  bool          `json:"open"`
	Pairs int64         `json:"pairs"` // of nodes that it alone would bring; a closed one brings none
	First int32         `json:"-"`     // a record that carries the key
}

// blockTally is what one worker counts of the rules of each kind.
type blockTally struct {
	rules                      map[customer.Kind][]RuleReport
	pairs, copies, linked, met int64
}

// Report counts what each rule brings. Clusters and truth (nil: there is none) are by entry;
// names gives the rules of a kind; worst bounds the list of blocks.
func (b *Blocking) Report(clusters, truth []int32, names func(customer.Kind) []string, worst, workers int) BlockReport {
	tallies := make([]blockTally, max(1, workers))
	for i := range tallies {
		tallies[i].rules = map[customer.Kind][]RuleReport{}
		for _, kind := range customer.Kinds() {
			tallies[i].rules[kind] = make([]RuleReport, len(names(kind)))
		}
	}
	b.Walk(workers, func(w int, c *Candidate) { tallies[w].count(b, c, clusters, truth) })
	sum := &tallies[0]
	for i := range tallies[1:] {
		sum.add(&tallies[i+1])
	}
	b.countKeys(sum.rules)
	return b.report(sum, truth, names, worst)
}

func (t *blockTally) count(b *Blocking, c *Candidate, clusters, truth []int32) {
	all, equal := c.Pairs(truth, nil)
	linked := int64(0)
	if c.B == nil || clusters[c.A[0]] == clusters[c.B[0]] {
		linked = all
	}
	t.linked, t.met = t.linked+linked, t.met+equal
	nodes, alone := int64(1), c.Rules.Len() == 1
	if c.B == nil {
		t.copies += all
		nodes, alone = 0, false
	}
	t.pairs += nodes
	rules := t.rules[b.p.entries[c.A[0]].Item.Kind]
	for i := range rules {
		if !c.Rules.Has(uint8(i)) {
			continue
		}
		r := &rules[i]
		r.Pairs, r.Linked, r.True = r.Pairs+nodes, r.Linked+linked, r.True+equal
		if alone {
			r.PairsAlone, r.LinkedAlone, r.TrueAlone = r.PairsAlone+nodes, r.LinkedAlone+linked, r.TrueAlone+equal
		}
	}
}

func (t *blockTally) add(o *blockTally) {
	t.pairs, t.copies, t.linked, t.met = t.pairs+o.pairs, t.copies+o.copies, t.linked+o.linked, t.met+o.met
	for kind, rules := range o.rules {
		for i := range rules {
			r, s := &t.rules[kind][i], &rules[i]
			r.Pairs, r.Linked, r.True = r.Pairs+s.Pairs, r.Linked+s.Linked, r.True+s.True
			r.PairsAlone, r.LinkedAlone, r.TrueAlone = r.PairsAlone+s.PairsAlone, r.LinkedAlone+s.LinkedAlone, r.TrueAlone+s.TrueAlone
		}
	}
}

// countKeys adds what needs no pairs: stored keys and blocks.
func (b *Blocking) countKeys(rules map[customer.Kind][]RuleReport) {
	for n := range b.p.items {
		it := b.p.item(int32(n))
		for i := range it.Keys {
			rules[it.Kind][it.Keys[i].Rule].Keys++
		}
	}
	for _, block := range b.blocks {
		r := &rules[b.p.item(block[0].node).Kind][block[0].rule]
		r.Blocks++
		r.Largest = max(r.Largest, len(block))
	}
	for _, c := range b.closed {
		r := &rules[c.Kind][c.Rule]
		r.Closed++
		r.Largest = max(r.Largest, c.Nodes)
	}
}

func (b *Blocking) report(t *blockTally, truth []int32, names func(customer.Kind) []string, worst int) BlockReport {
	out := BlockReport{Records: len(b.p.entries), Nodes: b.p.size(), Pairs: t.pairs, Copies: t.copies, Linked: t.linked, Closed: len(b.closed)}
	if truth != nil {
		all := newPairCounter(nil).pairs(truth, nil)
		out.Truth = &BlockTruth{Pairs: all, Met: t.met, Recall: quotient(t.met, all)}
	}
	for _, kind := range customer.Kinds() {
		for i, r := range t.rules[kind] {
			if r.Keys == 0 {
				continue
			}
			r.Kind, r.Rule = kind, names(kind)[i]
			r.LinkedAloneShare = portion(r.LinkedAlone, t.linked)
			if truth != nil {
				recall := quotient(r.True, out.Truth.Pairs)
				r.Recall = &recall
			}
			out.Keys += r.Keys
			out.Rules = append(out.Rules, r)
		}
	}
	out.KeysPerNode, out.PairsPerRecord = portion(out.Keys, int64(out.Nodes)), portion(out.Pairs, int64(out.Records))
	out.Worst = b.worst(names, worst)
	return out
}

func portion(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// worst lists the largest blocks.
func (b *Blocking) worst(names func(customer.Kind) []string, n int) []WorstBlock {
	all := make([]WorstBlock, 0, len(b.blocks)+len(b.closed))
	for _, block := range b.blocks {
		size := int64(len(block))
		it := b.p.item(block[0].node)
		all = append(all, WorstBlock{Kind: it.Kind, Rule: names(it.Kind)[block[0].rule], Hash: block[0].key, Nodes: len(block), Open: true,
			Pairs: size * (size - 1) / 2, First: b.p.first(block[0].node)})
	}
	for _, c := range b.closed {
		all = append(all, WorstBlock{Kind: c.Kind, Rule: names(c.Kind)[c.Rule], Hash: c.Hash, Nodes: c.Nodes, First: -1})
	}
	slices.SortFunc(all, func(x, y WorstBlock) int { return cmp.Or(cmp.Compare(y.Nodes, x.Nodes), cmp.Compare(x.Hash, y.Hash)) })
	all = all[:min(n, len(all))]
	b.findCarriers(all)
	return all
}

// findCarriers names a record for each closed block, the first in the order of nodes.
func (b *Blocking) findCarriers(list []WorstBlock) {
	open := map[uint64]*WorstBlock{}
	for i := range list {
		if list[i].First < 0 {
			open[list[i].Hash] = &list[i]
		}
	}
	for n := 0; n < b.p.size() && len(open) > 0; n++ {
		it := b.p.item(int32(n))
		for i := range it.Keys {
			if w := open[it.Keys[i].Hash]; w != nil {
				w.First = b.p.first(int32(n))
				delete(open, w.Hash)
			}
		}
	}
}
