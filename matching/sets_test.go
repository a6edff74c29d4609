package matching

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint/raced"
	"kartoteka/standardize"
)

// The labeled sets lie beside the repository and are none of it; without them the tests skip.
const labeled = "../../shared/data"

// dataset says how the columns of a labeled set become attributes, and the F1 it must keep.
type dataset struct {
	name    string
	country string
	fields  []string // "attribute column" or "attribute.part column"; several columns of one value follow each other
	extra   []customer.Attribute
	kind    string // column
	floor   float64
	large   bool // measured with KARTOTEKA_SLOW=1 only
}

var datasets = []dataset{
	{name: "ru_customers_dev_12k", country: "RU", kind: "entity_type", floor: 0.94, fields: []string{"name full_name",
		"name.last last_name", "name.first first_name", "name.patronymic middle_name", "birth_date birth_date", "phone phone",
		"email email", "inn inn", "kpp kpp", "address address"}},
	{name: "febrl3", country: "AU", floor: 0.97, extra: []customer.Attribute{idText("x.soc_sec_id")}, fields: febrl},
	{name: "febrl4", large: true, country: "AU", floor: 0.97, extra: []customer.Attribute{idText("x.soc_sec_id")}, fields: febrl},
	{name: "febrl_dsgen_c100k", large: true, country: "AU", floor: 0.91, extra: []customer.Attribute{idText("x.soc_sec_id")},
		fields: append(febrl, "phone phone_number")},
	{name: "splink_fake_1000", country: "GB", floor: 0.74, fields: []string{"name.last surname", "name.first first_name",
		"birth_date dob", "address.city city", "email email"}},
	{name: "splink_fake_20000", large: true, country: "GB", floor: 0.65, fields: []string{"name.last surname", "name.first first_name",
		"birth_date dob", "address.city city", "email email"}},
	{name: "splink_historical_50k", large: true, country: "GB", floor: 0.65, extra: []customer.Attribute{category("x.occupation"), category("x.birth_place")},
		fields: []string{"name.last surname", "name.first first_name", "birth_date dob", "x.birth_place birth_place",
			"address.postcode postcode_fake", "gender gender", "x.occupation occupation"}},
	{name: "rldata10000", country: "DE", floor: 0.76, fields: []string{"name.last lname_c1", "name.first fname_c1",
		"birth_date.year by", "birth_date.month bm", "birth_date.day bd"}},
	{name: "opencr_uganda", country: "UG", floor: 0.97, extra: []customer.Attribute{idText("x.uganda_nin"), idText("x.art_number")},
		fields: []string{"name.last surname", "name.first given_name", "gender sex", "birth_date date_of_birth", "phone phone_number",
			"x.uganda_nin uganda_nin", "x.art_number art_number"}},
	{name: "pseudopeople_multi", large: true, country: "US", floor: 0.97, extra: []customer.Attribute{idText("x.ssn")},
		fields: []string{"name.last last_name", "name.first first_name", "name.patronymic middle_name", "gender sex", "birth_date date_of_birth",
			"x.ssn ssn", "address.house street_number", "address.street street_name", "address.flat unit_number", "address.city city",
			"address.region state", "address.postcode zipcode"}},
	{name: "restaurant", country: "US", floor: 0.86, kind: "=organization", fields: []string{"name name", "address.street address", "address.city city", "x.cuisine cuisine"},
		extra: []customer.Attribute{{Kind: customer.Organization, Name: "x.cuisine", Type: customer.TypeCategory, Holds: customer.One}}},
	{name: "dedupe_csv_chicago", country: "US", floor: 0.90, kind: "=organization", fields: []string{"name Site name", "address.street Address",
		"address.postcode Zip", "phone Phone"}},
}

var febrl = []string{"name.last surname", "name.first given_name", "address.house street_number", "address.street address_1",
	"address.city suburb", "address.region state", "address.postcode postcode", "birth_date date_of_birth", "x.soc_sec_id soc_sec_id"}

func idText(name string) customer.Attribute {
	return customer.Attribute{Kind: customer.Person, Name: name, Type: customer.TypeText, Holds: customer.One, SharedBy: 1}
}

func category(name string) customer.Attribute {
	return customer.Attribute{Kind: customer.Person, Name: name, Type: customer.TypeCategory, Holds: customer.One}
}

