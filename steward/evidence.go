package steward

import (
	"crypto/rand"
	"encoding/hex"
	"math"
	"strings"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/matching"
	"kartoteka/phrases"
)

// evidence is why a pair weighs what it does, as sentences and as a waterfall.
type evidence struct {
	Lines  []evidenceLine
	Total  float64
	Link   float64
	Same   bool
	Vetoes []string
	Rules  []string
	Silent []string // attributes with a value that too many share
	A, B   desk.WhyRecord
	Model  string
	Chart  waterfall
	// Chance is the probability that they are one customer.
	Chance string
}

// evidenceLine is one summand.
type evidenceLine struct {
	Text   string
	Name   string // what was compared, shortly
	Left   string
	Right  string
	Bits   float64
	For    bool
	Zero   bool
	Indent bool
	MU     string
	Total  float64 // so far
}

// requestID names an answer, so that one sent twice is carried out once.
func requestID() string {
	var b [12]byte
	_, _ = rand.Read(b[:])
	return "page-" + hex.EncodeToString(b[:])
}

func bitsOf(w matching.Weight) float64 { return float64(w) / 100 }

func newEvidence(l phrases.Lang, p *customer.Portrait, why *desk.Why) *evidence {
	w := why.Pair
	e := &evidence{Total: bitsOf(w.Total), Link: bitsOf(w.Link), Same: w.Same(), A: why.A, B: why.B, Model: why.Model}
	e.Chance = chance(l, e.Total)
	v := evidenceView{l, p, w}
	e.add(v.line(l.Sentence("why.prior"), l.Sentence("steward.evidence.prior"), w.Prior))
	for i := range w.Comparisons {
		e.add(v.comparison(&w.Comparisons[i]))
	}
	if w.Kinship != 0 {
		e.add(v.line(l.First([]string{"why.kinship." + string(w.Kind), "why.kinship"}), l.Sentence("steward.evidence.kinship"), w.Kinship))
	}
	for _, name := range w.Vetoes {
		e.Vetoes = append(e.Vetoes, l.Sentence("why.veto", l.AttributeOf(string(w.Kind), name)))
	}
	for _, name := range w.Generic {
		e.Silent = append(e.Silent, l.Sentence("why.generic", l.AttributeOf(string(w.Kind), name)))
	}
	for i, rule := range w.Rules {
		if i == 3 {
			break
		}
		e.Rules = append(e.Rules, l.Rule(rule))
	}
	if len(why.Model) > 12 {
		e.Model = why.Model[:12]
	}
	e.Chart = newWaterfall(e, l)
	return e
}

func (e *evidence) add(line evidenceLine) {
	total := line.Bits
	if n := len(e.Lines); n > 0 {
		total += e.Lines[n-1].Total
	}
	line.Total = total
	e.Lines = append(e.Lines, line)
}

type evidenceView struct {
	l        phrases.Lang
	portrait *customer.Portrait
	why      *matching.Why
}

func (v evidenceView) line(text, name string, w matching.Weight) evidenceLine {
	return evidenceLine{Text: capital(text), Name: capital(name), Bits: bitsOf(w), For: w > 0, Zero: w == 0}
}

// comparison speaks one comparison: what was found, and in which values.
func (v evidenceView) comparison(c *matching.Compared) evidenceLine {
	var found []string
	family := v.family(c.Name)
	out := v.line("", "", c.Weight)
	for i := range c.Steps {
		s := &c.Steps[i]
		text := v.l.Level(family, s.Part, s.Level)
		if s.Part != "" {
			text = v.l.Sentence("part."+s.Part) + ": " + text
		}
		found = append(found, text)
		if out.Left == "" && s.Left != s.Right {
			out.Left, out.Right = v.value(family, s, s.Left), v.value(family, s, s.Right)
		}
		if len(c.Steps) == 1 {
			out.MU = v.l.Sentence("steward.evidence.mu", share(v.l, s.M), share(v.l, s.U))
		}
	}
	var names []string
	for name := range strings.SplitSeq(c.Name, " + ") {
		names = append(names, v.l.AttributeOf(string(v.why.Kind), name))
	}
	out.Name = capital(strings.Join(names, " + "))
	out.Text = capital(v.l.Sentence("steward.evidence.line", strings.Join(names, " + "), strings.Join(found, "; ")))
	return out
}

// chance writes the probability behind bits; what is nearly sure is not called sure.
func chance(l phrases.Lang, bits float64) string {
	p := 1 / (1 + math.Exp2(-bits))
	switch {
	case p > 0.999:
		return l.Sentence("why.over", phrases.Share(0.999))
	case p < 0.001:
		return l.Sentence("why.under", phrases.Share(0.001))
	}
	return l.Text(phrases.Share(p))
}

// share writes small chances with two digits that count.
func share(l phrases.Lang, x float64) string {
	if x <= 0 || x >= 0.001 {
		return l.Text(phrases.Share(x))
	}
	return l.Sentence("steward.evidence.once", math.Round(1/x))
}

func (v evidenceView) value(family string, s *matching.Step, text string) string {
	switch {
	case s.Part == "gender" && text != "":
		return v.l.Sentence("gender." + text)
	case family == string(customer.TypeDate):
		return dateText(v.l, text)
	}
	return short(text)
}

func (v evidenceView) family(line string) string {
	name, _, _ := strings.Cut(line, " + ")
	id, known := v.portrait.Lookup(v.why.Kind, name)
	if !known {
		return ""
	}
	return string(v.portrait.Attribute(id).Type)
}
