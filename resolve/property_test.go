package resolve_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/standardize"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// The limits are so small that they bite in almost every history.
func bitingSettings() matching.Settings {
	s := matching.DefaultSettings()
	s.BlockLimit, s.ComponentLimit, s.GenericAbove, s.Expect = 3, 4, 2, 10_000
	return s
}

func bitingRules(t interface{ Fatal(...any) }, workers int) *resolve.Rules {
	p := config.Default().Portrait
	matcher, err := matching.Compile(p, bitingSettings(), matching.Shipped(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return &resolve.Rules{Portrait: p, Matcher: matcher, Settings: bitingSettings(), Golden: golden.Rules{}, Items: resolve.NewItems(8), Workers: workers, Epoch: 1}
}

// world makes records out of few values, so that they meet in every way.
type world struct {
	portrait *customer.Portrait
	z        *standardize.Standardizer
}

func newWorld() *world {
	p := config.Default().Portrait
	return &world{p, standardize.New(p, standardize.Settings{Country: "RU"})}
}

var pools = map[string][]string{
	"name": {"Ковалёв Александр Петрович", "Ковалев Саша", "Иванова Мария Сергеевна", "Иванов Пётр Сергеевич", "Kovalev Aleksandr",
		"Смирнова Мария Сергеевна", "Абдурахманов Тимур Ильич"},
	"birth_date": {"12.04.1985", "04.12.1985", "01.02.1990", "30.11.1978", ""},
	"phone":      {"+7 916 123-45-67", "+7 926 765-43-21", "+7 903 555-11-22", ""},
	"email":      {"kovalev@yandex.ru", "maria.s@mail.ru", ""},
	"inn":        {"526317984689", "500100732259", "", ""},
	"address":    {"г. Москва, ул. Ленина, д. 1, кв. 2", "г. Казань, ул. Мира, д. 7, кв. 15", ""},
}

// farPools are values that have nothing to do with those of pools.
var farPools = map[string][]string{
	"name":       {"Gutiérrez Dolores", "Schwarzenbach Wolfgang", "Okonkwo Chidi"},
	"birth_date": {"17.08.1949", "23.03.2001", ""},
	"phone":      {"+49 30 901820", "+34 91 588 10 00"},
	"email":      {"dolores@example.com", "wolfgang@example.com", ""},
	"inn":        {""},
	"address":    {"Unter den Linden 77, 10117 Berlin", ""},
}

func (w *world) record(t *rapid.T) *customer.Standard { return w.recordOf(t, pools) }

func (w *world) recordOf(t *rapid.T, pools map[string][]string) *customer.Standard {
	m := customer.Mapped{Kind: customer.Person}
	for _, name := range []string{"name", "birth_date", "phone", "email", "inn", "address"} {
		text := rapid.SampledFrom(pools[name]).Draw(t, name)
		if id, ok := w.portrait.Lookup(customer.Person, name); ok && text != "" {
			m.Values = append(m.Values, customer.RawValue{Attribute: id, Text: text})
		}
	}
	s, _ := w.z.Row(&m)
	return &s
}

var ctx = context.Background()

type refDecision struct {
	id          int64
	kind        customer.DecisionKind
	left, right customer.Ref
}

func find(records []resolve.Record, ref customer.Ref) customer.RecordID {
	for _, r := range records {
		if r.Ref == ref {
			return r.ID
		}
	}
	return 0
}

// bulk evaluates f once over the final set of a carrier, without its codes.
func bulk(t *rapid.T, rules *resolve.Rules, live []resolve.Record, decisions []customer.Decision) inMemory {
	m := resolve.NewMemory()
	for _, rec := range live {
		m.Land(rec.Ref, customer.Upsert, rec.Standard)
	}
	renamed := map[customer.RecordID]customer.RecordID{}
	columns := resolve.NewColumns(rules.Portrait)
	codec := customer.NewCodec(rules.Portrait)
	for _, l := range m.Waiting(len(live)) {
		columns.Add(l.Record, codec.Append(nil, l.Standard), true)
		renamed[find(live, l.Ref)] = l.ID
	}
	rename := func(ids []customer.RecordID) (out []customer.RecordID) {
		for _, id := range ids {
			if n, is := renamed[id]; is {
				out = append(out, n)
			}
		}
		return out
	}
	for i := range decisions {
		decisions[i].Left, decisions[i].Right = rename(decisions[i].Left), rename(decisions[i].Right)
	}
	if _, err := resolve.Whole(ctx, m, resolve.Bulk{Rules: rules, Population: columns, Decisions: decisions, Given: true, Operation: resolve.Operation{Kind: "resolve"}}); err != nil {
		t.Fatal(err)
	}
	return inMemory{m}
}

// picture is who is who without codes: each customer by its members, with its golden values.
func picture(t *rapid.T, live []resolve.Record, documents map[customer.Code][]byte) map[string]string {
	members := map[customer.Code][]string{}
	for _, rec := range live {
		if rec.Code == 0 {
			t.Fatalf("%s has no code", rec.Ref)
		}
		members[rec.Code] = append(members[rec.Code], rec.Ref.String())
	}
	out := map[string]string{}
	for code, refs := range members {
		slices.Sort(refs)
		var d customer.Document
		if err := json.Unmarshal(documents[code], &d); err != nil {
			t.Fatalf("code of %v: %v", refs, err)
		}
		if d.MemberCount != len(refs) {
			t.Fatalf("%v: the document counts %d members", refs, d.MemberCount)
		}
		var values []string
		for name, list := range d.Attributes {
			for _, v := range list {
				values = append(values, fmt.Sprintf("%s=%s(%s %d %d)", name, v.Value, v.Rule, v.Agreement, len(v.RunnersUp)))
			}
		}
		slices.Sort(values)
		out[strings.Join(refs, " ")] = strings.Join(values, "; ")
	}
	if len(documents) != len(members) {
		t.Fatalf("%d active codes, %d with members", len(documents), len(members))
	}
	return out
}

// allowed reports whether a decision contradicts none of those made.
func allowed(made []refDecision, d refDecision) bool {
	parent := map[customer.Ref]customer.Ref{}
	var root func(customer.Ref) customer.Ref
	root = func(r customer.Ref) customer.Ref {
		if p, has := parent[r]; has && p != r {
			return root(p)
		}
		return r
	}
	all := append(slices.Clone(made), d)
	for _, x := range all {
		if x.kind == customer.Same {
			parent[root(x.left)] = root(x.right)
		}
	}
	return !slices.ContainsFunc(all, func(x refDecision) bool {
		return x.kind == customer.Different && root(x.left) == root(x.right)
	})
}

func TestHistoriesOfBothCarriersEndAsOneBulkRun(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "220"); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld()
	s, err := store.Open(ctx, storetest.New(t, migrate), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Use(w.portrait)
	rapid.Check(t, func(t *rapid.T) { playHistory(t, w, s) })
}

func migrate(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url, golden.NewPermutation)
	if err == nil {
		s.Close()
	}
	return err
}

func playHistory(t *rapid.T, w *world, s *store.Store) {
	rules := bitingRules(t, rapid.IntRange(1, 3).Draw(t, "workers"))
	pg := emptyStore(t, s)
	carriers := []carrier{inMemory{resolve.NewMemory()}, pg}
	refs := make([]customer.Ref, 12)
	for i := range refs {
		refs[i] = customer.Ref{Source: "s", Key: fmt.Sprint(i)}
	}
	var made []refDecision
	settle := func() {
		for _, c := range carriers {
			limit := rapid.IntRange(1, 5).Draw(t, "limit")
			for c.turn(t, rules, limit) > 0 {
			}
		}
	}
	for range rapid.IntRange(3, 25).Draw(t, "steps") {
		ref := rapid.SampledFrom(refs).Draw(t, "ref")
		switch action := rapid.SampledFrom([]string{"upsert", "upsert", "upsert", "upsert", "delete", "settle", "settle", "same", "different"}).Draw(t, "action"); action {
		case "upsert":
			content := w.record(t)
			for _, c := range carriers {
				c.land(t, ref, customer.Upsert, content)
			}
		case "delete":
			for _, c := range carriers {
				c.land(t, ref, customer.Delete, nil)
			}
		case "settle":
			settle()
		default:
			settle()
			d := refDecision{int64(len(made) + 1), customer.DecisionKind(action), ref, rapid.SampledFrom(refs).Draw(t, "other")}
			live := carriers[0].live(t)
			if d.left == d.right || find(live, d.left) == 0 || find(live, d.right) == 0 || !allowed(made, d) {
				continue
			}
			made = append(made, d)
			for _, c := range carriers {
				c.decide(t, rules, d)
			}
		}
	}
	settle()
	for i, c := range carriers {
		c.maintain(t, rules)
		c.verify(t, rules)
		want := bulk(t, rules, c.live(t), c.decisions(t))
		if diff := cmp.Diff(picture(t, want.live(t), want.documents(t)), picture(t, c.live(t), c.documents(t))); diff != "" {
			t.Fatalf("carrier %d differs from one bulk run:\n%s", i, diff)
		}
	}
	if diff := cmp.Diff(picture(t, carriers[0].live(t), carriers[0].documents(t)), picture(t, carriers[1].live(t), carriers[1].documents(t))); diff != "" {
		t.Fatalf("memory and PostgreSQL differ:\n%s", diff)
	}
}
