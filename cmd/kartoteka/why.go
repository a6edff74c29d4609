package main

import (
	"context"
	"fmt"
	"io"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/phrases"
	"kartoteka/resolve"
	"kartoteka/store"
)

type whyCommand struct {
	A    string `arg:"" placeholder:"A" help:"A code or SOURCE/KEY."`
	B    string `arg:"" placeholder:"B" help:"The other code or SOURCE/KEY."`
	Lang string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the explanation: en, ru or uk."`
}

func (*whyCommand) Help() string {
	return `Explains why two source records are, or are not, one customer: what each comparison found, how likely
that is for one customer (m) and for two strangers (u), and how the weights add up. Of codes the two records
with the most evidence for each other are explained.

Example:

    $ kartoteka why crm/1042 billing/77
    $ kartoteka why 4815-1623-4208 2100-0000-0019 --lang ru`
}

// whyResult is the explanation of the strongest pair.
type whyResult struct {
	A         whyRecord        `json:"a"`
	B         whyRecord        `json:"b"`
	SameCode  bool             `json:"same_code"`
	Decisions []decisionResult `json:"decisions,omitempty"` // that name both sides
	// Weakest is the weakest link of the strongest chain of records that holds both in one
	// code, if the pair itself does not; hundredths of a bit.
	Weakest *matching.Weight `json:"weakest,omitempty"`
	Pair    *matching.Why    `json:"pair,omitempty"` // nil if the kinds differ
}

type whyRecord struct {
	Source customer.Source   `json:"source"`
	Key    string            `json:"key"`
	Record customer.RecordID `json:"record"`
	Kind   customer.Kind     `json:"kind"`
	Code   customer.Code     `json:"code,omitzero"`
}

// whyMembers bounds the records of a code that are looked at.
const whyMembers = 300

func (c *whyCommand) run(ctx context.Context, a *app) (output, error) {
	r := &whyResult{}
	return a.aboutTwo(ctx, c.A, c.B,
		func(h *hub, tx *store.Tx, who []reference) error { return r.read(ctx, tx, h.rules.matcher, who) },
		func(h *hub) output { return r.output(c.Lang, h.rules.conf.Portrait) })
}

// aboutTwo reads what a hub knows of two records or codes in one snapshot, and then shows it.
func (a *app) aboutTwo(ctx context.Context, left, right string, read func(*hub, *store.Tx, []reference) error, show func(*hub) output) (output, error) {
	who, err := parseReferences([]string{left, right})
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		a.remarkRuleset(h)
		if err := h.InSnapshot(ctx, func(tx *store.Tx) error { return read(h, tx, who) }); err != nil {
			return output{}, err
		}
		return show(h), nil
	})
}

func (r *whyResult) output(lang string, p *customer.Portrait) output {
	summary := map[string]any{"same_code": r.SameCode}
	if r.Pair != nil {
		summary["total"], summary["link"] = bits(r.Pair.Total), bits(r.Pair.Link)
	}
	return output{summary: summary, result: r, human: func(w io.Writer) error {
		l := phrases.Lang(lang)
		if _, err := fmt.Fprintf(w, "%s/%s — %s/%s\n", r.A.Source, r.A.Key, r.B.Source, r.B.Key); err != nil {
			return err
		}
		if r.Pair == nil {
			_, err := fmt.Fprintln(w, l.Sentence("why.kinds"))
			return err
		}
		return writeWhy(w, lang, p, r.Pair, r.closing(l)...)
	}}
}

// closing tells what became of the pair.
func (r *whyResult) closing(l phrases.Lang) []string {
	var out []string
	for _, d := range r.Decisions {
		out = append(out, l.Sentence("why.decision."+string(d.Kind)))
	}
	if r.Weakest != nil {
		out = append(out, l.Sentence("why.cluster", phrases.Of("unit.bit", bits(*r.Weakest))))
	}
	switch {
	case r.A.Code == 0 || r.B.Code == 0:
		return append(out, l.Sentence("why.no_code"))
	case r.SameCode:
		return append(out, l.Sentence("why.conclusion", phrases.Key("why.verdict.same"))+"; "+l.Sentence("why.in_code", r.A.Code))
	}
	return append(out, l.Sentence("why.conclusion", phrases.Key("why.verdict.different"))+"; "+l.Sentence("why.in_codes", r.A.Code, r.B.Code))
}

// weighed is a record ready to be compared.
type weighed struct {
	resolve.Record
	item *matching.Item
}

func (r *whyResult) read(ctx context.Context, tx *store.Tx, m *matching.Ruleset, who []reference) error {
	left, err := membersNamed(ctx, tx, m, &who[0])
	if err != nil {
		return err
	}
	right, err := membersNamed(ctx, tx, m, &who[1])
	if err != nil {
		return err
	}
	a, b := strongest(m, left, right)
	if a == nil {
		return fmt.Errorf("%w: both name one record; name two", errUsage)
	}
	r.A, r.B = whyRecordOf(a), whyRecordOf(b)
	r.SameCode = a.Code != 0 && a.Code == b.Code
	if a.item.Kind != b.item.Kind {
		return nil
	}
	why := m.ExplainWritten(a.item, b.item, a.Standard, b.Standard)
	r.Pair = &why
	if err := r.findDecisions(ctx, tx, left, right); err != nil {
		return err
	}
	if r.SameCode && pairVerdict(&why) == "why.verdict.different" {
		return r.findChain(ctx, tx, m, a, b)
	}
	return nil
}

