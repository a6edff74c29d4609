package standardize

import (
	"strings"

	"kartoteka/customer"
)

var (
	// states of the USA, Australia and Canada, by their codes.
	states = foldedSet(`al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc
		nsw vic qld sa tas nt act on qc bc ab mb sk ns nb nl pe`)
	unitWords  = foldedSet("apt apartment flat unit suite ste room rm apto appt")
	floorWords = foldedSet("floor fl flr level lvl")
	boxWords   = foldedSet("box")
	// westernTypes are the type words that show a western address.
	westernTypes = foldedSet("street str st avenue ave av road rd boulevard blvd drive dr lane ln court ct place crescent cres close way highway hwy parkway pkwy terrace tce square sq circle straße strasse rue via calle platz allee weg gasse plaza pike trail trl")
)

// ofWestern reads an address of Latin letters the western way, where it shows one: a number before the
// name, a western type word, a unit, a post box. It reports whether it did.
func (a *postal) ofWestern(text string) bool {
	if hasCyrillic(text) {
		return false
	}
	if strings.IndexByte(text, '#') >= 0 {
		text = strings.ReplaceAll(text, "#", " apt ")
	}
	var buffer [24]addressWord
	if all := addressWords(buffer[:0], text); !showsWest(all) || !western(all) {
		return false
	}
	for len(text) > 0 {
		end := strings.IndexAny(text, ",;\n&")
		rest := ""
		if end < 0 {
			end = len(text)
		} else {
			rest = text[end+1:]
		}
		a.westernSegment(addressWords(buffer[:0], text[:end]), rest)
		text = rest
	}
	return true
}

func hasCyrillic(s string) bool {
	for _, r := range s {
		if r >= 0x400 && r < 0x530 {
			return true
		}
	}
	return false
}

// showsWest looks for what only western addresses have.
func showsWest(words []addressWord) bool {
	for i := range words {
		w := &words[i]
		switch {
		case i == 0 && w.number && len(words) > 1 && !words[1].number,
			westernTypes[w.lower], unitWords[w.lower], boxWords[w.lower], germanStreet(w.text) != "":
			return true
		}
	}
	return false
}

// westernSegment reads what stands between two commas; rest is what follows.
func (a *postal) westernSegment(words []addressWord, rest string) {
	words = a.takePostcode(a.takeBox(a.takeUnit(words)), rest)
	words = a.takeState(words)
	p := &a.part
	switch {
	case len(words) == 0:
	case len(words) == 1 && words[0].number:
		a.lone(words[0].text)
	case a.knownPlace(words):
	case p[customer.AddressStreet] == "" && streetLine(words):
		a.westernStreet(a.takeCity(words))
	case p[customer.AddressCity] == "" && crossing(words) > 0 && !words[0].number:
		p[customer.AddressCity] = shownWords(words)
	}
}

// knownPlace puts a country, a region or a city that the tables know.
func (a *postal) knownPlace(words []addressWord) bool {
	var buffer [96]byte
	p, ok := places()[string(foldWords(buffer[:0], words))]
	if ok {
		a.put(p.level, p.name)
	}
	return ok
}

// takeCity takes a well-known city off the end of a street line.
func (a *postal) takeCity(words []addressWord) []addressWord {
	for n := 1; n < 3 && len(words)-n > 2; n++ {
		if begin := len(words) - n; directions[words[begin-1].lower] == "" && a.part[customer.AddressCity] == "" && a.knownPlace(words[begin:]) {
			return words[:begin]
		}
	}
	return words
}

// takeUnit takes flats and floors out of a segment.
func (a *postal) takeUnit(words []addressWord) []addressWord {
	kept := words[:0]
	for i := 0; i < len(words); i++ {
		w := &words[i]
		last := i+1 == len(words)
		switch {
		case floorWords[w.lower] && len(kept) > 0 && kept[len(kept)-1].number && ordinal(kept[len(kept)-1].text):
			kept = kept[:len(kept)-1] // 34th floor
		case floorWords[w.lower] && !last && words[i+1].number:
			i++
		case unitWords[w.lower] && !last && (words[i+1].number || len(words[i+1].text) < 3):
			a.unit(words[i+1].text)
			i++
		case unitWords[w.lower] && last:
		default:
			kept = append(kept, *w)
		}
	}
	return kept
}

// unit reads 5, 4B, and 3/67: a unit and a house.
func (a *postal) unit(s string) {
	flat, house, both := strings.Cut(s, "/")
	a.put(levelFlat, strings.ToLower(flat))
	if both && a.part[customer.AddressHouse] == "" {
		a.part[customer.AddressHouse] = strings.ToLower(house)
	}
}

// takeBox reads "PO Box 123": the box stands for the street, its number for the house.
func (a *postal) takeBox(words []addressWord) []addressWord {
	for i := 0; i+1 < len(words); i++ {
		if !boxWords[words[i].lower] || !words[i+1].number {
			continue
		}
		begin := i
		for begin > 0 && len(words[begin-1].text) < 4 && !words[begin-1].number {
			begin--
		}
		if p := &a.part; p[customer.AddressStreet] == "" {
			p[customer.AddressStreet], p[customer.AddressHouse] = "PO Box", words[i+1].text
		}
		return append(words[:begin], words[i+2:]...)
	}
	return words
}

