package config

import (
	"testing"

	"kartoteka/customer"
	"kartoteka/matching"
)

// TestFormsAreMatchings compiles each form that config lets pass, and some that it refuses.
func TestFormsAreMatchings(t *testing.T) {
	t.Parallel()
	compiles := func(kind customer.Kind, name customer.TypeName, form string) bool {
		p, err := customer.NewPortrait([]customer.Attribute{Complete(customer.Attribute{Kind: kind, Name: "a", Type: name, Of: []string{"x"}})})
		if err != nil {
			t.Fatal(err)
		}
		s := matching.DefaultSettings()
		part := "a"
		if form != "" {
			part += "." + form
		}
		s.Kinds = map[customer.Kind]matching.KindSettings{kind: {Candidates: [][]string{{part}}}}
		_, err = matching.Compile(p, s, matching.Shipped(), "")
		return err == nil
	}
	some := []string{"", "last", "last.sound", "first", "first.sound", "first.initial", "patronymic", "patronymic.initial", "both", "core", "token",
		"initial", "year", "month", "postcode", "region", "city", "street", "house", "building", "flat", "last7", "local", "domain",
		"last.head", "first.head", "word", "word.head", "year.day", "city.head", "area", "host"}
	for _, name := range customer.Types() {
		if name.IsFact() {
			continue
		}
		kind := customer.Person
		if oneKind[name] == customer.Organization {
			kind = customer.Organization
		}
		known := map[string]bool{}
		for _, form := range formsOf(name) {
			known[form] = true
		}
		ask := some
		if derived[name] == nil {
			ask = []string{"", "year"} // the value as a whole and nothing else
		}
		for _, form := range ask {
			if got := compiles(kind, name, form); got != known[form] {
				t.Errorf("%s as %q: matching says %v, config %v", name, form, got, known[form])
			}
		}
	}
}
