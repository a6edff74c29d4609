package matching

import (
	"math"

	"kartoteka/customer"
)

// Estimates say how good clusters are likely to be where nobody knows the truth. Pairs are of
// records.
//
// Precision is the mean probability of the pairs in one cluster; a pair whose own weight is below
// the threshold, or that no rule brought together, is as sure as two links of the mean probability.
// Recall needs the true pairs that
// are missed: those that were compared and not believed are the sum of their probabilities, and
// those that no blocking rule brought together follow from capture and recapture: two lists of
// rules that share no attribute find true pairs like two nets fish from one pond, and what both
// find tells how much neither did (Chapman 1951, Some properties of the hypergeometric
// distribution with applications to zoological sample censuses; for linkage Ding and Fienberg
// 1994, Dual system estimation of census undercount in the presence of matching error). Where the
// lists depend on each other, as when a record has few values of any kind, true pairs that nothing
// brings together are underestimated: recall is rather an upper bound.
//
// The intervals are of sampling alone, from the jackknife over twenty groups of components
// (Quenouille 1956, Notes on bias in estimation); that probabilities may be wrong is not in them.
type Estimates struct {
	Linked    int64    `json:"linked"` // pairs in one cluster
	Precision Interval `json:"precision"`
	Recall    Interval `json:"recall"`
	// UpperBound says that true pairs of some kind that no rule brings together are unknown and
	// not counted: recall is at most this.
	UpperBound bool     `json:"recall_is_upper_bound"`
	F1         Interval `json:"f1"`
	// BlockingRecall is nil where nothing could be recaptured.
	BlockingRecall *Interval   `json:"blocking_recall,omitempty"`
	MissedCompared float64     `json:"missed_compared"` // true pairs that were compared and are not linked
	MissedUnmet    float64     `json:"missed_unmet"`    // true pairs that no rule and no third record brings together
	Recaptures     []Recapture `json:"recaptures"`

	captures *captures
	lists    []ruleLists
}

// million makes expected pairs integers, so that workers cannot disagree about their sums.
const million = 1e6

// jackknifeGroups is how many parts of the data are left out in turn.
const jackknifeGroups = 20

type captureKey struct {
	kind  customer.Kind
	group uint8
	rules RuleSet
}

// captured is pairs and, in millionths, how many of them are expected to be true; lent are those
// of one cluster whose own weight does not reach the threshold.
type captured struct{ linkedTrue, otherTrue, lent int64 }

// cluster pairs of one group, those found by no rule included.
type linkedPairs struct{ all, seen, seenTrue, lent, copies int64 }

// captures is what each set of rules finds.
type captures struct {
	by     map[captureKey]captured
	linked [jackknifeGroups]linkedPairs
	plain  int64   // expected true pairs, in millionths, among those that no sample asks about
	least  Weight  // the threshold
	third  float64 // probability of a pair of one cluster that only a third record joins
}

func (t *captures) merge(o *captures) {
	t.plain += o.plain
	for k, v := range o.by {
		have := t.by[k]
		t.by[k] = captured{have.linkedTrue + v.linkedTrue, have.otherTrue + v.otherTrue, have.lent + v.lent}
	}
	for g := range t.linked {
		x, y := &t.linked[g], &o.linked[g]
		x.seen, x.seenTrue, x.lent, x.copies = x.seen+y.seen, x.seenTrue+y.seenTrue, x.lent+y.lent, x.copies+y.copies
	}
}

// capture walks all candidates and counts who finds what.
func (b *Blocking) capture(r Result, workers int) *captures {
	parts := make([]captures, max(1, workers))
	for i := range parts {
		parts[i] = captures{by: map[captureKey]captured{}, least: b.p.Link(customer.Person)}
	}
	b.Walk(workers, func(w int, c *Candidate) { parts[w].add(b, c, r) })
	sum := &parts[0]
	for i := range parts[1:] {
		sum.merge(&parts[i+1])
	}
	sum.lend()
	sizes := map[int32]int64{}
	for _, cluster := range r.Cluster {
		sizes[cluster]++
	}
	for cluster, n := range sizes {
		sum.linked[groupOf(r.Component[cluster])].all += n * (n - 1) / 2
	}
	return sum
}

// lend says how sure the pairs are that only a third record joins: as sure as two links together.
func (t *captures) lend() {
	var pairs, right int64
	for g := range t.linked {
		pairs, right = pairs+t.linked[g].seen-t.linked[g].lent, right+t.linked[g].seenTrue
	}
	link := Probability(t.least)
	if pairs > 0 {
		link = float64(right) / million / float64(pairs)
	}
	t.third = link * link
	each := int64(t.third * million)
	for g := range t.linked {
		t.linked[g].seenTrue += each * t.linked[g].lent
	}
	for k, v := range t.by {
		v.linkedTrue += each * v.lent
		t.by[k] = v
	}
}