// takePostcode takes a postcode off the end of a segment, or off its start in the ways of the continent.
func (a *postal) takePostcode(words []addressWord, rest string) []addressWord {
	k := len(words)
	if k == 0 || a.part[customer.AddressPostcode] != "" {
		return words
	}
	last := words[k-1].text
	switch {
	case k > 1 && british(words[k-2].text, last):
		a.part[customer.AddressPostcode] = strings.ToUpper(words[k-2].text + " " + last)
		return words[:k-2]
	case len(last) > 4 && len(last) < 8 && british(last[:len(last)-3], last[len(last)-3:]):
		a.part[customer.AddressPostcode] = strings.ToUpper(last[:len(last)-3] + " " + last[len(last)-3:])
		return words[:k-1]
	case american(last) && (k == 1 && rest == "" || k > 1 && (states[fold2(words[k-2].text)] || !words[0].number)):
		a.part[customer.AddressPostcode] = last[:5]
		return words[:k-1]
	case k > 1 && len(last) == 4 && isDigits(last) && states[fold2(words[k-2].text)]:
		a.part[customer.AddressPostcode] = last
		return words[:k-1]
	case k > 1 && continental(words[0].text) && !words[1].number && (a.part[customer.AddressStreet] != "" || houseLast(rest)) && !streetLine(words[1:]):
		a.part[customer.AddressPostcode] = words[0].text
		return words[1:]
	}
	return words
}

// fold2 folds a short word without new memory where it is small.
func fold2(s string) string {
	if len(s) > 3 {
		return ""
	}
	return strings.ToLower(s)
}

// houseLast sees "Musterstraße 12" in what follows.
func houseLast(rest string) bool {
	segment, _, _ := strings.Cut(rest, ",")
	segment = strings.TrimSpace(segment)
	i := strings.LastIndexByte(segment, ' ')
	return i > 0 && isASCIIDigit(rune(segment[i+1])) && len(segment)-i < 6 && !isASCIIDigit(rune(segment[0]))
}

// british knows the two halves of a British or Canadian postcode.
func british(outward, inward string) bool {
	if len(inward) != 3 || len(outward) < 2 || len(outward) > 4 || !asciiLetter(outward[0]) {
		return false
	}
	if len(outward) == 3 && isASCIIDigit(rune(outward[1])) && asciiLetter(outward[2]) && asciiLetter(inward[1]) && isASCIIDigit(rune(inward[0])) && isASCIIDigit(rune(inward[2])) {
		return true // K1A 0B1
	}
	digit := false
	for i := range len(outward) {
		digit = digit || isASCIIDigit(rune(outward[i]))
	}
	return digit && isASCIIDigit(rune(inward[0])) && asciiLetter(inward[1]) && asciiLetter(inward[2])
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// american knows 60601 and 60601-1234.
func american(s string) bool {
	return len(s) == 5 && isDigits(s) || len(s) == 10 && s[5] == '-' && isDigits(s[:5]) && isDigits(s[6:])
}

// continental knows 10115 and 00-590.
func continental(s string) bool {
	return len(s) == 5 && isDigits(s) || len(s) == 6 && s[2] == '-' && isDigits(s[:2]) && isDigits(s[3:])
}

// takeState takes the code of a state off the end of a segment that names a place, or is nothing else.
func (a *postal) takeState(words []addressWord) []addressWord {
	k := len(words)
	p := &a.part
	if k == 0 || p[customer.AddressRegion] != "" || !states[fold2(words[k-1].text)] {
		return words
	}
	street := p[customer.AddressStreet] != "" || p[customer.AddressPostcode] != ""
	if !street || k == 1 && p[customer.AddressCity] == "" && p[customer.AddressPostcode] == "" || k > 1 && words[0].number && p[customer.AddressPostcode] == "" {
		return words
	}
	p[customer.AddressRegion] = strings.ToUpper(words[k-1].text)
	words = words[:k-1]
	if at := lastType(words); at > 0 && at+1 < len(words) && words[0].number && p[customer.AddressCity] == "" {
		p[customer.AddressCity] = shownWords(words[at+1:]) // 4014 W Chicago Ave Chicago IL 60651
		words = words[:at+1]
	}
	return words
}

func lastType(words []addressWord) int {
	for i := len(words) - 1; i > 0; i-- {
		if westernTypes[words[i].lower] {
			return i
		}
	}
	return 0
}

// streetLine tells a street from a place: a number at either end, or a type word.
func streetLine(words []addressWord) bool {
	k := len(words)
	if k > 1 && (words[0].number || words[k-1].number) {
		return true
	}
	for i := range words {
		if w := &words[i]; i > 0 && w.is(levelStreet) || k > 1 && westernTypes[w.lower] && w.lower != "st" || germanStreet(w.text) != "" {
			return true
		}
	}
	return false
}

// germanStreet writes Musterstr and Musterstrasse as Musterstraße; "" for other words.
func germanStreet(s string) string {
	for _, ending := range [...]string{"strasse", "straße", "str"} {
		if head, ok := strings.CutSuffix(s, ending); ok && len(head) > 2 {
			return head + "straße"
		}
	}
	return ""
}
