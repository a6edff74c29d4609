package matching

import "kartoteka/customer"

func (f *folding) address(pl *plan, v *customer.Value) {
	var p place
	words, side := placeAndSide(v)
	p.side = side
	for i, to := range [...]struct {
		word   *word
		rarity *int16
	}{{&p.city, &p.cityRarity}, {&p.street, &p.streetRarity}, {&p.house, &p.houseRarity}, {&p.flat, &p.flatRarity}, {&p.postcode, &p.postcodeRarity}} {
		*to.word, *to.rarity = words[i], pl.parts[i].of(words[i])
	}
	p.shared = -1
	if p.street != none && p.house != none {
		p.shared = f.share(pl, v.Attribute, p.hash())
	}
	f.it.features.places = append(f.it.features.places, p)
}

// hash is of city, street, house and flat.
func (p *place) hash() (h uint64) {
	for _, w := range [...]word{p.city, p.side, p.street, p.house, p.flat} {
		h = hashText(h, w)
	}
	return h
}

// placeWords are the parts of an address in the order of placeParts, folded.
func placeWords(v *customer.Value) [5]word {
	words, _ := placeAndSide(v)
	return words
}

// placeAndSide adds the side of the world that a street's name may give.
func placeAndSide(v *customer.Value) (words [5]word, side word) {
	street, side := streetOf(skeletonWord(v.Part(customer.AddressStreet)))
	words = [5]word{skeletonWord(v.Part(customer.AddressCity)), street,
		skeletonWord(houseOf(v)), skeletonWord(v.Part(customer.AddressFlat)), compact(v.Part(customer.AddressPostcode))}
	if words[0] == none {
		words[0] = skeletonWord(v.Part(customer.AddressRegion))
	}
	return words, side
}

// houseOf joins house and building: 12 к 3 and 12к3 are one.
func houseOf(v *customer.Value) string {
	house, building := v.Part(customer.AddressHouse), v.Part(customer.AddressBuilding)
	if building != "" {
		house += building
	}
	return compact(house)
}
