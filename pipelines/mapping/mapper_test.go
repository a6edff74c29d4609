package mapping

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

// cell puts several texts of one column behind each other: "phone=1", "phone=2".
func rowOf(t *customer.Table, cells ...string) customer.Row {
	r := customer.Row{Table: t}
	for _, c := range cells {
		name, text, _ := strings.Cut(c, "=")
		i := slices.Index(t.Columns, name)
		if i < 0 {
			i = len(t.Columns)
			t.Columns = append(t.Columns, name)
		}
		r.Cells = append(r.Cells, customer.Cell{Column: i, Text: text})
	}
	return r
}

// valuesOf writes mapped values as "attribute[@kind]: text" or "attribute: part|part|...".
func valuesOf(p *customer.Portrait, m *customer.Mapped) []string {
	var out []string
	for _, v := range m.Values {
		s := p.Attribute(v.Attribute).Name
		if v.Kind != "" {
			s += "@" + v.Kind
		}
		s += ": " + v.Text
		if v.Parts != nil {
			s += strings.Join(v.Parts, "|")
		}
		if v.Issued != "" {
			s += " issued " + v.Issued
		}
		out = append(out, s)
	}
	return out
}

func TestMapperGivesValues(t *testing.T) {
	fields := func(f ...customer.Field) customer.Mapping { return customer.Mapping{Fields: f} }
	whole := func(attribute string, columns ...string) customer.Field {
		return customer.Field{Attribute: attribute, Columns: columns}
	}
	parts := customer.Field{Attribute: "name", Columns: []string{"F", "I", "O"}, Parts: []string{"last", "first", "patronymic"}}
	cases := []struct {
		name    string
		mapping customer.Mapping
		cells   []string
		want    []string
	}{
		{"one column", fields(whole("phone", "p")), []string{"p= +7 "}, []string{"phone: +7"}},
		{"a column that is not delivered gives nothing", fields(whole("phone", "p")), []string{"x=1"}, nil},
		{"an empty cell is explicitly empty", fields(whole("phone", "p")), []string{"p="}, []string{"phone: "}},
		{"empty only if no column has a value", fields(whole("phone", "p"), whole("phone", "q")), []string{"p=", "q=1"}, []string{"phone: 1"}},
		{"empty once", fields(whole("phone", "p"), whole("phone", "q")), []string{"p=", "q="}, []string{"phone: "}},
		{"empty per value kind", fields(customer.Field{Attribute: "address", Columns: []string{"p"}, ValueKind: "living"}, customer.Field{Attribute: "address", Columns: []string{"q"}, ValueKind: "postal"}),
			[]string{"p=", "q=Omsk"}, []string{"address@living: ", "address@postal: Omsk"}},
		{"repeated cells", fields(whole("phone", "p")), []string{"p=1", "p=2", "p=3"}, []string{"phone: 1", "phone: 2", "phone: 3"}},
		{"parts", fields(parts), []string{"F=Ковалёв", "I=Александр", "O="}, []string{"name: Ковалёв|Александр|"}},
		{"parts, all empty", fields(parts), []string{"F=", "I=", "O="}, []string{"name: "}},
		{"repeated parts belong together by their order", fields(parts), []string{"F=Смирнова", "F=Иванова", "I=Мария", "I=Мария", "O=Сергеевна"},
			[]string{"name: Смирнова|Мария|Сергеевна", "name: Иванова|Мария|Сергеевна"}},
		{"two columns of one part", fields(customer.Field{Attribute: "name", Columns: []string{"a", "b", "c"}, Parts: []string{"last", "last", "first"}}),
			[]string{"a=Mu", "b=Bei", "c=Anna"}, []string{"name: Mu Bei|Anna"}},
		{"joined columns", fields(whole("address", "a", "b")), []string{"a=Omsk", "b=Lenina 1"}, []string{"address: Omsk Lenina 1"}},
		{"alternatives of a name: the first with two words", fields(parts, whole("name", "full")), []string{"F=", "I=Маша", "O=", "full=Мария Иванова"}, []string{"name: Мария Иванова"}},
		{"alternatives of a name: the first of equals", fields(parts, whole("name", "full")), []string{"F=Иванова", "I=Маша", "full=Мария Иванова"}, []string{"name: Иванова|Маша|"}},
		{"alternatives of a name: the only one", fields(parts, whole("name", "full")), []string{"F=", "I=", "O=", "full=Мария"}, []string{"name: Мария"}},
		{"names of another kind are no alternatives", fields(whole("name", "a"), customer.Field{Attribute: "name", Columns: []string{"b"}, ValueKind: "maiden"}),
			[]string{"a=Иванова Мария", "b=Смирнова"}, []string{"name: Иванова Мария", "name@maiden: Смирнова"}},
		{"series and number, when it is a passport", fields(customer.Field{Attribute: "passport", Columns: []string{"s", "n"}, Parts: []string{"series", "number"}, Issued: "d", When: map[string]string{"t": "21"}}),
			[]string{"t=21", "s=4500", "n=000001", "d=20.04.2005"}, []string{"passport: 4500|000001 issued 20.04.2005"}},
		{"no passport", fields(customer.Field{Attribute: "passport", Columns: []string{"s", "n"}, When: map[string]string{"t": "21"}}), []string{"t=10", "s=4500", "n=000001"}, nil},
		{"conditions follow repetitions", fields(customer.Field{Attribute: "phone", Columns: []string{"v"}, When: map[string]string{"k": "Телефон"}}),
			[]string{"k=Телефон", "k=Почта", "v=123", "v=a@b.c"}, []string{"phone: 123"}},
		{"telephone and e-mail in one cell", fields(whole("phone", "c"), whole("email", "c")), []string{"c=8 (495) 000-12-34 доб. 12, kovalev@example.com"},
			[]string{"phone: 8 (495) 000-12-34 доб. 12", "email: kovalev@example.com"}},
		{"only an e-mail in a mixed cell", fields(whole("phone", "c"), whole("email", "c")), []string{"c=почта: a@b.ru"}, []string{"email: a@b.ru"}},
		{"only a telephone in a mixed cell", fields(whole("phone", "c"), whole("email", "c")), []string{"c=123-45-67"}, []string{"phone: 123-45-67"}},
		{"ИНН/КПП, kind unknown", fields(whole("inn", "c"), whole("kpp", "c")), []string{"c=0012345673/001201001"}, []string{"inn: 0012345673", "kpp: 001201001"}},
		{"ИНН without КПП", fields(whole("inn", "c"), whole("kpp", "c")), []string{"c=0012345673"}, []string{"inn: 0012345673"}},
		{"an attribute that the portrait lacks", fields(whole("shoe", "c")), []string{"c=42"}, nil},
		{"a heading written a little differently", fields(whole("phone", "Доп. телефон")), []string{"доп телефон=1"}, []string{"phone: 1"}},
	}
	p := portrait(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			table := &customer.Table{}
			r := rowOf(table, c.cells...)
			m, err := Compile(p, &c.mapping, table)
			if err != nil {
				t.Fatal(err)
			}
			var out customer.Mapped
			m.Row(&r, &out)
			m.Row(&r, &out) // memory is used again
			if diff := cmp.Diff(c.want, valuesOf(p, &out)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMapperFollowsAGrowingTable(t *testing.T) {
	p := portrait(t)
	table := &customer.Table{Columns: []string{"id"}}
	m, err := Compile(p, &customer.Mapping{Fields: []customer.Field{{Attribute: "phone", Columns: []string{"phones"}}}}, table)
	if err != nil {
		t.Fatal(err)
	}
	first := rowOf(table, "id=1")
	var out customer.Mapped
	m.Row(&first, &out)
	if len(out.Values) != 0 || !slices.Equal(m.Absent(), []string{"phones"}) {
		t.Errorf("before: %v, absent %v", out.Values, m.Absent())
	}
	second := rowOf(table, "id=2", "phones=1", "phones=2")
	m.Row(&second, &out)
	if got := valuesOf(p, &out); !slices.Equal(got, []string{"phone: 1", "phone: 2"}) || m.Absent() != nil {
		t.Errorf("after: %v, absent %v", got, m.Absent())
	}
}

func TestMapperDecidesKind(t *testing.T) {
	p := portrait(t)
	rule := &customer.KindRule{Column: "type", Person: []string{"1"}, Organization: []string{"2"}}
	cases := []struct {
		rule *customer.KindRule
		row  customer.Kind
		cell string
		want customer.Kind
	}{
		{nil, "", "1", ""},
		{nil, customer.Person, "1", customer.Person},
		{&customer.KindRule{Always: customer.Organization}, "", "", customer.Organization},
		{rule, "", "1", customer.Person},
		{rule, "", " 2 ", customer.Organization},
		{rule, "", "Юридическое лицо", customer.Organization}, // not listed, but known
		{rule, "", "?", ""},
		{rule, customer.Organization, "1", customer.Organization},
	}
	for _, c := range cases {
		table := &customer.Table{}
		r := rowOf(table, "type="+c.cell)
		r.Kind = c.row
		m, err := Compile(p, &customer.Mapping{Kind: c.rule}, table)
		if err != nil {
			t.Fatal(err)
		}
		var out customer.Mapped
		if m.Row(&r, &out); out.Kind != c.want {
			t.Errorf("%+v %q: %q, want %q", c.rule, c.cell, out.Kind, c.want)
		}
	}
}

func TestMapperJoinsPartsOfAnOrganizationsName(t *testing.T) {
	p := portrait(t)
	table := &customer.Table{}
	r := rowOf(table, "F=ООО Ромашка", "I=Тест")
	r.Kind = customer.Organization
	m, err := Compile(p, &customer.Mapping{Fields: []customer.Field{{Attribute: "name", Columns: []string{"F", "I"}, Parts: []string{"last", "first"}}}}, table)
	if err != nil {
		t.Fatal(err)
	}
	var out customer.Mapped
	m.Row(&r, &out)
	if got := valuesOf(p, &out); !slices.Equal(got, []string{"name: ООО Ромашка Тест"}) || p.Attribute(out.Values[0].Attribute).Kind != customer.Organization {
		t.Error(got)
	}
}

func TestMapperReadsFacts(t *testing.T) {
	mapping := customer.Mapping{
		Observed: "upd", City: "city",
		Consents: []customer.ConsentField{{Purpose: "marketing", Channels: []string{"sms", "email"}, Column: "agree", At: "upd"}, {Purpose: "profiling", Column: "p", Yes: []string{"0"}, No: []string{"1"}}},
		Products: []customer.ProductField{{Kind: "loan", Number: "no", Status: "st", Opened: "from"}},
		Links:    []customer.RelationField{{Attribute: "employer", TargetKey: "boss", Role: "=work", From: "from"}},
	}
	table := &customer.Table{}
	r := rowOf(table, "upd=01.03.2026 10:00:00", "city=Казань", "agree=Да", "p=1", "no=L1", "no=L2", "st=open", "st=closed", "from=2019-02-01", "boss=b1d0c0de-0000-4000-8000-000000000003")
	m, err := Compile(portrait(t), &mapping, table)
	if err != nil {
		t.Fatal(err)
	}
	var got customer.Mapped
	m.InZone(time.FixedZone("MSK", 3*3600)).Row(&r, &got)
	got.Values = nil
	from := customer.Date{Year: 2019, Month: 2, Day: 1}
	want := customer.Mapped{
		Observed: time.Date(2026, 3, 1, 7, 0, 0, 0, time.UTC), City: "Казань",
		Consents:  []customer.RawConsent{{Purpose: "marketing", Channel: "sms", Given: true, At: "01.03.2026 10:00:00"}, {Purpose: "marketing", Channel: "email", Given: true, At: "01.03.2026 10:00:00"}, {Purpose: "profiling"}},
		Products:  []customer.RawProduct{{Kind: "loan", Number: "L1", Status: "open", Opened: "2019-02-01"}, {Kind: "loan", Number: "L2", Status: "closed", Opened: "2019-02-01"}},
		Relations: []customer.Relation{{Attribute: "employer", Role: "work", Target: customer.Ref{Key: "b1d0c0de-0000-4000-8000-000000000003"}, From: from}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompileRefuses(t *testing.T) {
	for name, m := range map[string]customer.Mapping{
		"a field without columns":          {Fields: []customer.Field{{Attribute: "phone"}}},
		"parts that the type has not":      {Fields: []customer.Field{{Attribute: "phone", Columns: []string{"a"}, Parts: []string{"street"}}}},
		"a part too few":                   {Fields: []customer.Field{{Attribute: "name", Columns: []string{"a", "b"}, Parts: []string{"last"}}}},
		"a standard that nobody filled in": {Standard: "standard"},
	} {
		if _, err := Compile(portrait(t), &m, &customer.Table{}); !errors.Is(err, ErrMapping) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInstantsAreRead(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 5, 0, time.UTC)
	for s, want := range map[string]time.Time{
		"2026-03-01T10:00:05Z": at, "2026-03-01 10:00:05": at, "01.03.2026 10:00:05": at, "1772359205": at, "1772359205000": at, "1772359205000000": at, "2026-03-01T13:00:05+03:00": at,
		"2026-03-01": at.Truncate(24 * time.Hour), "01.03.2026": at.Truncate(24 * time.Hour), "20260301": at.Truncate(24 * time.Hour), "2026-03-01 10:00:05.000000+00": at,
		"0001-01-01T00:00:00": {}, "": {}, "soon": {}, "12": {},
	} {
		got, ok := parseInstant(s, time.UTC)
		if !got.Equal(want) || ok != !want.IsZero() {
			t.Errorf("%q: %v %v, want %v", s, got, ok, want)
		}
	}
}
