package desk

import (
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Teller turns the steps of a component into the tale of one cluster.
type Teller struct {
	Matcher *matching.Ruleset
	Item    func(int32) *matching.Item
	Written func(int32) *customer.Standard
	Name    func(int32) string
	Code    func(int32) customer.Code // nil where there are no codes
	Members map[int32]bool            // of the cluster

	result *How
}

// Tell takes the steps that are about the members.
func (t *Teller) Tell(s *matching.Steps, cluster []int32) *How {
	r := &How{Members: len(t.Members), Steps: []HowStep{}}
	t.result = r
	roots := map[int32]bool{}
	for i := range t.Members {
		roots[cluster[i]] = true
		r.Kind = t.Item(i).Kind
	}
	r.Stale = len(roots) > 1
	for _, list := range s.Equal {
		if t.Members[list[0]] {
			r.Steps = append(r.Steps, HowStep{Left: t.names(list)})
		}
	}
	weakest := matching.Weight(0)
	for i := range s.Joins {
		if j := &s.Joins[i]; t.Members[j.Left[0]] {
			r.Steps = append(r.Steps, t.join(j))
			if !j.Decided && (r.Weakest == 0 || j.Total < weakest) {
				r.Weakest, weakest = len(r.Steps), j.Total
			}
		}
	}
	for i := range s.Apart {
		t.apart(&s.Apart[i])
	}
	return r
}

func (t *Teller) names(list []int32) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = t.Name(e)
	}
	return out
}

func (t *Teller) join(j *matching.Join) HowStep {
	step := HowStep{Left: t.names(j.Left), Right: t.names(j.Right), Decided: j.Decided}
	if j.Decided {
		return step
	}
	a, b := t.strongest(j.Left, j.Right)
	why := t.Matcher.ExplainWritten(t.Item(a), t.Item(b), t.Written(a), t.Written(b))
	step.Total, step.Needed, step.A, step.B, step.Pair = &j.Total, &j.Bar, t.Name(a), t.Name(b), &why
	return step
}

// strongest finds the two records of two groups with the most evidence for each other; of large
// groups it looks at the first.
func (t *Teller) strongest(left, right []int32) (a, b int32) {
	var ev matching.Evidence
	best := matching.Weight(-1 << 30)
	for _, x := range left[:min(len(left), whyMembers)] {
		for _, y := range right[:min(len(right), whyMembers)] {
			t.Matcher.Compare(t.Item(x), t.Item(y), &ev)
			if total := t.Matcher.Total(t.result.Kind, &ev); total > best {
				a, b, best = x, y, total
			}
		}
	}
	return a, b
}

func (t *Teller) apart(x *matching.Apart) {
	others := x.Right
	switch {
	case t.Members[x.Left[0]]:
	case t.Members[x.Right[0]]:
		others = x.Left
	default:
		return
	}
	out := HowApart{Others: t.names(others), Total: x.Total, Reason: x.Reason}
	if t.Code != nil {
		out.Code = t.Code(others[0])
	}
	if x.Reason == matching.ApartVeto {
		out.Vetoes = t.vetoes(x)
	}
	t.result.Apart = append(t.result.Apart, out)
}

// vetoes names the attributes of which the two groups have different values.
func (t *Teller) vetoes(x *matching.Apart) (out []string) {
	for _, a := range x.Left[:min(len(x.Left), whyMembers)] {
		for _, b := range x.Right[:min(len(x.Right), whyMembers)] {
			for _, name := range t.Matcher.Explain(t.Item(a), t.Item(b)).Vetoes {
				if !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
	}
	return out
}
