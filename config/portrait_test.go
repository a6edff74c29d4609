package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/config"
	"kartoteka/customer"
)

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("kartoteka.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func names(c *config.Config, kind customer.Kind) string {
	var out []string
	for _, a := range c.Portrait.Of(kind) {
		out = append(out, a.Name)
	}
	return strings.Join(out, " ")
}

const (
	defaultPerson = "name birth_date gender inn snils passport rnokpp iin phone email address employer products consent"
	defaultOrg    = "name inn kpp ogrn edrpou unp iin phone email address contacts roles"
)

func TestOneLineAddsAnAttribute(t *testing.T) {
	for _, c := range []struct{ name, text, person, org string }{
		{"nothing said", "", defaultPerson, defaultOrg},
		{"one line alone", "portrait: {person: {loyalty_no: {type: text, holds: one, shared_by: 1}}}", defaultPerson + " loyalty_no", defaultOrg},
		{"on top of a named one", "portrait: {from: en, person: {loyalty_no: text}}",
			"name birth_date gender national_id passport phone email address employer products consent loyalty_no",
			"name register_no tax_no iban phone email address contacts roles"},
		{"changed in its place", "portrait: {person: {phone: {shared_by: 9}}}", defaultPerson, defaultOrg},
		{"whole when it declares a name", "portrait: {person: {name: person_name, phone: phone}}", "name phone", defaultOrg},
		{"nothing but what is written", "portrait: {from: none, organization: {title: text}}", "", "title"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := parse(t, c.text)
			if diff := cmp.Diff([]string{c.person, c.org}, []string{names(got, customer.Person), names(got, customer.Organization)}); diff != "" {
				t.Error(diff)
			}
		})
	}
	c := parse(t, "portrait: {person: {loyalty_no: {type: text, holds: one, shared_by: 1}, phone: {shared_by: 9}}}")
	id, _ := c.Portrait.Lookup(customer.Person, "loyalty_no")
	want := &customer.Attribute{ID: id, Kind: customer.Person, Name: "loyalty_no", Type: customer.TypeText, Holds: customer.One,
		SharedBy: 1, Sensitivity: customer.Personal, Keep: customer.KeepMostAgreed}
	if diff := cmp.Diff(want, c.Portrait.Attribute(id)); diff != "" {
		t.Error(diff)
	}
	id, _ = c.Portrait.Lookup(customer.Person, "phone")
	if a := c.Portrait.Attribute(id); a.SharedBy != 9 || a.Keep != customer.KeepAll || a.AtMost != 5 {
		t.Errorf("phone: %+v", a)
	}
}

func TestReadyPortraitsLoad(t *testing.T) {
	for _, name := range config.Presets() {
		text, err := config.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		preset := parse(t, string(text))
		based := parse(t, "portrait: {from: "+name+"}")
		if diff := cmp.Diff(preset.Portrait.Attributes, based.Portrait.Attributes); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		annotated, err := config.Annotated(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(preset.Portrait.Attributes, parse(t, string(annotated)).Portrait.Attributes); diff != "" {
			t.Errorf("annotated %s: %s", name, diff)
		}
		if strings.Contains(string(annotated), "{{") {
			t.Errorf("annotated %s has an open place:\n%s", name, annotated)
		}
	}
	if _, err := config.Preset("fr"); !errors.Is(err, config.ErrPreset) {
		t.Errorf("got %v", err)
	}
	if _, err := config.Annotated("fr"); !errors.Is(err, config.ErrPreset) {
		t.Errorf("got %v", err)
	}
}

// TestAnnotatedExamplesAreTrue takes the comment signs off the examples of the default file.
func TestAnnotatedExamplesAreTrue(t *testing.T) {
	text, err := config.Annotated("ru")
	if err != nil {
		t.Fatal(err)
	}
	var open strings.Builder
	for line := range strings.Lines(string(text)) {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		example, ok := strings.CutPrefix(line[len(indent):], "# ")
		word, _, colon := strings.Cut(strings.TrimLeft(example, " -"), ":")
		if ok && (colon && !strings.ContainsAny(word, " .`") || strings.HasPrefix(strings.TrimSpace(example), "- [")) && !strings.HasPrefix(example, "holds") {
			line = indent + example
		}
		open.WriteString(line)
	}
	c, err := config.Parse("kartoteka.yaml", []byte(open.String()), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, open.String())
	}
	if len(c.Sources) != 2 || len(c.Feed.Views) != 2 || len(c.Matching.Kinds) != 1 || c.Database == "" {
		t.Errorf("the examples were not read:\n%s", open.String())
	}
}

