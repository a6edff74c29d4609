package golden

import (
	"cmp"
	"slices"

	"kartoteka/customer"
)

// Rules is the part of the ruleset that survivorship depends on, beside the portrait.
type Rules struct {
	// Trust lists the sources, best first; a source not in it ranks after them all.
	Trust []customer.Source
}

// Decided is what people fixed about a customer; nil is nothing.
type Decided struct {
	Pins   []customer.Pin
	Grants []customer.Grant
}

// Runners is how many runners-up a golden value keeps.
const Runners = 5

// Build makes the golden record of members. It is a function of the set: their order and
// their record numbers do not matter. All members are of one kind; members without a
// Standard and values that are not usable give nothing, so an explicitly empty value means
// that its record has none and never wipes the value of another record.
//
// A pin wins over every rule, the one of the latest operation first. A pin whose value is
// not usable suppresses: with a Standard that value, without one the whole attribute. A grant
// counts while all records that shared the code when it was given are members.
func Build(p *customer.Portrait, r Rules, members []customer.Member, d *Decided) *customer.Golden {
	if len(members) == 0 {
		return &customer.Golden{}
	}
	if d == nil {
		d = &Decided{}
	}
	b := builder{portrait: p, rules: r}
	b.members = inOrder(members, b.room.members[:0])
	b.cursors = append(b.room.cursors[:0], make([]int, len(b.members))...)
	b.candidates = b.room.candidates[:0]
	g := &customer.Golden{Kind: b.kind()}
	b.pins = pinsOf(p, g.Kind, d.Pins)
	g.Values = make([]customer.GoldenValue, 0, len(b.members[0].Standard.Values)+len(b.pins))
	for i := range p.Attributes {
		if a := &p.Attributes[i]; a.Kind == g.Kind && !a.Type.IsFact() {
			g.Values = b.attribute(g.Values, a)
		}
	}
	b.facts(g, d.Grants)
	return g
}

// inOrder leaves out members without content and sorts by content, so that nothing below
// depends on the order given.
func inOrder(members []customer.Member, out []*customer.Member) []*customer.Member {
	for i := range members {
		m := &members[i]
		if m.Standard == nil {
			m = &customer.Member{ID: m.ID, Ref: m.Ref, Revision: m.Revision, Standard: &customer.Standard{}}
		}
		out = append(out, m)
	}
	if len(out) > 1 {
		slices.SortFunc(out, compareMembers)
	}
	return out
}

func compareMembers(a, b *customer.Member) int {
	return cmp.Or(cmp.Compare(a.Ref.Source, b.Ref.Source), cmp.Compare(a.Ref.Key, b.Ref.Key),
		cmp.Compare(a.Revision, b.Revision))
}

// builder is one Build at work.
type builder struct {
	portrait   *customer.Portrait
	rules      Rules
	members    []*customer.Member
	cursors    []int // per member: the next value not yet looked at
	pins       []pin
	granted    []customer.Grant // that count
	candidates []candidate
	sorted     []int32 // places in candidates, best first
	groups     map[groupKey]*group

	room struct { // for the many customers of one record, whose Build then allocates the answer only
		members    [1]*customer.Member
		cursors    [1]int
		candidates [2]candidate
	}
}

// kind is the kind of the first member that has one; kinds are never mixed under a code.
func (b *builder) kind() customer.Kind {
	for _, m := range b.members {
		if m.Standard.Kind != "" {
			return m.Standard.Kind
		}
	}
	return ""
}

// attribute appends the surviving values of one attribute.
func (b *builder) attribute(dst []customer.GoldenValue, a *customer.Attribute) []customer.GoldenValue {
	b.gather(a)
	switch len(b.candidates) {
	case 0:
		return dst
	case 1:
		b.candidates[0].agreement = 1 - b.candidates[0].pinned()
		return b.candidates[0].append(dst, keepOf(a))
	}
	t := types[a.Type]
	b.measure(a, t)
	b.sort(ranking(a))
	return b.survive(dst, a)
}

// gather collects the candidates: the attribute's usable values and pins.
func (b *builder) gather(a *customer.Attribute) {
	b.candidates = b.candidates[:0]
	for i, m := range b.members {
		values, c := m.Standard.Values, b.cursors[i]
		for ; c < len(values) && values[c].Attribute <= a.ID; c++ {
			if v := &values[c]; v.Attribute == a.ID && v.Verdict.Usable() {
				b.candidates = append(b.candidates, candidate{member: m, value: v, place: c})
			}
		}
		b.cursors[i] = c
	}
	b.applyPins(a)
}

func (b *builder) sort(o order) {
	b.sorted = b.sorted[:0]
	for i := range b.candidates {
		b.sorted = append(b.sorted, int32(i))
	}
	slices.SortFunc(b.sorted, func(i, j int32) int { return o.compare(&b.candidates[i], &b.candidates[j]) })
}

// survive appends the winners of the sorted candidates and hangs the others on them as runners-up.
func (b *builder) survive(dst []customer.GoldenValue, a *customer.Attribute) []customer.GoldenValue {
	keep, start := keepOf(a), len(dst)
	for _, i := range b.sorted {
		c := &b.candidates[i]
		if c.group.taken {
			continue
		}
		c.group.taken = true
		home, kept := b.kept(dst[start:], a, c)
		if kept == 0 || keep == customer.KeepAll && (a.AtMost == 0 || kept < a.AtMost || c.pin != nil) {
			dst = c.append(dst, keep)
			continue
		}
		if first := &dst[start+home]; c.member != nil && len(first.RunnersUp) < Runners {
			first.RunnersUp = append(first.RunnersUp, c.runnerUp())
		}
	}
	return dst
}

// kept counts the values that already survived beside c: all, or those of its value kind;
// home is the place of the first of them.
func (b *builder) kept(survivors []customer.GoldenValue, a *customer.Attribute, c *candidate) (home, kept int) {
	for i := range survivors {
		if a.By != "kind" || survivors[i].Kind == c.value.Kind {
			if kept == 0 {
				home = i
			}
			kept++
		}
	}
	return home, kept
}

// keepOf is the attribute's rule, else its type's.
func keepOf(a *customer.Attribute) customer.Keep {
	if a.Keep != "" {
		return a.Keep
	}
	return cmp.Or(types[a.Type].Keep, customer.KeepMostAgreed)
}
