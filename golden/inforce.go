package golden

import "kartoteka/customer"

// Stated gives what a record says of consent: of several statements with one scope the latest, and
// what a refusal of a broader scope refuses with it.
func Stated(record []customer.Consent) []customer.Consent {
	return meet([]statements{{own: record}})
}

// Refuses reports whether a record, by its own statements, refuses a scope that a customer's golden
// record grants.
func Refuses(record []customer.Consent, granted customer.Consent) bool {
	refused := false
	for _, s := range Stated(record) {
		switch {
		case sameScope(s, granted):
			return !s.Given
		case !s.Given && covers(&s, &granted):
			refused = true
		}
	}
	return refused
}
