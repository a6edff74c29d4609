package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

// sample is a file of the connectors' tests, with what a load of it must say.
type sample struct {
	file    string
	counts  customer.Counts
	mapping map[string]string // column → attribute; nil for a format that is mapped as declared
}

// listColumns are the columns of the same list in five dialects.
var listColumns = map[string]string{"ФИО / Наименование": "name", "Дата рожд.": "birth_date", "ИНН": "inn", "Телефоны": "phone", "E-mail": "email", "Адрес": "address"}

var samples = []sample{
	{"text/testdata/clients-comma-utf8-bom.csv", customer.Counts{Read: 4, Accepted: 4}, listColumns},
	{"text/testdata/clients-semicolon-cp1251.csv", customer.Counts{Read: 4, Accepted: 4}, listColumns},
	{"text/testdata/clients-semicolon-cp866.csv", customer.Counts{Read: 4, Accepted: 4}, listColumns},
	{"text/testdata/clients-semicolon-koi8r.csv", customer.Counts{Read: 4, Accepted: 4}, listColumns},
	{"text/testdata/clients-tab-utf16le-bom.txt", customer.Counts{Read: 4, Accepted: 4}, listColumns},
	{"jsonl/testdata/clients.jsonl", customer.Counts{Read: 3, Accepted: 2, Unchanged: 1}, // one deletes what is not there
		map[string]string{"name": "name", "name.last": "name.last", "name.first": "name.first", "name.middle": "name.patronymic", "phones": "phone"}},
	{"excel/testdata/messy.xlsx", customer.Counts{Read: 3, Accepted: 3},
		map[string]string{"ФИО": "name", "тел.": "phone", "Дата рожд": "birth_date", "ИНН": "inn"}},
	{"excel/testdata/1c-list.xlsx", customer.Counts{Read: 4, Accepted: 2, Filtered: 2}, // a group and a total
		map[string]string{"Наименование в программе": "name", "ИНН": "inn", "КПП": "kpp", "Контактная информация": "phone", "Дата рождения": "birth_date"}},
	{"onec/testdata/1c-enterprisedata-1.8.xml", customer.Counts{Read: 4, Accepted: 3, Unchanged: 1}, nil}, // one deletes what is not there
	{"onec/testdata/1c-commerceml-orders-cp1251.xml", customer.Counts{Read: 2, Accepted: 2}, nil},
}

func (s *sample) path() string { return filepath.Join("../../connectors", filepath.FromSlash(s.file)) }

// trained writes a model learned from all samples.
func trained(t *testing.T, d *door) string {
	t.Helper()
	path := filepath.Join(d.dir, "model.json")
	args := []string{"match", "train", "--out", path}
	for i := range samples {
		args = append(args, samples[i].path())
	}
	var s trainSummary
	d.json(exitOK, &s, nil, args...)
	if s.Records != 32 {
		t.Fatalf("trained on %d records", s.Records)
	}
	return path
}

func TestSamplesAreTheSameFourCustomersInAnyOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 5))
	orders := [][]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, random.Perm(len(samples)), random.Perm(len(samples))}
	model := trained(t, openDoor(t))
	parts, cards := make([][]string, len(orders)), make([][]string, len(orders))
	t.Run("orders", func(t *testing.T) {
		for i, order := range orders {
			t.Run(fmt.Sprint(order), func(t *testing.T) {
				t.Parallel()
				d := openDoor(t)
				d.loadSamples(model, order)
				parts[i], cards[i] = d.partition(), d.cards()
			})
		}
	})
	fourCustomers(t, parts[0], cards[0])
	for i, order := range orders {
		if diff := cmp.Diff(parts[0], parts[i]); diff != "" {
			t.Errorf("order %v: another partition:\n%s", order, diff)
		}
		if diff := cmp.Diff(cards[0], cards[i]); diff != "" {
			t.Errorf("order %v: other golden records:\n%s", order, diff)
		}
	}
}

