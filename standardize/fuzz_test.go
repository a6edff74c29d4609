package standardize

import (
	"testing"
	"unicode/utf8"

	"kartoteka/customer"
)

// fuzzType checks what holds for every parser: no panic, a verdict on each value, a standard
// form exactly for what is usable, the same answer twice, and a standard form that is text.
func fuzzType(f *testing.F, typ customer.TypeName, seeds ...string) {
	p := testPortrait(f)
	a := attribute(f, p, customer.Person, typ)
	z := map[string]*Standardizer{"RU": New(p, Settings{}), "UA": New(p, Settings{Country: "UA"}), "US": New(p, Settings{Country: "US"})}
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for country, z := range z {
			raw := customer.RawValue{Text: text}
			values := z.Values(a, raw, "Казань")
			if len(values) == 0 {
				t.Fatalf("%s: no value of %q", country, text)
			}
			for i := range values {
				checkValue(t, text, &values[i])
			}
			if again := z.Values(a, raw, "Казань"); len(again) != len(values) || again[0].Standard != values[0].Standard {
				t.Errorf("%s: another answer for %q", country, text)
			}
			z.Values(a, customer.RawValue{Parts: []string{text, text, "1", text, text, text, text, text}}, text)
		}
		Probe(typ, text)
	})
}

func checkValue(t *testing.T, text string, v *customer.Value) {
	t.Helper()
	switch {
	case v.Verdict == 0:
		t.Errorf("no verdict for %q", text)
	case v.Verdict.Usable() != (v.Standard != ""):
		t.Errorf("%q is %s with the standard form %q", text, v.Verdict, v.Standard)
	case (v.Verdict == customer.Ambiguous) != (len(v.Alternatives) > 0):
		t.Errorf("%q is %s with alternatives %q", text, v.Verdict, v.Alternatives)
	case utf8.ValidString(text) && !utf8.ValidString(v.Standard):
		t.Errorf("%q gives broken text %q", text, v.Standard)
	}
}

func FuzzPersonName(f *testing.F) {
	fuzzType(f, customer.TypePersonName, "Ковалёв Александр Петрович", "Kennedy, John F. Jr", "ИП Алиев Ахмед Октай оглы", "А.П.Ковалев", "Иванова (Смирнова) М", "van der Berg")
}

func FuzzOrganizationName(f *testing.F) {
	fuzzType(f, customer.TypeOrgName, "ООО «Ромашка»", "Филиал ООО «Ромашка» в г. Казань", "Müller GmbH & Co. KG", "О.О.О.", "\"\"(,)&")
}

func FuzzDate(f *testing.F) {
	fuzzType(f, customer.TypeDate, "12.04.1985", "12 апреля 1985 г.", "31149", "1985-04-12T00:00:00Z", "1/2/03", "3.1149E+4")
}

func FuzzPhone(f *testing.F) {
	fuzzType(f, customer.TypePhone, "8(495)000-12-34 доб.12; 8 900 000 00 01 (жена)", "+380671234567", "7.9161234567E+10", "123-45-67", "(((((12345", "80671234567")
}

func FuzzEmail(f *testing.F) {
	fuzzType(f, customer.TypeEmail, "Иван <ivan@mail.ru>", "a@b,ru", "@@", "no@mail.ru; x@y.z")
}

func FuzzAddress(f *testing.F) {
	fuzzType(f, customer.TypeAddress, "101000, г Москва, ул Примерная, д 1, кв 2", "2527 E 73RD St.", "г.Москва,ул.Примерная,3/1-15", "д. д. д. 5к-")
}

func FuzzINN(f *testing.F) {
	fuzzType(f, customer.TypeINN, "500100732259", "'008765432143", "1234567887", "7.707E+9", "7707083893/773601001")
}

func FuzzNumbers(f *testing.F) {
	p := testPortrait(f)
	z := New(p, Settings{})
	for _, seed := range []string{"1027700132195", "112-233-445 95", "4500 000001 выдан", "UA213223130000026007233566001", "MA1953684", "061211600012", "IV-БА 123456", "1.5E+3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range identityTypes {
			a := attribute(t, p, customer.Organization, typ)
			for _, v := range z.Values(a, customer.RawValue{Text: text}, "") {
				checkValue(t, text, &v)
			}
			Probe(typ, text)
		}
	})
}

func FuzzPlain(f *testing.F) {
	p := testPortrait(f)
	z := New(p, Settings{})
	f.Add("Client; partner")
	f.Add("Мужской")
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range []customer.TypeName{customer.TypeGender, customer.TypeSet, customer.TypeText, customer.TypeCategory} {
			for _, v := range z.Values(attribute(t, p, customer.Person, typ), customer.RawValue{Text: text}, "") {
				checkValue(t, text, &v)
			}
		}
	})
}
