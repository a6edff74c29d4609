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

// of gives the word that stands for what is written.
func (p *placePart) of(written string) *placeWord {
	if written == "" {
		return p.none
	}
	return p.words.Of(written, p.make)
}

func (p *placePart) make(written string) *placeWord {
	text, side := p.fold(written)
	return &placeWord{text: text, side: side, hash: hashText(0, text), raw: xxhash.Sum64String(text), rarity: p.rarities.of(text)}
}

func (f *folding) address(pl *plan, v *customer.Value) {
	words := pl.placeWords(v)
	p := place{words[0], words[1], words[2], words[3], words[4], -1}
	if p.street.text != none && p.house.text != none {
		p.shared = f.share(pl, v.Attribute, p.hash())
	}
	f.it.features.places = append(f.it.features.places, p)
}

// hash is of city, street, house and flat.
func (p *place) hash() uint64 {
	h := mix(mix(0, p.city.raw), xxhash.Sum64String(p.street.side))
	return mix(mix(mix(h, p.street.raw), p.house.raw), p.flat.raw)
}

// placeWords are the parts of an address in the order of placeParts.
func (pl *plan) placeWords(v *customer.Value) (words [len(placeParts)]*placeWord) {
	words[0] = pl.parts[0].of(v.Part(customer.AddressCity))
	if words[0].text == none {
		words[0] = pl.parts[0].of(v.Part(customer.AddressRegion))
	}
	words[1] = pl.parts[1].of(v.Part(customer.AddressStreet))
	words[2] = pl.parts[2].of(houseOf(v))
	words[3] = pl.parts[3].of(v.Part(customer.AddressFlat))
	words[4] = pl.parts[4].of(v.Part(customer.AddressPostcode))
	return words
}

// houseOf joins house and building: 12 к 3 and 12к3 are one.
func houseOf(v *customer.Value) string {
	house, building := v.Part(customer.AddressHouse), v.Part(customer.AddressBuilding)
	if building != "" {
		house += building
	}
	return house
}
