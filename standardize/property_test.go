package standardize

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kartoteka/customer"
)

// person12 draws an ИНН of a person with right check digits.
func person12(t *rapid.T) string {
	head := fmt.Sprintf("%010d", rapid.Int64Range(1_000_000, 9_999_999_999).Draw(t, "head"))
	eleven := head + fmt.Sprint(weighted(head, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10)
	return eleven + fmt.Sprint(weighted(eleven, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10)
}

func TestLostZerosOfINNAreAmongTheReadings(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{})
	a := attribute(t, p, customer.Person, customer.TypeINN)
	rapid.Check(t, func(t *rapid.T) {
		inn := person12(t)
		v := z.Values(a, customer.RawValue{Text: strings.TrimLeft(inn, "0")}, "")[0]
		if v.Verdict == customer.Filler {
			return
		}
		for _, reading := range append(v.Alternatives, v.Standard) {
			if reading == inn {
				return
			}
		}
		t.Errorf("%s: %+v", inn, v)
	})
}

func TestSlipInINNIsNeverValid(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{})
	a := attribute(t, p, customer.Person, customer.TypeINN)
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(person12(t))
		i := rapid.IntRange(2, 11).Draw(t, "place")
		b[i] = '0' + (b[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if checkINN12(string(b)) || b[0] == '0' { // remainder 10 counts as 0, so that a few slips pass
			return
		}
		if v := z.Values(a, customer.RawValue{Text: string(b)}, "")[0]; v.Verdict == customer.Valid {
			t.Errorf("%s: %+v", b, v)
		}
	})
}

func TestStandardFormStandsForItself(t *testing.T) {
	p := testPortrait(t)
	z := New(p, Settings{})
	for typ, text := range map[customer.TypeName]string{
		customer.TypePersonName: "ковалёв александр петрович", customer.TypeDate: "12.04.1985", customer.TypePhone: "8 (916) 123-45-67", customer.TypeEmail: "Ivan@Mail.ru",
		customer.TypeAddress: "г. Саратов, улица Садовая, д. 66к4, кв. 104", customer.TypeINN: "1234567887", customer.TypeSNILS: "112-233-445 95",
		customer.TypeRUPassport: "4500000001", customer.TypeOrgName: `"Востоксофт-57", ООО`, customer.TypeGender: "Мужской",
	} {
		a := attribute(t, p, customer.Person, typ)
		once := z.Values(a, customer.RawValue{Text: text}, "")[0].Standard
		if twice := z.Values(a, customer.RawValue{Text: once}, "")[0].Standard; once == "" || twice != once {
			t.Errorf("%s: %q, and again %q", typ, once, twice)
		}
	}
}
