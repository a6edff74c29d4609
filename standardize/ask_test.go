package standardize

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

func TestAsk(t *testing.T) {
	p, err := customer.NewPortrait([]customer.Attribute{
		{Kind: customer.Person, Name: "name", Type: customer.TypePersonName},
		{Kind: customer.Person, Name: "birth_date", Type: customer.TypeDate},
		{Kind: customer.Person, Name: "phone", Type: customer.TypePhone},
		{Kind: customer.Person, Name: "email", Type: customer.TypeEmail},
		{Kind: customer.Person, Name: "inn", Type: customer.TypeINN},
		{Kind: customer.Person, Name: "card", Type: customer.TypeText},
	})
	if err != nil {
		t.Fatal(err)
	}
	z := New(p, Settings{Country: "RU"})
	for _, c := range []struct {
		text string
		want map[string]string // attribute → first value
	}{
		{"Иванов Пётр, 8 (901) 123-45-67", map[string]string{"name": "Иванов Пётр", "phone": "+79011234567", "card": "8 (901) 123-45-67"}},
		{"12.04.1985 ковалёв", map[string]string{"name": "Ковалёв", "birth_date": "1985-04-12"}},
		{"A@B.ru", map[string]string{"email": "a@b.ru"}},
		{"500100732259", map[string]string{"inn": "500100732259", "card": "500100732259"}},
		{"LN-00042", map[string]string{"card": "LN-00042"}},
		{"", nil},
	} {
		t.Run(c.text, func(t *testing.T) {
			var got map[string]string
			for _, a := range z.Ask(c.text) {
				for _, v := range a.Known.Values {
					name := p.Attribute(v.Attribute).Name
					if _, has := got[name]; !has {
						if got == nil {
							got = map[string]string{}
						}
						got[name] = v.Standard
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAskTriesEachInitialOfALoneSurname(t *testing.T) {
	p, err := customer.NewPortrait([]customer.Attribute{{Kind: customer.Person, Name: "name", Type: customer.TypePersonName}})
	if err != nil {
		t.Fatal(err)
	}
	z := New(p, Settings{})
	if lone := z.Ask("Ковалёв"); len(lone) != 1 || len(lone[0].Variants) < 26 {
		t.Errorf("%+v", lone)
	}
	if both := z.Ask("Ковалёв Пётр"); len(both) != 1 || both[0].Variants != nil {
		t.Errorf("%+v", both)
	}
}

func FuzzAsk(f *testing.F) {
	z := prober()
	for _, s := range []string{"Иванов 8 901", "a@b.ru 01.02.1990", "4510 123456 AB-1", ";,", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) { z.Ask(text) })
}
