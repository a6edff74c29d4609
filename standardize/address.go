package standardize

import (
	"kartoteka/customer"
)

// postal is an address on its way to parts.
type postal struct {
	part    [customer.AddressParts]string
	guessed bool // a part was found by its place alone
	// cityGuessed: the city was found by its place; weakStreet: the street is a quarter, which a real street outdoes.
	cityGuessed, weakStreet bool
}

// parseAddress takes a postal address apart. Type words go, abbreviations of well-known places
// are written in full, nothing is checked against a register.
func parseAddress(z *Standardizer, in *input, dst []customer.Value) []customer.Value {
	var a postal
	if parts := in.raw.Parts; len(parts) > 1 {
		a.ofParts(parts)
	} else {
		a.ofText(in.text)
	}
	if len(z.streets) > 0 {
		if name, ok := z.streets[Fold(a.part[customer.AddressStreet])]; ok {
			a.part[customer.AddressStreet] = name
		}
	}
	v := customer.Value{Verdict: customer.Plausible, Standard: a.standard(in.scratch)}
	if v.Standard == "" {
		return invalid(dst, noteAddressShape)
	}
	v.Parts = in.scratch.list(customer.AddressParts)
	copy(v.Parts, a.part[:])
	if a.guessed && a.part[customer.AddressStreet] == "" {
		v.Note = noteAddressGuessed
	}
	return append(dst, v)
}

// standard writes the parts in one order: 101000, Москва, Примерная, 48к3, кв. 27.
func (a *postal) standard(memory *scratch) string {
	var buffer [256]byte
	b := buffer[:0]
	add := func(label, s string) {
		if s == "" {
			return
		}
		if len(b) > 0 {
			b = append(b, ", "...)
		}
		b = append(append(b, label...), s...)
	}
	p := &a.part
	add("", p[customer.AddressPostcode])
	add("", p[customer.AddressCountry])
	add("", p[customer.AddressRegion])
	add("", p[customer.AddressCity])
	add("", p[customer.AddressStreet])
	add("", p[customer.AddressHouse])
	if building := p[customer.AddressBuilding]; building != "" {
		b = appendBuilding(b, building, p[customer.AddressHouse] == "")
	}
	if script := scriptOf(p[customer.AddressStreet]) | scriptOf(p[customer.AddressCity]); script&cyrillic != 0 {
		add("кв. ", p[customer.AddressFlat])
	} else {
		add("apt ", p[customer.AddressFlat])
	}
	return memory.keep(b)
}

// appendBuilding writes к3 or с2 behind the house, or alone.
func appendBuilding(b []byte, building string, alone bool) []byte {
	if alone && len(b) > 0 {
		b = append(b, ", "...)
	}
	if isASCIIDigit(rune(building[0])) {
		b = append(b, "к"...)
	}
	return append(b, building...)
}

// ofText reads an address written as one text.
func (a *postal) ofText(text string) {
	if a.ofWestern(text) {
		return
	}
	var buffer [24]addressWord
	segment := buffer[:0]
	begin := 0
	depth := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) {
			switch c := text[i]; {
			case c == '(':
				depth++
				continue
			case c == ')':
				depth--
				continue
			case c != ',' && c != ';' && c != '\n' || depth > 0:
				continue
			}
		}
		segment = addressWords(segment[:0], text[begin:i])
		if len(segment) > 0 {
			a.segment(segment)
		}
		begin = i + 1
	}
	a.settle()
}

// segment reads what stands between two commas. Several levels may stand in one:
// "г Москва ул Примерная д 1 кв 2".
func (a *postal) segment(words []addressWord) {
	words = joinLetters(words)
	if a.alone(words) {
		return
	}
	for len(words) > 0 {
		n := a.next(words)
		words = words[n:]
	}
}

