package golden

import (
	"testing"
	"time"

	"kartoteka/customer"

	"pgregory.net/rapid"
)

// portrait has an attribute of every type for persons, and one per rule for names and texts.
func portrait(t testing.TB) *customer.Portrait {
	t.Helper()
	attributes := []customer.Attribute{
		{Kind: customer.Person, Name: "name", Type: customer.TypePersonName, Keep: customer.KeepTrusted},
		{Kind: customer.Person, Name: "birth_date", Type: customer.TypeDate, Keep: customer.KeepMostAgreed},
		{Kind: customer.Person, Name: "phone", Type: customer.TypePhone, Keep: customer.KeepAll, AtMost: 2, First: customer.KeepLatest},
		{Kind: customer.Person, Name: "address", Type: customer.TypeAddress, Keep: customer.KeepLatest, By: "kind"},
		{Kind: customer.Person, Name: "employer", Type: customer.TypeRelation, Keep: customer.KeepLatest},
		{Kind: customer.Person, Name: "friends", Type: customer.TypeRelation, Keep: customer.KeepAll},
		{Kind: customer.Person, Name: "consent", Type: customer.TypeConsent, Keep: customer.KeepAll},
		{Kind: customer.Organization, Name: "name", Type: customer.TypeOrgName, Keep: customer.KeepTrusted},
	}
	for _, keep := range Keeps() {
		attributes = append(attributes, customer.Attribute{Kind: customer.Person, Name: "text_" + string(keep), Type: customer.TypeText, Keep: keep},
			customer.Attribute{Kind: customer.Person, Name: "name_" + string(keep), Type: customer.TypePersonName, Keep: keep})
	}
	p, err := customer.NewPortrait(attributes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func id(t testing.TB, p *customer.Portrait, name string) customer.AttributeID {
	t.Helper()
	a, ok := p.Lookup(customer.Person, name)
	if !ok {
		t.Fatalf("no attribute %s", name)
	}
	return a
}

func day(n int) customer.Instant { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

var (
	someTexts   = rapid.SampledFrom([]string{"Ковалёв", "Ковалев", "ковалев", "Kovalev", "А", "А.", "Анна", "", "x<y>&\u2028\xff\"\n", "Ли"})
	someKinds   = rapid.SampledFrom([]string{"", "registration", "living"})
	someDays    = rapid.Map(rapid.IntRange(0, 3), func(n int) customer.Instant { return map[bool]customer.Instant{true: {}, false: day(n + 1)}[n == 0] })
	someVerdict = rapid.Map(rapid.IntRange(1, 6), func(n int) customer.Verdict { return customer.Verdict(n) })
	someDate    = rapid.Custom(func(t *rapid.T) customer.Date {
		return customer.Date{Year: int16(rapid.IntRange(0, 2).Draw(t, "year")), Month: int8(rapid.IntRange(0, 1).Draw(t, "month"))}
	})
)

func someValue(t *rapid.T, a customer.AttributeID) customer.Value {
	v := customer.Value{Attribute: a, Verdict: someVerdict.Draw(t, "verdict"), Kind: someKinds.Draw(t, "kind"), Observed: someDays.Draw(t, "observed")}
	if v.Verdict.Usable() {
		v.Standard = someTexts.Draw(t, "standard")
		v.Parts = rapid.SliceOfN(someTexts, 0, 4).Draw(t, "parts")
	}
	return v
}

func someStandard(t *rapid.T, p *customer.Portrait) *customer.Standard {
	s := &customer.Standard{Kind: customer.Person, Observed: someDays.Draw(t, "row")}
	for _, a := range p.Of(customer.Person) {
		for range rapid.IntRange(0, 2).Draw(t, "values") {
			if !a.Type.IsFact() {
				s.Values = append(s.Values, someValue(t, a.ID))
			}
		}
	}
	s.Consents = rapid.SliceOfN(someConsent, 0, 3).Draw(t, "consents")
	s.Relations = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) customer.Relation {
		return customer.Relation{Attribute: rapid.SampledFrom([]string{"employer", "friends", "gone"}).Draw(t, "attribute"),
			Target: customer.Ref{Source: "b", Key: someTexts.Draw(t, "key")}, From: someDate.Draw(t, "from"), To: someDate.Draw(t, "to")}
	}), 0, 3).Draw(t, "relations")
	s.Products = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) customer.Product {
		return customer.Product{Kind: "loan", Number: someTexts.Draw(t, "number"), Opened: someDate.Draw(t, "opened")}
	}), 0, 2).Draw(t, "products")
	return s
}

var someConsent = rapid.Custom(func(t *rapid.T) customer.Consent {
	return customer.Consent{Purpose: rapid.SampledFrom([]string{"marketing", "profiling"}).Draw(t, "purpose"),
		Channel: rapid.SampledFrom([]string{"", "sms", "email"}).Draw(t, "channel"), Address: rapid.SampledFrom([]string{"", "+7"}).Draw(t, "address"),
		Given: rapid.Bool().Draw(t, "given"), At: someDays.Draw(t, "at")}
})

func someMembers(t *rapid.T, p *customer.Portrait) []customer.Member {
	members := make([]customer.Member, rapid.IntRange(1, 5).Draw(t, "members"))
	for i := range members {
		members[i] = customer.Member{ID: customer.RecordID(i + 1), Revision: 1, Standard: someStandard(t, p),
			Ref: customer.Ref{Source: rapid.SampledFrom([]customer.Source{"a", "b", "c"}).Draw(t, "source"), Key: string(rune('0' + i))}}
	}
	return members
}

func somePins(t *rapid.T, p *customer.Portrait) []customer.Pin {
	pins := make([]customer.Pin, rapid.IntRange(0, 3).Draw(t, "pins"))
	for i := range pins {
		a := rapid.SampledFrom(p.Of(customer.Person)).Draw(t, "pinned")
		pins[i] = customer.Pin{Attribute: a.Name, Value: someValue(t, a.ID), Operation: int64(i + 1)}
	}
	return pins
}
