package mapping

import (
	"testing"

	"kartoteka/customer"
)

// portrait is like the shipped default: persons and organizations with the numbers of four countries.
func portrait(t testing.TB) *customer.Portrait {
	t.Helper()
	person := func(name string, typ customer.TypeName) customer.Attribute {
		return customer.Attribute{Kind: customer.Person, Name: name, Type: typ, Holds: customer.Many}
	}
	org := func(name string, typ customer.TypeName) customer.Attribute {
		return customer.Attribute{Kind: customer.Organization, Name: name, Type: typ, Holds: customer.Many}
	}
	address := person("address", customer.TypeAddress)
	address.By = "kind"
	p, err := customer.NewPortrait([]customer.Attribute{
		person("name", customer.TypePersonName), person("birth_date", customer.TypeDate), person("gender", customer.TypeGender),
		person("inn", customer.TypeINN), person("snils", customer.TypeSNILS), person("passport", customer.TypeRUPassport),
		person("rnokpp", customer.TypeRNOKPP), person("iin", customer.TypeIIN), person("phone", customer.TypePhone), person("email", customer.TypeEmail), address,
		person("employer", customer.TypeRelation), person("products", customer.TypeProduct), person("consent", customer.TypeConsent),
		org("name", customer.TypeOrgName), org("inn", customer.TypeINN), org("kpp", customer.TypeKPP), org("ogrn", customer.TypeOGRN), org("edrpou", customer.TypeEDRPOU),
		org("unp", customer.TypeUNP), org("iin", customer.TypeIIN), org("phone", customer.TypePhone), org("email", customer.TypeEmail), org("address", customer.TypeAddress),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
