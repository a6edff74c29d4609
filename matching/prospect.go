package matching

import (
	"math"

	"kartoteka/customer"
)

// Prospect is the most that an item can weigh against another one of which only the sketch is known:
// who shares a key with many and little else with most of them need not read them all.
type Prospect struct {
	k      *kindRules
	base   worth         // the priors
	names  worth         // what names can weigh
	others [others]worth // by bit of the sketch
	own    customer.Sketch

	date, id, phone, email outlook
	patronymic             wordOutlook
	place                  placeOutlook
}

// worth is the most that something can weigh against chance, and against a household.
type worth struct{ chance, kin Weight }

func (w worth) add(o worth) worth { return worth{w.chance + o.chance, w.kin + o.kin} }

// or is the most that either can weigh.
func (w worth) or(o worth) worth { return worth{max(w.chance, o.chance), max(w.kin, o.kin)} }

// least is the worth of what weighs less than anything.
var least = worth{-maxWeight, -maxWeight}

// most is the most that a value of a rarity weighs in any of the levels: the less rare of two counts.
func most(levels []level, rarity int16) worth {
	top := least
	for i := range levels {
		term := Weight(rarity)
		if levels[i].term < 0 {
			term = -maxRarity
		}
		top = top.or(worth{levels[i].weight + term*levels[i].term/100, levels[i].kin})
	}
	return top
}

// atMost is what levels weigh, or nothing if a value is missing.
func atMost(levels []level, rarity int16) worth { return most(levels, rarity).or(worth{}) }

// outlook is what one comparison can weigh: if values may be equal, if not, and if they are not even near.
type outlook struct{ equal, near, far worth }

// Prospect prepares an item for [Prospect.Most].
func (r *Ruleset) Prospect(it *Item) Prospect {
	k := r.of(it.Kind)
	if k == nil {
		return Prospect{}
	}
	kin := bound(k.kin - k.prior)
	p := Prospect{k: k, base: worth{k.prior, k.prior + kin}, own: r.Sketch(it)}
	for i := range k.comparisons {
		if !k.sketched.tells(i) {
			p.others[i%others] = p.others[i%others].add(k.topOf(it, i))
		}
	}
	p.names = k.nameTop(it)
	p.date = k.outlook(it, k.sketched.date, dateReading, dateDiffers)
	p.id = k.outlook(it, k.sketched.id, idReading, idDiffers)
	p.phone = k.outlook(it, k.sketched.phone, phoneTypo, phoneDiffers)
	p.email = k.outlook(it, k.sketched.email, emailClose, emailName)
	p.patronymic = k.patronymicOutlook(it, p.own)
	p.place = k.placeOutlook(it)
	return p
}

// outlook is that of a comparison whose levels from near on are those of values that are not equal,
// and from far on of those that are not even near.
func (k *kindRules) outlook(it *Item, at, near, far int) outlook {
	if at < 0 {
		return outlook{}
	}
	atoms, levels := it.of(uint8(at)), k.levelsOf(at)
	if len(atoms) == 0 {
		return outlook{}
	}
	rarity := rarest(atoms)
	o := outlook{atMost(levels, rarity), atMost(levels[near:], rarity), most(levels[far:], rarity)}
	if k.sketched.shared[at] {
		o.far = o.far.or(worth{}) // one that is generic weighs nothing
	}
	return o
}

func (k *kindRules) levelsOf(at int) []level {
	switch c := k.comparisons[at].comparator.(type) {
	case *dateComparison:
		return c.levels
	case *idComparison:
		return c.levels
	case *phoneComparison:
		return c.levels
	case *emailComparison:
		return c.levels
	case *textComparison:
		return c.levels
	case *categoryComparison:
		return c.levels
	}
	return nil
}

func rarest(atoms []atom) int16 {
	rarity := int16(math.MinInt16)
	for i := range atoms {
		rarity = max(rarity, atoms[i].rarity)
	}
	return rarity
}

// topOf is what an item can weigh at most in a comparison, names aside; nothing is always possible.
func (k *kindRules) topOf(it *Item, at int) worth {
	if !k.compares(it, at) {
		return worth{}
	}
	levels := k.levelsOf(at)
	if levels == nil {
		return worth{maxWeight, maxWeight}
	}
	top := atMost(levels, rarest(it.of(uint8(at))))
	if c, is := k.comparisons[at].comparator.(*idComparison); is && c.branch != nil {
		top = top.add(atMost(c.branch[:1], 0))
	}
	return top
}

