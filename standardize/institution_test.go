package standardize

import (
	"testing"

	"kartoteka/customer"
)

func TestKindOfBodiesWithoutALegalForm(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{})
	for name, want := range map[string]customer.Kind{
		"Администрация г. Пермь":                customer.Organization,
		"Отдел кадров":                          customer.Organization,
		"Храм Святого Николая":                  customer.Organization,
		"Посольство Республики Казахстан":       customer.Organization,
		"Арбитражный суд г. Москвы":             customer.Organization,
		"Детский сад Солнышко":                  customer.Organization,
		"ГБУЗ ГКБ №1 им. Пирогова":              customer.Organization,
		"Міська лікарня":                        customer.Organization,
		"Храмов Иван Петрович":                  customer.Person,
		"Школьников Антон Ильич":                customer.Person,
		"Отдел кадров Петрова Анна Ивановна":    customer.Organization,
		"Нотариус Петрова Мария Ивановна":       customer.Person,
		"ИП Кузнецов Антон Павлович":            customer.Person,
		"Петрова Анна Ивановна":                 customer.Person,
		`=HYPERLINK("http://x","Петрова Анна")`: customer.Person,
	} {
		m := mapped(t, p, customer.Person, string(customer.TypePersonName), name)
		if got := z.Kind(&m); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestBirthDatesOfNobodyAlive(t *testing.T) {
	p, err := customer.NewPortrait([]customer.Attribute{{Kind: customer.Person, Name: birthDate, Type: customer.TypeDate}, {Kind: customer.Person, Name: "valid_until", Type: customer.TypeDate}})
	if err != nil {
		t.Fatal(err)
	}
	z := New(p, Settings{})
	for _, c := range []struct {
		attribute, text, format string
		want                    customer.Verdict
	}{
		{birthDate, "2090-05-01", "", customer.Invalid},
		{birthDate, "01.05.1880", "", customer.Invalid},
		{birthDate, "01.05.1880", LongAgo, customer.Valid},
		{birthDate, "01.05.1980", "", customer.Valid},
		{"valid_until", "01.05.2090", "", customer.Valid},
	} {
		id, _ := p.Lookup(customer.Person, c.attribute)
		got := z.Values(p.Attribute(id), customer.RawValue{Text: c.text, Format: c.format}, "")
		if len(got) != 1 || got[0].Verdict != c.want {
			t.Errorf("%s %s %s: %+v, want %v", c.attribute, c.text, c.format, got, c.want)
		}
	}
}

func TestFormulasShowWhatTheySay(t *testing.T) {
	for text, want := range map[string]string{
		`=HYPERLINK("http://crm/1","Иванов Пётр")`:      "Иванов Пётр",
		`=ГИПЕРССЫЛКА("mailto:a@b.ru")`:                 "a@b.ru",
		`=HYPERLINK("http://crm/1";"Магазин ""Ёлка""")`: `Магазин "Ёлка"`,
		`="0042"`:                    "0042",
		`=79161234561`:               "79161234561",
		`=cmd|"/C calc"!A0`:          "",
		`@SUM(1+1)*cmd|' /C calc'!A`: "",
		`-cmd|' /C calc'!A0`:         "",
		`=VLOOKUP(A1,B:C,2)`:         "",
		`#REF!`:                      "",
		`#ИМЯ?`:                      "",
		`#5`:                         "#5",
		`-Кузнецов`:                  "-Кузнецов",
		`+7 916 123-45-67`:           "+7 916 123-45-67",
		`@ivanov`:                    "@ivanov",
	} {
		if got := PlainText(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
