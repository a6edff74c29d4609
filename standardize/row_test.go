package standardize

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

// mapped makes a row of texts by type, on the attributes of one kind as a mapping gives them.
func mapped(t testing.TB, p *customer.Portrait, kind customer.Kind, pairs ...string) customer.Mapped {
	t.Helper()
	var m customer.Mapped
	for i := 0; i < len(pairs); i += 2 {
		a := attribute(t, p, kind, customer.TypeName(pairs[i]))
		m.Values = append(m.Values, customer.RawValue{Attribute: a.ID, Text: pairs[i+1]})
	}
	return m
}

func TestKindOfRow(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{})
	for _, c := range []struct {
		name string
		want customer.Kind
		row  []string
	}{
		{"legal form in front", "organization", []string{"person_name", "ООО Ромашка"}},
		{"legal form behind", "organization", []string{"person_name", "Восток Групп-5 ООО"}},
		{"sole trader is a person", "person", []string{"person_name", "ИП Иванов Иван Иванович"}},
		{"twelve digits", "person", []string{"id.ru.inn", "500100732259"}},
		{"ten digits", "organization", []string{"id.ru.inn", "7707083893"}},
		{"two readings tell nothing", "", []string{"id.ru.inn", "1234567887"}},
		{"patronymic", "person", []string{"person_name", "Ковалёв Александр Петрович"}},
		{"given name", "person", []string{"person_name", "Мария"}},
		{"initials", "person", []string{"person_name", "Ковалев А.П."}},
		{"joined initials that read as a form", "person", []string{"person_name", "Ковалев АО"}},
		{"quotation marks", "organization", []string{"person_name", "Магазин «Ромашка»"}},
		{"legal form outranks a number", "organization", []string{"id.ru.inn", "500100732259", "person_name", "ООО Ромашка"}},
		{"nothing tells", "", []string{"phone", "89161234567"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mapped(t, p, customer.Person, c.row...)
			if got := z.Kind(&m); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestRowMovesValuesToItsKind(t *testing.T) {
	p, err := customer.NewPortrait([]customer.Attribute{
		{Kind: customer.Person, Name: "name", Type: customer.TypePersonName},
		{Kind: customer.Person, Name: "birth_date", Type: customer.TypeDate},
		{Kind: customer.Person, Name: "phone", Type: customer.TypePhone},
		{Kind: customer.Organization, Name: "phone", Type: customer.TypePhone},
		{Kind: customer.Organization, Name: "name", Type: customer.TypeOrgName},
	})
	if err != nil {
		t.Fatal(err)
	}
	z := New(p, Settings{})
	s, filtered := z.Row(&customer.Mapped{Values: []customer.RawValue{
		{Attribute: 0, Text: "ООО «Ромашка»"}, {Attribute: 1, Text: "12.04.1985"}, {Attribute: 2, Text: "84951234567, 84951234567"}, {Attribute: 2, Text: ""}}})
	want := customer.Standard{Kind: customer.Organization, Values: []customer.Value{
		{Attribute: 3, Verdict: customer.Valid, Raw: "84951234567", Standard: "+74951234567", Parts: []string{"", "fixed", ""}},
		{Attribute: 4, Verdict: customer.Plausible, Raw: "ООО «Ромашка»", Standard: "ООО Ромашка", Parts: []string{"Ромашка", "OOO", ""}},
	}}
	if diff := cmp.Diff(want, s); diff != "" || filtered != "" {
		t.Error(filtered, diff)
	}
}

func TestRowFilters(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{})
	for want, row := range map[customer.FilterReason][]string{
		customer.FilteredBlank:  {"person_name", "-", "phone", ""},
		customer.FilteredTotal:  {"person_name", "Итого по отделу"},
		customer.FilteredGroup:  {"person_name", "Покупатели"},
		customer.FilteredHeader: {"person_name", "ФИО", "phone", "Телефон"},
		"":                      {"person_name", "Мария"},
	} {
		m := mapped(t, p, customer.Person, row...)
		if _, got := z.Row(&m); got != want {
			t.Errorf("%v: %q, want %q", row, got, want)
		}
	}
}

func TestRowReadsFacts(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{})
	m := mapped(t, p, customer.Person, "person_name", "Мария")
	m.Consents = []customer.RawConsent{{Purpose: "Marketing", Channel: "SMS", Address: "8 916 123-45-67", At: "01.02.2020"}}
	m.Products = []customer.RawProduct{{Kind: "loan", Number: " 77 ", Opened: "2020-01-02", Closed: "-"}, {Kind: "loan"}}
	s, _ := z.Row(&m)
	consents := []customer.Consent{{Purpose: "marketing", Channel: "sms", Address: "+79161234567", At: z.instant("2020-02-01")}}
	products := []customer.Product{{Kind: "loan", Number: "77", Opened: customer.Date{Year: 2020, Month: 1, Day: 2}}}
	if diff := cmp.Diff(consents, s.Consents) + cmp.Diff(products, s.Products); diff != "" {
		t.Error(diff)
	}
}

func TestPhoneTakesAreaFromRow(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{AreaCodes: map[string]string{"Казань": "855"}})
	for _, c := range []struct{ city, address, want string }{
		{"Казань", "", "+78552234567"},
		{"", "г. Самара, ул. Мира, 1", "+78462234567"},
		{"", "", "2234567"},
	} {
		m := mapped(t, p, customer.Person, "phone", "223-45-67", "address", c.address)
		m.City = c.city
		s, _ := z.Row(&m)
		if got := s.Of(attribute(t, p, customer.Person, customer.TypePhone).ID)[0].Standard; got != c.want {
			t.Errorf("%v: %s", c, got)
		}
	}
}

