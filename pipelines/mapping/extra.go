package mapping

import (
	"sort"
	"strings"

	"kartoteka/customer"
)

// mostExtras bounds the extra attributes: each is compared and stored.
const mostExtras = 8

// extra is a column that may become an attribute of its own.
type extra struct {
	column     *column
	identifier bool
	attribute  customer.Attribute
	why        string
}

// extras turns what is left into x.<column> where values look like identifiers or categories.
func (f *inference) extras() {
	var found []extra
	key := map[string]bool{}
	for _, k := range f.out.Mapping.Key {
		key[k] = true
	}
	for i, g := range f.guesses {
		c := f.columns[i]
		role := g.concept.attribute
		spare := role == "-key" && !key[f.table.Columns[i]] && !f.keyed
		if role != "" && !spare && f.roles.has(role) {
			continue
		}
		x, why := describe(c)
		if spare && len(c.distinct) == c.filled {
			x, why = nil, "a second key: no two rows share a value"
		}
		if x != nil && f.disagreeing(c) {
			x, why = nil, "differs too often between rows that are the same otherwise"
		}
		if x == nil {
			f.raw(c, joinReasons(g.reason, why))
			continue
		}
		found = append(found, *x)
		f.guesses[i].reason = joinReasons(g.reason, x.why)
	}
	sort.SliceStable(found, func(a, b int) bool {
		if found[a].identifier != found[b].identifier {
			return found[a].identifier
		}
		return found[a].column.fill() > found[b].column.fill()
	})
	for i, x := range found {
		if i >= mostExtras {
			f.raw(x.column, f.at(x.column).reason+"; enough such columns already")
			continue
		}
		f.addExtra(x)
	}
}

func joinReasons(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

func (f *inference) addExtra(x extra) {
	name := extraPrefix + ExtraName(x.column.heading)
	g := f.at(x.column)
	if f.local(x.column) {
		name = f.localName(x.column)
		g.reason = joinReasons(g.reason, "a number of this source's own")
	}
	g.concept, g.confidence = concept{attribute: "=" + name}, 0.5
	x.attribute.Name = name
	for _, kind := range f.extraKinds() {
		x.attribute.Kind = kind
		f.out.Extra = append(f.out.Extra, x.attribute)
	}
}

func (f *inference) extraKinds() []customer.Kind {
	if k := f.out.Mapping.Kind; k != nil && k.Always != "" {
		return []customer.Kind{k.Always}
	}
	return customer.Kinds()
}

// describe says what an extra column is; nil, with the reason, if it stays raw.
func describe(c *column) (*extra, string) {
	switch {
	case c.filled == 0:
		return nil, "no values"
	case len(c.distinct) == 1:
		return nil, "one value in all rows"
	case c.rows < 5 || c.filled < 5 && c.fill() > 0.5:
		return nil, "too few rows to tell what it is"
	case c.filled < 5 || c.fill() < 0.02:
		return nil, "hardly ever filled"
	case c.sequential():
		return nil, "a counter of rows"
	case c.share(shapeText) > 0.4 || c.meanLength() > 40:
		return nil, "free text"
	case c.share(shapeDate) > 0.5 || c.matching(instantRE) > 0.5:
		return nil, "a date without a meaning"
	case c.share(shapeBool) > 0.9:
		return nil, "yes or no"
	case c.share(shapeNumber) > 0.9 && (c.share(shapeDigits) < 0.9 || c.meanLength() < 5):
		return nil, "a number"
	}
	x := classify(c)
	if !x.identifier && c.fill() < seldom {
		return nil, "filled in too few rows to tell customers apart: " + percent(c.fill())
	}
	return x, ""
}

// seldom is the part of the rows that a category or a short text must fill to be compared.
const seldom = 0.3

// classify tells identifiers (nearly every row its own, with digits) from categories.
func classify(c *column) *extra {
	a := customer.Attribute{Type: customer.TypeText, Holds: customer.Many, Keep: customer.KeepMostAgreed, Sensitivity: customer.Personal}
	numbered := c.matching(digitRE) > 0.8 && c.severalWords() < 0.5 && c.share(shapeText) < 0.1
	switch share := c.distinctShare(); {
	case numbered && share > 0.5:
		a.Holds, a.SharedBy = customer.One, 1
		return &extra{c, true, a, "looks like an identifier: " + percent(share) + " of the values are distinct"}
	case share > 0.5:
		return &extra{c, false, a, "short texts, " + percent(share) + " of them distinct"}
	default:
		a.Type = customer.TypeCategory
		return &extra{c, false, a, "a category: " + percent(share) + " of the values are distinct"}
	}
}

// ExtraName makes a column's name fit for an attribute: words joined by "_".
func ExtraName(heading string) string {
	name := strings.Join(words(heading), "_")
	if name == "" {
		return "column"
	}
	return name
}
