package golden_test

import (
	"fmt"

	"kartoteka/customer"
	"kartoteka/golden"
)

func ExampleBuild() {
	portrait, err := customer.NewPortrait([]customer.Attribute{
		{Kind: customer.Person, Name: "name", Type: customer.TypePersonName, Keep: customer.KeepTrusted},
	})
	if err != nil {
		panic(err)
	}
	record := func(source customer.Source, name string, parts ...string) customer.Member {
		return customer.Member{Ref: customer.Ref{Source: source, Key: "1"}, Standard: &customer.Standard{Kind: customer.Person,
			Values: []customer.Value{{Verdict: customer.Plausible, Standard: name, Parts: parts}}}}
	}
	g := golden.Build(portrait, golden.Rules{Trust: []customer.Source{"core-banking", "billing"}}, []customer.Member{
		record("core-banking", "Ковалёв А. П.", "Ковалёв", "А.", "П."),
		record("billing", "Ковалёв Александр", "Ковалёв", "Александр"),
		record("web", "Kovalev Aleksandr", "Kovalev", "Aleksandr"),
	}, nil)
	v := g.Values[0]
	fmt.Printf("%s (%s: %s)\n", v.Standard, v.Provenance.Source, v.Provenance.Rule)
	for _, r := range v.RunnersUp {
		fmt.Printf("not %s (%s)\n", r.Standard, r.Source)
	}
	// Output:
	// Ковалёв Александр (billing: trusted)
	// not Kovalev Aleksandr (web)
	// not Ковалёв А. П. (core-banking)
}
