package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/matching"
	"kartoteka/phrases"
)

// howText writes the steps of a cluster for people.
type howText struct {
	whyText // its why is set pair by pair
	kind    customer.Kind
	*desk.How
}

func writeHow(w io.Writer, lang string, p *customer.Portrait, kind customer.Kind, r *desk.How) error {
	t := &howText{whyText{lang: phrases.Lang(lang), portrait: p, why: &matching.Why{Kind: kind}}, kind, r}
	t.line("how.title", r.Members, t.subject())
	if r.Members == 1 {
		t.line("how.alone")
	}
	for i := range r.Steps {
		t.step(i+1, &r.Steps[i])
	}
	t.weakest()
	for i := range r.Apart {
		t.apart(&r.Apart[i])
	}
	if r.Stale {
		t.line("how.stale")
	}
	_, err := io.WriteString(w, trimLines(t.String()))
	return err
}

// subject is the code, or what was asked for where there are no codes.
func (t *howText) subject() string {
	if t.Code != 0 {
		return t.Code.String()
	}
	return t.Asked
}

func (t *howText) step(number int, s *desk.HowStep) {
	fmt.Fprintf(&t.Builder, "%3d. ", number)
	switch {
	case len(s.Right) == 0:
		t.line("how.equal", some(s.Left))
	case s.Decided:
		t.line("how.decided", group(s.Left), group(s.Right))
	default:
		t.line("how.join", group(s.Left), group(s.Right))
		t.WriteString("     ")
		t.line("how.evidence", t.bits(*s.Total), t.bits(*s.Needed), t.reasons(s.Pair))
	}
}

// shownReasons is how many reasons a step names, shownKeys how many records of a group.
const (
	shownReasons = 3
	shownKeys    = 4
)

// group names the first records of a group, in brackets if it has several.
func group(keys []string) string {
	if len(keys) == 1 {
		return keys[0]
	}
	return "(" + some(keys) + ")"
}

// some names the first records of a list.
func some(keys []string) string {
	text := strings.Join(keys[:min(len(keys), shownKeys)], ", ")
	if more := len(keys) - shownKeys; more > 0 {
		text += fmt.Sprintf(", … (+%d)", more)
	}
	return text
}

// reasons names what speaks most for one customer, against the stronger rival.
func (t *howText) reasons(why *matching.Why) string {
	t.why = why
	parts := t.parts()
	worth := func(x *evidencePart) matching.Weight {
		if why.Kinship != 0 {
			return x.household
		}
		return x.weight
	}
	slices.SortStableFunc(parts, func(x, y evidencePart) int { return cmp.Compare(worth(&y), worth(&x)) })
	var out []string
	for i := range parts[:min(len(parts), shownReasons)] {
		if w := worth(&parts[i]); w >= noticed {
			out = append(out, fmt.Sprintf("%s %s", parts[i].name, t.signed(w)))
		}
	}
	if len(out) == 0 {
		return "—"
	}
	return strings.Join(out, ", ")
}

func (t *howText) weakest() {
	if t.Weakest == 0 {
		return
	}
	s := &t.Steps[t.Weakest-1]
	part := s.Left
	if len(s.Right) <= len(s.Left) {
		part = s.Right
	}
	t.line("how.weakest", t.Weakest, t.bits(*s.Total), some(part))
}

func (t *howText) apart(a *desk.HowApart) {
	others := some(a.Others)
	if a.Code != 0 {
		others = a.Code.String() + " (" + others + ")"
	}
	var attributes []string
	for _, name := range a.Vetoes {
		attributes = append(attributes, t.lang.AttributeOf(string(t.kind), name))
	}
	t.line("how.apart."+string(a.Reason), others, t.bits(a.Total), attributes)
}
