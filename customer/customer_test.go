package customer

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCodeTextFindsEachSlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := WithCheckDigit(rapid.Int64Range(1, 99_999_999_999).Draw(t, "eleven"))
		back, err := ParseCode(code.String())
		if err != nil || back != code {
			t.Fatalf("%s: %v %v", code, back, err)
		}
		digits := []byte(code.String()[:4] + code.String()[5:9] + code.String()[10:])
		i := rapid.IntRange(0, 11).Draw(t, "place")
		wrong := append([]byte(nil), digits...)
		wrong[i] = byte('0' + (int(wrong[i]-'0')+rapid.IntRange(1, 9).Draw(t, "by"))%10)
		if _, err := ParseCode(string(wrong)); !errors.Is(err, ErrCode) {
			t.Fatalf("%s for %s is accepted", wrong, digits)
		}
		if i < 11 && digits[i] != digits[i+1] {
			swapped := append([]byte(nil), digits...)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			if _, err := ParseCode(string(swapped)); !errors.Is(err, ErrCode) {
				t.Fatalf("%s for %s is accepted", swapped, digits)
			}
		}
	})
}

func testPortrait(t testing.TB) *Portrait {
	t.Helper()
	p, err := NewPortrait([]Attribute{
		{Kind: Organization, Name: "name", Type: TypeOrgName},
		{Kind: Person, Name: "name", Type: TypePersonName},
		{Kind: Person, Name: "phone", Type: TypePhone},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCodecReturnsWhatWasWritten(t *testing.T) {
	codec := NewCodec(testPortrait(t))
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	want := &Standard{Kind: Person, Observed: at,
		Values: []Value{
			{Attribute: 0, Verdict: Valid, Raw: "ковалёв а", Standard: "Ковалёв А", Parts: []string{"Ковалёв", "А"}, Observed: time.Unix(0, 0).UTC()},
			{Attribute: 1, Verdict: Ambiguous, Kind: "work", Raw: "+7", Standard: "+7", Alternatives: []string{"+8"}, Note: "n"}},
		Consents:  []Consent{{Purpose: "marketing", Channel: "sms", Given: true, At: at}},
		Relations: []Relation{{Attribute: "employer", Target: Ref{"1c", "k"}, From: Date{2020, 1, 2}}},
		Products:  []Product{{Kind: "loan", Number: "1", Opened: Date{Year: 1999}}},
	}
	b := codec.Append(nil, want)
	got, err := codec.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for i := range b {
		if _, err := codec.Decode(b[:i]); !errors.Is(err, ErrEncoding) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

func FuzzCodecNeverPanics(f *testing.F) {
	codec := NewCodec(testPortrait(f))
	f.Add(codec.Append(nil, &Standard{Kind: Person, Values: []Value{{Attribute: 1, Verdict: Valid, Standard: "+7"}}}))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = codec.Decode(b) })
}

func TestDateTextReturnsAsMuchAsIsKnown(t *testing.T) {
	for text, date := range map[string]Date{"": {}, "1999": {Year: 1999}, "1999-05": {Year: 1999, Month: 5}, "0099-05-03": {99, 5, 3}} {
		var back Date
		if err := back.UnmarshalText([]byte(text)); err != nil || back != date || date.String() != text {
			t.Errorf("%q: %v %v", text, back, err)
		}
	}
	for _, bad := range []string{"x", "1999-", "-1", "1999-05-03-01", "99999"} {
		if err := new(Date).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