func TestProbe(t *testing.T) {
	yes := map[customer.TypeName][]string{
		customer.TypePersonName: {"Ковалёв Александр Петрович", "Ковалев А.П.", "Мария", "Иванова", "KOVALEV ALEKSANDR", "John Smith", "Саша Ковалев"},
		customer.TypeOrgName:    {"ООО Ромашка", `"Ромашка"`, "Acme Inc."},
		customer.TypeDate:       {"12.04.1985", "1985-04-12", "12 апреля 1985 г.", "19850412"},
		customer.TypePhone:      {"+7 (916) 123-45-67", "89161234567", "9161234567", "8(495)000-12-34 доб.12; 8 900 000 00 01 (жена)"},
		customer.TypeEmail:      {"ivan@mail.ru"},
		customer.TypeAddress:    {"г. Казань, ул. Мира, 1", "2527 E 73RD St.", "ул. Ленина, д. 5"},
		customer.TypeINN:        {"500100732259", "7707083893"},
		customer.TypeSNILS:      {"112-233-445 95"},
	}
	no := map[customer.TypeName][]string{
		customer.TypePersonName: {"ООО Ромашка", "12.04.1985", "active", "г. Казань, ул. Мира, 1", "-", "Зарялогистик Плюс"},
		customer.TypeOrgName:    {"Ковалёв Александр Петрович", "Казань"},
		customer.TypeDate:       {"1985", "500100732259", "Мария", "12", "8 916 123-45-67"},
		customer.TypePhone:      {"12.04.1985", "500100732259", "Мария", "12", "101000"},
		customer.TypeEmail:      {"ivan", "@"},
		customer.TypeAddress:    {"Мария", "12", "active"},
		customer.TypeRelation:   {"x"},
		customer.TypeCategory:   {"x"},
	}
	for typ, texts := range yes {
		for _, text := range texts {
			if !Probe(typ, text).Usable() {
				t.Errorf("%s: %q is not seen", typ, text)
			}
		}
	}
	for typ, texts := range no {
		for _, text := range texts {
			if v := Probe(typ, text); v != 0 {
				t.Errorf("%s: %q is %s", typ, text, v)
			}
		}
	}
}

func TestEachTypeHasItsEntry(t *testing.T) {
	for _, typ := range customer.Types() {
		entry, ok := Types()[typ]
		if !ok || entry.Doc == "" || (entry.parse == nil) != typ.IsFact() {
			t.Errorf("%s: %+v", typ, entry)
		}
	}
	if len(Types()) != len(customer.Types()) {
		t.Error("an entry for no type")
	}
}

func TestPartIndex(t *testing.T) {
	for _, c := range []struct {
		typ  customer.TypeName
		part string
		want int
	}{
		{customer.TypePersonName, "last", customer.NameLast}, {customer.TypePersonName, "role", customer.NameRole},
		{customer.TypeOrgName, "branch", customer.OrgBranch}, {customer.TypeAddress, "flat", customer.AddressFlat},
		{customer.TypePhone, "remark", customer.PhoneRemark}, {customer.TypeDate, "day", 2}, {customer.TypeDate, "hour", -1},
	} {
		if got, ok := PartIndex(c.typ, c.part); got != c.want || ok != (c.want >= 0) {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

func TestFingerprintChangesWithSettings(t *testing.T) {
	p := testPortrait(t)
	base := New(p, Settings{}).Fingerprint()
	if base != New(p, Settings{Country: "RU"}).Fingerprint() {
		t.Error("the default country is RU")
	}
	for _, s := range []Settings{{Country: "UA"}, {AreaCodes: map[string]string{"Казань": "1"}}, {StreetAliases: map[string]string{"Казань": "1"}}} {
		if New(p, s).Fingerprint() == base {
			t.Errorf("%+v", s)
		}
	}
}

func TestIssuedDateIsWhenADocumentWasObserved(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{})
	v := z.Values(attribute(t, p, customer.Person, customer.TypeRUPassport), customer.RawValue{Text: "4500 000001", Issued: "01.02.2003"}, "")
	if got := v[0].Observed.Format("2006-01-02"); got != "2003-02-01" {
		t.Error(got)
	}
}

func BenchmarkRow(b *testing.B) {
	p := testPortrait(b)
	z := New(p, Settings{})
	rows := []customer.Mapped{
		mapped(b, p, customer.Person, "person_name", "Ковалёв Александр Петрович", "date", "12.04.1985", "phone", "8 (916) 123-45-67", "email", "kovalev@example.com",
			"id.ru.inn", "500100732259", "address", "101000, г Москва, ул Примерная, д 1, кв 2"),
		mapped(b, p, customer.Person, "person_name", "DEMICHEVA GUZEL'", "phone", "9126889161", "address", "g. Perm, Novaia ul., 92, kv. 121"),
		mapped(b, p, customer.Organization, "organization_name", `ООО "Форумтранс"`, "id.ru.inn", "7707083893", "id.ru.kpp", "773601001", "phone", "+7 (812) 204-99-83"),
	}
	z.Row(&rows[0])
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		z.Row(&rows[i%len(rows)])
	}
}