// loadSamples loads one file after the other and checks mapping and counts of each.
func (d *door) loadSamples(model string, order []int) {
	d.Helper()
	for i, at := range order {
		want := &samples[at]
		args := []string{"load", want.path()}
		if i == 0 || order[0] == 0 { // said again it changes nothing
			args = append(args, "--model", model)
		}
		var s loadSummary
		var r loadResult
		d.json(exitOK, &s, &r, args...)
		if diff := cmp.Diff(want.counts, s.Counts); diff != "" {
			d.Errorf("%s, order %v: counts:\n%s", want.file, order, diff)
		}
		if diff := cmp.Diff(want.mapping, mapped(d, &r)); diff != "" {
			d.Errorf("%s: mapping:\n%s", want.file, diff)
		}
	}
}

// mapped gives the attribute of each column that has one; nil if all tables are mapped as declared.
func mapped(d *door, r *loadResult) map[string]string {
	got := map[string]string{}
	declared := len(r.Mapping) > 0
	for _, t := range r.Mapping {
		declared = declared && t.Declared
		for _, c := range t.Columns {
			switch {
			case c.Attribute == "" || c.Attribute[0] == '-', strings.HasPrefix(c.Attribute, "x."): // kept raw
			case c.Part != "":
				got[c.Column] = c.Attribute + "." + c.Part
			default:
				got[c.Column] = c.Attribute
			}
		}
	}
	if declared {
		return nil
	}
	return got
}

// partition lists the records of each code, codes left out.
func (d *door) partition() []string {
	d.Helper()
	members := map[string][]string{}
	for ref, code := range d.crosswalk() {
		members[code] = append(members[code], ref)
	}
	var out []string
	for _, list := range members {
		slices.Sort(list)
		out = append(out, strings.Join(list, " "))
	}
	slices.Sort(out)
	return out
}

// cards lists the golden values of each code, codes and versions left out.
func (d *door) cards() []string {
	d.Helper()
	var out []string
	lines := bufio.NewScanner(strings.NewReader(d.ok("export", "golden", "--format", "jsonl", "-q")))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var doc customer.Document
		if err := json.Unmarshal(lines.Bytes(), &doc); err != nil {
			d.Fatal(err)
		}
		out = append(out, card(&doc))
	}
	slices.Sort(out)
	return out
}

func card(doc *customer.Document) string {
	var b strings.Builder
	b.WriteString(string(doc.Kind))
	for _, name := range slices.Sorted(maps.Keys(doc.Attributes)) {
		var values []string
		for _, v := range doc.Attributes[name] {
			values = append(values, v.Value)
		}
		slices.Sort(values)
		b.WriteString("; " + name + " " + strings.Join(values, " | "))
	}
	return b.String()
}

// fourCustomers checks the customers that the samples were made of.
func fourCustomers(t *testing.T, parts, cards []string) {
	t.Helper()
	var sizes []int
	for _, p := range parts {
		sizes = append(sizes, len(strings.Fields(strings.ReplaceAll(p, "#Саша Ковалев", ""))))
	}
	slices.Sort(sizes)
	if diff := cmp.Diff([]int{6, 8, 8, 10}, sizes); diff != "" {
		t.Errorf("records per customer:\n%s\n%s", diff, strings.Join(parts, "\n"))
	}
	for _, want := range [][]string{
		{"person", "1985-04-12", "inn 001234567887", "Ковалёв Александр Петрович", "+74950001234", "kovalev@example.com"},
		{"person", "1990-02-01", "inn 008765432143", "Иванова-Смирнова Мария Сергеевна", "+79000000002"},
		{"organization", "inn 0012345673", "kpp 001201001", "Ромашка"},
		{"person", "1978-11-30", "Алиев Ахмед Октай оглы", "+79000000004", "+79000000005"},
	} {
		has := func(card string) bool {
			return !slices.ContainsFunc(want, func(s string) bool { return !strings.Contains(card, s) })
		}
		if !slices.ContainsFunc(cards, has) {
			t.Errorf("no customer %v in\n%s", want, strings.Join(cards, "\n"))
		}
	}
}
