package matching

import (
	"strings"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// placePart makes the words of one part of an address, each once.
type placePart struct {
	*rarities
	fold  func(written string) (text, side word)
	words standardize.Memo[*placeWord]
	none  *placeWord
}

func newPlacePart(part int, r *rarities) *placePart {
	p := &placePart{rarities: r, fold: placeFolds[part]}
	p.none = p.make("")
	return p
}

// placeFolds read the parts of an address in the order of placeParts.
var placeFolds = [len(placeParts)]func(written string) (text, side word){
	func(city string) (word, word) { return skeleton(city), none },
	func(street string) (word, word) { return streetOf(skeleton(street)) },
	func(house string) (word, word) { return skeleton(compact(house)), none },
	func(flat string) (word, word) { return skeleton(flat), none },
	func(postcode string) (word, word) { return strings.Clone(compact(postcode)), none },
}

// placeWord gives the word that stands for a part as it is written.
func (f *folding) placeWord(p *placePart, c cell) *placeWord {
	if c.isEmpty() {
		return p.none
	}
	if w := recall(f, c, &p.words, p.make); w.part == p {
		return w
	}
	return p.words.Of(f.text(c), p.make)
}

func (p *placePart) make(written string) *placeWord {
	text, side := p.fold(written)
	return &placeWord{part: p, text: text, side: side, hash: hashText(0, text), raw: xxhash.Sum64String(text), mask: letters(text), rarity: p.rarities.of(text)}
}

func (f *folding) address(pl *plan, v *value) {
	w := f.placeWords(pl, v)
	p := place{city: w[0], street: w[1], house: w[2], flat: w[3], postcode: w[4], shared: -1, attribute: v.attribute}
	if p.street.text != none && p.house.text != none {
		p.hash = p.hashed()
		p.shared = f.share(pl, v.attribute, p.hash)
	}
	f.places = append(f.places, p)
}

// hashed is the hash of city, street, house and flat.
func (p *place) hashed() uint64 {
	h := mix(mix(0, p.city.raw), xxhash.Sum64String(p.street.side))
	return mix(mix(mix(h, p.street.raw), p.house.raw), p.flat.raw)
}

// placeWords are the parts of an address in the order of placeParts.
func (f *folding) placeWords(pl *plan, v *value) (words [len(placeParts)]*placeWord) {
	words[0] = f.placeWord(pl.parts[0], v.part(customer.AddressCity))
	if words[0].text == none {
		words[0] = f.placeWord(pl.parts[0], v.part(customer.AddressRegion))
	}
	words[1] = f.placeWord(pl.parts[1], v.part(customer.AddressStreet))
	words[2] = f.placeWord(pl.parts[2], f.houseOf(v))
	words[3] = f.placeWord(pl.parts[3], v.part(customer.AddressFlat))
	words[4] = f.placeWord(pl.parts[4], v.part(customer.AddressPostcode))
	return words
}

// houseOf joins house and building: 12 к 3 and 12к3 are one.
func (f *folding) houseOf(v *value) cell {
	house, building := v.part(customer.AddressHouse), v.part(customer.AddressBuilding)
	switch {
	case building.isEmpty():
		return house
	case house.isEmpty():
		return building
	}
	return cell{text: f.text(house) + f.text(building)}
}
