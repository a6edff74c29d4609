package access_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"kartoteka/access"
	"kartoteka/customer"
)

func TestMaskLeavesTheHintOfItsType(t *testing.T) {
	for _, c := range []struct {
		kind     customer.TypeName
		in, want string
	}{
		{customer.TypePersonName, "Ковалёв Александр Петрович", "К••• А••• П•••"},
		{customer.TypePersonName, "Ковалёв А П", "К••• ••• •••"},
		{customer.TypePersonName, "  ", "•••"},
		{customer.TypeOrgName, "Ромашка Тест", "Р••• Т•••"},
		{customer.TypeDate, "1985-04-12", "1985-••-••"},
		{customer.TypeDate, "1985", "•••"},
		{customer.TypeDate, "12.04.1985", "•••"},
		{customer.TypeGender, "f", "•••"},
		{customer.TypePhone, "+79161234567", "•••4567"},
		{customer.TypePhone, "112", "•••"},
		{customer.TypeEmail, "anna.petrova@example.com", "a•••@example.com"},
		{customer.TypeEmail, "a@example.com", "•••@example.com"},
		{customer.TypeEmail, "@example.com", "•••"},
		{customer.TypeEmail, "not an address", "•••"},
		{customer.TypeAddress, "420111, Казань, Ленина, 12, 5", "Казань, •••"},
		{customer.TypeAddress, "Казань", "•••"},
		{customer.TypeAddress, "Ленина 12, 5", "•••"},
		{customer.TypeText, "LOY-004211", "•••11"},
		{customer.TypeText, "Vasya", "•••"},
		{customer.TypeCategory, "врач", "•••"},
		{customer.TypeSet, "partner", "•••"},
		{customer.TypeRelation, "crm/17", "•••"},
		{customer.TypeProduct, "40817810200000000001", "•••0001"},
		{customer.TypeConsent, "marketing", "•••"},
		{customer.TypeINN, "526317984689", "•••4689"},
		{customer.TypeINN, "7707083893", "•••3893"},
		{customer.TypeKPP, "770701001", "•••001"},
		{customer.TypeOGRN, "1027700132195", "•••2195"},
		{customer.TypeSNILS, "112-233-445 95", "•••95"},
		{customer.TypeRUPassport, "9204 123456", "•••456"},
		{customer.TypeRNOKPP, "3652504575", "•••575"},
		{customer.TypeBYPersonal, "3120485A001PB6", "•••PB6"},
		{customer.TypeEDRPOU, "32855961", "•••961"},
		{customer.TypeUAPassport, "КВ123456", "•••456"},
		{customer.TypeUNP, "200988541", "•••541"},
		{customer.TypeIIN, "061211600012", "•••0012"},
		{customer.TypeIBAN, "UA213223130000026007233566001", "UA•••6001"},
		{customer.TypeNumber, "AB1234567", "•••567"},
		{"id.mars", "anything", "•••"},
		{customer.TypePhone, "", ""},
	} {
		if got := access.Mask(c.kind, c.in); got != c.want {
			t.Errorf("Mask(%s, %q) = %q, want %q", c.kind, c.in, got, c.want)
		}
	}
}

func TestEveryTypeHasAMask(t *testing.T) {
	for _, kind := range customer.Types() {
		if !access.Masks(kind) {
			t.Errorf("access has no mask of %s", kind)
		}
	}
}

// What has only the part that would be left goes whole.
func TestMaskOfAHalfHidesIt(t *testing.T) {
	for s, kind := range map[string]customer.TypeName{"@": customer.TypeEmail, "@example.com": customer.TypeEmail, "Пермь,": customer.TypeAddress, "Пермь, ,": customer.TypeAddress} {
		if got := access.Mask(kind, s); got != access.Hidden {
			t.Errorf("%q: %q", s, got)
		}
	}
}

func TestMaskHidesMostOfAnyValue(t *testing.T) {
	kinds := customer.Types()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "type")
		s := rapid.String().Draw(t, "value")
		got := access.Mask(kind, s)
		if (got == "") != (s == "") {
			t.Fatalf("Mask(%q) = %q", s, got)
		}
		if s != "" && !strings.Contains(s, access.Hidden) && strings.Contains(got, s) {
			t.Fatalf("Mask(%q) = %q shows the value", s, got)
		}
	})
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"", "@", "\xff@\xff", "1985-", "a,b", ",", "UA21322313000002600"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range customer.Types() {
			if got := access.Mask(kind, s); utf8.ValidString(s) && !utf8.ValidString(got) {
				t.Errorf("Mask(%s, %q) = %q", kind, s, got)
			}
		}
	})
}