func TestDefaultIsTheRussianPortraitAndItsNeighbors(t *testing.T) {
	c := config.Default()
	if c.Company.Country != "RU" || c.Path != "" || names(c, customer.Person) != defaultPerson {
		t.Errorf("got %s: %s", c.Company.Country, names(c, customer.Person))
	}
}

func TestEveryTypeHasDefaults(t *testing.T) {
	for _, kind := range customer.Kinds() {
		for _, name := range customer.Types() {
			a := config.Complete(customer.Attribute{Kind: kind, Name: "a", Type: name})
			if a.Holds == "" || a.Keep == "" || a.Sensitivity == "" {
				t.Errorf("%s has no defaults: %+v", name, a)
			}
		}
	}
}

func TestExtrasJoinThePortraitAndTheLists(t *testing.T) {
	c := parse(t, "matching: {person: {compare: [name, phone], candidates: [[phone]]}}")
	before := c.Fingerprint()
	d, err := config.WithExtras(c, []customer.Attribute{
		{Kind: customer.Person, Name: "x.Табельный номер", Type: customer.TypeText, Holds: customer.One, SharedBy: 1},
		{Kind: customer.Person, Name: "x.color", Type: customer.TypeCategory},
		{Kind: customer.Person, Name: "phone", Type: customer.TypeText},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(d, customer.Person); got != defaultPerson+" x.Табельный номер x.color" {
		t.Error(got)
	}
	want := [][][]string{{{"name"}, {"phone"}, {"x.Табельный номер"}, {"x.color"}}, {{"phone"}, {"x.Табельный номер"}}}
	kind := d.Matching.Kinds[customer.Person]
	if diff := cmp.Diff(want, [][][]string{kind.Compare, kind.Candidates}); diff != "" {
		t.Error(diff)
	}
	if c.Fingerprint() != before || d.Fingerprint() == before || names(c, customer.Person) != defaultPerson {
		t.Error("the configuration itself was changed")
	}
}

func TestFingerprintIsOfTheRuleset(t *testing.T) {
	base := "trust: [a, b]\nportrait: {person: {name: person_name, phone: phone}}\n"
	same := []string{
		"# a comment\n" + base,
		"trust: [a, b]\nportrait: {person: {phone: {type: phone, shared_by: 5}, name: {type: person_name, sensitivity: secret}}}\n",
		base + "sources: {a: {from: excel, map: {phone: P}}}\n",
		base + "feed: {views: {v: {only: [name]}}}\n",
	}
	other := []string{
		"trust: [b, a]\nportrait: {person: {name: person_name, phone: phone}}\n",
		base + "company: {country: UA}\n",
		base + "matching: {block_limit: 3}\n",
		base + "sources: {a: {from: excel, unique: true}}\n",
		"trust: [a, b]\nportrait: {person: {name: person_name, phone: {type: phone, keep: latest}}}\n",
	}
	want := parse(t, base).Fingerprint()
	for _, text := range same {
		if parse(t, text).Fingerprint() != want {
			t.Errorf("another fingerprint:\n%s", text)
		}
	}
	for _, text := range other {
		if parse(t, text).Fingerprint() == want {
			t.Errorf("the same fingerprint:\n%s", text)
		}
	}
}