// ruPortrait is the portrait that the scenarios and sets stand on.
func ruPortrait(tb testing.TB, extra ...customer.Attribute) *customer.Portrait {
	attribute := func(kind customer.Kind, name string, t customer.TypeName, holds customer.Holds, sharedBy int) customer.Attribute {
		return customer.Attribute{Kind: kind, Name: name, Type: t, Holds: holds, SharedBy: sharedBy}
	}
	const person, organization = customer.Person, customer.Organization
	p, err := customer.NewPortrait(append([]customer.Attribute{
		attribute(person, "name", customer.TypePersonName, customer.Many, 0),
		attribute(person, "birth_date", customer.TypeDate, customer.One, 0),
		attribute(person, "gender", customer.TypeGender, customer.One, 0),
		attribute(person, "inn", customer.TypeINN, customer.One, 1),
		attribute(person, "snils", customer.TypeSNILS, customer.One, 1),
		attribute(person, "passport", customer.TypeRUPassport, customer.Many, 1),
		attribute(person, "phone", customer.TypePhone, customer.Many, 5),
		attribute(person, "email", customer.TypeEmail, customer.Many, 4),
		attribute(person, "address", customer.TypeAddress, customer.Many, 40),
		attribute(organization, "name", customer.TypeOrgName, customer.Many, 0),
		attribute(organization, "inn", customer.TypeINN, customer.One, 1),
		attribute(organization, "kpp", customer.TypeKPP, customer.Many, 0),
		attribute(organization, "ogrn", customer.TypeOGRN, customer.One, 1),
		attribute(organization, "phone", customer.TypePhone, customer.Many, 20),
		attribute(organization, "email", customer.TypeEmail, customer.Many, 10),
		attribute(organization, "address", customer.TypeAddress, customer.Many, 40),
	}, extra...))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// loaded is a labeled set, standardized.
type loaded struct {
	portrait  *customer.Portrait
	ids       []string
	sources   []string
	standards []customer.Standard
	raw       [][]string
	truth     map[string]string
}

func readTable(tb testing.TB, path string) (header []string, rows [][]string) {
	f, err := os.Open(path)
	if err != nil {
		tb.Skip("no labeled sets here")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	r := csv.NewReader(z)
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	return all[0], all[1:]
}

func (d *dataset) load(tb testing.TB) *loaded {
	header, rows := readTable(tb, filepath.Join(labeled, d.name, "records.csv.gz"))
	_, truth := readTable(tb, filepath.Join(labeled, d.name, "truth.csv.gz"))
	l := &loaded{portrait: ruPortrait(tb, d.extra...), truth: map[string]string{}, raw: rows}
	for _, t := range truth {
		l.truth[t[0]] = t[1]
	}
	column := map[string]int{}
	for i, h := range header {
		column[h] = i
	}
	z := standardize.New(l.portrait, standardize.Settings{Country: d.country})
	l.standards = make([]customer.Standard, len(rows))
	eachPart(len(rows), func(from, to int) {
		for i := from; i < to; i++ {
			l.standards[i], _ = z.Row(d.mapped(l.portrait, column, rows[i]))
		}
	})
	for _, row := range rows {
		l.ids = append(l.ids, row[0])
		source := ""
		if at, ok := column["source"]; ok {
			source = row[at]
		}
		l.sources = append(l.sources, source)
	}
	return l
}

// mapped gives the columns of one row their meaning.
func (d *dataset) mapped(p *customer.Portrait, column map[string]int, row []string) *customer.Mapped {
	kind := customer.Person
	switch {
	case d.kind != "" && d.kind[0] == '=':
		kind = customer.Kind(d.kind[1:])
	case d.kind != "":
		kind = customer.Kind(row[column[d.kind]])
	}
	m := &customer.Mapped{Kind: kind}
	parts := map[string]*customer.RawValue{}
	for _, field := range d.fields {
		target, col, _ := strings.Cut(field, " ")
		cell := row[column[col]]
		name, part := target, ""
		if i := strings.LastIndexByte(target, '.'); i > 0 && !strings.HasPrefix(target, "x.") {
			name, part = target[:i], target[i+1:]
		}
		id, ok := p.Lookup(kind, name)
		if !ok || cell == "" {
			continue
		}
		at, hasPart := standardize.PartIndex(p.Attribute(id).Type, part)
		if !hasPart {
			m.Values = append(m.Values, customer.RawValue{Attribute: id, Text: cell})
			continue
		}
		if parts[name] == nil {
			parts[name] = &customer.RawValue{Attribute: id, Parts: make([]string, 8)}
		}
		parts[name].Parts[at] = cell
		if name == "address" && part == "city" {
			m.City = cell
		}
	}
	for _, name := range []string{"name", "birth_date", "address"} {
		if v := parts[name]; v != nil {
			m.Values = append(m.Values, *v)
		}
	}
	return m
}

func eachPart(n int, work func(from, to int)) {
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() { work(n*w/workers, n*(w+1)/workers) })
	}
	wg.Wait()
}

