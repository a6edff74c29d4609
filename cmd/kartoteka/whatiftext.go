package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/matching"
	"kartoteka/phrases"
)

// whatifText writes a supposition for people.
type whatifText struct {
	whyText // of the pair as supposed
	*whatifResult
}

func writeWhatif(w io.Writer, lang string, p *customer.Portrait, r *whatifResult) error {
	t := &whatifText{whyText{lang: phrases.Lang(lang), portrait: p, why: &r.After}, r}
	for i := range r.Changes {
		t.change(&r.Changes[i])
	}
	t.findings()
	if len(r.Changes) > 0 {
		t.line("whatif.total", t.bits(r.After.Total), t.bits(r.Before.Total), t.bits(r.After.Link))
	}
	t.line("why.probability", t.share(r.After.Total), t.share(r.After.Link), t.bits(r.After.Link), ratio(r.After.Link))
	for _, name := range r.After.Vetoes {
		t.line("why.veto", t.attribute(name))
	}
	key := "whatif.stays"
	switch {
	case len(r.Changes) == 0:
		key = "why.conclusion"
	case r.Turns:
		key = "whatif.turns"
	}
	t.line(key, phrases.Key(pairVerdict(&r.After)))
	t.flips()
	_, err := io.WriteString(w, trimLines(t.String()))
	return err
}

func (t *whatifText) change(c *desk.Supposed) {
	before, after := t.list(c.Attribute, c.Before), t.list(c.Attribute, c.After)
	name := t.attribute(c.Attribute)
	switch {
	case after == "":
		t.line("whatif.unset", name, before)
	case before == "":
		t.line("whatif.added", name, after)
	default:
		t.line("whatif.set", name, after, before)
	}
}

func (t *whatifText) list(attribute string, values []string) string {
	out := slices.Clone(values)
	if t.family(attribute) == string(customer.TypeDate) {
		for i := range out {
			out[i] = dateText(t.lang, out[i])
		}
	}
	return strings.Join(out, ", ")
}

// findings lists the comparisons that find something else than before.
func (t *whatifText) findings() {
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	for _, name := range comparedIn(&t.Before, &t.After) {
		x, y := comparedBy(&t.Before, name), comparedBy(&t.After, name)
		if x.Weight == y.Weight && x.Household == y.Household {
			continue
		}
		_, _ = fmt.Fprintf(tw, "  %s\t%7s → %7s\t%s → %s\n", t.names(name), t.signed(x.Weight), t.signed(y.Weight), t.found(x), t.found(y))
	}
	_ = tw.Flush() // a strings.Builder takes everything
}

// comparedIn names what was compared in either.
func comparedIn(one, two *matching.Why) (names []string) {
	for _, why := range []*matching.Why{one, two} {
		for i := range why.Comparisons {
			if name := why.Comparisons[i].Name; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func comparedBy(why *matching.Why, name string) *matching.Compared {
	for i := range why.Comparisons {
		if why.Comparisons[i].Name == name {
			return &why.Comparisons[i]
		}
	}
	return &matching.Compared{Name: name}
}

// found speaks what a comparison found, part by part.
func (t *whatifText) found(c *matching.Compared) string {
	var out []string
	for i := range c.Steps {
		out = append(out, t.finding(c, &c.Steps[i]))
	}
	if len(out) == 0 {
		return t.lang.Sentence("level.unknown")
	}
	return strings.Join(out, ", ")
}

// shownFlips is how many ways to turn the verdict are named.
const shownFlips = 8

// flips lists what would turn the verdict, the least change first.
func (t *whatifText) flips() {
	if len(t.Flips) == 0 {
		t.line("whatif.none")
		return
	}
	if t.After.Same() {
		t.line("whatif.different")
	} else {
		t.line("whatif.same")
	}
	least := slices.Clone(t.Flips)
	slices.SortStableFunc(least, func(x, y matching.Flip) int { return cmp.Compare(max(x.Change, -x.Change), max(y.Change, -y.Change)) })
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	var silent []string
	for i := range least {
		f := &least[i]
		switch {
		case f.Unknown:
			silent = append(silent, t.flip(f)+" ("+t.signed(f.Change)+")")
		case i < shownFlips+len(silent):
			_, _ = fmt.Fprintf(tw, "  %s\t%7s\t%s\t%s\n", t.flip(f), t.signed(f.Change), t.lang.Sentence("whatif.of", t.bits(f.Total)), t.veto(f))
		}
	}
	_ = tw.Flush()
	if len(silent) > 0 {
		t.line("whatif.unknown", strings.Join(silent, ", "))
	}
}

func (t *whatifText) veto(f *matching.Flip) string {
	if !f.Vetoed {
		return ""
	}
	return t.lang.Sentence("whatif.veto")
}

// flip speaks what would have to be found: birth date: equal.
func (t *whatifText) flip(f *matching.Flip) string {
	level := t.lang.Level(t.family(f.Comparison), f.Part, f.Level)
	if f.Level == "missing" {
		level = t.lang.Sentence("level.unknown")
	}
	if f.Part == "" {
		return t.names(f.Comparison) + ": " + level
	}
	return t.lang.Sentence("part."+f.Part) + ": " + level
}
