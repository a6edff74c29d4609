package matching

import (
	"strings"

	"kartoteka/customer"
)

// Another reports whether two contents of one source key are about different persons: name and
// date of birth both differ, and no number of a document agrees (R9).
func (r *Ruleset) Another(before, after *Item) bool {
	if before.Kind != after.Kind {
		return true
	}
	k := r.of(before.Kind)
	if before.Kind != customer.Person || k.birth < 0 {
		return false
	}
	var ev Evidence
	r.Compare(before, after, &ev)
	birth := r.portrait.Attributes[k.birth].Name
	name, born := false, false
	for i := range k.comparisons {
		first, _, _ := strings.Cut(k.comparisons[i].name, " ")
		id, known := r.portrait.Lookup(customer.Person, first)
		switch {
		case !known || ev[i] == Missing:
		case first == k.named:
			name = ev[i] < 0
		case first == birth:
			born = ev[i] < 0
		case ev[i] > 0 && strings.HasPrefix(string(r.portrait.Attributes[id].Type), "id."):
			return false
		}
	}
	return name && born
}
