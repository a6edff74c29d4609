package resolve_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/matching"
	"kartoteka/resolve"
)

// twins are two hubs that live through the same, but for a merge that one of them makes and undoes. In the
// other one a person says, when the merge is undone, that the customers as they were are different: that is
// what an undone merge leaves behind, and all that it leaves behind (I9).
type twins struct {
	*rapid.T
	w             *world
	rules         *resolve.Rules // in force; they may change
	merging, calm inMemory
}

func (tw *twins) each(f func(inMemory)) {
	f(tw.merging)
	f(tw.calm)
}

func (tw *twins) settle() {
	tw.each(func(m inMemory) {
		for m.turn(tw.T, tw.rules, 5) > 0 {
		}
	})
}

func (tw *twins) land(ref customer.Ref, op customer.Op, s *customer.Standard) {
	tw.each(func(m inMemory) { m.land(tw.T, ref, op, s) })
	tw.settle()
}

// both gives an order about records, not about codes: those are others in the other hub.
func (tw *twins) both(a resolve.Action) {
	_, err := tw.merging.clerk(tw.rules).act(a)
	if err != nil && !refused(err) {
		tw.Fatal(err)
	}
	if err != nil { // it contradicts the merge
		return
	}
	if _, err := tw.calm.clerk(tw.rules).act(a); err != nil && !refused(err) {
		tw.Fatal(err)
	}
}

// news is what comes between the merge and its undoing: new, changed and deleted records also of those who
// were merged, keys that are given to others, decisions, consents, other rules.
func (tw *twins) news(merged []customer.Ref) {
	ref := rapid.SampledFrom(append(someRefs(10), customer.Ref{Source: "s", Key: "new"})).Draw(tw.T, "ref")
	switch rapid.SampledFrom([]string{"land", "land", "land", "delete", "decide", "elsewhere", "rules"}).Draw(tw.T, "news") {
	case "land":
		tw.land(ref, customer.Upsert, tw.w.said(tw.T))
	case "elsewhere":
		tw.land(customer.Ref{Source: "s", Key: "far"}, customer.Upsert, tw.w.recordOf(tw.T, farPools))
	case "delete":
		tw.land(ref, customer.Delete, nil)
	case "decide":
		other := rapid.SampledFrom(someRefs(10)).Draw(tw.T, "other")
		if slices.Contains(merged, ref) || slices.Contains(merged, other) {
			return // it may follow from the merge, and is nothing to decide then
		}
		kind := rapid.SampledFrom([]customer.DecisionKind{customer.Same, customer.Different}).Draw(tw.T, "kind")
		tw.both(resolve.Judge{Decision: kind, Sides: []resolve.Who{{Ref: ref}, {Ref: other}}})
	case "rules":
		tw.rules = rulesAt(tw.T, rapid.SampledFrom([]float64{2, 8, 14}).Draw(tw.T, "bits"))
		tw.each(func(m inMemory) { m.whole(tw.T, tw.rules) })
	}
}

// rulesAt are calm rules with a threshold.
func rulesAt(t interface{ Fatal(...any) }, bits float64) *resolve.Rules {
	settings := matching.DefaultSettings()
	settings.Expect, settings.LinkBits = 10_000, &bits
	p := config.Default().Portrait
	matcher, err := matching.Compile(p, settings, matching.Shipped(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return &resolve.Rules{Portrait: p, Matcher: matcher, Settings: settings, Golden: golden.Rules{}, Workers: 1, Epoch: 1}
}

// members are the records of a code, and who is at a key now.
func members(m inMemory, t *rapid.T, code customer.Code) (ids []customer.RecordID, refs []customer.Ref) {
	for _, r := range m.live(t) {
		if r.Code == code {
			ids, refs = append(ids, r.ID), append(refs, r.Ref)
		}
	}
	return ids, refs
}

func (tw *twins) play() {
	for _, ref := range someRefs(10)[:rapid.IntRange(3, 8).Draw(tw.T, "records")] {
		tw.land(ref, customer.Upsert, tw.w.said(tw.T))
	}
	var list []customer.Code
	for _, r := range tw.merging.live(tw.T) {
		list = append(list, r.Code)
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) < 2 {
		return
	}
	pair := rapid.Permutation(list).Draw(tw.T, "pair")[:2]
	var sides [2][]customer.RecordID
	var merged []customer.Ref
	for i, code := range pair {
		ids, refs := members(tw.merging, tw.T, code)
		sides[i], merged = ids, append(merged, refs...)
	}
	done, err := tw.merging.clerk(tw.rules).act(resolve.Merge{Customers: []resolve.Who{{Code: pair[0]}, {Code: pair[1]}}})
	if err != nil {
		tw.Fatal(err)
	}
	for range rapid.IntRange(1, 6).Draw(tw.T, "news") {
		tw.news(merged)
	}
	if _, err := tw.merging.clerk(tw.rules).act(resolve.Unmerge{Operation: done.Operation}); err != nil {
		if !refused(err) {
			tw.Fatal(err)
		}
		return // one of them is gone
	}
	tw.part(sides)
	tw.each(func(m inMemory) { m.maintain(tw.T, tw.rules) })
	tw.check()
}

// part says in the hub without the merge that its customers as they were are different.
func (tw *twins) part(sides [2][]customer.RecordID) {
	live := map[customer.RecordID]bool{}
	for _, r := range tw.calm.live(tw.T) {
		live[r.ID] = true
	}
	d := customer.Decision{ID: 1 << 40, Kind: customer.Different}
	for i, into := range []*[]customer.RecordID{&d.Left, &d.Right} {
		for _, id := range sides[i] {
			if live[id] {
				*into = append(*into, id)
			}
		}
	}
	if len(d.Left) == 0 || len(d.Right) == 0 {
		return // nobody is left to be different from
	}
	tw.calm.Decide(d)
	if _, err := resolve.Turn(ctx, tw.rules, tw.calm.Memory, nil, slices.Concat(d.Left, d.Right), resolve.Operation{Kind: "decide"}); err != nil {
		tw.Fatal(err)
	}
}

func (tw *twins) check() {
	if diff := cmp.Diff(picture(tw.T, tw.calm.live(tw.T), tw.calm.documents(tw.T)), picture(tw.T, tw.merging.live(tw.T), tw.merging.documents(tw.T))); diff != "" {
		tw.Fatalf("an undone merge left more behind than its decision:\n%s", diff)
	}
	tw.merging.verify(tw.T, tw.rules)
}

// What came while two customers were merged is, once they are parted, as if they had never been merged.
func TestUnmergeKeepsWhatCameSince(t *testing.T) {
	checks(t, "40")
	w := newWorld()
	rapid.Check(t, func(t *rapid.T) {
		(&twins{T: t, w: w, rules: calmRules(t), merging: inMemory{resolve.NewMemory()}, calm: inMemory{resolve.NewMemory()}}).play()
	})
}
