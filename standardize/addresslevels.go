package standardize

import (
	"strings"
	"unicode/utf8"

	"kartoteka/customer"
)

// next reads the next level of a segment and returns how many words it took.
func (a *postal) next(words []addressWord) int {
	w := &words[0]
	switch {
	case w.number:
		return a.numberFirst(words)
	case len(words) == 1 && w.levels != 0:
		return a.typeAlone(w)
	case w.levels != 0:
		if l := a.choose(w, words); l != levelNone {
			return a.typed(l, words)
		}
	}
	return a.untyped(words)
}

// typeAlone reads a type word that stands alone in its segment: a street "Набережная", else nothing.
func (a *postal) typeAlone(w *addressWord) int {
	if w.is(levelStreet) && utf8.RuneCountInString(w.text) > 5 && a.part[customer.AddressStreet] == "" && a.part[customer.AddressCity] != "" {
		a.put(levelStreet, titleCase(w.text))
	} else if w.levels&(1<<levelStreet|1<<levelHouse|1<<levelFlat|1<<levelBuilding) == 0 && len(w.text) > 3 {
		a.guess([]addressWord{*w})
	}
	return 1
}

// choose tells what a type word in front means; "д" is дом before a number, деревня before a name.
func (a *postal) choose(w *addressWord, words []addressWord) level {
	beforeNumber := len(words) > 1 && words[1].number
	for _, l := range [...]level{levelHouse, levelBuilding, levelFlat, levelEntrance} {
		if w.is(l) && (beforeNumber || l >= levelFlat || len(words) > 1 && utf8.RuneCountInString(words[1].text) == 1) {
			if l == levelHouse && a.part[customer.AddressHouse] != "" && w.levels&^(1<<levelHouse) != 0 {
				continue
			}
			return l
		}
	}
	if w.is(levelStreet) && !w.dot && a.part[customer.AddressStreet] == "" && hasStreetWordAfter(words[1:]) {
		return levelNone // "Набережная ул", "площадь Победы ул"
	}
	for _, l := range [...]level{levelCity, levelStreet, levelSettlement, levelRegion, levelDistrict} {
		if l == levelSettlement && beforeNumber && w.is(levelHouse) {
			return levelHouse // a second house: the first one stays
		}
		if l == levelSettlement && w.is(levelBuilding) && a.part[customer.AddressStreet] != "" {
			continue // "с" behind a street is строение
		}
		if w.is(l) {
			return l
		}
	}
	return levelNone
}

func hasStreetWordAfter(words []addressWord) bool {
	for i := range words {
		if words[i].number {
			return false
		}
		if words[i].is(levelStreet) && !words[i].is(levelHouse) {
			return true
		}
	}
	return false
}

// typed reads a type word and the name or number behind it.
func (a *postal) typed(l level, words []addressWord) int {
	switch l {
	case levelHouse:
		a.house(words[1].text)
		return 2
	case levelBuilding:
		a.building(words[0].lower, words[1].text)
		return 2
	case levelFlat, levelEntrance:
		if len(words) > 1 && l == levelFlat {
			a.put(levelFlat, strings.ToLower(words[1].text))
		}
		return min(2, len(words))
	}
	end := a.nameEnd(words, 1, l)
	if l == levelStreet {
		a.putStreet(&words[0], words[1:end])
	} else if l != levelDistrict {
		a.put(l, shownWords(words[1:end]))
	}
	return end
}

// nameEnd is where the name that begins at i ends: before a number that is a house, or a type word.
func (a *postal) nameEnd(words []addressWord, i int, l level) int {
	begin := i
	for ; i < len(words); i++ {
		w := &words[i]
		switch {
		case w.number && (i == begin || l == levelStreet && cyrillicOrdinal(w.text)): // 8 Марта, Строителей 3-я
		case w.number:
			return i
		case i > begin && w.levels != 0 && typeWordInside(w, words[i+1:], l):
			return i
		}
	}
	return i
}

// typeWordInside tells a type word that begins the next level from a word of a name.
func typeWordInside(w *addressWord, rest []addressWord, l level) bool {
	if len(rest) == 0 {
		return false
	}
	if w.levels&(1<<levelHouse|1<<levelBuilding|1<<levelFlat|1<<levelSettlement) != 0 {
		return rest[0].number || w.dot || l != levelStreet
	}
	return true
}

// numberFirst reads a segment that begins with a number: a postcode, "98 кв 4", "2527 E 73RD St", "8 Марта ул".
func (a *postal) numberFirst(words []addressWord) int {
	w := &words[0]
	if isDigits(w.text) && (len(w.text) == 6 || len(w.text) == 5 && len(words) > 1 && !words[1].is(levelStreet) && scriptOf(words[1].text) == cyrillic) && a.part[customer.AddressPostcode] == "" {
		a.part[customer.AddressPostcode] = w.text
		return 1
	}
	if a.part[customer.AddressStreet] == "" {
		if len(words) > 1 && scriptOf(words[1].text)&latin != 0 && !ordinal(w.text) && western(words) {
			a.westernStreet(words)
			return len(words)
		}
		if at := streetWordAt(words); at > 0 {
			return a.streetBefore(words, at)
		}
		if len(words) > 1 && !words[1].number && words[1].levels == 0 {
			return a.ordinalStreet(words)
		}
	}
	a.lone(w.text)
	return 1
}

// streetWordAt finds a street's type word behind its name; 0 for none.
func streetWordAt(words []addressWord) int {
	for i := len(words) - 1; i > 0; i-- {
		beforeNumber := i+1 < len(words) && words[i+1].number
		if words[i].is(levelStreet) && (!beforeNumber || !words[i].is(levelBuilding)) {
			return i
		}
	}
	return 0
}

