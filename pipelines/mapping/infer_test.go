package mapping

import (
	"fmt"
	"testing"

	"kartoteka/config"
	"kartoteka/customer"
)

func TestExtraThatPartsTwinsStaysRaw(t *testing.T) {
	table := &customer.Table{Columns: []string{"name", "city", "cuisine", "district"}}
	var rows []customer.Row
	for i := range 40 {
		name := fmt.Sprintf("cafe number %c%c", 'a'+i/2, 'b'+i/2) // each name twice
		rows = append(rows, textRow(table, name, "sampleton", []string{"french", "italian", "thai"}[i%3], []string{"north", "south"}[i/2%2]))
	}
	p := Infer(portrait(t), "", table, rows)
	if got := p.Columns[2].Attribute; got != "-raw" {
		t.Errorf("cuisine, which differs between twins, is %s", got)
	}
	if got := p.Columns[3].Attribute; got != "x.district" {
		t.Errorf("district, which twins share, is %s", got)
	}
}

func TestOtherPortraitsPlayTheirOwnRoles(t *testing.T) {
	table := &customer.Table{Columns: []string{"first name", "last name", "ssn", "ipn", "loyalty_no"}}
	row := textRow(table, "Anna", "Sample", "078-05-1120", "3652504575", "L-77")
	attribute := func(name string, typ customer.TypeName) customer.Attribute {
		return customer.Attribute{Kind: customer.Person, Name: name, Type: typ}
	}
	p, err := customer.NewPortrait([]customer.Attribute{attribute("full_name", customer.TypePersonName), attribute("national_id", customer.TypeNumber),
		attribute("tax_code", customer.TypeRNOKPP), attribute("loyalty_no", customer.TypeText)})
	if err != nil {
		t.Fatal(err)
	}
	got := Infer(p, "", table, []customer.Row{row})
	for i, want := range []string{"full_name", "full_name", "national_id", "tax_code", "loyalty_no"} {
		if got.Columns[i].Attribute != want {
			t.Errorf("%s: %+v, want %s", table.Columns[i], got.Columns[i], want)
		}
	}
}

func TestSecondLoadMapsTheExtrasOfTheFirst(t *testing.T) {
	table := &customer.Table{Columns: []string{"name", "Membership ID No"}}
	var rows []customer.Row
	for i := range 20 {
		rows = append(rows, textRow(table, fmt.Sprintf("Anna Sample%c", 'a'+i), fmt.Sprintf("M-%04d", i*7%19)))
	}
	first := Infer(config.Default().Portrait, "", table, rows)
	if len(first.Extra) == 0 {
		t.Fatalf("no extras: %+v", first.Columns)
	}
	conf, err := config.WithExtras(config.Default(), first.Extra)
	if err != nil {
		t.Fatal(err)
	}
	second := Infer(conf.Portrait, "", table, rows[:2])
	if a := second.Columns[1].Attribute; a != first.Extra[0].Name || len(second.Extra) != 0 {
		t.Errorf("%s, extras %v", a, second.Extra)
	}
}