// joinLetters makes "5 а" and "5 \"Б\"" one house; к, с, д and г begin something else.
func joinLetters(words []addressWord) []addressWord {
	for i := 0; i+1 < len(words); i++ {
		if !isDigits(words[i].text) || len(words[i].text) > 3 || len(words[i+1].text) != 2 || words[i+1].dot {
			continue
		}
		last := i+2 == len(words)
		if letter := lower([]rune(words[i+1].text)[0]); letter >= 'а' && letter <= 'в' || last && (letter == 'г' || letter == 'е') {
			words[i].text += string(letter)
			return append(words[:i+1], words[i+2:]...)
		}
	}
	return words
}

// settle exchanges a city and a street that stand in each other's place, or makes a guessed city the street.
func (a *postal) settle() {
	p := &a.part
	if !a.cityGuessed || p[customer.AddressHouse] == "" {
		return
	}
	var buffer [96]byte
	if knownCity(appendFold(buffer[:0], p[customer.AddressCity])) {
		return
	}
	switch street := p[customer.AddressStreet]; {
	case street == "":
		p[customer.AddressStreet], p[customer.AddressCity] = p[customer.AddressCity], ""
	case knownCity(appendFold(buffer[:0], street)):
		p[customer.AddressStreet], p[customer.AddressCity] = p[customer.AddressCity], street
	}
}

// alone reads a segment of one number, or a well-known place without a type word.
func (a *postal) alone(words []addressWord) bool {
	if len(words) == 1 && words[0].number {
		a.lone(words[0].text)
		return true
	}
	if len(words) > 5 {
		return false
	}
	if len(words) == 2 && words[0].dot && words[1].dot && letterWord(&words[0]) && letterWord(&words[1]) {
		return true // В.О., П.С.: sides of a river
	}
	for i := range words {
		if len(words) > 1 && words[i].levels&(1<<levelStreet|1<<levelHouse|1<<levelBuilding|1<<levelFlat) != 0 {
			return false
		}
	}
	var buffer [96]byte
	folded := foldWords(buffer[:0], words)
	if p, ok := places()[string(folded)]; ok {
		a.put(p.level, p.name)
		return true
	}
	if a.part[customer.AddressCity] == "" && a.part[customer.AddressStreet] == "" && knownCity(folded) {
		a.put(levelCity, shownWords(words))
		return true
	}
	return false
}

// letterWord sees a word of one Cyrillic letter.
func letterWord(w *addressWord) bool { return len(w.text) == 2 && w.text[0] >= 0xD0 }

// lone places a number by what is still missing: postcode, house, flat.
func (a *postal) lone(s string) {
	p := &a.part
	switch {
	case isDigits(s) && (len(s) == 6 || len(s) == 5) && p[customer.AddressPostcode] == "" && (p[customer.AddressStreet] == "" || p[customer.AddressHouse] != ""):
		p[customer.AddressPostcode] = s
	case p[customer.AddressHouse] == "":
		a.house(s)
	case p[customer.AddressFlat] == "":
		p[customer.AddressFlat] = s
	case p[customer.AddressBuilding] == "":
		p[customer.AddressBuilding], p[customer.AddressFlat] = p[customer.AddressFlat], s
	}
}

// put sets a part unless a better one stands there.
func (a *postal) put(l level, s string) {
	index, ok := partOfLevel[l]
	if !ok || s == "" {
		return
	}
	switch slot := &a.part[index]; {
	case *slot == "":
		*slot = s
	case l == levelSettlement:
		*slot = s // the settlement is nearer than the town of its district
	case l == levelStreet && a.weakStreet:
		*slot, a.weakStreet = s, false
	case l == levelCity && a.cityGuessed && a.part[customer.AddressStreet] == "":
		a.part[customer.AddressStreet], *slot, a.cityGuessed = *slot, s, false // the name before was the street
	}
}

var partOfLevel = map[level]int{levelCity: customer.AddressCity, levelSettlement: customer.AddressCity, levelRegion: customer.AddressRegion, levelStreet: customer.AddressStreet,
	levelFlat: customer.AddressFlat, levelCountry: customer.AddressCountry}
