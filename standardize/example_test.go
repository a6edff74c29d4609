package standardize_test

import (
	"fmt"

	"kartoteka/customer"
	"kartoteka/standardize"
)

func ExampleFold() {
	fmt.Println(standardize.Fold("  Гончapов-ЁЛКИН "))
	// Output: гончаров елкин
}

func ExampleLatin() {
	for _, s := range []string{"Евгений", "Yevgeniy", "Evgenii"} {
		fmt.Print(standardize.Latin(standardize.Fold(s)), " ")
	}
	// Output: evgeni evgeni evgeni
}

func ExampleGivenForms() {
	fmt.Println(standardize.GivenForms("Саша"), standardize.GivenForms("Олександр"), standardize.GivenForms("Bill"))
	// Output: [александр александра] [александр] [william]
}

func ExampleProbe() {
	fmt.Println(standardize.Probe(customer.TypeINN, "500100732259"), standardize.Probe(customer.TypePhone, "500100732259") == 0)
	// Output: valid true
}

func ExampleStandardizer_Row() {
	p, _ := customer.NewPortrait([]customer.Attribute{
		{Kind: customer.Person, Name: "name", Type: customer.TypePersonName},
		{Kind: customer.Person, Name: "phone", Type: customer.TypePhone},
	})
	z := standardize.New(p, standardize.Settings{Country: "RU"})
	s, _ := z.Row(&customer.Mapped{Values: []customer.RawValue{
		{Attribute: 0, Text: "КОВАЛЁВ А.П."},
		{Attribute: 1, Text: "8(495)000-12-34 доб.12; 8 900 000 00 01 (жена)"},
	}})
	fmt.Println(s.Kind)
	for _, v := range s.Values {
		fmt.Println(v.Verdict, v.Standard)
	}
	// Output:
	// person
	// plausible Ковалёв А П
	// valid +74950001234
	// valid +79000000001
}