func groupOf(component int32) uint8 {
	return uint8(mix(0x6b61727461, uint64(component)) % jackknifeGroups)
}

func (t *captures) add(b *Blocking, c *Candidate, r Result) {
	pairs, _ := c.Pairs(nil, nil)
	first := c.A[0]
	group := groupOf(r.Component[first])
	if c.B == nil {
		t.linked[group].copies += pairs
		return
	}
	group = groupOf(min(r.Component[first], r.Component[c.B[0]]))
	key := captureKey{b.p.entries[first].Item.Kind, group, c.Rules}
	have := t.by[key]
	chance := Probability(c.Total)
	if r.Cluster[first] == r.Cluster[c.B[0]] {
		t.linked[group].seen += pairs
		if c.Total < t.least {
			t.linked[group].lent += pairs
			have.lent += pairs
		} else {
			t.linked[group].seenTrue += int64(chance*million) * pairs
			have.linkedTrue += int64(chance*million) * pairs
		}
	} else {
		have.otherTrue += int64(chance*million) * pairs
		if plain(c.Total) {
			t.plain += int64(chance*million) * pairs
		}
	}
	t.by[key] = have
}

// Estimate estimates how good the clusters of a result are, from the weights of pairs and from
// which rules bring them together.
func (b *Blocking) Estimate(r Result, rules *Ruleset, workers int) Estimates {
	t := b.capture(r, workers)
	e := Estimates{captures: t}
	for _, kind := range customer.Kinds() {
		if lists := t.choose(kind, rules); lists != nil {
			e.lists = append(e.lists, *lists)
			e.Recaptures = append(e.Recaptures, lists.recapture(t, rules))
		}
	}
	e.fill()
	return e
}

// figures are what is estimated from the data, or from the data without a group.
type figures struct {
	linked, right, compared float64 // right: true pairs in one cluster
	found, unmet, missed    float64 // by rules; by no rule; of those, by no third record either
}

func (e *Estimates) figures(group int) (f figures) {
	t, closed := e.captures, 0.0 // closed: true pairs that only a third record joins
	for g := range t.linked {
		if g == group {
			continue
		}
		x := &t.linked[g]
		f.linked += float64(x.all)
		f.found += float64(x.copies)
		f.right += float64(x.copies) + float64(x.seenTrue)/million
		closed += float64(x.all-x.seen-x.copies) * t.third
	}
	f.right += closed
	var other int64
	for k, v := range t.by {
		if int(k.group) != group {
			other += v.otherTrue
		}
	}
	f.compared = float64(other) / million
	for i := range e.lists {
		found := t.without(e.lists[i].kind, group)
		_, _, _, all := e.lists[i].count(found)
		f.found, f.unmet = f.found+all, f.unmet+e.lists[i].total(found)-all
	}
	f.missed = max(0, f.unmet-closed)
	return f
}

func (f figures) precision() float64 { return f.right / max(1, f.linked) }

func (f figures) recall() float64 { return f.right / max(1e-9, f.right+f.compared+f.missed) }

func (f figures) f1() float64 { return harmonic(f.precision(), f.recall()) }

func (f figures) blocking() float64 { return f.found / max(1e-9, f.found+f.unmet) }

func (e *Estimates) fill() {
	all := e.figures(-1)
	parts := make([]figures, jackknifeGroups)
	for g := range parts {
		parts[g] = e.figures(g)
	}
	e.Linked, e.MissedCompared, e.MissedUnmet = int64(all.linked), all.compared, all.missed
	e.Precision = jackknife(all, parts, figures.precision)
	e.Recall = jackknife(all, parts, figures.recall)
	e.F1 = jackknife(all, parts, figures.f1)
	refused := 0
	for i := range e.lists {
		if e.lists[i].refused != "" {
			refused++
		}
	}
	e.UpperBound = refused > 0
	if refused < len(e.lists) {
		blocking := jackknife(all, parts, figures.blocking)
		e.BlockingRecall = &blocking
	}
}

// jackknife bounds a share by how much it changes when groups are left out. It works on the
// logit, so that the bounds stay between 0 and 1.
func jackknife(all figures, parts []figures, of func(figures) float64) Interval {
	share := of(all)
	if all.linked < 1 {
		return Wilson(0, 0)
	}
	center, mean, square := logit(share), 0.0, 0.0
	for _, p := range parts {
		mean += logit(of(p)) / float64(len(parts))
	}
	for _, p := range parts {
		square += (logit(of(p)) - mean) * (logit(of(p)) - mean)
	}
	half := normal95 * math.Sqrt(square*float64(len(parts)-1)/float64(len(parts)))
	return Interval{share, min(share, expit(center-half)), max(share, expit(center+half))}
}

// logit keeps a distance from 0 and 1 that no data of ours resolves.
func logit(p float64) float64 {
	p = max(1e-6, min(1-1e-6, p))
	return math.Log(p / (1 - p))
}

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
