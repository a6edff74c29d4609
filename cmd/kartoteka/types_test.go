package main

import (
	"testing"

	"kartoteka/access"
	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/matching"
	"kartoteka/standardize"
)

// Every type of attribute has its part in each room that holds one.
func TestEachTypeHasAllItsParts(t *testing.T) {
	parsers, survival := standardize.Types(), golden.Types()
	for _, name := range customer.Types() {
		t.Run(string(name), func(t *testing.T) {
			if p, has := parsers[name]; !has || p.Doc == "" {
				t.Error("standardize has no parser, or the parser no description")
			}
			if _, has := survival[name]; !has {
				t.Error("golden has no rule of survivorship")
			}
			if !access.Masks(name) {
				t.Error("access has no mask")
			}
			if !config.HasDefaults(name) {
				t.Error("config has no defaults")
			}
			kind := customer.Person
			if name == customer.TypeOrgName || name == customer.TypeKPP {
				kind = customer.Organization
			}
			attribute := config.Complete(customer.Attribute{Kind: kind, Name: "it", Type: name, To: customer.Person, Of: []string{"a"}})
			portrait, err := customer.NewPortrait([]customer.Attribute{attribute})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := matching.Compile(portrait, matching.DefaultSettings(), matching.Shipped(), ""); err != nil {
				t.Errorf("matching cannot compile it: %v", err)
			}
		})
	}
	if len(parsers) != len(customer.Types()) || len(survival) != len(customer.Types()) {
		t.Errorf("%d types, %d parsers, %d rules of survivorship", len(customer.Types()), len(parsers), len(survival))
	}
}
