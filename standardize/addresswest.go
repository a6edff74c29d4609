package standardize

import (
	"slices"
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
	a.put(levelStreet, shownWords(numberedStreet(dropStreetType(words))))
}

// dropStreetType leaves out the last type word and what follows it, but for a direction or a number.
func dropStreetType(words []addressWord) []addressWord {
	at := len(words) - 1
	for at > 0 && !words[at].is(levelStreet) {
		at--
	}
	if at == 0 || at+1 < len(words) && words[at+1].number {
		return words
	}
	if at+1 < len(words) && directions[words[at+1].lower] {
		words[at] = words[at+1] // the type word is not needed any more
		at++
	}
	return words[:at]
}

// ordinalWords are how streets that are numbered are written out.
var ordinalWords = map[string]string{"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th",
	"eighth": "8th", "ninth": "9th", "tenth": "10th", "eleventh": "11th", "twelfth": "12th"}

// numberedStreet writes "Seventh" as 7th.
func numberedStreet(words []addressWord) []addressWord {
	for i := range words {
		if n, ok := ordinalWords[words[i].lower]; ok {
			words[i].text = n
		}
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
		if i > 1 && slices.Contains(crossingWords, words[i].lower) {
			return i
		}
	}
	return len(words)
}