// streetBefore reads a name in front of its type word.
func (a *postal) streetBefore(words []addressWord, at int) int {
	end := at + 1
	if at == 1 && cyrillicOrdinal(words[0].text) { // 3-я улица Строителей
		end = a.nameEnd(words, at+1, levelStreet)
		copy(words[1:], words[2:end])
		words[end-1] = words[at]
		a.putStreet(&words[end-1], words[:end-1])
		return end
	}
	a.putStreet(&words[at], words[:at])
	return end
}

// ordinalStreet reads a name that begins with a number and has no type word: "8 Марта".
func (a *postal) ordinalStreet(words []addressWord) int {
	end := a.nameEnd(words, 0, levelStreet)
	a.guessed = true
	a.put(levelStreet, shownWords(words[:end]))
	return end
}

// ordinal knows 5th, 73RD, 1-я, 2-й.
func ordinal(s string) bool {
	s = strings.ToLower(s)
	return hasAnySuffix("xxxxx"+s, "st", "nd", "rd", "th") && !isDigits(s) || strings.ContainsAny(s, "яйе") && strings.Contains(s, "-")
}

// untyped reads a name without a type word in front of it.
func (a *postal) untyped(words []addressWord) int {
	if at := typeWordBehind(words); at > 0 {
		return a.behind(words, at)
	}
	if n := len(words); n == 2 && words[1].number && a.part[customer.AddressHouse] != "" {
		a.lone(words[1].text) // "вк. 94": a slip in a type word
		return n
	}
	end := a.nameEnd(words, 0, levelNone)
	if end > 1 && a.part[customer.AddressCity] == "" && knownCity(appendFold(nil, words[0].text)) {
		a.put(levelCity, titleCase(words[0].text)) // Калуга Ленина 5
		return 1
	}
	a.guess(words[:end])
	return end
}

// typeWordBehind finds the type word that stands behind the name in front.
func typeWordBehind(words []addressWord) int {
	found := 0
	for i := 1; i < len(words); i++ {
		w := &words[i]
		if w.number {
			break
		}
		if w.levels&(1<<levelStreet|1<<levelRegion|1<<levelDistrict|1<<levelCity) != 0 && (i+1 == len(words) || words[i+1].number || words[i+1].levels != 0) {
			found = i
			if w.levels&(1<<levelStreet|1<<levelRegion) != 0 {
				break
			}
		}
	}
	return found
}

func (a *postal) behind(words []addressWord, at int) int {
	name, w := words[:at], &words[at]
	switch {
	case w.is(levelRegion):
		a.put(levelRegion, shownWords(name))
	case w.is(levelDistrict):
	case w.is(levelStreet):
		a.putStreet(w, name)
	case w.is(levelCity):
		a.put(levelCity, shownWords(name))
	}
	return at + 1
}

// guess places a name by what is still missing: city, then street.
func (a *postal) guess(words []addressWord) {
	p := &a.part
	shown := shownWords(words)
	switch {
	case p[customer.AddressCity] == "":
		p[customer.AddressCity], a.cityGuessed = shown, true
	case p[customer.AddressStreet] == "":
		p[customer.AddressStreet] = shown
	default:
		return
	}
	a.guessed = true
}

// house reads 12, 12а, 12/5, 48к3, 3/1-15, 10стр2.
func (a *postal) house(s string) {
	p := &a.part
	if p[customer.AddressHouse] != "" {
		return
	}
	s = strings.ToLower(s)
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	tail := s[digits:]
	for _, mark := range [...]string{"корпус", "корп", "кор", "к", "k", "стр", "str", "с"} {
		if rest, ok := strings.CutPrefix(tail, mark); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			p[customer.AddressHouse] = s[:digits]
			number, flat, _ := strings.Cut(rest, "-")
			a.building(mark, number)
			if flat != "" {
				a.put(levelFlat, flat)
			}
			return
		}
	}
	if house, flat, ok := strings.Cut(s, "-"); ok && flat != "" && isDigits(flat) && !ordinal(s) {
		p[customer.AddressHouse] = houseLetters(house)
		a.put(levelFlat, flat)
		return
	}
	p[customer.AddressHouse] = houseLetters(s)
}

// houseLetters writes the letter of a house in one alphabet: 12a as 12а.
func houseLetters(s string) string {
	if isDigits(s) {
		return s
	}
	s = strings.ReplaceAll(s, "-", "")
	if last, size := utf8.DecodeLastRuneInString(s); toCyrillic[last] != 0 {
		return s[:len(s)-size] + string(toCyrillic[last])
	}
	return strings.ReplaceAll(s, "\\", "/")
}

// building keeps a строение apart from a корпус of the same number.
func (a *postal) building(word, s string) {
	s = strings.ToLower(s)
	switch {
	case strings.HasPrefix(word, "ст") || strings.HasPrefix(word, "str") || word == "с":
		s = "с" + s
	case strings.HasPrefix(word, "лит"):
		s = "лит" + s
	}
	if slot := &a.part[customer.AddressBuilding]; *slot == "" {
		*slot = s
	} else {
		*slot += s
	}
}

// dropTypes leaves out type words at either end, if something else is left.
func dropTypes(words []addressWord) []addressWord {
	for len(words) > 1 && words[0].levels != 0 {
		words = words[1:]
	}
	for len(words) > 1 && words[len(words)-1].levels != 0 {
		words = words[:len(words)-1]
	}
	return words
}

func shownOf(words []addressWord) string {
	list := make([]string, len(words))
	for i := range words {
		list[i] = words[i].text
	}
	return strings.Join(list, " ")
}
