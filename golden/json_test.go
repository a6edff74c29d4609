package golden

import (
	"testing"

	"kartoteka/customer"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHandWrittenJSONIsTheDocuments(t *testing.T) {
	p := portrait(t)
	encoder := NewEncoder(p)
	permutation, _ := NewPermutation(make([]byte, 16))
	rapid.Check(t, func(t *rapid.T) {
		g := Build(p, rules, someMembers(t, p), &Decided{Pins: somePins(t, p)})
		d := customer.Document{Code: permutation.Code(rapid.Int64Range(-1, 5).Draw(t, "serial")), State: customer.CodeActive, Epoch: 1,
			Version: rapid.Int64().Draw(t, "version"), Members: []customer.DocumentMember{{Source: "a", Key: someTexts.Draw(t, "key"), Record: 1}}, MemberCount: rapid.IntRange(0, 9).Draw(t, "members")}
		d.Successor = permutation.Code(rapid.Int64Range(-2, 2).Draw(t, "successor"))
		direct := encoder.Append(nil, g, &d)
		Describe(p, g, &d)
		want, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(AppendJSON(nil, &d))); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(string(want), string(direct)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAnyTextIsQuotedAsTheStandardLibraryDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := customer.Document{State: customer.CodeState(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")), Kind: customer.Kind(rapid.String().Draw(t, "text"))}
		want, _ := d.JSON()
		if diff := cmp.Diff(string(want), string(AppendJSON(nil, &d))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestLineageAloneIsNoChange(t *testing.T) {
	p := portrait(t)
	var old, new customer.Document
	Describe(p, Build(p, rules, []customer.Member{text(t, p, "a", "text_all", "x")}, nil), &old)
	Describe(p, Build(p, rules, []customer.Member{text(t, p, "b", "text_all", "x")}, nil), &new)
	if got := Changed(p, &old, &new); got != nil {
		t.Error(got)
	}
	new.Consents = []customer.Consent{said("sms", true, 1)}
	new.Products = []customer.Product{{Kind: "loan", Number: "1"}}
	new.Relations = []customer.Relation{{Attribute: "employer"}}
	if diff := cmp.Diff([]string{"consent", "employer", "products"}, Changed(p, &old, &new)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"text_all"}, Changed(p, nil, &old)); diff != "" {
		t.Error(diff)
	}
}
