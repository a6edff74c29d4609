package main

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"kartoteka/customer"
	"kartoteka/demo"
	"kartoteka/golden"
	"kartoteka/resolve"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// TestOrderOfArrivalDoesNotMatter loads a population in bulk, then the same records one by one in random
// order by four workers, under the same model: with every policy auto who is who is the same to the
// last record; where policy asks it is f given the holds, each of which has one open task. With
// KARTOTEKA_SLOW=1 the population is the development set of 12,000 records.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.ok(append([]string{"load", "-q"}, arrivingFiles(t)...)...)
	a := &app{out: io.Discard, err: io.Discard, lookup: func(name string) (string, bool) { return d.url, name == "KARTOTEKA_DATABASE_URL" }}
	a.State = d.dir
	h, err := a.openHub(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.close(t.Context()) }()
	want := &arrivals{T: t, Store: h.Store, rules: h.rules}
	want.maintain(resolve.Policy{})
	bulk := want.partition()
	t.Logf("%d records, %d customers in bulk", len(want.records()), len(bulk))

	t.Run("auto", func(t *testing.T) {
		got := arrive(t, want, resolve.Policy{})
		if diff := gocmp.Diff(bulk, got.partition()); diff != "" {
			t.Error(diff)
		}
		if holds, tasks := got.held(); holds+tasks > 0 {
			t.Errorf("%d holds, %d tasks about them", holds, tasks)
		}
	})
	t.Run("ask", func(t *testing.T) {
		ask := resolve.Bar{Ask: true}
		got := arrive(t, want, resolve.Policy{Join: ask, JoinConfirmed: ask, Split: ask})
		got.verify()
		holds, tasks := got.held()
		t.Logf("%d customers, %d holds", len(got.partition()), holds)
		if holds == 0 || holds != tasks {
			t.Errorf("%d holds, %d open tasks about them", holds, tasks)
		}
		got.maintain(resolve.Policy{}) // policy changes its mind: what was held happens
		if diff := gocmp.Diff(bulk, got.partition()); diff != "" {
			t.Error(diff)
		}
	})
}

// arrivingFiles writes the files to load.
func arrivingFiles(t *testing.T) (files []string) {
	t.Helper()
	dir := t.TempDir()
	if os.Getenv("KARTOTEKA_SLOW") == "" {
		s, err := demo.Generate(demo.Options{Dir: dir, People: 150, Payer: 20})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Files {
			files = append(files, f.Path)
		}
		return append(files, bridges(t, dir))
	}
	f, err := os.Open("../../../shared/data/ru_customers_dev_12k/records.csv.gz")
	if err != nil {
		t.Skip("the development set is not here: ", err)
	}
	defer f.Close()
	text, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "people.csv")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, text); err != nil { //nolint:gosec // a file of ours
		t.Fatal(err)
	}
	return []string{path}
}

