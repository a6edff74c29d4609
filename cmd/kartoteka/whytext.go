package main

import (
	"fmt"
	"io"
	"math"
	"slices"
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
	t.line("why.legend")
	t.line("why.probability", t.share(why.Total), t.share(why.Link), t.bits(why.Link), ratio(why.Link))
	t.rivals()
	t.remarks()
	for _, s := range closing {
		fmt.Fprintln(&t.Builder, s)
	}
	_, err := io.WriteString(w, trimLines(t.String()))
	return err
}

// ratio is how many missed merges cost as much as a false one, where a threshold is right.
func ratio(link matching.Weight) float64 { return math.Round(math.Exp2(bits(link))) }

// trimLines drops the blanks that a table leaves at the end of lines.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// line writes a sentence.
func (t *whyText) line(key string, args ...any) {
	fmt.Fprintln(&t.Builder, t.lang.Sentence(key, args...))
}

// weights lists the summands.
func (t *whyText) weights() {
	tw := tabwriter.NewWriter(t, 2, 4, 2, ' ', 0)
	row := func(label string, weight matching.Weight, rest ...string) {
		rest = append(rest, "", "")
		_, _ = fmt.Fprintf(tw, "%s\t%7s\t%s\t%s\n", label, t.signed(weight), rest[0], rest[1])
	}
	row(t.lang.Sentence("why.prior"), t.why.Prior)
	for i := range t.why.Comparisons {
		t.comparison(&t.why.Comparisons[i], row)
	}
	if t.why.Kinship != 0 {
		row(t.lang.First([]string{"why.kinship." + string(t.why.Kind), "why.kinship"}), t.why.Kinship)
	}
	row(t.lang.Sentence("why.total"), t.why.Total)
	_ = tw.Flush() // a strings.Builder takes everything
}

// comparison writes one comparison: in one row if it has one part, else the sum and its parts.
func (t *whyText) comparison(c *matching.Compared, row func(string, matching.Weight, ...string)) {
	if len(c.Steps) == 1 && c.Steps[0].Weight == c.Weight && c.Steps[0].Part == "" {
		s := &c.Steps[0]
		row(t.names(c.Name)+": "+t.level(c, s), c.Weight, t.values(c, s), t.chances(s))
		return
	}
	row(t.names(c.Name), c.Weight)
	rest := c.Weight
	for i := range c.Steps {
		s := &c.Steps[i]
		row("  "+t.finding(c, s), s.Weight, t.values(c, s), t.chances(s))
		rest -= s.Weight
	}
	if rest != 0 {
		row("  "+t.lang.Sentence("why.bounded"), rest)
	}
}

// remarks say what is no summand: vetoes, values that weigh nothing, and why the pair was compared at all.
func (t *whyText) remarks() {
	for _, name := range t.why.Vetoes {
		t.line("why.veto", t.attribute(name))
	}
	for _, name := range t.why.Generic {
		t.line("why.generic", t.attribute(name))
	}
	if len(t.why.Rules) == 0 {
		t.line("why.not_compared")
		return
	}
	var rules []string
	finest := finestRules(t.why.Rules)
	for _, r := range finest[:min(len(finest), shownRules)] {
		rules = append(rules, t.lang.Rule(r))
	}
	if more := len(finest) - len(rules); more > 0 {
		rules = append(rules, t.lang.Sentence("why.candidates.more", more))
	}
	t.line("why.candidates", strings.Join(rules, "; "))
}

// names speaks a comparison's attributes: "inn + kpp".
func (t *whyText) names(line string) string {
	var out []string
	for name := range strings.SplitSeq(line, " + ") {
		out = append(out, t.attribute(name))
	}
	return strings.Join(out, " + ")
}

func (t *whyText) attribute(name string) string {
	return t.lang.AttributeOf(string(t.why.Kind), name)
}

// finding speaks one step: which part, and what was found.
func (t *whyText) finding(c *matching.Compared, s *matching.Step) string {
	if s.Part == "" {
		return t.level(c, s)
	}
	return t.lang.Sentence("part."+s.Part) + ": " + t.level(c, s)
}

