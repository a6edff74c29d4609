package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"kartoteka/customer"
	"kartoteka/resolve"
)

// shownMoved bounds the moved records that are named one by one.
const shownMoved = 50

// writeOperate tells a person what an operation did, or would do.
func writeOperate(w io.Writer, p *customer.Portrait, r *operateResult) error {
	var b strings.Builder
	switch {
	case r.Repeated:
		fmt.Fprintf(&b, "this request was carried out before, as operation %d (%s); nothing was done now\n", r.Operation, r.Kind)
	case r.DryRun:
		fmt.Fprintf(&b, "%s: this is what would change; nothing was changed\n", r.Kind)
	default:
		fmt.Fprintf(&b, "%s: operation %d\n", r.Kind, r.Operation)
	}
	if len(r.Codes) == 0 {
		b.WriteString("no golden record changes\n")
	}
	for _, c := range r.Codes {
		fmt.Fprintf(&b, "  %s  %s", c.Code, codeChange(&c))
		fmt.Fprintf(&b, "  version %d\n", c.Version)
	}
	for i, m := range r.Moved {
		if i == shownMoved {
			fmt.Fprintf(&b, "  and %d more records\n", len(r.Moved)-i)
			break
		}
		fmt.Fprintf(&b, "  %s/%s: %s → %s\n", m.Source, m.Key, orNone(m.From), orNone(m.To))
	}
	if r.Preview != nil {
		writePreview(&b, p, r.Preview)
	}
	_, err := io.WriteString(w, trimLines(b.String()))
	return err
}

func orNone(code customer.Code) string {
	if code == 0 {
		return "none"
	}
	return code.String()
}

// codeChange says what happened to a code.
func codeChange(c *resolve.DoneCode) string {
	switch {
	case c.Kind == customer.Merged && c.Successor != 0:
		return "retired, leads to " + c.Successor.String()
	case c.Kind == customer.Merged:
		return "takes in others"
	case c.Kind == customer.Split:
		return "records leave it"
	case c.Kind == customer.Restored:
		return "is back"
	}
	return string(c.Kind)
}

func writePreview(b *strings.Builder, p *customer.Portrait, v *resolve.Preview) {
	for i := range v.Codes {
		writeCodePreview(b, p, &v.Codes[i])
	}
	for _, x := range v.Shadowed {
		fmt.Fprintf(b, "pinned %s of %s waits until that code is back (operation %d)\n", x.Attribute, x.Code, x.Operation)
	}
	for _, x := range v.Returned {
		fmt.Fprintf(b, "pinned %s of %s counts again (operation %d)\n", x.Attribute, x.Code, x.Operation)
	}
	for _, t := range v.Closed {
		fmt.Fprintf(b, "question %d (%s) about %s is closed\n", t.ID, t.Kind, codesText(t.Code, t.Other))
	}
	for _, t := range v.Opened {
		fmt.Fprintf(b, "new question (%s) about %s\n", t.Kind, codesText(t.Code, t.Other))
	}
}

func codesText(codes ...customer.Code) string {
	var out []string
	for _, c := range codes {
		if c != 0 {
			out = append(out, c.String())
		}
	}
	return strings.Join(out, " and ")
}

// writeCodePreview shows the attributes of a golden record that change, before and after.
func writeCodePreview(b *strings.Builder, p *customer.Portrait, c *resolve.CodePreview) {
	if c.After.State != customer.CodeActive {
		return
	}
	fmt.Fprintf(b, "%s\n", c.Code)
	before := c.Before
	if before == nil || before.State != customer.CodeActive {
		before = &customer.Document{}
	}
	if before.MemberCount != c.After.MemberCount {
		fmt.Fprintf(b, "  records: %d → %d\n", before.MemberCount, c.After.MemberCount)
	}
	for _, name := range changedNames(p, c) {
		old, now := spellValues(before.Attributes[name]), spellValues(c.After.Attributes[name])
		if old == now { // a fact, or what the value consists of
			fmt.Fprintf(b, "  %s changes\n", name)
			continue
		}
		fmt.Fprintf(b, "  %s: %s → %s\n", name, old, now)
	}
	writeConsents(b, before.Consents, c.After.Consents)
}

// changedNames are the changed attributes in the order of the portrait; a code that is new or back
// shows all it has.
func changedNames(p *customer.Portrait, c *resolve.CodePreview) []string {
	var out []string
	for _, a := range p.Of(c.After.Kind) {
		if slices.Contains(c.Fields, a.Name) && a.Type != customer.TypeConsent {
			out = append(out, a.Name)
		}
	}
	return out
}

func spellValues(list []customer.DocumentValue) string {
	var out []string
	for i := range list {
		text := list[i].Value
		if list[i].Kind != "" {
			text += " (" + list[i].Kind + ")"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, "; ")
}

func writeConsents(b *strings.Builder, before, after []customer.Consent) {
	word := map[bool]string{true: "given", false: "refused"}
	scope := func(c *customer.Consent) string { return strings.Join(filled(c.Purpose, c.Channel, c.Address), " ") }
	was := map[string]string{}
	for i := range before {
		was[scope(&before[i])] = word[before[i].Given]
	}
	for i := range after {
		s := scope(&after[i])
		if now := word[after[i].Given]; was[s] != now {
			fmt.Fprintf(b, "  consent %s: %s → %s\n", s, orText(was[s], "unknown"), now)
		}
		delete(was, s)
	}
	for i := range before {
		if s := scope(&before[i]); was[s] != "" {
			fmt.Fprintf(b, "  consent %s: %s → unknown\n", s, was[s])
		}
	}
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
