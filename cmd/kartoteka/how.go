package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
)

type howCommand struct {
	Customer string `arg:"" placeholder:"CODE|SOURCE/KEY" help:"A personal code, with or without hyphens, or a source record."`
	Lang     string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the explanation: en, ru or uk."`
}

func (*howCommand) Help() string {
	return `Tells how a customer came about: which groups of records joined at which evidence, in order, the
weakest link, what a person decided, and what was kept apart in spite of its evidence.

Example:

    $ kartoteka how 4815-1623-4208
    $ kartoteka how crm/1042 --lang ru`
}

// howResult is the way in which records became one customer.
type howResult struct {
	Code    customer.Code `json:"code,omitzero"`
	Asked   string        `json:"asked"`
	Members int           `json:"members"`
	Steps   []howStep     `json:"steps"`
	Weakest int           `json:"weakest,omitempty"` // place of the weakest join in steps, from 1; 0: there is none
	Apart   []howApart    `json:"apart,omitempty"`
	// Stale says that the members, computed again now, do not make one customer.
	Stale bool `json:"stale,omitempty"`
}

// howStep is a set of equal records (Right empty), or two groups that became one.
type howStep struct {
	Left    []string         `json:"left"`
	Right   []string         `json:"right,omitempty"`
	Decided bool             `json:"decided,omitempty"`
	Total   *matching.Weight `json:"total,omitempty"` // hundredths of a bit, as Needed
	Needed  *matching.Weight `json:"needed,omitempty"`
	A       string           `json:"a,omitempty"` // the two records with the most evidence for each other
	B       string           `json:"b,omitempty"`
	Pair    *matching.Why    `json:"pair,omitempty"`
}

// howApart is a group that stayed apart.
type howApart struct {
	Others []string             `json:"others"`
	Code   customer.Code        `json:"code,omitzero"` // their code
	Total  matching.Weight      `json:"total"`
	Reason matching.ApartReason `json:"reason"`
	Vetoes []string             `json:"vetoes,omitempty"`
}

func (c *howCommand) run(ctx context.Context, a *app) (output, error) {
	who, err := parseReference(c.Customer)
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		a.remarkRuleset(h)
		t := &howTeller{result: howResult{Asked: c.Customer}, matcher: h.rules.matcher}
		if err := h.InSnapshot(ctx, func(tx *store.Tx) error { return t.read(ctx, tx, h.rules.rules, &who) }); err != nil {
			return output{}, err
		}
		return t.output(c.Lang, h.rules.conf.Portrait), nil
	})
}

// howTeller turns the steps of a component into the tale of one cluster.
type howTeller struct {
	result  howResult
	matcher *matching.Ruleset
	kind    customer.Kind
	item    func(int32) *matching.Item
	written func(int32) *customer.Standard
	name    func(int32) string
	code    func(int32) customer.Code // nil where there are no codes
	members map[int32]bool
}

// read replays the component of a code.
func (t *howTeller) read(ctx context.Context, tx *store.Tx, rules *resolve.Rules, who *reference) error {
	code, err := t.codeOf(ctx, tx, who)
	if err != nil {
		return err
	}
	row, err := tx.CodeAt(ctx, code)
	if err != nil {
		return err
	}
	if row.State != customer.CodeActive {
		return fmt.Errorf("%s is %s: %w; kartoteka show tells where it leads", who, row.State, store.ErrUnknown)
	}
	x, err := resolve.Replay(ctx, rules, tx, row.Component)
	if err != nil {
		return err
	}
	t.result.Code = code
	t.item = func(i int32) *matching.Item { return x.Items[i] }
	t.written = func(i int32) *customer.Standard { return x.Records[i].Standard }
	t.name = func(i int32) string { return x.Records[i].Ref.String() }
	t.code = func(i int32) customer.Code { return x.Records[i].Code }
	t.members = map[int32]bool{}
	for i := range x.Records {
		if x.Records[i].Code == code {
			t.members[int32(i)] = true
		}
	}
	t.tell(&x.Steps, x.Result.Cluster)
	return nil
}

