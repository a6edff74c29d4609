package standardize

import (
	"strings"

	"kartoteka/customer"
)

// ofParts reads an address whose columns say what they hold.
func (a *postal) ofParts(columns []string) {
	if len(columns) > customer.AddressHouse {
		a.ofColumn(customer.AddressHouse, columns[customer.AddressHouse]) // before a street that has a number in its name
	}
	for i, column := range columns[:min(len(columns), customer.AddressParts)] {
		if i != customer.AddressHouse {
			a.ofColumn(i, column)
		}
	}
}

func (a *postal) ofColumn(i int, column string) {
	if column == "" {
		return
	}
	if i == customer.AddressCountry || i == customer.AddressRegion || i == customer.AddressCity {
		if name := placeColumns.Of(column, placeColumn); name != "" {
			a.part[i] = name
		}
		return
	}
	switch {
	case i == customer.AddressPostcode && plainPostcode(column):
		a.part[i] = column
		return
	case i == customer.AddressStreet && a.plainStreet(column):
		return
	}
	column = clean(column)
	if column == "" || isPlaceholder(column) {
		return
	}
	var buffer [8]addressWord
	words := addressWords(buffer[:0], column)
	if len(words) == 0 {
		return
	}
	switch i {
	case customer.AddressHouse:
		a.house(shownOf(dropTypes(words)))
	case customer.AddressPostcode:
		a.part[i] = postcode(column)
	case customer.AddressStreet:
		a.streetColumn(column, words)
	case customer.AddressBuilding, customer.AddressFlat:
		a.part[i] = strings.ToLower(shownOf(dropTypes(words)))
	}
}

// postcode writes a postcode in capitals, 60601-1234 and 60601.0 as 60601.
func postcode(s string) string {
	s = strings.TrimSuffix(s, ".0")
	if american(s) {
		return s[:5]
	}
	return strings.ToUpper(s)
}

// plainPostcode is the short way for capital letters and digits, which stay as they are.
func plainPostcode(s string) bool {
	letter, digit, blanks := false, false, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			letter = true
		case c >= '0' && c <= '9':
			digit = true
		case c == ' ' && i > 0 && i+1 < len(s):
			blanks++
		default:
			return false
		}
	}
	return letter && digit && blanks < 2
}

// placeColumns remembers the names of countries, regions and towns.
var placeColumns Memo[string]

// placeColumn reads a column that names a place; "" if it names none.
func placeColumn(column string) string {
	column = clean(column)
	if column == "" || isPlaceholder(column) {
		return ""
	}
	words := addressWords(nil, column)
	if p, ok := places()[string(foldWords(make([]byte, 0, 96), words))]; ok && len(words) > 0 {
		return p.name
	}
	return shownWords(dropTypes(words))
}
