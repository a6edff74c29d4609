package standardize

import (
	"slices"
	"strconv"
	"strings"

	"kartoteka/customer"
)

// directions stand before or behind the name of a western street; each leads to its short form.
var directions = map[string]string{"n": "N", "s": "S", "e": "E", "w": "W", "ne": "NE", "nw": "NW", "se": "SE", "sw": "SW", "north": "N", "south": "S", "east": "E", "west": "W",
	"northeast": "NE", "northwest": "NW", "southeast": "SE", "southwest": "SW", "no": "N", "so": "S"}

// westernStreet reads a street line whose house stands in front, behind, or in a column of its own:
// "2527 E 73rd St apt 4", "heritage court e", "1325 5th ave. at 111th st.", "Musterstraße 12".
func (a *postal) westernStreet(words []addressWord) {
	words = a.takeBox(a.takeUnit(words[:crossing(words)]))
	words = joinOrdinals(a.westernHouse(words))
	if len(words) == 0 {
		return
	}
	a.put(levelStreet, shownStreet(numberedStreet(dropStreetType(words))))
}

// joinOrdinals writes "24 th" as one word.
func joinOrdinals(words []addressWord) []addressWord {
	for i := 0; i+1 < len(words); i++ {
		if !isDigits(words[i].text) {
			continue
		}
		switch strings.ToLower(words[i+1].text) {
		case "th", "nd", "rd":
			words[i].text = ordinalText(number2(words[i].text[max(0, len(words[i].text)-4):]))
			return append(words[:i+1], words[i+2:]...)
		}
	}
	return words
}

// westernHouse takes the house off the front, else off the end.
func (a *postal) westernHouse(words []addressWord) []addressWord {
	k := len(words)
	switch {
	case k > 1 && words[0].number && !ordinal(words[0].text):
		a.houseBefore(words[0].text)
		words = words[1:]
		if len(words) > 1 && words[0].number && strings.IndexByte(words[0].text, '/') > 0 { // 12 1/2
			a.part[customer.AddressHouse] += " " + words[0].text
			words = words[1:]
		}
	case k > 1 && words[k-1].number && !ordinal(words[k-1].text) && !numbered(words[k-2].lower) && directions[words[k-2].lower] == "":
		a.house(words[k-1].text)
		words = words[:k-1]
	}
	return words
}

// houseBefore reads a house in front of its street: 12A, 8-10, 5/123 (a unit and a house).
func (a *postal) houseBefore(s string) {
	p := &a.part
	if p[customer.AddressHouse] != "" {
		return
	}
	flat, house, both := strings.Cut(s, "/")
	if both && isDigits(flat) && house != "" {
		a.put(levelFlat, flat)
		s = house
	}
	p[customer.AddressHouse] = strings.ToLower(s)
}

// numbered knows the types whose number is a name: Highway 61, Avenue 5.
func numbered(word string) bool {
	switch word {
	case "highway", "hwy", "route", "rt", "rte", "road", "avenue", "interstate", "sr", "cr", "us":
		return true
	}
	return false
}

// dropStreetType leaves out the last type word and what follows it, but for a direction or a number.
func dropStreetType(words []addressWord) []addressWord {
	at := len(words) - 1
	for at > 0 && !words[at].is(levelStreet) {
		at--
	}
	if at == 0 {
		return dropTypeBefore(words)
	}
	if at+1 < len(words) && words[at+1].number || at == 1 && words[0].lower == "the" || at+1 < len(words) && at < 2 && len(words[at+1].text) == 1 && directions[words[at+1].lower] == "" {
		return words
	}
	if at+1 < len(words) && directions[words[at+1].lower] != "" {
		words[at] = words[at+1] // the type word is not needed any more
		at++
	}
	return words[:at]
}

// dropTypeBefore leaves out via, calle, rue in front of a name.
func dropTypeBefore(words []addressWord) []addressWord {
	if len(words) > 1 {
		switch words[0].lower {
		case "via", "calle", "rue":
			return words[1:]
		}
	}
	return words
}

var (
	ordinalWords = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
		"eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
		"seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60,
		"seventieth": 70, "eightieth": 80, "ninetieth": 90}
	tensWords = map[string]int{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
)

