package golden

import (
	"testing"

	"kartoteka/customer"
)

func benchmarkMembers(b *testing.B, n int) (*customer.Portrait, []customer.Member) {
	var attributes []customer.Attribute
	for _, a := range []struct {
		name string
		kind customer.TypeName
	}{{"name", customer.TypePersonName}, {"birth_date", customer.TypeDate}, {"inn", customer.TypeINN}, {"snils", customer.TypeSNILS},
		{"passport", customer.TypeRUPassport}, {"phone", customer.TypePhone}, {"email", customer.TypeEmail}, {"address", customer.TypeAddress}} {
		t := Types()[a.kind]
		attributes = append(attributes, customer.Attribute{Kind: customer.Person, Name: a.name, Type: a.kind, Keep: t.Keep, AtMost: t.AtMost, First: t.First, By: t.By})
	}
	p, err := customer.NewPortrait(attributes)
	if err != nil {
		b.Fatal(err)
	}
	members := make([]customer.Member, n)
	for i := range members {
		s := &customer.Standard{Kind: customer.Person}
		for j, text := range []string{"Ковалёв Александр Петрович", "1985-04-12", "500100732259", "11223344595", "4509 123456", "+79011234567", "a.kovalev@example.org", "Казань, Ленина, 12, 5"} {
			s.Values = append(s.Values, customer.Value{Attribute: customer.AttributeID(j), Verdict: customer.Valid, Raw: text, Standard: text})
		}
		s.Values[0].Parts = []string{"Ковалёв", "Александр", "Петрович"}
		s.Values[7].Parts = []string{"", "", "", "Казань", "Ленина", "12", "", "5"}
		s.Values[5].Standard = "+7901123456" + string(rune('0'+i%10))
		members[i] = customer.Member{ID: customer.RecordID(i), Revision: 1, Ref: customer.Ref{Source: "a", Key: string(rune('0' + i))}, Standard: s}
	}
	return p, members
}

func benchmarkBuild(b *testing.B, n int) {
	p, members := benchmarkMembers(b, n)
	b.ReportAllocs()
	for b.Loop() {
		Build(p, rules, members, nil)
	}
}

func BenchmarkBuildOne(b *testing.B)  { benchmarkBuild(b, 1) }
func BenchmarkBuildTwo(b *testing.B)  { benchmarkBuild(b, 2) }
func BenchmarkBuildFive(b *testing.B) { benchmarkBuild(b, 5) }

func BenchmarkEncode(b *testing.B) {
	p, members := benchmarkMembers(b, 1)
	g, e := Build(p, rules, members, nil), NewEncoder(p)
	d := customer.Document{Code: 123456789012, State: customer.CodeActive, Epoch: 1, Version: 1, Members: []customer.DocumentMember{{Source: "a", Key: "1", Record: 1}}}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = e.Append(buf[:0], g, &d)
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkDescribeAndMarshal(b *testing.B) {
	p, members := benchmarkMembers(b, 1)
	g := Build(p, rules, members, nil)
	b.ReportAllocs()
	for b.Loop() {
		d := customer.Document{Code: 123456789012, State: customer.CodeActive}
		Describe(p, g, &d)
		if _, err := d.JSON(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCode(b *testing.B) {
	p, _ := NewPermutation(make([]byte, 16))
	for serial := int64(0); b.Loop(); serial++ {
		p.Code(serial)
	}
}
