package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/standardize"
)

// TestFormerStreetNamesAreAliases gives the old name of a street in the file, and addresses from before
// and after the renaming have one street.
func TestFormerStreetNamesAreAliases(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kartoteka.yaml")
	text := "version: 1\ncompany:\n  street_aliases:\n    Большая Коммунистическая: Александра Солженицына\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	conf, err := config.Load(path, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	id, _ := conf.Portrait.Lookup(customer.Person, "address")
	z := standardize.New(conf.Portrait, conf.Company)
	for _, address := range []string{"Москва, ул. Большая Коммунистическая, 7, кв. 3", "Москва, улица Александра Солженицына, д. 7, кв. 3", "Москва, БОЛЬШАЯ КОММУНИСТИЧЕСКАЯ УЛ. 7-3"} {
		v := z.Values(conf.Portrait.Attribute(id), customer.RawValue{Text: address}, "")[0]
		if got := v.Part(customer.AddressStreet); got != "Александра Солженицына" {
			t.Errorf("%s: %q", address, got)
		}
	}
}
