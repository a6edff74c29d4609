package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/phrases"
)

// whyText writes the explanation of a pair for people: the weights add up to the total.
type whyText struct {
	strings.Builder
	lang     phrases.Lang
	portrait *customer.Portrait
	why      *matching.Why
}

// writeWhy writes an explanation; closing is what else is to be said about the pair, as sentences.
func writeWhy(w io.Writer, lang string, p *customer.Portrait, why *matching.Why, closing ...string) error {
	t := &whyText{lang: phrases.Lang(lang), portrait: p, why: why}
	t.weights()
	t.remarks()
	for _, s := range closing {
		fmt.Fprintln(&t.Builder, s)
	}
	_, err := io.WriteString(w, trimLines(t.String()))
	return err
}

// trimLines drops the blanks that a table leaves at the end of lines.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// weights lists the summands.
func (t *whyText) weights() {
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	_, _ = fmt.Fprintf(tw, "%s\t%s\t\t\n", t.lang.Sentence("why.prior", ""), t.signed(t.why.Prior))
	for _, c := range t.why.Comparisons {
		_, _ = fmt.Fprintf(tw, "%s\t%s\t\t\n", t.names(c.Name), t.signed(c.Weight))
		for i := range c.Steps {
			s := &c.Steps[i]
			_, _ = fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\n", t.finding(&c, s), t.signed(s.Weight), t.values(s), t.chances(s))
		}
	}
	if t.why.Kinship != 0 {
		_, _ = fmt.Fprintf(tw, "%s\t%s\t\t\n", t.lang.Sentence("why.kinship", ""), t.signed(t.why.Kinship))
	}
	_ = tw.Flush() // a strings.Builder takes everything
	fmt.Fprintln(&t.Builder, t.lang.Sentence("why.total", t.bits(t.why.Total), t.bits(t.why.Link)))
}

// remarks say what is no summand: vetoes, values that weigh nothing, and why the pair was compared at all.
func (t *whyText) remarks() {
	for _, name := range t.why.Vetoes {
		fmt.Fprintln(&t.Builder, t.lang.Sentence("why.veto", t.lang.Attribute(name)))
	}
	for _, name := range t.why.Generic {
		fmt.Fprintln(&t.Builder, t.lang.Sentence("why.generic", t.lang.Attribute(name)))
	}
	if len(t.why.Rules) == 0 {
		fmt.Fprintln(&t.Builder, t.lang.Sentence("why.not_compared"))
		return
	}
	var rules []string
	for _, r := range t.why.Rules {
		rules = append(rules, t.lang.Rule(r))
	}
	fmt.Fprintln(&t.Builder, t.lang.Sentence("why.candidates", strings.Join(rules, "; ")))
}

// names speaks a comparison's attributes: "inn + kpp".
func (t *whyText) names(line string) string {
	var out []string
	for name := range strings.SplitSeq(line, " + ") {
		out = append(out, t.lang.Attribute(name))
	}
	return strings.Join(out, " + ")
}

// finding speaks one step: which part, and what was found.
func (t *whyText) finding(c *matching.Compared, s *matching.Step) string {
	level := t.lang.Level(t.family(c.Name), s.Part, s.Level)
	if s.Part == "" {
		return level
	}
	return t.lang.Sentence("part."+s.Part) + ": " + level
}

// family is the type of a comparison, by its first attribute.
func (t *whyText) family(line string) string {
	name, _, _ := strings.Cut(line, " + ")
	id, known := t.portrait.Lookup(t.why.Kind, name)
	if !known {
		return ""
	}
	return string(t.portrait.Attribute(id).Type)
}

func (t *whyText) values(s *matching.Step) string {
	switch {
	case s.Left == s.Right:
		return s.Left
	case s.Left == "" || s.Right == "":
		return s.Left + s.Right
	}
	return s.Left + " — " + s.Right
}

// chances gives m and u, and what the frequency of the value adds.
func (t *whyText) chances(s *matching.Step) string {
	text := fmt.Sprintf("m %s  u %s", t.chance(s.M), t.chance(s.U))
	switch {
	case s.Rarity > 0:
		text += "  " + t.lang.Sentence("why.rare", t.bits(s.Rarity))
	case s.Rarity < 0:
		text += "  " + t.lang.Sentence("why.frequent", t.bits(-s.Rarity))
	}
	return text
}

// chance writes three significant digits: u is often below a millionth.
func (t *whyText) chance(p float64) string {
	text := strconv.FormatFloat(p, 'g', 3, 64)
	if t.lang == phrases.Ru || t.lang == phrases.Uk {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

func (t *whyText) bits(w matching.Weight) phrases.Phrase { return phrases.Of("unit.bit", bits(w)) }

func (t *whyText) signed(w matching.Weight) string {
	if w > 0 {
		return "+" + t.lang.Number(bits(w))
	}
	return t.lang.Number(bits(w))
}
