package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/demo"
	"kartoteka/matching"
)

// people makes messy rows about one population, as files of a header and rows.
func people(t *testing.T, rows, files int) (header []string, parts [][][]string) {
	t.Helper()
	var out bytes.Buffer
	if err := demo.BigCSV(&out, nil, rows, 7); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header, all = all[0], all[1:]
	return header, slices.Collect(slices.Chunk(all, (len(all)+files-1)/files))
}

// csv writes a file of the hub's directory.
func (d *door) csv(name string, header []string, rows [][]string) string {
	d.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(append([][]string{header}, rows...)); err != nil {
		d.Fatal(err)
	}
	return d.file(name, out.String())
}

// shuffled gives the rows in another order, some of them twice.
func shuffled(rows [][]string) [][]string {
	random := rand.New(rand.NewPCG(11, 13))
	rows = append(slices.Clone(rows), rows[:3]...)
	random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

// checksums gives a sum over the rows of each table.
func (d *door) checksums() map[string]string {
	d.Helper()
	conn, err := pgx.Connect(d.Context(), d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer conn.Close(d.Context())
	rows, _ := conn.Query(d.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 10 {
		d.Fatalf("tables: %v %v", tables, err)
	}
	sums := map[string]string{}
	for _, table := range tables {
		var n int
		var sum string
		query := fmt.Sprintf(`SELECT count(*), coalesce(md5(string_agg(t::text, E'\n' ORDER BY t::text)), '') FROM %s t`, pgx.Identifier{table}.Sanitize())
		if err := conn.QueryRow(d.Context(), query).Scan(&n, &sum); err != nil {
			d.Fatal(err)
		}
		sums[table] = fmt.Sprintf("%d rows %s", n, sum)
	}
	return sums
}

func TestLoadedAgainNothingChanges(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	header, parts := people(t, 900, 3)
	var files []string
	for i, rows := range parts {
		files = append(files, d.csv(fmt.Sprintf("system%c.csv", 'a'+i), header, rows))
	}
	model := filepath.Join(d.dir, "model.json")
	d.ok(append([]string{"match", "train", "--out", model, "-q"}, files...)...)
	d.ok(append([]string{"load", "--model", model, "-q"}, files...)...)
	codes, changes, partition, cards := d.crosswalk(), d.checksums()["change"], d.partition(), d.cards()
	if len(codes) != 900 || len(partition) > 890 {
		t.Fatalf("%d records, %d customers", len(codes), len(partition))
	}
	for i, rows := range parts {
		d.csv(filepath.Base(files[i]), header, shuffled(rows))
	}
	slices.Reverse(files)
	var s loadSummary
	d.json(exitOK, &s, nil, append([]string{"load"}, files...)...)
	if s.Accepted != 0 || s.Unchanged != 909 || s.Read != 909 || s.CodesCreated != 0 {
		t.Errorf("again: %+v", s)
	}
	if diff := cmp.Diff(codes, d.crosswalk()); diff != "" || d.checksums()["change"] != changes {
		t.Errorf("again: changes %s, were %s\n%s", d.checksums()["change"], changes, diff)
	}
	d.ok("verify", "-q")
	d.json(exitInput, nil, nil, "load", files[0], "--model", "../../go.mod")
	d.ok("match", "train", "--out", model+"2", "-q", files[0])
	if e := d.json(exitInput, nil, nil, "load", files[0], "--model", model+"2"); !strings.Contains(e.Message, "another model") {
		t.Errorf("another model: %+v", e)
	}
	other := openDoor(t)
	other.ok("load", "--model", model, "-q", files[0])
	other.ok("load", "-q", files[1], files[2])
	if diff := cmp.Diff(partition, other.partition()); diff != "" {
		t.Errorf("in reverse order, another partition:\n%s", diff)
	}
	if diff := cmp.Diff(cards, other.cards()); diff != "" {
		t.Errorf("in reverse order, other golden records:\n%s", diff)
	}
}

func TestSnapshotDeletesWhatIsGone(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	header, parts := people(t, 20, 1)
	rows := parts[0]
	file := d.csv("bank.csv", header, rows)
	d.ok("load", file, "--full", "-q")
	var s loadSummary
	d.csv("bank.csv", header, rows[1:])
	d.json(exitOK, &s, nil, "load", file, "--full")
	if s.Accepted != 1 || s.Unchanged != 19 || s.Read != 20 {
		t.Errorf("one gone: %+v", s)
	}
	before := d.crosswalk()
	if len(before) != 19 || before["bank/"+rows[0][0]] != "" {
		t.Errorf("one gone: %v", before)
	}
	changes := d.checksums()["change"]
	d.csv("bank.csv", header, rows[8:])
	if e := d.json(exitRejects, &s, nil, "load", file, "--full"); !strings.Contains(e.Message, "bank") || !strings.Contains(e.Message, "brake") {
		t.Errorf("%+v", e)
	}
	if diff := cmp.Diff(before, d.crosswalk()); diff != "" || d.checksums()["change"] != changes || s.Accepted != 0 {
		t.Errorf("held, but %+v\n%s", s, diff)
	}
	d.csv("bank.csv", header, rows[1:])
	d.json(exitOK, &s, nil, "load", file, "--full")
	if s.Accepted != 0 {
		t.Errorf("after the brake: %+v", s)
	}
	d.csv("bank.csv", header, rows)
	d.json(exitOK, &s, nil, "load", file, "--full")
	if s.Accepted != 1 || len(d.crosswalk()) != 20 {
		t.Errorf("come back: %+v", s)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	header, parts := people(t, 60, 2)
	one, two := d.csv("one.csv", header, parts[0]), d.csv("two.csv", header, parts[1])
	var s loadSummary
	empty := d.checksums()
	d.json(exitOK, &s, nil, "load", one, "--dry-run")
	if diff := cmp.Diff(empty, d.checksums()); diff != "" || s.Accepted != 30 || s.CodesTotal == 0 {
		t.Errorf("into an empty hub: %+v\n%s", s, diff)
	}
	d.ok("load", one, "-q")
	filled := d.checksums()
	d.json(exitOK, &s, nil, "load", two, "--full", "--dry-run")
	if diff := cmp.Diff(filled, d.checksums()); diff != "" || s.Accepted != 30 || s.CodesCreated == 0 {
		t.Errorf("into a filled hub: %+v\n%s", s, diff)
	}
}

// TestAttributeOfTheConfigurationAlone adds one line of YAML and nothing else.
func TestAttributeOfTheConfigurationAlone(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	conf := d.file("kartoteka.yaml", "version: 1\nportrait: {person: {loyalty_no: {type: text, holds: one, shared_by: 1}}}\n")
	var shop, web strings.Builder
	shop.WriteString("id,ФИО,loyalty_no\n")
	web.WriteString("id,ФИО,loyalty_no\n")
	for i, name := range []string{"Ковалёв Александр Петрович", "Смирнова Анна Игоревна", "Гусев Олег Ильич", "Шевченко Тарас Григорович", "Иванова Мария Сергеевна"} {
		fmt.Fprintf(&shop, "%d,%s,LC-%05d\n", i+1, name, 48210+i*7919)
	}
	web.WriteString("w1,Ковалев Александр,LC-48210\nw2,Анна Смирнова,LC-99999\n")
	var r loadResult
	d.json(exitOK, nil, &r, "load", d.file("shop.csv", shop.String()), d.file("web.csv", web.String()), "--config", conf)
	if got := mapped(d, &r)["loyalty_no"]; got != "loyalty_no" {
		t.Errorf("mapped to %q", got)
	}
	codes := d.crosswalk()
	if codes["shop/1"] != codes["web/w1"] || codes["shop/2"] == codes["web/w2"] {
		t.Errorf("%v", codes)
	}
	var why whyResult
	d.json(exitOK, nil, &why, "why", "shop/1", "web/w1")
	if !slices.ContainsFunc(why.Pair.Comparisons, func(c matching.Compared) bool { return c.Name == "loyalty_no" && c.Weight > 0 }) {
		t.Errorf("not weighed: %+v", why.Pair.Comparisons)
	}
	var show showResult
	d.json(exitOK, nil, &show, "show", "web/w1")
	if v := show.Golden.Attributes["loyalty_no"]; len(v) != 1 || v[0].Value != "LC-48210" {
		t.Errorf("golden: %+v", show.Golden.Attributes)
	}
	rows, err := csv.NewReader(strings.NewReader(d.ok("export", "golden", "-q"))).ReadAll()
	if err != nil || !slices.ContainsFunc(rows[0], func(s string) bool { return strings.Contains(s, "loyalty_no") }) {
		t.Errorf("export: %v %v", rows[0], err)
	}
}
