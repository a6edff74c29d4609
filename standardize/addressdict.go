package standardize

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed dict/addresswords.txt
var addressWordsText string

//go:embed dict/places.txt
var placesText string

// level is what a word says about the part of an address beside it.
type level uint8

const (
	levelNone level = iota
	levelCity
	levelSettlement
	levelRegion
	levelDistrict
	levelStreet
	levelHouse
	levelBuilding
	levelFlat
	levelEntrance
	levelCountry
)

var levelNames = map[string]level{"city": levelCity, "settlement": levelSettlement, "region": levelRegion, "district": levelDistrict, "street": levelStreet,
	"house": levelHouse, "building": levelBuilding, "flat": levelFlat, "entrance": levelEntrance, "country": levelCountry}

// levelWords leads from a type word, lower case without its point, to the levels it can name, a bit each.
var levelWords = sync.OnceValue(func() map[string]uint16 {
	m := map[string]uint16{}
	for line := range lines(addressWordsText) {
		role, list, _ := strings.Cut(line, ":")
		for word := range strings.FieldsSeq(list) {
			m[strings.TrimSuffix(word, ".")] |= 1 << levelNames[role]
		}
	}
	return m
})

// place is a well-known name of a country, region or city.
type place struct {
	level level
	name  string
}

// places leads from folded spellings to places.
var places = sync.OnceValue(func() map[string]place {
	m := map[string]place{}
	for line := range lines(placesText) {
		role, rest, _ := strings.Cut(line, ":")
		name, spellings, _ := strings.Cut(rest, "=")
		for spelling := range strings.SplitSeq(spellings, ",") {
			m[Fold(spelling)] = place{levelNames[role], strings.TrimSpace(name)}
		}
	}
	return m
})

// knownCity reports whether a folded name is a city that the tables know.
func knownCity(folded []byte) bool {
	if _, ok := areaCodes()[string(folded)]; ok {
		return true
	}
	return places()[string(folded)].level == levelCity
}