// nameTop bounds what names weigh without patronymics, whatever the other one is called.
func (k *kindRules) nameTop(it *Item) (top worth) {
	if k.name == nil {
		return top
	}
	names := it.nameList()
	for i := range names {
		top = top.or(k.name.topOf(&names[i], genderIn(&names[i], it) != 0))
	}
	return worth{min(top.chance, maxWeight), min(top.kin, maxWeight)}
}

func (c *nameComparison) topOf(x *personName, gender bool) worth {
	var last, first, initial, swapped, suffix worth
	if x.last != none {
		last = atMost(c.last, x.lastRarity)
	}
	if gender { // counts where given names are not compared in full
		initial, first = atMost(c.gender, 0), atMost(c.gender[1:], 0)
	}
	if x.first != none {
		initial = initial.add(atMost([]level{c.first[firstInitials], c.first[firstDiffers]}, x.firstRarity))
	}
	if x.first != none && x.firstMarks&firstInitial == 0 {
		first = first.add(atMost(c.first, x.firstRarity))
		swapped = most([]level{c.last[lastExact], c.last[lastClose]}, x.lastRarity).add(most(c.first[:1], x.firstRarity)).add(most([]level{c.swapped}, 0))
	}
	if x.ordinal != 0 && c.suffix != nil {
		suffix = atMost(c.suffix, 0)
	}
	return last.add(first.or(initial)).or(swapped).add(suffix)
}

// Most is the most that the item and any that has the sketch weigh in all, priors included; see [Sum].
func (p *Prospect) Most(s customer.Sketch) Weight {
	if p.k == nil || !s.Known() {
		return math.MaxInt32
	}
	sum := p.base
	for _, w := range p.parts(s) {
		sum = sum.add(w)
	}
	return min(sum.chance, sum.kin)
}

// Agreement is the most that what agrees between the item and any that has the sketch weighs against chance,
// whatever contradicts.
func (p *Prospect) Agreement(s customer.Sketch) Weight {
	if p.k == nil || !s.Known() {
		return math.MaxInt32
	}
	sum := Weight(0)
	for _, w := range p.parts(s) {
		sum += max(0, w.chance)
	}
	return sum
}

// parts bounds each thing that a sketch tells of.
func (p *Prospect) parts(s customer.Sketch) (parts [others + 7]worth) {
	for i := range p.others {
		if s>>(sketchOthers+i)&1 != 0 {
			parts[i] = p.others[i]
		}
	}
	rest := parts[others:]
	rest[0] = p.names
	rest[1] = p.date.at(p.own>>sketchDate&anyDate, s>>sketchDate&anyDate, anyDate, datesFar)
	rest[2] = p.id.at(p.own>>sketchID&anyID, s>>sketchID&anyID, anyID, idsFar)
	rest[3] = p.phone.at(p.own>>sketchPhone&anyPhone, s>>sketchPhone&anyPhone, anyPhone, phonesFar)
	rest[4] = p.email.ofEmail(p.own>>sketchEmail&anyEmail, s>>sketchEmail&anyEmail)
	rest[5] = p.patronymic.at(s >> sketchPatronymic & anyWord)
	rest[6] = p.place.at(s>>sketchCity&anyCity, s>>sketchStreet&anyWord)
	return parts
}

// at bounds one comparison by its fields in two sketches.
func (o *outlook) at(x, y, unknown customer.Sketch, far func(x, y customer.Sketch) bool) worth {
	switch {
	case x == 0 || y == 0:
		return worth{}
	case x == unknown || y == unknown || x == y:
		return o.equal
	case far(x, y):
		return o.far
	}
	return o.near
}

// ofEmail is at for fields of which one slip of the pen changes two bits.
func (o *outlook) ofEmail(x, y customer.Sketch) worth {
	switch {
	case x == 0 || y == 0:
		return worth{}
	case x == anyEmail || y == anyEmail || x == y:
		return o.equal
	case emailsApart(x, y) <= 2:
		return o.near
	}
	return o.far
}