// numberedStreet writes "Seventh" as 7th, "Fifty-Seventh" as 57th, and a bare number as 47th.
func numberedStreet(words []addressWord) []addressWord {
	for i := range words {
		if n := ordinalNumber(words[i].lower); n > 0 && i+2 > len(words)-1 {
			words[i].text = ordinalText(n)
		}
	}
	if k := len(words); k > 0 && k < 3 && isDigits(words[k-1].text) && len(words[k-1].text) < 4 && (k == 1 || directions[words[0].lower] != "") {
		words[k-1].text = ordinalText(number2(words[k-1].text))
	}
	return words
}

// ordinalNumber is the number of an ordinal written out; 0 for other words.
func ordinalNumber(word string) int {
	if n := ordinalWords[word]; n > 0 {
		return n
	}
	tens, ones, ok := strings.Cut(word, "-")
	if n := tensWords[tens]; ok && n > 0 && ordinalWords[ones] > 0 && ordinalWords[ones] < 10 {
		return n + ordinalWords[ones]
	}
	return 0
}

func ordinalText(n int) string {
	ending := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}

// shownStreet writes the words of a western street, directions in their short form.
func shownStreet(words []addressWord) string {
	k := len(words)
	if k > 1 {
		for _, i := range [...]int{0, k - 1} {
			if i == 1 && words[0].shown {
				break // W North Ave
			}
			if short := directions[words[i].lower]; short != "" {
				words[i].text, words[i].shown = short, true
			}
		}
	}
	if k > 0 {
		if s := germanStreet(words[k-1].text); s != "" {
			words[k-1].text = s
		}
	}
	return shownWords(words)
}

// streetColumn may hold the house and the flat too.
func (a *postal) streetColumn(column string, words []addressWord) {
	if scriptOf(column)&cyrillic == 0 && western(words) {
		if strings.IndexByte(column, '#') >= 0 {
			words = addressWords(words[:0], strings.ReplaceAll(column, "#", " apt "))
		}
		a.westernStreet(words)
		return
	}
	city := a.part[customer.AddressCity]
	if city == "" {
		a.part[customer.AddressCity] = " " // so that a bare name is the street
	}
	a.ofText(column)
	if a.part[customer.AddressCity] == " " || city != "" {
		a.part[customer.AddressCity] = city
	}
	if a.part[customer.AddressStreet] == "" {
		a.part[customer.AddressStreet] = shownWords(words)
	}
}

// plainStreet is the short way for a house before its street, "8 Ganerofield Avenue": the number
// is kept as it is, and the rest is remembered.
func (a *postal) plainStreet(column string) bool {
	house, rest, _ := strings.Cut(column, " ")
	if rest == "" || !isDigits(house) || len(house) > 5 || !asciiLetter(rest[0]) || a.part[customer.AddressHouse] != "" {
		return false
	}
	street := streetLines.Of(rest, readStreetLine)
	if street != "" {
		a.part[customer.AddressHouse], a.part[customer.AddressStreet] = house, street
	}
	return street != ""
}

// streetLines remembers what stands behind the numbers of houses.
var streetLines Memo[string]

// readStreetLine gives the name of a western street, "" where the line says more or less than that.
func readStreetLine(rest string) string {
	const house = "1"
	var a, plain postal
	column := house + " " + rest
	if !isClean(column) {
		return ""
	}
	var buffer [8]addressWord
	words := addressWords(buffer[:0], column)
	if !western(words) || hasCyrillic(column) {
		return ""
	}
	a.streetColumn(column, words)
	plain.part[customer.AddressHouse], plain.part[customer.AddressStreet] = house, a.part[customer.AddressStreet]
	if a != plain {
		return ""
	}
	return a.part[customer.AddressStreet]
}

var (
	easternWords  = []string{"ul", "ulitsa", "ulica", "vul", "prospekt", "pr-kt", "pr-t", "per", "pereulok", "nab", "shosse", "d", "kv", "dom"}
	crossingWords = []string{"at", "near", "between", "off", "btw"}
)

// western tells a western line from a transliterated one: no Russian type word stands in it.
func western(words []addressWord) bool {
	for i := range words {
		if slices.Contains(easternWords, words[i].lower) {
			return false
		}
	}
	return true
}

// crossing is where "at 111th St", "near …" begins.
func crossing(words []addressWord) int {
	for i := range words {
		if (i > 1 || i == 0) && slices.Contains(crossingWords, words[i].lower) {
			return i
		}
	}
	return len(words)
}
