package naming

import (
	"math"

	"kartoteka/customer"
)

// Verdict is what a comparison of two names comes to.
type Verdict string

// The verdicts.
const (
	Same      Verdict = "same"
	Possible  Verdict = "possible"
	Different Verdict = "different"
)

// Limits of the verdicts, in bits.
const (
	sameFrom     = 2.0
	possibleFrom = -1.0
)

// How is the way in which two parts of names go together or do not.
type How string

// The ways.
const (
	Exact           How = "exact"
	Transliteration How = "transliteration" // one word in two scripts
	Spelling        How = "spelling"        // one sound written in two ways
	GivenForm       How = "given_form"      // a short or foreign form of one given name
	Initial         How = "initial"
	Typo            How = "typo"
	Similar         How = "similar"
	Joined          How = "joined" // one word against two
	Acronym         How = "acronym"
	Differs         How = "differs"
	Missing         How = "missing" // stands on one side only
	NumberDiffers   How = "number_differs"
	FormSame        How = "form_same"
	Descent         How = "descent"      // father and son changed places
	FormDropped     How = "form_dropped" // a legal form stands on one side only
	FormDiffers     How = "form_differs"
	TitleDropped    How = "title_dropped"
	Order           How = "order"
)

// Reason is one step of a comparison.
type Reason struct {
	How  How     `json:"how"`
	A    string  `json:"a"` // part of the first name, folded; "" if it has none
	B    string  `json:"b"`
	Bits float64 `json:"bits"` // for one bearer if positive
}

// Result is what is known after comparing two names.
type Result struct {
	Kind    customer.Kind `json:"kind"`
	Verdict Verdict       `json:"verdict"`
	Score   float64       `json:"score"` // between 0 and 1: how probable one bearer is, at even odds before
	Bits    float64       `json:"bits"`  // the same as the binary logarithm of the odds
	Reasons []Reason      `json:"reasons"`
}

// Compare compares two names of persons or of organizations; with no kind it guesses. The
// result does not depend on which name stands first, but for the sides of its reasons. Names
// are cut after a thousand bytes. An empty name is the same as nothing but another empty one.
func Compare(a, b string, kind customer.Kind) Result {
	if kind == "" {
		kind = guess(a, b)
	}
	c := comparison{kind: kind, swapped: a > b}
	if c.swapped { // one order, so that equal choices are decided in one way
		a, b = b, a
	}
	if kind == customer.Organization {
		c.a, c.b = readOrganization(a), readOrganization(b)
	} else {
		c.a, c.b = readPerson(a), readPerson(b)
	}
	c.compare()
	return c.result()
}

// comparison is the work on one pair of names.
type comparison struct {
	kind        customer.Kind
	a, b        *name
	swapped     bool // a is the caller's second name
	grid        grid
	reasons     []Reason
	plus, minus float64
}

func (c *comparison) note(how How, a, b string, f finding) {
	c.add(f)
	c.reason(how, a, b, f)
}

// add counts evidence; always in one order, since sums of floats depend on it.
func (c *comparison) add(f finding) {
	c.plus += f.plus
	c.minus += f.minus
}

func (c *comparison) reason(how How, a, b string, f finding) {
	if c.swapped {
		a, b = b, a
	}
	c.reasons = append(c.reasons, Reason{how, a, b, math.Round(f.bits()*100) / 100})
}

// mostEvidence bounds what agreeing words add up to: a difference outweighs them, however many.
const mostEvidence = 7

func (c *comparison) result() Result {
	bits := min(mostEvidence, c.plus) + c.minus
	if c.plus > mostEvidence { // still more evidence is still a little better
		bits += 1 - math.Exp2((mostEvidence-c.plus)/8)
	}
	bits = math.Round(bits*100) / 100
	r := Result{Kind: c.kind, Bits: bits, Score: 1 / (1 + math.Exp2(-bits)), Reasons: c.reasons, Verdict: Different}
	switch {
	case bits >= sameFrom:
		r.Verdict = Same
	case bits >= possibleFrom:
		r.Verdict = Possible
	}
	return r
}
