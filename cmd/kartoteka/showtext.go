package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/phrases"
)

// showText writes a customer for people.
type showText struct {
	strings.Builder
	*showResult
	lang phrases.Lang
}

func writeShow(w io.Writer, lang string, r *showResult) error {
	t := &showText{showResult: r, lang: phrases.Lang(lang)}
	t.head()
	if r.Golden != nil {
		t.values()
		t.facts()
	}
	t.members()
	t.history()
	_, err := io.WriteString(w, trimLines(t.String()))
	return err
}

func (t *showText) word(key string, args ...any) string { return t.lang.Sentence(key, args...) }

func (t *showText) section(key string) { fmt.Fprintf(&t.Builder, "\n%s\n", t.word("show."+key)) }

func (t *showText) head() {
	state := t.word("state." + string(t.State))
	if len(t.LeadsTo) > 0 {
		state = t.word("state.retired", t.LeadsTo[len(t.LeadsTo)-1])
	} else if t.State == customer.CodeRetired {
		state = t.word("change.removed")
	}
	fmt.Fprintf(&t.Builder, "%s  %s", t.Code, state)
	if t.Golden != nil {
		fmt.Fprintf(&t.Builder, "  %s  %s", t.word("kind."+string(t.Golden.Kind)), t.word("show.version", t.Golden.Version))
	}
	fmt.Fprintln(&t.Builder)
	if t.AsOf == nil {
		return
	}
	fmt.Fprintf(&t.Builder, "%s\n", t.word("show.as_of", t.AsOf.At.Format("2006-01-02 15:04:05")))
	if !t.AsOf.Exact {
		fmt.Fprintf(&t.Builder, "%s\n", t.word("show.as_of.inexact"))
	}
}

// values lists the golden values in the order of the portrait, each with where it comes from.
func (t *showText) values() {
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	for _, a := range t.portrait.Of(t.Golden.Kind) {
		for i, v := range t.Golden.Attributes[a.Name] {
			name := t.lang.Attribute(a.Name)
			if i > 0 {
				name = ""
			}
			_, _ = fmt.Fprintf(tw, "  %s\t%s\t%s\n", name, t.value(&v), t.provenance(&v))
			for _, r := range v.RunnersUp {
				_, _ = fmt.Fprintf(tw, "  \t  %s\t%s\n", t.word("show.not", r.Standard), r.Source)
			}
		}
	}
	_ = tw.Flush() // a strings.Builder takes everything
}

func (t *showText) value(v *customer.DocumentValue) string {
	text := v.Value
	if v.Kind != "" {
		text += " (" + v.Kind + ")"
	}
	if v.Verdict != 0 && v.Verdict < customer.Plausible {
		text += " [" + t.word("verdict."+v.Verdict.String()) + "]"
	}
	return text
}

func (t *showText) provenance(v *customer.DocumentValue) string {
	parts := filled(string(v.Source))                       // what a person fixed comes from none
	if v.Rule != "" && v.Rule != string(customer.KeepAll) { // all of them stand there
		parts = append(parts, t.lang.First([]string{"keep." + v.Rule}))
	}
	if v.Agreement > 1 {
		parts = append(parts, t.word("keep.agreement", v.Agreement))
	}
	if !v.Observed.IsZero() {
		parts = append(parts, t.lang.Date(v.Observed))
	}
	return strings.Join(parts, ", ")
}

func (t *showText) facts() {
	if len(t.Golden.Products) > 0 {
		t.section("products")
		for _, p := range t.Golden.Products {
			fmt.Fprintf(&t.Builder, "  %s\n", strings.Join(filled(p.Kind, p.Number, p.Status, span(p.Opened, p.Closed)), "  "))
		}
	}
	if len(t.Relations) > 0 {
		t.section("relations")
		for _, x := range t.Relations {
			target := t.word("show.open")
			if !x.Open {
				target = x.Code.String()
			}
			fmt.Fprintf(&t.Builder, "  %s\n", strings.Join(filled(t.lang.Attribute(x.Attribute), x.Role, target, x.Target.String(), span(x.From, x.To)), "  "))
		}
	}
	if len(t.Golden.Consents) > 0 {
		t.section("consents")
		for _, c := range t.Golden.Consents {
			answer := "show.refused"
			if c.Given {
				answer = "show.given"
			}
			fmt.Fprintf(&t.Builder, "  %s\n", strings.Join(filled(c.Purpose, c.Channel, c.Address, t.word(answer), t.lang.Date(c.At)), "  "))
		}
	}
}

func filled(texts ...string) (out []string) {
	for _, s := range texts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// span writes the dates between which something held; nothing if none is known.
func span(from, to customer.Date) string {
	if from.IsZero() && to.IsZero() {
		return ""
	}
	return from.String() + "–" + to.String()
}

func (t *showText) members() {
	if len(t.Members) == 0 {
		return
	}
	fmt.Fprintf(&t.Builder, "\n%s\n", t.word("show.members", max(len(t.Members), t.count())))
	for _, m := range t.Members {
		fmt.Fprintf(&t.Builder, "  %s/%s", m.Source, m.Key)
		if m.Waiting {
			fmt.Fprintf(&t.Builder, "  %s", t.word("show.waiting"))
		}
		fmt.Fprintln(&t.Builder)
	}
	if more := t.count() - len(t.Members); more > 0 {
		fmt.Fprintf(&t.Builder, "  … +%d\n", more)
	}
	for _, d := range t.Decisions {
		fmt.Fprintf(&t.Builder, "  %d: %s\n", d.ID, t.word("why.decision."+string(d.Kind)))
	}
}

func (t *showText) count() int {
	if t.Golden == nil {
		return 0
	}
	return t.Golden.MemberCount
}

func (t *showText) history() {
	t.section("history")
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	for _, h := range t.History {
		what := t.word("change." + string(h.Kind))
		if h.Successor != 0 {
			what += " → " + h.Successor.String()
		}
		var names []string
		for _, f := range h.Fields {
			names = append(names, t.lang.Attribute(f))
		}
		_, _ = fmt.Fprintf(tw, "  %d\t%s\t%s\t%s\t%s\n", h.Version, h.At.Format("2006-01-02 15:04:05"), what, strings.Join(filled(h.By, h.Actor, h.Reason), ", "), strings.Join(names, ", "))
	}
	_ = tw.Flush()
}
