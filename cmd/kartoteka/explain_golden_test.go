package main

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/matching"
	"kartoteka/phrases"
	"kartoteka/standardize"
)

var updateExplained = flag.Bool("update-explained", false, "rewrite testdata/explained")

// strangers are rows of customers who do not exist, for explanations that are read by people.
var strangers = map[string]struct {
	kind customer.Kind
	row  map[string]string
}{
	"bank/1": {customer.Person, map[string]string{"name": "Ковалёв Александр Петрович", "birth_date": "12.04.1985", "phone": "8 (901) 123-45-67", "address": "г. Казань, ул. Баумана, д. 7к2, кв. 31"}},
	"web/1":  {customer.Person, map[string]string{"name": "Kovalev Sasha", "birth_date": "1985-04-12", "phone": "+79011234567"}},
	"web/2":  {customer.Person, map[string]string{"name": "KOVALEV A. P.", "phone": "+79011234567", "address": "Kazan, ul Baumana, 7k2, 31"}},
	"bank/2": {customer.Person, map[string]string{"name": "Смирнова Анна Игоревна", "birth_date": "03.09.1990", "phone": "8 916 555-66-77", "email": "anna.smirnova@example.ru"}},
	"crm/2":  {customer.Person, map[string]string{"name": "Орлова Анна Игоревна", "birth_date": "09.03.1990", "phone": "8 916 555-66-77"}},
	"bank/3": {customer.Person, map[string]string{"name": "Соколов Артём Игоревич", "birth_date": "14.03.1994", "phone": "+7 916 123-45-67", "address": "Москва, ул. Лесная, д. 5, кв. 12"}},
	"bank/4": {customer.Person, map[string]string{"name": "Соколов Антон Игоревич", "birth_date": "14.03.1994", "phone": "+7 916 123-45-67", "address": "Москва, ул. Лесная, д. 5, кв. 12"}},
	"bank/5": {customer.Person, map[string]string{"name": "Шевченко Тарас Григорович", "birth_date": "09.03.1988", "inn": "500100732259", "email": "taras@example.ua"}},
	"crm/5":  {customer.Person, map[string]string{"name": "Шевченко Тарас Григорьевич", "birth_date": "09.03.1988", "inn": "772701001169", "email": "taras@example.ua"}},
	"1c/6":   {customer.Organization, map[string]string{"name": "ООО «Ромашка Тест»", "inn": "7707083893", "phone": "+7 495 123-45-67"}},
	"1c/7":   {customer.Organization, map[string]string{"name": "Romashka Test, АО", "inn": "7707083893", "phone": "+7 495 123-45-68"}},
	"crm/8":  {customer.Person, map[string]string{"name": "Гусев Олег", "phone": "8 912 000-11-22"}},
	"crm/9":  {customer.Person, map[string]string{"name": "Мельник Оксана Юрьевна", "birth_date": "07.07.1991"}},
}

// inventedEvaluation is a file of the invented rows under the shipped model.
func inventedEvaluation(t *testing.T) *evaluation {
	t.Helper()
	conf := config.Default()
	rules, err := compileRuleset(conf, storedRuleset{Expect: 100_000}, matching.Shipped(), 1)
	if err != nil {
		t.Fatal(err)
	}
	e := &evaluation{found: &found{conf: conf}, rules: rules, place: map[string]int32{}}
	z := standardize.New(conf.Portrait, standardize.Settings{Country: "RU"})
	for _, key := range slices.Sorted(maps.Keys(strangers)) {
		x := strangers[key]
		m := customer.Mapped{Kind: x.kind}
		for _, a := range conf.Portrait.Of(x.kind) {
			if text := x.row[a.Name]; text != "" {
				m.Values = append(m.Values, customer.RawValue{Attribute: a.ID, Text: text})
			}
		}
		s, filtered := z.Row(&m)
		if filtered != "" {
			t.Fatal(filtered)
		}
		e.place[key] = int32(len(e.ids))
		e.ids, e.standards = append(e.ids, key), append(e.standards, s)
		e.entries = append(e.entries, matching.Entry{Ref: customer.Ref{Source: "file", Key: key}, Item: rules.matcher.Item(&s)})
	}
	return e
}