// bridges writes customers of three records, one of which holds the other two together.
func bridges(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("id;ФИО;Телефон;E-mail\n")
	for i, name := range []string{"Иванов Иван", "Смирнов Алексей", "Кузнецова Анна", "Попов Сергей", "Васильева Ольга", "Петров Андрей", "Соколова Елена", "Михайлов Дмитрий", "Новикова Мария", "Фёдоров Николай"} {
		phone, mail := fmt.Sprintf("+7 916 200-%02d-%02d", 11+i, 37+i), fmt.Sprintf("box%d@example.ru", 7*i+3)
		fmt.Fprintf(&b, "b%d;%s;%s;\nb%d;%s;;%s\nb%d;%s;%s;%s\n", 3*i, name, phone, 3*i+1, name, mail, 3*i+2, name, phone, mail)
	}
	path := filepath.Join(dir, "bridges.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// arrivals is a hub that records arrive at one by one.
type arrivals struct {
	*testing.T
	*store.Store
	rules *ruleset
	runs  map[customer.Source]*customer.Run
}

func (h *arrivals) lane(f func(*store.Tx) error) {
	h.Helper()
	if err := h.InLongLane(h.T.Context(), f); err != nil {
		h.Fatal(err)
	}
}

type arrival struct {
	customer.Record
	standard []byte
}

// records are the live ones, by source and key.
func (h *arrivals) records() (out []arrival) {
	h.lane(func(tx *store.Tx) error {
		_, err := tx.Population(h.T.Context(), h.rules.rules.AnotherPerson, func(rec customer.Record, standard []byte, _ bool) {
			out = append(out, arrival{rec, slices.Clone(standard)})
		})
		return err
	})
	slices.SortFunc(out, func(x, y arrival) int {
		return cmp.Or(cmp.Compare(x.Ref.Source, y.Ref.Source), cmp.Compare(x.Ref.Key, y.Ref.Key))
	})
	return out
}

// partition lists the members of each customer.
func (h *arrivals) partition() []string {
	members := map[customer.Code][]string{}
	for _, rec := range h.records() {
		members[rec.Code] = append(members[rec.Code], rec.Ref.String())
	}
	out := make([]string, 0, len(members))
	for refs := range maps.Values(members) {
		slices.Sort(refs)
		out = append(out, strings.Join(refs, " "))
	}
	slices.Sort(out)
	return out
}

// arrive lets the records of a hub arrive at a new one.
func arrive(t *testing.T, from *arrivals, policy resolve.Policy) *arrivals {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.New(t, migrateHub), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Use(from.rules.conf.Portrait)
	h := &arrivals{T: t, Store: s, rules: from.rules, runs: map[customer.Source]*customer.Run{}}
	rules := *from.rules.rules
	rules.Policy, rules.Items = policy, resolve.NewItems(itemsKept)
	records := from.records()
	h.lane(func(tx *store.Tx) (err error) {
		for i := 0; i < len(records) && err == nil; i++ {
			if source := records[i].Ref.Source; h.runs[source] == nil {
				h.runs[source], err = tx.BeginRun(t.Context(), source, true, "")
			}
		}
		return err
	})
	rand.New(rand.NewPCG(1, 5)).Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := worker; i < len(records); i += 4 {
				if err := h.one(&rules, &records[i]); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	h.maintain(policy)
	return h
}

// one lands a record and resolves what waits first.
func (h *arrivals) one(rules *resolve.Rules, rec *arrival) error {
	ctx := h.T.Context()
	codec := customer.NewCodec(rules.Portrait)
	standard, err := codec.Decode(rec.standard)
	if err != nil {
		return err
	}
	in := []customer.Incoming{{Ref: rec.Ref, Op: customer.Upsert, Raw: []byte(`{}`), Standard: *standard}}
	if err := h.InTx(ctx, func(tx *store.Tx) error {
		_, _, err := tx.Land(ctx, h.runs[rec.Ref.Source], in, false)
		return err
	}); err != nil {
		return err
	}
	return h.InLane(ctx, func(tx *store.Tx) error {
		landed, err := tx.Waiting(ctx, 1)
		if err == nil {
			_, err = resolve.Turn(ctx, rules, tx, landed, nil, resolve.Operation{Kind: "resolve"})
		}
		return err
	})
}

// maintain counts keys and values again, and evaluates everything once more under a policy.
func (h *arrivals) maintain(policy resolve.Policy) {
	rules := *h.rules.rules
	rules.Policy = policy
	var ids []customer.RecordID
	for _, rec := range h.records() {
		ids = append(ids, rec.ID)
	}
	h.lane(func(tx *store.Tx) error {
		if _, err := resolve.Maintain(h.T.Context(), &rules, tx); err != nil {
			return err
		}
		_, err := resolve.Turn(h.T.Context(), &rules, tx, nil, ids, resolve.Operation{Kind: "maintain"})
		return err
	})
}

// held counts holds, and open tasks about them.
func (h *arrivals) held() (holds, tasks int) {
	h.lane(func(tx *store.Tx) error {
		decisions, err := tx.AllDecisions(h.T.Context())
		if err != nil {
			return err
		}
		for _, d := range decisions {
			if d.Kind.IsHold() {
				holds++
			}
		}
		open, err := tx.OpenTasks(h.T.Context(), nil)
		for i := range open {
			if kind := open[i].Kind; kind == customer.TaskHeldJoin || kind == customer.TaskHeldSplit {
				tasks++
			}
		}
		return err
	})
	return holds, tasks
}

// verify evaluates f over all records, with the decisions and holds that there are.
func (h *arrivals) verify() {
	columns := resolve.NewColumns(h.rules.conf.Portrait)
	for _, rec := range h.records() {
		columns.Add(rec.Record, rec.standard, false)
	}
	h.lane(func(tx *store.Tx) error {
		ctx := h.T.Context()
		decisions, err := tx.AllDecisions(ctx)
		if err != nil {
			return err
		}
		closed, generic, err := tx.ShutKeys(ctx)
		if err != nil {
			return err
		}
		e := resolve.Evaluation{Rules: h.rules.rules, Population: columns, Decisions: decisions, Closed: closed, Generic: generic}
		return resolve.VerifyWhole(ctx, e, func(v customer.Violation) { h.Errorf("%+v", v) })
	})
}
