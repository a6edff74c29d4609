package matching

import (
	"strings"

	"kartoteka/customer"
)

// wordOutlook is an outlook on words by their codes.
type wordOutlook struct {
	outlook
	own   customer.Sketch
	words likeness
}

func (k *kindRules) patronymicOutlook(it *Item, own customer.Sketch) (o wordOutlook) {
	o.own = own >> sketchPatronymic & anyWord
	if o.own == 0 {
		return o
	}
	for _, x := range it.nameList() {
		if x.patronymic != none {
			o.equal, o.near = o.equal.or(most(k.name.patronymic, x.patronymicRarity)), o.near.or(most(k.name.patronymic[patronymicClose:], x.patronymicRarity))
			o.far = most(k.name.patronymic[patronymicDiffers:], 0)
		}
	}
	if o.own == anyWord {
		return o
	}
	o.words = k.sketched.patronymics.likenessOf(it.names.patronymic, nearWords)
	return o
}

func nearWords(w, o word) bool { return nearness(ordered(w, o)) > 0 }

// at bounds what patronymics weigh.
func (o *wordOutlook) at(code customer.Sketch) worth {
	switch {
	case o.own == 0 || code == 0:
		return worth{}
	case o.own == anyWord || code == anyWord:
		return o.equal
	case code == unlisted && o.own != unlisted, o.words.nearly>>(code-1)&1 != 0:
		return o.near
	case o.words.far>>(code-1)&1 != 0:
		return o.far
	}
	return o.equal
}

// placeOutlook is what addresses can weigh by the codes of their cities and streets.
type placeOutlook struct {
	city, otherCity                worth  // if it may be the same, and if not
	sameStreet, otherStreet, below worth  // from the street on; below is what counts without streets
	citiesFar, streetsFar          uint64 // by code - 1
	known, hasCity, hasStreet      bool
	postcode                       bool
}

func (k *kindRules) placeOutlook(it *Item) (o placeOutlook) {
	if k.sketched.place < 0 || it.placeCount == 0 {
		return o
	}
	o.known = true
	c := k.comparisons[k.sketched.place].comparator.(*placeComparison)
	for _, x := range it.placeList() {
		o.add(c, &x)
	}
	if it.placeCount > 1 {
		return o
	}
	x := it.places
	o.citiesFar = k.sketched.cities.likenessOf(x.city.text, nearWords).far
	o.streetsFar = k.sketched.streets.likenessOf(x.street.text, nearStreets).far
	return o
}

// add takes an address into account.
func (o *placeOutlook) add(c *placeComparison, x *place) {
	o.hasCity, o.hasStreet, o.postcode = o.hasCity || x.city.text != none, o.hasStreet || x.street.text != none, o.postcode || x.postcode.text != none
	o.city, o.otherCity = o.city.or(topOfPart(c.city, x.city)), most(c.city[1:], 0)
	postcode := topOfPart(c.postcode, x.postcode)
	o.below = o.below.or(postcode)
	down := topOfPart(c.street, x.street).add(topOfPart(c.house, x.house)).add(topOfPart(c.flat, x.flat))
	o.sameStreet = o.sameStreet.or(down).or(postcode)
	o.otherStreet = most(c.street[placeDiffers:], 0).add(o.below)
}

func topOfPart(levels []level, w *placeWord) worth {
	if w.text == none {
		return worth{}
	}
	return atMost(levels, w.rarity)
}

// nearStreets reports streets that may be one, whatever the side of the world.
func nearStreets(s, o word) bool {
	s, o = ordered(s, o)
	switch {
	case s == o:
		return true
	case !sameDigits(s, o):
		return false
	case nearness(s, o) > 0, within(s, o, 1) == 1 && (strings.IndexByte(s, ' ') >= 0) != (strings.IndexByte(o, ' ') >= 0):
		return true
	}
	return partOf(s, o) || partOf(o, s)
}

// at bounds what addresses weigh: nothing is always possible, as they may be generic.
func (o *placeOutlook) at(city, street customer.Sketch) worth {
	if !o.known {
		return worth{}
	}
	rest, door := o.from(street)
	switch {
	case !o.hasCity || city == 0:
		return rest.or(worth{})
	case city == anyCity || o.citiesFar>>(city-1)&1 == 0:
		return rest.add(o.city).or(worth{})
	case !o.postcode && !door:
		return worth{}
	}
	return rest.add(o.otherCity).or(worth{})
}

// from bounds street and what is below it; door: they may be one house.
func (o *placeOutlook) from(street customer.Sketch) (w worth, door bool) {
	switch {
	case !o.hasStreet || street == 0:
		return o.below, false
	case street == anyWord || o.streetsFar>>(street-1)&1 == 0:
		return o.sameStreet, true
	}
	return o.otherStreet, false
}