func (t *whyText) level(c *matching.Compared, s *matching.Step) string {
	return t.lang.Level(t.family(c.Name), s.Part, s.Level)
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

// values shows what was compared, and how it was read where that does not show.
func (t *whyText) values(c *matching.Compared, s *matching.Step) string {
	left, right := t.value(c, s, s.Left), t.value(c, s, s.Right)
	switch {
	case s.LeftRead != "" && s.LeftRead == s.RightRead:
		return left + " — " + right + " (" + t.lang.Sentence("why.read.both", t.value(c, s, s.LeftRead)) + ")"
	case left == right && s.LeftRead == "" && s.RightRead == "":
		return left
	case left == "" || right == "":
		return left + right
	}
	return left + t.read(c, s, s.LeftRead) + " — " + right + t.read(c, s, s.RightRead)
}

func (t *whyText) read(c *matching.Compared, s *matching.Step, reading string) string {
	if reading == "" {
		return ""
	}
	return " (" + t.lang.Sentence("why.read", t.value(c, s, reading)) + ")"
}

// value writes one value as the language does.
func (t *whyText) value(c *matching.Compared, s *matching.Step, text string) string {
	switch {
	case s.Part == "gender" && text != "":
		return t.lang.Sentence("gender." + text)
	case t.family(c.Name) == string(customer.TypeDate):
		return dateText(t.lang, text)
	}
	return shortened(text)
}

// longestShown is how many letters of a value an explanation shows.
const longestShown = 120

// shortened cuts what nobody reads to its end.
func shortened(text string) string {
	n := 0
	for i := range text {
		if n++; n > longestShown {
			return text[:i] + "…"
		}
	}
	return text
}

// dateText writes 1985-04-12 as 12.04.1985 where that is the custom.
func dateText(l phrases.Lang, text string) string {
	if l != phrases.Ru && l != phrases.Uk {
		return text
	}
	parts := strings.Split(text, "-")
	slices.Reverse(parts)
	return strings.Join(parts, ".")
}

// rareEnough is the least that rarity adds or takes which is worth a word, a tenth of a bit.
const rareEnough = 10

// chances gives m and u, and what the frequency of the value adds.
func (t *whyText) chances(s *matching.Step) string {
	text := fmt.Sprintf("m %s  u %s", t.chance(s.M), t.chance(s.U))
	switch {
	case s.Rarity >= rareEnough:
		text += "  " + t.lang.Sentence("why.rare", t.bits(s.Rarity))
	case s.Rarity <= -rareEnough:
		text += "  " + t.lang.Sentence("why.frequent", t.bits(-s.Rarity))
	}
	return text
}

// chance writes three significant digits: u is often below a millionth.
func (t *whyText) chance(p float64) string {
	if p <= 0 || p >= 1 {
		return t.lang.Number(p)
	}
	places := 2 - int(math.Floor(math.Log10(p)))
	return t.decimal(strings.TrimRight(strings.TrimRight(strconv.FormatFloat(p, 'f', places, 64), "0"), "."))
}

// decimal writes a number's point as the language does.
func (t *whyText) decimal(text string) string {
	if t.lang == phrases.Ru || t.lang == phrases.Uk {
		text = strings.Replace(text, ".", ",", 1)
	}
	return strings.Replace(text, "-", "−", 1)
}

// share is the probability that belongs to a weight, to two places of a percentage.
func (t *whyText) share(w matching.Weight) string {
	p := 100 / (1 + math.Exp2(-bits(w)))
	percent := func(p float64) string {
		if t.lang == phrases.Ru || t.lang == phrases.Uk {
			return t.lang.Number(p) + "\u00a0%"
		}
		return t.lang.Number(p) + "%"
	}
	switch {
	case p > 99.99:
		return t.lang.Sentence("why.over", percent(99.99))
	case p < 0.01:
		return t.lang.Sentence("why.under", percent(0.01))
	}
	return percent(p)
}

func (t *whyText) bits(w matching.Weight) phrases.Phrase { return phrases.Of("unit.bit", bits(w)) }

// signed writes a weight with its sign and two places.
func (t *whyText) signed(w matching.Weight) string {
	sign := ""
	if w > 0 {
		sign = "+"
	}
	return sign + t.decimal(strconv.FormatFloat(bits(w), 'f', 2, 64))
}