func (t *howTeller) codeOf(ctx context.Context, tx *store.Tx, who *reference) (customer.Code, error) {
	row, err := who.record(ctx, tx)
	if err != nil || row == nil {
		return who.code, err
	}
	if row.Code == 0 {
		return 0, fmt.Errorf("%s has no code: %w; kartoteka show tells what became of it", who, store.ErrUnknown)
	}
	return row.Code, nil
}

// tell takes the steps that are about the members.
func (t *howTeller) tell(s *matching.Steps, cluster []int32) {
	r := &t.result
	r.Members, r.Steps = len(t.members), []howStep{}
	roots := map[int32]bool{}
	for i := range t.members {
		roots[cluster[i]] = true
		t.kind = t.item(i).Kind
	}
	r.Stale = len(roots) > 1
	for _, list := range s.Equal {
		if t.members[list[0]] {
			r.Steps = append(r.Steps, howStep{Left: t.names(list)})
		}
	}
	weakest := matching.Weight(0)
	for i := range s.Joins {
		if j := &s.Joins[i]; t.members[j.Left[0]] {
			r.Steps = append(r.Steps, t.join(j))
			if !j.Decided && (r.Weakest == 0 || j.Total < weakest) {
				r.Weakest, weakest = len(r.Steps), j.Total
			}
		}
	}
	for i := range s.Apart {
		t.apart(&s.Apart[i])
	}
}

func (t *howTeller) names(list []int32) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = t.name(e)
	}
	return out
}

func (t *howTeller) join(j *matching.Join) howStep {
	step := howStep{Left: t.names(j.Left), Right: t.names(j.Right), Decided: j.Decided}
	if j.Decided {
		return step
	}
	a, b := t.strongest(j.Left, j.Right)
	why := t.matcher.ExplainWritten(t.item(a), t.item(b), t.written(a), t.written(b))
	step.Total, step.Needed, step.A, step.B, step.Pair = &j.Total, &j.Bar, t.name(a), t.name(b), &why
	return step
}

// strongest finds the two records of two groups with the most evidence for each other; of large
// groups it looks at the first.
func (t *howTeller) strongest(left, right []int32) (a, b int32) {
	var ev matching.Evidence
	best := matching.Weight(-1 << 30)
	for _, x := range left[:min(len(left), whyMembers)] {
		for _, y := range right[:min(len(right), whyMembers)] {
			t.matcher.Compare(t.item(x), t.item(y), &ev)
			if total := t.matcher.Total(t.kind, &ev); total > best {
				a, b, best = x, y, total
			}
		}
	}
	return a, b
}

func (t *howTeller) apart(x *matching.Apart) {
	others := x.Right
	switch {
	case t.members[x.Left[0]]:
	case t.members[x.Right[0]]:
		others = x.Left
	default:
		return
	}
	out := howApart{Others: t.names(others), Total: x.Total, Reason: x.Reason}
	if t.code != nil {
		out.Code = t.code(others[0])
	}
	if x.Reason == matching.ApartVeto {
		out.Vetoes = t.vetoes(x)
	}
	t.result.Apart = append(t.result.Apart, out)
}

// vetoes names the attributes of which the two groups have different values.
func (t *howTeller) vetoes(x *matching.Apart) (out []string) {
	for _, a := range x.Left[:min(len(x.Left), whyMembers)] {
		for _, b := range x.Right[:min(len(x.Right), whyMembers)] {
			for _, name := range t.matcher.Explain(t.item(a), t.item(b)).Vetoes {
				if !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

func (t *howTeller) output(lang string, p *customer.Portrait) output {
	r := &t.result
	summary := map[string]any{"members": r.Members, "steps": len(r.Steps), "apart": len(r.Apart)}
	if r.Code != 0 {
		summary["code"] = r.Code
	}
	return output{summary: summary, result: r, human: func(w io.Writer) error { return writeHow(w, lang, p, t.kind, r) }}
}
