package matching

import "strings"

// Levels of a part of an address.
const (
	placeExact = iota
	placeClose
	placeDiffers
)

var (
	placeKeys = []string{"exact", "close", "differs"}
	cityKeys  = []string{"exact", "differs"}
)

// placeComparison compares addresses from the city down to the flat; parts below one that differs do not count.
type placeComparison struct {
	city, street, house, flat, postcode []level
}

func newPlaceComparison(k *KindModel, attribute string) (c *placeComparison, err error) {
	c = new(placeComparison)
	for _, part := range []struct {
		into *[]level
		keys []string
		name string
	}{
		{&c.city, cityKeys, "city"}, {&c.street, placeKeys, "street"}, {&c.house, placeKeys, "house"},
		{&c.flat, placeKeys, "flat"}, {&c.postcode, placeKeys, "postcode"},
	} {
		if *part.into, err = k.table(part.keys, attribute+"."+part.name, "address."+part.name); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *placeComparison) compare(a, b *Item, t *trace) finding {
	var found finding
	var bestX, bestY *place
	for i := range a.placeList() {
		for j := range b.placeList() {
			x, y := &a.placeList()[i], &b.placeList()[j]
			if x.silent(a.Generic) || y.silent(b.Generic) {
				continue
			}
			if f := c.pair(x, y, nil); f.better(found) {
				found, bestX, bestY = f, x, y
			}
		}
	}
	if t != nil && found.seen {
		c.pair(bestX, bestY, t)
	}
	return found
}

func (c *placeComparison) pair(x, y *place, t *trace) finding {
	var sum finding
	city := cityLevel(x.city, y.city)
	if city >= 0 && city != placeDiffers {
		sum = t.note("city", &c.city[0], x.city.rarity, y.city.rarity, x.city.text, y.city.text)
	}
	if city == placeDiffers {
		sum = t.note("city", &c.city[1], 0, 0, x.city.text, y.city.text)
		if (x.postcode.text == none || x.postcode.text != y.postcode.text) && !sameDoor(x, y) {
			return sum
		}
	}
	sum = sum.add(c.street2(x, y, t))
	return sum
}

// street2 goes on below the city.
func (c *placeComparison) street2(x, y *place, t *trace) finding {
	street := streetLevel(x, y)
	if street < 0 {
		return c.postcodeOf(x, y, t)
	}
	sum := t.note("street", &c.street[street], x.street.rarity, y.street.rarity, x.street.text, y.street.text)
	if street == placeDiffers {
		return sum.add(c.postcodeOf(x, y, t))
	}
	house := houseLevel(x.house.text, y.house.text)
	if house < 0 {
		return sum
	}
	sum = sum.add(t.note("house", &c.house[house], x.house.rarity, y.house.rarity, x.house.text, y.house.text))
	flat := houseLevel(x.flat.text, y.flat.text)
	if house == placeDiffers || flat < 0 {
		return sum
	}
	return sum.add(t.note("flat", &c.flat[flat], x.flat.rarity, y.flat.rarity, x.flat.text, y.flat.text))
}

// postcodeOf counts where streets cannot be compared or differ.
func (c *placeComparison) postcodeOf(x, y *place, t *trace) finding {
	if x.postcode.text == none || y.postcode.text == none {
		return finding{}
	}
	at := placeDiffers
	switch {
	case x.postcode.text == y.postcode.text:
		at = placeExact
	case len(x.postcode.text) >= 4 && within(x.postcode.text, y.postcode.text, 1) == 1:
		at = placeClose
	}
	return t.note("postcode", &c.postcode[at], x.postcode.rarity, y.postcode.rarity, x.postcode.text, y.postcode.text)
}

// sameDoor reports one house in one street; of a town and its suburb either may be written.
func sameDoor(x, y *place) bool {
	return x.house.text != none && x.house.text == y.house.text && x.street.text != none && x.street.text == y.street.text && (x.street.side == y.street.side || x.street.side == none || y.street.side == none)
}

// streetLevel compares streets. Those that differ in a number or in the side of the world are two
// streets however alike they are written; one that has further words may be the same.
func streetLevel(x, y *place) int {
	s, o := ordered(x.street.text, y.street.text)
	switch {
	case s == none:
		return -1
	case x.street == y.street:
		return placeExact
	case x.street.side != none && y.street.side != none && x.street.side != y.street.side, !sameDigits(s, o):
		return placeDiffers
	case s == o && x.street.side == y.street.side:
		return placeExact
	case s == o, !strange(x.street.mask, y.street.mask) && alike(s, o) > 0, within(s, o, 1) == 1 && (strings.IndexByte(s, ' ') >= 0) != (strings.IndexByte(o, ' ') >= 0), partOf(s, o), partOf(o, s):
		return placeClose
	}
	return placeDiffers
}

// partOf reports whether every word of a street's name stands in another one.
func partOf(short, long word) bool {
	if len(short) < 4 || len(short) >= len(long) {
		return false
	}
	for len(short) > 0 {
		w, rest, _ := strings.Cut(short, " ")
		if !hasWord(long, w) {
			return false
		}
		short = rest
	}
	return true
}

func hasWord(text, w string) bool {
	for len(text) > 0 {
		first, rest, _ := strings.Cut(text, " ")
		if first == w {
			return true
		}
		text = rest
	}
	return false
}

// cityLevel compares two cities; -1: one is missing.
func cityLevel(x, y *placeWord) int {
	switch {
	case x.text == none || y.text == none:
		return -1
	case x == y || x.text == y.text:
		return placeExact
	case !strange(x.mask, y.mask) && alike(ordered(x.text, y.text)) > 0:
		return placeClose
	}
	return placeDiffers
}

// houseLevel compares two numbers of houses or flats.
func houseLevel(x, y word) int {
	switch {
	case x == none || y == none:
		return -1
	case x == y:
		return placeExact
	}
	s, o := x, y
	if min(len(s), len(o)) >= 2 && within(s, o, 1) == 1 {
		return placeClose
	}
	return placeDiffers
}
