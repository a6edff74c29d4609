package matching

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
	"kartoteka/failpoint/raced"
)

// estimated says how far an estimate may be from the truth on a labeled set.
var estimated = map[string]struct{ precision, recall, blocking float64 }{
	"ru_customers_dev_12k": {0.03, 0.06, 0.04},
	"febrl3":               {0.03, 0.06, 0.04},
	"splink_fake_1000":     {0.06, 0.15, 0.10},
}

func TestEstimatesComeNearTheTruth(t *testing.T) {
	if testing.Short() || raced.Enabled {
		t.Skip("slow")
	}
	for _, d := range datasets {
		far, wanted := estimated[d.name]
		if !wanted {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			l := d.load(t)
			o := l.run(t, DefaultSettings())
			entries, truth := o.labeled(l)
			b := Block(o.rules, entries, Limits{Block: 200, Component: 200}, 2)
			e := b.Estimate(o.result, o.rules, 2)
			if e.BlockingRecall == nil {
				t.Fatalf("nothing was recaptured: %+v", e)
			}
			blocking := b.Report(o.result.Cluster, truth, o.rules.Rules, 0, 2).Truth.Recall
			t.Logf("precision %.4f, estimated %.4f; recall %.4f, estimated %.4f; of blocking %.4f, estimated %.4f",
				o.precision(), e.Precision.Estimate, o.recall(), e.Recall.Estimate, blocking, e.BlockingRecall.Estimate)
			if math.Abs(e.Precision.Estimate-o.precision()) > far.precision || math.Abs(e.Recall.Estimate-o.recall()) > far.recall ||
				math.Abs(e.BlockingRecall.Estimate-blocking) > far.blocking {
				t.Errorf("too far off: %+v", e)
			}
		})
	}
}

// labeled gives the entries of a set and the number of each one's entity.
func (o *outcome) labeled(l *loaded) (entries []Entry, truth []int32) {
	entities := map[string]int32{}
	for i, it := range o.items {
		entries = append(entries, Entry{Ref: customer.Ref{Source: customer.Source(l.sources[i]), Key: l.ids[i]}, Item: it})
		id := l.truth[l.ids[i]]
		if _, known := entities[id]; !known {
			entities[id] = int32(len(entities))
		}
		truth = append(truth, entities[id])
	}
	return entries, truth
}

func TestChapmanTotal(t *testing.T) {
	var first, second, both RuleSet
	first.Add(0)
	second.Add(1)
	both.Add(0)
	both.Add(1)
	found := map[RuleSet]float64{first: 30, second: 20, both: 50}
	for _, c := range []struct {
		name string
		l    ruleLists
		want float64
	}{
		{"TwoNets", ruleLists{first: first, second: second}, 81.0*71.0/51.0 - 1},
		{"Refused", ruleLists{first: first, second: second, refused: "few"}, 100},
		{"NeverLessThanFound", ruleLists{first: first, second: first}, 100},
	} {
		if got := c.l.total(found); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
}

func TestJackknifeOfEqualPartsIsNarrow(t *testing.T) {
	all := figures{linked: 2000, right: 1900}
	parts := make([]figures, jackknifeGroups)
	for i := range parts {
		parts[i] = figures{linked: 1900, right: 1805}
	}
	got := jackknife(all, parts, figures.precision)
	if got.Estimate != 0.95 || got.High-got.Low > 1e-9 {
		t.Errorf("%+v", got)
	}
	parts[3].right = 1500
	if wide := jackknife(all, parts, figures.precision); wide.Low >= 0.95 || wide.High <= 0.95 || wide.High > 1 {
		t.Errorf("%+v", wide)
	}
}

// A person who is always right judges a sample of 300 pairs.
func TestJudgedSampleHoldsTheTruth(t *testing.T) {
	if testing.Short() || raced.Enabled {
		t.Skip("slow")
	}
	for _, d := range datasets {
		if d.name != "ru_customers_dev_12k" && d.name != "splink_fake_1000" {
			continue
		}
		l := d.load(t)
		o := l.run(t, DefaultSettings())
		entries, truth := o.labeled(l)
		b := Block(o.rules, entries, Limits{Block: 200, Component: 200}, 2)
		e, sample := b.Estimate(o.result, o.rules, 2), b.Sample(o.result, 300)
		for _, p := range sample.Pairs {
			s := &sample.Strata[p.Stratum]
			s.Judged++
			if truth[p.A] == truth[p.B] {
				s.Same++
			}
		}
		j := e.Judge(sample.Strata)
		t.Logf("%s: precision %.4f, judged %+v; recall %.4f, judged %+v", d.name, o.precision(), j.Precision, o.recall(), j.Recall)
		if math.Abs(j.Precision.Estimate-o.precision()) > 0.03 || math.Abs(j.Recall.Estimate-o.recall()) > 0.06 {
			t.Errorf("%s: too far off", d.name)
		}
		const unsampled = 0.01 // what no rule met is estimated, not judged: its fault is not in the interval
		if j.Recall.Low-unsampled > o.recall() || j.Recall.High+unsampled < o.recall() || j.Precision.Low > o.precision() {
			t.Errorf("%s: the truth lies outside", d.name)
		}
	}
}

func TestSampleIsTheSameForEveryOrder(t *testing.T) {
	var entries []Entry
	for i := range byte(60) {
		entries = append(entries, keyed(i+1, [2]uint64{0, uint64(i % 7)}, [2]uint64{1, uint64(i % 5)}))
	}
	keys := func(list []Entry) (out []string) {
		b := Block(flat{link: 100}, list, Limits{Block: 200, Component: 200}, 1)
		s := b.Sample(Partition(flat{link: 100}, list, nil, Limits{Block: 200, Component: 200}, 1), 12)
		for _, p := range s.Pairs {
			x, y := list[p.A].Ref.Key, list[p.B].Ref.Key
			out = append(out, min(x, y)+" "+max(x, y))
		}
		return out
	}
	want := keys(entries)
	slices.Reverse(entries)
	if diff := cmp.Diff(want, keys(entries)); diff != "" || len(want) < 12 {
		t.Errorf("%d: %s", len(want), diff)
	}
}
