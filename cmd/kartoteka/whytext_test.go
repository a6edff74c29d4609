package main

import (
	"strings"
	"testing"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/phrases"
	"kartoteka/standardize"
)

func TestEveryLevelHasWords(t *testing.T) {
	for kind, k := range matching.Shipped().Kinds {
		for name, levels := range k.Types {
			family, part, _ := strings.Cut(name, ".")
			for level := range levels {
				for _, l := range phrases.Langs() {
					if text := l.Level(family, part, level); strings.Contains(text, "level.") {
						t.Errorf("%s %s %s: %s", l, kind, name, text)
					}
				}
			}
		}
	}
}

// explained weighs two rows under the shipped model.
func explained(t *testing.T, kind customer.Kind, a, b map[string]string) (*customer.Portrait, *matching.Why) {
	t.Helper()
	conf := config.Default()
	rules, err := compileRuleset(conf, storedRuleset{}, matching.Shipped(), 1)
	if err != nil {
		t.Fatal(err)
	}
	z := standardize.New(conf.Portrait, conf.Company)
	item := func(row map[string]string) *matching.Item {
		m := customer.Mapped{Kind: kind}
		for name, text := range row {
			id, ok := conf.Portrait.Lookup(kind, name)
			if !ok {
				t.Fatalf("no %s", name)
			}
			m.Values = append(m.Values, customer.RawValue{Attribute: id, Text: text})
		}
		s, filtered := z.Row(&m)
		if filtered != "" {
			t.Fatal(filtered)
		}
		return rules.matcher.Item(&s)
	}
	why := rules.matcher.Explain(item(a), item(b))
	return conf.Portrait, &why
}

func TestWhyText(t *testing.T) {
	for _, c := range []struct {
		name string
		kind customer.Kind
		a, b map[string]string
		lang string
		want []string
	}{
		{"Veto", customer.Person,
			map[string]string{"name": "Иванов Пётр Сергеевич", "inn": "500100732259"}, map[string]string{"name": "Иванов Пётр Сергеевич", "inn": "772701001169"},
			"ru", []string{"ИНН: у клиента он один, а здесь два разных", "фамилия: совпадает", "m 0,"}},
		{"NeverCompared", customer.Person, map[string]string{"name": "Иванов Пётр"}, map[string]string{"name": "Шевченко Тарас"},
			"en", []string{"never compared", "surname: differs"}},
		{"Diminutive", customer.Person, map[string]string{"name": "Ковалёв Саша"}, map[string]string{"name": "Ковалев Александр"},
			"uk", []string{"прізвище: ", "+"}},
		{"Organization", customer.Organization, map[string]string{"name": "ООО «Ромашка»"}, map[string]string{"name": "Ромашка АО"},
			"ru", []string{"правовая форма: "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, why := explained(t, c.kind, c.a, c.b)
			var out strings.Builder
			if err := writeWhy(&out, c.lang, p, why, "the end"); err != nil {
				t.Fatal(err)
			}
			for _, w := range append(c.want, "the end") {
				if !strings.Contains(out.String(), w) {
					t.Errorf("lacks %q:\n%s", w, &out)
				}
			}
			if strings.Contains(out.String(), " \n") {
				t.Error("blanks at the end of a line")
			}
		})
	}
}
