package golden

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kartoteka/customer"
)

// candidate is a value that may survive.
type candidate struct {
	member *customer.Member // nil: a pin
	value  *customer.Value
	pin    *pin
	place  int // in the member's values
	group  *group

	agreement int
	support   int  // agreement, and for a date the members that know a part of it
	vague     bool // a part of a date that another candidate knows better
	trust     int  // 0 is best
	complete  int  // filled parts, whole words over initials
	whole     bool // a name whose given name is not an initial
	cyrillic  bool
}

// group is the candidates that say the same.
type group struct {
	members int
	last    *customer.Member // whose candidate came last: one member counts once
	taken   bool             // its best candidate was already placed
	vague   bool             // a part of a date that another group knows better
}

type groupKey struct{ kind, text string }

func (c *candidate) pinned() int {
	if c.pin != nil {
		return 1
	}
	return 0
}

// append adds the candidate to the golden values.
func (c *candidate) append(dst []customer.GoldenValue, keep customer.Keep) []customer.GoldenValue {
	dst = append(dst, customer.GoldenValue{})
	g := &dst[len(dst)-1]
	g.Value = *c.value
	g.Provenance.Agreement = c.agreement
	if c.pin != nil {
		g.Provenance.Rule, g.Provenance.Operation = RulePinned, c.pin.operation
		return dst
	}
	g.Observed = c.observed()
	p := &g.Provenance
	p.Record, p.Source, p.Revision, p.Rule = c.member.ID, c.member.Ref.Source, c.member.Revision, string(keep)
	for values := c.member.Standard.Values; p.Place < c.place && values[c.place-p.Place-1].Attribute == c.value.Attribute; {
		p.Place++
	}
	return dst
}

func (c *candidate) runnerUp() customer.RunnerUp {
	return customer.RunnerUp{Record: c.member.ID, Source: c.member.Ref.Source, Revision: c.member.Revision, Standard: c.value.Standard}
}

// observed is when the value was true, from the data only.
func (c *candidate) observed() customer.Instant {
	if c.member == nil || !c.value.Observed.IsZero() {
		return c.value.Observed
	}
	return c.member.Standard.Observed
}

// measure fills what the rules compare.
func (b *builder) measure(a *customer.Attribute, t Type) {
	if b.groups == nil {
		b.groups = map[groupKey]*group{}
	}
	clear(b.groups)
	trust := b.rules.Trust
	if len(a.Trust) > 0 {
		trust = a.Trust
	}
	for i := range b.candidates {
		c := &b.candidates[i]
		if i > 0 && c.value.Standard == b.candidates[i-1].value.Standard && c.value.Kind == b.candidates[i-1].value.Kind {
			c.group = b.candidates[i-1].group
		} else {
			c.group = b.groupOf(a, t, c)
		}
		c.group.count(c.member)
		c.trust = rankOf(trust, c)
		if t.parts {
			c.complete, c.whole = completeness(a.Type, c.value)
			c.cyrillic = hasCyrillic(c.value.Standard)
		}
	}
	for i := range b.candidates {
		c := &b.candidates[i]
		c.agreement, c.support = c.group.members, c.group.members
	}
	if a.Type == customer.TypeDate {
		b.compatible(a)
	}
}

// compatible lets a date stand before those that know only its year, or its year and month: they
// speak for it, and say nothing that it does not.
func (b *builder) compatible(a *customer.Attribute) {
	for i := range b.candidates {
		c := &b.candidates[i]
		for _, size := range [...]int{len("1985"), len("1985-03")} {
			if len(c.value.Standard) <= size {
				continue
			}
			if g := b.groups[groupKeyOf(a, c.value, c.value.Standard[:size])]; g != nil {
				g.vague, c.support = true, c.support+g.members
			}
		}
	}
	for i := range b.candidates {
		b.candidates[i].vague = b.candidates[i].group.vague
	}
}

func groupKeyOf(a *customer.Attribute, v *customer.Value, text string) groupKey {
	key := groupKey{text: text}
	if a.By == "kind" {
		key.kind = v.Kind
	}
	return key
}

func (b *builder) groupOf(a *customer.Attribute, t Type, c *candidate) *group {
	text := c.value.Standard
	if t.text {
		text = folded(text)
	}
	key := groupKeyOf(a, c.value, text)
	g := b.groups[key]
	if g == nil {
		g = &group{}
		b.groups[key] = g
	}
	return g
}

// count counts each member once; candidates come member by member.
func (g *group) count(m *customer.Member) {
	if m != nil && g.last != m {
		g.members++
		g.last = m
	}
}

func rankOf(trust []customer.Source, c *candidate) int {
	if c.member == nil {
		return -1
	}
	if i := slices.Index(trust, c.member.Ref.Source); i >= 0 {
		return i
	}
	return len(trust)
}

// completeness counts the filled parts of a value. For a person's name a whole word counts
// twice an initial, and ё, which many sources lose, counts a little.
func completeness(t customer.TypeName, v *customer.Value) (points int, whole bool) {
	if t != customer.TypePersonName {
		for _, part := range v.Parts {
			if part != "" {
				points++
			}
		}
		return points, false
	}
	for _, i := range [...]int{customer.NameLast, customer.NameFirst, customer.NamePatronymic} {
		points += 4 * wholeness(v.Part(i))
	}
	if strings.ContainsAny(v.Standard, "ёЁ") {
		points++
	}
	return points, wholeness(v.Part(customer.NameFirst)) == 2 && wholeness(v.Part(customer.NameLast)) == 2
}

// wholeness is 2 for a word, 1 for an initial, 0 for nothing.
func wholeness(part string) int { return min(2, utf8.RuneCountInString(strings.TrimRight(part, "."))) }

func hasCyrillic(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Cyrillic, r) {
			return true
		}
	}
	return false
}

// folded makes spellings equal that differ in case, ё/е, punctuation and blanks only.
func folded(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	gap := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '/' {
			gap = true
			continue
		}
		if gap && out.Len() > 0 {
			out.WriteByte(' ')
		}
		gap = false
		if r = unicode.ToLower(r); r == 'ё' {
			r = 'е'
		}
		out.WriteRune(r)
	}
	if out.Len() == 0 {
		return s
	}
	return out.String()
}