// TestExplanationsRead holds what people read against what was found to read well, in every
// language. Numbers follow the model and stand as N.
func TestExplanationsRead(t *testing.T) {
	e := inventedEvaluation(t)
	for _, c := range []struct {
		name, a, b string
		suppose    supposition
	}{
		{name: "latin", a: "bank/1", b: "web/1"},
		{name: "initials", a: "bank/1", b: "web/2", suppose: supposition{Unset: []string{"phone"}}},
		{name: "maiden", a: "bank/2", b: "crm/2", suppose: supposition{Set: []string{"birth_date=03.09.1991"}}},
		{name: "twins", a: "bank/3", b: "bank/4"},
		{name: "veto", a: "bank/5", b: "crm/5", suppose: supposition{Set: []string{"inn=772701001169"}}},
		{name: "companies", a: "1c/6", b: "1c/7"},
		{name: "strangers", a: "crm/8", b: "crm/9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			for _, l := range phrases.Langs() {
				out.WriteString("== " + string(l) + ": match explain " + c.a + " " + c.b + "\n")
				e.explainInto(t, &out, l, c.a, c.b)
				out.WriteString("== " + string(l) + ": match whatif " + c.a + " " + c.b + "\n")
				e.supposeInto(t, &out, l, c.suppose, c.a, c.b)
				out.WriteString("== " + string(l) + ": match how " + c.a + "\n")
				if err := howOutput(e.how(e.place[c.a]), string(l), e.conf.Portrait).human(&out); err != nil {
					t.Fatal(err)
				}
			}
			goldenText(t, c.name, masked(out.String()))
		})
	}
}

func (e *evaluation) explainInto(t *testing.T, out *strings.Builder, l phrases.Lang, a, b string) {
	t.Helper()
	x, y := e.place[a], e.place[b]
	why := e.rules.matcher.ExplainWritten(e.entries[x].Item, e.entries[y].Item, &e.standards[x], &e.standards[y])
	if err := writeWhy(out, string(l), e.conf.Portrait, &why, pairConclusion(l, &why)...); err != nil {
		t.Fatal(err)
	}
}

func (e *evaluation) supposeInto(t *testing.T, out *strings.Builder, l phrases.Lang, c supposition, a, b string) {
	t.Helper()
	s := &desk.Supposer{Matcher: e.rules.matcher, Portrait: e.conf.Portrait, Standardizer: standardize.New(e.conf.Portrait, standardize.Settings{Country: "RU"}),
		Generic: func([]matching.Shared) (func(uint64) bool, error) { return func(uint64) bool { return false }, nil }}
	r := whatifResult{&desk.WhatIf{}}
	if err := s.Compare(r.WhatIf, c.supposed(), e.known(e.place[a]), e.known(e.place[b])); err != nil {
		t.Fatal(err)
	}
	if err := r.output(string(l), e.conf.Portrait).human(out); err != nil {
		t.Fatal(err)
	}
}

var (
	aWeight = regexp.MustCompile(`(^|[ (\n])[+−]?\d+[.,]\d+($|,? |[);%\x{a0}\n])`)
	aSum    = regexp.MustCompile(`[+−N\d]+[  ](bit|бит|біт)[a-zа-яі]*`)
	aBound  = regexp.MustCompile(`(more than|less than|больше|меньше|понад|менше ніж) N`)
	blanks  = regexp.MustCompile(`(\S) {2,}`)
)

// masked puts N for what follows the model: weights, chances, probabilities, and the form of the
// word after them; columns become two blanks wide.
func masked(text string) string {
	for range 2 { // neighbors share the blank between them
		text = aWeight.ReplaceAllString(text, "${1}N${2}")
	}
	text = aBound.ReplaceAllString(text, "N")
	text = aSum.ReplaceAllString(text, "N $1")
	return blanks.ReplaceAllString(text, "$1  ")
}

func goldenText(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "explained", name+".txt")
	if *updateExplained {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("other words than in %s; if they read as well, run the test with -update-explained:\n%s", path, diff)
	}
	for _, skeleton := range []string{"level.", "why.", "whatif.", "part.", "how."} {
		if strings.Contains(got, skeleton) {
			t.Errorf("untranslated %s", skeleton)
		}
	}
}
