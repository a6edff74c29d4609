package mapping

import (
	"strings"
	"unicode"

	"kartoteka/customer"
)

// labeled are the attributes whose values people write with a label in front: "тел. 8-912…",
// "ИНН 7707…", "г.р. 1975". The standardizer reads them with it.
var labeled = map[string]bool{"phone": true, "email": true, "birth_date": true, "inn": true, "kpp": true, "ogrn": true, "snils": true,
	"passport": true, "rnokpp": true, "edrpou": true, "unp": true, "iin": true, "iban": true, "personal_no": true}

// byLabel finds a meaning that most cells of a column say themselves.
func (f *inference) byLabel(c *column) (guess, bool) {
	votes := map[concept]int{}
	var best concept
	for _, v := range c.values {
		k, ok := labelOf(v)
		if !ok {
			continue
		}
		if votes[k]++; votes[k] > votes[best] {
			best = k
		}
	}
	share := float64(votes[best]) / float64(max(1, len(c.values)))
	if votes[best] < 2 || share < 0.6 || !f.roles.has(best.attribute) {
		return guess{}, false
	}
	return guess{best, 0.8 * min(1, share+0.05), "values: " + percent(share) + " begin with a word for it"}, true
}

// labelOf looks the words in front of a value up; ok is false without any.
func labelOf(v string) (concept, bool) {
	end := strings.IndexFunc(v, func(r rune) bool { return r == ':' || r == '+' || r == '(' || unicode.IsDigit(r) })
	if at := strings.IndexByte(v, '@'); at > 0 && (end < 0 || v[end] != ':') {
		end = strings.LastIndexAny(v[:at], " \t")
	}
	if end < 2 || end > 40 {
		return concept{}, false
	}
	h, ok := loadVocabulary().lookup(words(v[:end]), "", 1)
	if !ok || !labeled[h.concept.attribute] {
		return concept{}, false
	}
	if h.concept.attribute == "birth_date" { // "г.р. 1975" is a date by itself
		h.concept.part = ""
	}
	return h.concept, true
}

// nameless gives the name to a column whose heading says nothing and whose values are names of
// persons beyond doubt, when no other column holds names: passenger, нанимател, Zahler.
func (f *inference) nameless() {
	for _, g := range f.guesses {
		switch g.concept.attribute {
		case "person", "full", "name", "org", "short":
			return
		}
	}
	var best *column
	for i, c := range f.columns {
		if f.guesses[i].concept != (concept{}) || c.filled < 2 || c.fill() < 0.5 || c.share(shapePerson) < 0.6 || c.distinctShare() < 0.3 {
			continue
		}
		if c.fitting(customer.TypePersonName) >= 0.7 && (best == nil || c.fill() > best.fill()) {
			best = c
		}
	}
	if best != nil {
		share := best.fitting(customer.TypePersonName)
		*f.at(best) = guess{concept{attribute: "name"}, 0.5 * min(1, share+0.05), "values: " + percent(share) + " are names of persons; no other column has any"}
	}
}
