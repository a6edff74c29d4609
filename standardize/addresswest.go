package standardize

import (
	"strings"

	"kartoteka/customer"
)

// directions stand before or behind the name of a western street.
var directions = foldedSet("n s e w ne nw se sw north south east west northeast northwest southeast southwest")

// westernStreet reads a street line whose house stands in front, or in a column of its own:
// "2527 E 73rd St apt 4", "heritage court e", "1325 5th ave. at 111th st.".
func (a *postal) westernStreet(words []addressWord) {
	words = words[:crossing(words)]
	if len(words) > 1 && words[0].number && !ordinal(words[0].text) {
		a.house(words[0].text)
		words = words[1:]
	}
	for i := 1; i < len(words)-1; i++ {
		if words[i].is(levelFlat) {
			a.put(levelFlat, strings.ToLower(words[i+1].text))
			words = words[:i]
			break
		}
	}
	a.put(levelStreet, shownWords(dropStreetType(words)))
}

// dropStreetType leaves out the type word at the end, or before a direction.
func dropStreetType(words []addressWord) []addressWord {
	n := len(words)
	if n > 2 && directions[words[n-1].lower] && words[n-2].is(levelStreet) {
		return append(append(make([]addressWord, 0, n-1), words[:n-2]...), words[n-1])
	}
	if n > 1 && words[n-1].is(levelStreet) {
		return words[:n-1]
	}
	return words
}

// streetColumn may hold the house and the flat too.
func (a *postal) streetColumn(column string, words []addressWord) {
	if scriptOf(column)&cyrillic == 0 && western(words) {
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

// western tells a western line from a transliterated one: no Russian type word stands in it.
func western(words []addressWord) bool {
	for i := range words {
		switch words[i].lower {
		case "ul", "ulitsa", "ulica", "vul", "prospekt", "pr-kt", "pr-t", "per", "pereulok", "nab", "shosse", "d", "kv", "dom":
			return false
		}
	}
	return true
}

// crossing is where "at 111th St", "near …" begins.
func crossing(words []addressWord) int {
	for i := range words {
		switch words[i].lower {
		case "at", "near", "between", "off", "btw":
			if i > 1 {
				return i
			}
		}
	}
	return len(words)
}