func whyRecordOf(w *weighed) whyRecord {
	return whyRecord{w.Ref.Source, w.Ref.Key, w.ID, w.item.Kind, w.Code}
}

// membersNamed gives the record, or the records of the code, that a reference names.
func membersNamed(ctx context.Context, tx *store.Tx, m *matching.Ruleset, who *reference) ([]weighed, error) {
	var records []resolve.Record
	row, err := who.record(ctx, tx)
	switch {
	case err != nil:
		return nil, err
	case row != nil:
		records, err = tx.Records(ctx, []customer.RecordID{row.ID})
	default:
		if _, err = tx.CodeAt(ctx, who.code); err == nil {
			records, err = tx.StandardsOf(ctx, []customer.Code{who.code}, whyMembers)
		}
	}
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("%s has no live record: %w; kartoteka show tells what became of it", who, store.ErrUnknown)
	}
	return weigh(ctx, tx, m, records)
}

// weigh makes the items, generic values marked as the hub knows them.
func weigh(ctx context.Context, tx *store.Tx, m *matching.Ruleset, records []resolve.Record) ([]weighed, error) {
	out := make([]weighed, len(records))
	var shared []uint64
	for i := range records {
		out[i] = weighed{records[i], m.Item(records[i].Standard)}
		for _, s := range out[i].item.Shared {
			shared = append(shared, s.Key)
		}
	}
	generic, err := tx.Generic(ctx, shared)
	for i := range out {
		matching.MarkGeneric(out[i].item, func(k uint64) bool { return generic[k] })
	}
	return out, err
}

// strongest finds the pair with the most evidence; nil if the sides are one record.
func strongest(m *matching.Ruleset, left, right []weighed) (a, b *weighed) {
	var best matching.Weight
	var ev matching.Evidence
	for i := range left {
		for j := range right {
			x, y := &left[i], &right[j]
			if x.ID == y.ID {
				continue
			}
			if x.item.Kind != y.item.Kind {
				if a == nil {
					a, b, best = x, y, -1<<30
				}
				continue
			}
			m.Compare(x.item, y.item, &ev)
			if total := m.Total(x.item.Kind, &ev); a == nil || total > best {
				a, b, best = x, y, total
			}
		}
	}
	return a, b
}

// findDecisions lists the active decisions with records of both sides.
func (r *whyResult) findDecisions(ctx context.Context, tx *store.Tx, left, right []weighed) error {
	one, two := map[customer.RecordID]bool{}, map[customer.RecordID]bool{}
	var ids []customer.RecordID
	for i := range left {
		one[left[i].ID] = true
		ids = append(ids, left[i].ID)
	}
	for i := range right {
		two[right[i].ID] = true
	}
	decisions, err := tx.Decisions(ctx, ids)
	for _, d := range decisions {
		if names(d, one) && names(d, two) {
			r.Decisions = append(r.Decisions, decisionResult{d.ID, d.Kind, d.Left, d.Right})
		}
	}
	return err
}

func names(d customer.Decision, ids map[customer.RecordID]bool) bool {
	for _, list := range [][]customer.RecordID{d.Left, d.Right} {
		for _, id := range list {
			if ids[id] {
				return true
			}
		}
	}
	return false
}

// findChain finds the chain of records of the code that holds both best, and its weakest link.
func (r *whyResult) findChain(ctx context.Context, tx *store.Tx, m *matching.Ruleset, a, b *weighed) error {
	records, err := tx.StandardsOf(ctx, []customer.Code{a.Code}, whyMembers)
	if err != nil {
		return err
	}
	members, err := weigh(ctx, tx, m, records)
	if err != nil {
		return err
	}
	if link, found := widest(m, members, a.ID, b.ID); found {
		r.Weakest = &link
	}
	return nil
}

// widest is Prim's walk from one record to another over the strongest pairs first: the
// weakest pair on the way is the strongest possible.
func widest(m *matching.Ruleset, members []weighed, from, to customer.RecordID) (link matching.Weight, found bool) {
	const unreached = -1 << 30
	reach := make([]matching.Weight, len(members))
	done := make([]bool, len(members))
	for i := range members {
		reach[i] = unreached
		if members[i].ID == from {
			reach[i] = 1 << 30
		}
	}
	var ev matching.Evidence
	for range members {
		at := -1
		for i := range members {
			if !done[i] && (at < 0 || reach[i] > reach[at]) {
				at = i
			}
		}
		if reach[at] == unreached {
			return 0, false
		}
		if members[at].ID == to {
			return reach[at], true
		}
		done[at] = true
		for i := range members {
			if !done[i] && members[i].item.Kind == members[at].item.Kind {
				m.Compare(members[at].item, members[i].item, &ev)
				reach[i] = max(reach[i], min(reach[at], m.Total(members[i].item.Kind, &ev)))
			}
		}
	}
	return 0, false
}
