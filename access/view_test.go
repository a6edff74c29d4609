package access_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/access"
	"kartoteka/customer"
)

func portrait(t *testing.T) *customer.Portrait {
	t.Helper()
	p, err := customer.NewPortrait([]customer.Attribute{
		{Kind: customer.Person, Name: "name", Type: customer.TypePersonName},
		{Kind: customer.Person, Name: "inn", Type: customer.TypeINN, Sensitivity: customer.Secret},
		{Kind: customer.Person, Name: "employer", Type: customer.TypeRelation},
		{Kind: customer.Person, Name: "products", Type: customer.TypeProduct},
		{Kind: customer.Person, Name: "consent", Type: customer.TypeConsent},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func document() *customer.Document {
	return &customer.Document{
		Code: customer.WithCheckDigit(1), Kind: customer.Person, State: customer.CodeActive,
		Attributes: map[string][]customer.DocumentValue{
			"name": {{Value: "Петрова Анна", Parts: map[string]string{"last": "Петрова"}}},
			"inn":  {{Value: "526317984689", RunnersUp: []customer.RunnerUp{{Standard: "500100732259"}}}},
		},
		Consents:  []customer.Consent{{Purpose: "marketing", Channel: "sms", Given: true}},
		Products:  []customer.Product{{Kind: "loan", Number: "1"}},
		Relations: []customer.Relation{{Attribute: "employer"}},
		Members:   []customer.DocumentMember{{Source: "crm", Key: "7"}},
	}
}

func TestViewHidesWhatItDoesNotName(t *testing.T) {
	whole := document()
	for _, c := range []struct {
		name string
		view access.View
		want func(*customer.Document)
	}{
		{"everything", access.View{}, func(*customer.Document) {}},
		{"only one attribute", access.View{Only: []string{"name"}}, func(d *customer.Document) {
			delete(d.Attributes, "inn")
			d.Consents, d.Products, d.Relations, d.Members = nil, nil, []customer.Relation{}, nil
		}},
		{"facts by their names", access.View{Only: []string{"products", "consent", "employer", access.Members}}, func(d *customer.Document) {
			d.Attributes = map[string][]customer.DocumentValue{}
		}},
		{"all but some", access.View{AllBut: []string{"inn", "products", access.Members}}, func(d *customer.Document) {
			delete(d.Attributes, "inn")
			d.Products, d.Members = nil, nil
		}},
		{"masked with its runners-up", access.View{Masked: []string{"inn"}}, func(d *customer.Document) {
			d.Attributes["inn"] = []customer.DocumentValue{{Value: "•••4689"}}
		}},
		{"secrets masked by default", access.Masking(portrait(t)), func(d *customer.Document) {
			d.Attributes["inn"] = []customer.DocumentValue{{Value: "•••4689"}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := document()
			c.want(want)
			if diff := cmp.Diff(want, c.view.Apply(portrait(t), whole)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(document(), whole); diff != "" {
				t.Errorf("the document itself changed: %s", diff)
			}
		})
	}
}

func TestViewPassesCodesThatAreNotActive(t *testing.T) {
	retired := &customer.Document{Code: customer.WithCheckDigit(1), State: customer.CodeRetired, Successor: customer.WithCheckDigit(2)}
	view := access.View{Where: access.Where{Consent: &access.ConsentWhere{Purpose: "marketing"}}}
	if got := view.Apply(portrait(t), retired); got != retired {
		t.Errorf("got %v", got)
	}
}

func TestUnknownIsNotConsent(t *testing.T) {
	given, refused := true, false
	st := func(channel string, yes bool) customer.Consent {
		return customer.Consent{Purpose: "marketing", Channel: channel, Given: yes}
	}
	for _, c := range []struct {
		name       string
		channel    string
		statements []customer.Consent
		want       bool
	}{
		{"nothing said", "", nil, false},
		{"given", "", []customer.Consent{st("", given)}, true},
		{"given for one channel, any asked", "", []customer.Consent{st("sms", given)}, true},
		{"given for one channel, that asked", "sms", []customer.Consent{st("sms", given)}, true},
		{"given for one channel, other asked", "email", []customer.Consent{st("sms", given)}, false},
		{"given for all, one asked", "email", []customer.Consent{st("", given)}, true},
		{"given for all, one refused, that asked", "sms", []customer.Consent{st("", given), st("sms", refused)}, false},
		{"given for all, one refused, any asked", "", []customer.Consent{st("", given), st("sms", refused)}, true},
		{"given for one, all refused", "sms", []customer.Consent{st("sms", given), st("", refused)}, false},
		{"one number refused", "sms", []customer.Consent{st("sms", given), {Purpose: "marketing", Channel: "sms", Address: "+1"}}, true},
		{"other purpose", "", []customer.Consent{{Purpose: "profiling", Given: true}}, false},
	} {
		d := document()
		d.Consents = c.statements
		view := access.View{Where: access.Where{Consent: &access.ConsentWhere{Purpose: "marketing", Channel: c.channel}}}
		if got := view.Apply(portrait(t), d) != nil; got != c.want {
			t.Errorf("%s: seen %v, want %v", c.name, got, c.want)
		}
	}
}

func TestViewOfOneKind(t *testing.T) {
	view := access.View{Where: access.Where{Kind: customer.Organization}}
	if view.Apply(portrait(t), document()) != nil {
		t.Error("a person is seen in a view of organizations")
	}
}

func ExampleMask() {
	fmt.Println(access.Mask(customer.TypePhone, "+79161234567"))
	fmt.Println(access.Mask(customer.TypeEmail, "anna@example.com"))
	// Output:
	// •••4567
	// a•••@example.com
}

// Whatever two views are, what both let through is what the narrowed one shows.
func TestNarrowedShowsWhatBothShow(t *testing.T) {
	names := []string{"name", "inn", "person.inn", "employer", access.Members}
	lists := [][]string{nil, {"name"}, {"inn", "name"}, {"person.inn"}, {access.Members, "employer"}}
	var views []access.View
	for i := range lists {
		views = append(views, access.View{Only: lists[i]}, access.View{AllBut: lists[i]}, access.View{Masked: lists[i]},
			access.View{Where: access.Where{Sources: []customer.Source{"crm", "shop"}[:i%3]}})
	}
	for _, a := range views {
		for _, b := range views {
			both := a.Narrowed(b)
			for _, name := range names {
				for _, kind := range customer.Kinds() {
					if got, want := both.Of(kind, name), min(a.Of(kind, name), b.Of(kind, name)); got > want {
						t.Errorf("%+v and %+v: %s.%s is seen %d, want %d", a, b, kind, name, got, want)
					}
				}
			}
			for _, source := range []customer.Source{"crm", "shop", "other"} {
				d := document()
				d.Members[0].Source = source
				if got, want := both.Where.Admits(d), a.Where.Admits(d) && b.Where.Admits(d); got != want {
					t.Errorf("%+v and %+v: a customer of %s: %v", a.Where, b.Where, source, got)
				}
			}
		}
	}
	if !(access.View{}).Narrowed(access.View{}).Everything() || (access.View{Masked: []string{"inn"}}).Everything() {
		t.Error("everything")
	}
}
