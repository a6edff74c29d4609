package matching

import (
	"math"

	"kartoteka/customer"
)

// Prospect is the most that an item can weigh against another one of which only the sketch is known:
// who shares a key with many and little else with most of them need not read them all.
type Prospect struct {
	k      *kindRules
	base   Weight               // the prior and what names can weigh
	others [sketchOthers]Weight // by bit of the sketch
	own    customer.Sketch

	date, id, phone, email, patronymic, street, house, flat outlook
}

// outlook is what one comparison can weigh: if the values may be near, and if they are not.
type outlook struct{ near, far Weight }

// add takes a value of a rarity into account; from is the first level of values that are not equal.
func (o *outlook) add(levels []level, from int, rarity int16) {
	o.near, o.far = max(o.near, most(levels, rarity)), max(o.far, most(levels[from:], rarity))
}

// Prospect prepares an item for [Prospect.Most].
func (r *Ruleset) Prospect(it *Item) Prospect {
	k := r.of(it.Kind)
	if k == nil {
		return Prospect{}
	}
	p := Prospect{k: k, base: k.prior, own: r.Sketch(it)}
	k.nameProspect(it, &p)
	for i := range k.comparisons {
		if top := k.topOf(it, i); !k.sketched.tells(i) && top > 0 {
			p.others[i%sketchOthers] += top
		}
	}
	k.placeProspect(it, &p)
	p.date, p.id = k.outlook(it, k.sketched.date, dateDiffers), k.outlook(it, k.sketched.id, idDiffers)
	p.phone, p.email = k.outlook(it, k.sketched.phone, phoneDiffers), k.outlook(it, k.sketched.email, emailName)
	return p
}

// outlook is that of a comparison whose levels from one on are those of values that are not near.
func (k *kindRules) outlook(it *Item, at, from int) outlook {
	if at < 0 {
		return outlook{}
	}
	atoms := it.of(uint8(at))
	if len(atoms) == 0 {
		return outlook{}
	}
	far := most(k.levelsOf(at)[from:], rarest(atoms))
	if k.sketched.shared[at] {
		far = max(far, 0) // one that is generic weighs nothing
	}
	return outlook{k.topOf(it, at), far}
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

// topOf is what an item can weigh at most in a comparison, names aside; nothing is always possible.
func (k *kindRules) topOf(it *Item, at int) Weight {
	if !k.compares(it, at) {
		return 0
	}
	if c, is := k.comparisons[at].comparator.(*placeComparison); is {
		return c.topOf(it)
	}
	levels := k.levelsOf(at)
	if levels == nil {
		return maxWeight
	}
	top := max(0, most(levels, rarest(it.of(uint8(at)))))
	if c, is := k.comparisons[at].comparator.(*idComparison); is && c.branch != nil {
		top += max(0, c.branch[0].weight)
	}
	return min(top, maxWeight)
}

// topOf bounds an address without street, house and flat.
func (c *placeComparison) topOf(it *Item) Weight {
	top := Weight(0)
	places := it.places.list()
	for i := range places {
		x, sum := &places[i], Weight(0)
		for _, part := range []struct {
			word   *placeWord
			levels []level
		}{{x.city, c.city}, {x.postcode, c.postcode}} {
			if part.word.text != none {
				sum += max(0, most(part.levels, part.word.rarity))
			}
		}
		top = max(top, sum)
	}
	return top
}

// placeProspect bounds what streets, houses and flats add.
func (k *kindRules) placeProspect(it *Item, p *Prospect) {
	for i := range k.comparisons {
		c, is := k.comparisons[i].comparator.(*placeComparison)
		if !is {
			continue
		}
		places := it.places.list()
		for j := range places {
			x := &places[j]
			p.street.add(c.street, placeClose, x.street.rarity)
			p.house.add(c.house, placeClose, x.house.rarity)
			p.flat.add(c.flat, placeClose, x.flat.rarity)
		}
	}
}

func rarest(atoms []atom) int16 {
	rarity := int16(math.MinInt16)
	for i := range atoms {
		rarity = max(rarity, atoms[i].rarity)
	}
	return rarity
}

// most is the most that a value of a rarity weighs in any of the levels: the less rare of two counts.
func most(levels []level, rarity int16) Weight {
	top := Weight(-maxWeight)
	for i := range levels {
		term := Weight(rarity)
		if levels[i].term < 0 {
			term = -maxRarity
		}
		top = max(top, levels[i].weight+term*levels[i].term/100)
	}
	return top
}

// nameProspect bounds what names can weigh, whatever the other one is called.
func (k *kindRules) nameProspect(it *Item, p *Prospect) {
	if k.name == nil {
		return
	}
	top := Weight(0)
	names := it.names.list()
	for i := range names {
		x, c := &names[i], k.name
		sum := max(0, c.swapped.weight)
		if x.last != none {
			sum += max(0, most(c.last, x.lastRarity))
		}
		if x.first != none {
			sum += max(0, most(c.first, x.firstRarity))
		}
		if x.ordinal != 0 && c.suffix != nil {
			sum += max(0, most(c.suffix, 0))
		}
		if genderIn(x, it) != 0 {
			sum += max(0, most(c.gender, 0))
		}
		top = max(top, sum)
		if x.patronymic != none {
			p.patronymic.add(c.patronymic, patronymicSibling, x.patronymicRarity)
		}
	}
	p.base += min(top, maxWeight)
}

// Most is the most that the item and any that has the sketch weigh in all, prior included; see [Sum].
func (p *Prospect) Most(s customer.Sketch) Weight {
	if p.k == nil || !s.Known() {
		return math.MaxInt32
	}
	sum := p.base
	for i := range p.others {
		if s>>i&1 != 0 {
			sum += p.others[i]
		}
	}
	sum += p.date.at(p.own>>sketchDate&anyDate, s>>sketchDate&anyDate, anyDate, datesFar)
	sum += p.id.at(p.own>>sketchID&anyEnds, s>>sketchID&anyEnds, anyEnds, numbersFar)
	sum += p.phone.at(p.own>>sketchPhone&anyEnds, s>>sketchPhone&anyEnds, anyEnds, numbersFar)
	sum += p.patronymic.at(p.own>>sketchPatronymic&anyWord, s>>sketchPatronymic&anyWord, anyWord, wordsFar)
	sum += p.street.at(p.own>>sketchStreet&anyWord, s>>sketchStreet&anyWord, anyWord, wordsFar)
	sum += p.house.at(p.own>>sketchHouse&anyWord, s>>sketchHouse&anyWord, anyWord, wordsFar)
	sum += p.flat.at(p.own>>sketchFlat&anyWord, s>>sketchFlat&anyWord, anyWord, wordsFar)
	return sum + p.email.at(p.own>>sketchEmail&anyEmail, s>>sketchEmail&anyEmail, anyEmail, emailsFar)
}

// at bounds one comparison by its fields in two sketches.
func (o outlook) at(x, y, unknown customer.Sketch, far func(x, y customer.Sketch) bool) Weight {
	switch {
	case x == 0 || y == 0:
		return 0
	case x == unknown || y == unknown || !far(x, y):
		return o.near
	}
	return max(o.far, -maxWeight)
}

func numbersFar(x, y customer.Sketch) bool { return x>>5 != y>>5 && x&31 != y&31 }

func emailsFar(x, y customer.Sketch) bool {
	return x>>8 != y>>8 && x>>4&15 != y>>4&15 && x&15 != y&15
}