// outcome is how a set was clustered.
type outcome struct {
	model                             *Model
	rules                             *Ruleset
	items                             []*Item
	result                            Result
	truePairs, foundPairs, rightPairs int64
}

func (o *outcome) precision() float64 { return share(o.rightPairs, o.foundPairs) }
func (o *outcome) recall() float64    { return share(o.rightPairs, o.truePairs) }
func (o *outcome) f1() float64        { return share(2*o.rightPairs, o.truePairs+o.foundPairs) }

func share(a, b int64) float64 { return float64(a) / float64(max(1, b)) }

// run clusters a set the way match evaluate does: the file is its own population.
func (l *loaded) run(tb testing.TB, s Settings) *outcome {
	s.Expect = int64(len(l.standards))
	trainer := NewTrainer(l.portrait, s)
	for i := range l.standards {
		trainer.Add(&l.standards[i])
	}
	model := trainer.Model(Shipped())
	rules, err := Compile(l.portrait, s, model, "")
	if err != nil {
		tb.Fatal(err)
	}
	o := &outcome{model: model, rules: rules, items: make([]*Item, len(l.standards))}
	eachPart(len(o.items), func(from, to int) {
		for i := from; i < to; i++ {
			o.items[i] = rules.Item(&l.standards[i])
		}
	})
	CountGeneric(o.items)
	entries := make([]Entry, len(o.items))
	for i, it := range o.items {
		entries[i] = Entry{Ref: customer.Ref{Source: customer.Source(l.sources[i]), Key: l.ids[i]}, Item: it}
	}
	o.result = Partition(rules, entries, nil, Limits{Block: s.BlockLimit, Component: s.ComponentLimit}, runtime.GOMAXPROCS(0))
	o.count(l)
	return o
}

func (o *outcome) count(l *loaded) {
	type both struct {
		entity  string
		cluster int32
	}
	byTruth, byCluster, byBoth := map[string]int64{}, map[int32]int64{}, map[both]int64{}
	for i, id := range l.ids {
		t := l.truth[id]
		byTruth[t]++
		byCluster[o.result.Cluster[i]]++
		byBoth[both{t, o.result.Cluster[i]}]++
	}
	for _, n := range byTruth {
		o.truePairs += n * (n - 1) / 2
	}
	for _, n := range byCluster {
		o.foundPairs += n * (n - 1) / 2
	}
	for _, n := range byBoth {
		o.rightPairs += n * (n - 1) / 2
	}
}

// blocked is the share of true pairs that share a key and how many of them the weights alone would link.
func (o *outcome) blocked(l *loaded) (keys, linked float64) {
	groups := map[string][]int{}
	for i, id := range l.ids {
		groups[l.truth[id]] = append(groups[l.truth[id]], i)
	}
	var all, met, above int64
	var ev Evidence
	for _, g := range groups {
		for i := range g {
			for _, j := range g[i+1:] {
				a, b := o.items[g[i]], o.items[j]
				if a.Kind != b.Kind {
					all++
					continue
				}
				all++
				if len(o.rules.of(a.Kind).rulesMet(a, b)) > 0 {
					met++
				}
				o.rules.Compare(a, b, &ev)
				if o.rules.Total(a.Kind, &ev) >= o.rules.Link(a.Kind) {
					above++
				}
			}
		}
	}
	return share(met, all), share(above, all)
}

func TestLabelledSetsKeepTheirQuality(t *testing.T) {
	if testing.Short() || raced.Enabled {
		t.Skip("slow")
	}
	for _, d := range datasets {
		t.Run(d.name, func(t *testing.T) {
			if d.large && os.Getenv("KARTOTEKA_SLOW") == "" {
				t.Skip("slow: set KARTOTEKA_SLOW=1")
			}
			start := time.Now()
			l := d.load(t)
			read := time.Since(start)
			start = time.Now()
			o := l.run(t, DefaultSettings())
			keys, linked := o.blocked(l)
			t.Logf("P %.4f R %.4f F1 %.4f; true pairs with a common key %.4f, above the link %.4f; pairs %d closed %d; read %v match %v",
				o.precision(), o.recall(), o.f1(), keys, linked, o.result.Pairs, len(o.result.Closed), read.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
			if *show > 0 {
				for _, kind := range customer.Kinds() {
					for name, levels := range o.model.Kinds[kind].Attributes {
						fmt.Println(kind, name, levels)
					}
				}
				o.patterns(l)
			}
			if o.f1() < d.floor {
				t.Errorf("F1 %.4f is below %.2f", o.f1(), d.floor)
			}
		})
	}
}
