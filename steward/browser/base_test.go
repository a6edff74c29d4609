package browser

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kartoteka/demo"
	"kartoteka/failpoint/tape"
)

// base is a hub of invented people that is built once, for measuring, and kept if asked to be.
type base struct {
	dir    string
	People int      // customers, about
	Tasks  int64    // open questions
	Sixty  string   // code of a customer of 60 records
	Many   string   // code of a customer of 5,000 records
	Long   string   // code of a customer whose record is 10 MiB
	Task   int64    // question about that customer
	Codes  []string // some others
	Built  int      // steps
}

// baseSettings let one person do what a whole team does in a day. Who holds a false merge to be as bad as 300 missed
// ones is asked about three times as much as by default.
const baseSettings = `version: 1
company: {country: RU, time_zone: Europe/Moscow}
matching: {costs: {false_merge: 300, missed_merge: 1}}
access:
  limits: {login_a_minute: 1000, search_a_minute: 100000, reveal_a_day: 1000, views_a_day: 1000000}
  review: {hold: 4s, second_opinion: 0}
  sign_in: {local: true}
`

// theBase is a hub on a base of KARTOTEKA_BENCH_PEOPLE customers in KARTOTEKA_BENCH_BASE, built if it
// is not there, else in a directory that goes away.
func theBase(b *testing.B) (*hub, *base, *meter) {
	b.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		b.Skip("no chromium; run scripts/need browser")
	}
	h := &hub{said: &tape.Tape{}}
	b.Cleanup(h.close)
	must(b, h.build())
	x := &base{dir: cmp.Or(os.Getenv("KARTOTEKA_BENCH_BASE"), filepath.Join(h.dir, "base"))}
	h.home = filepath.Join(x.dir, "state")
	if x.read() != nil || x.Built == built && x.foreign(h) {
		must(b, os.RemoveAll(x.dir))
		x.Built = 0
	}
	if x.Built < built {
		must(b, x.build(b, h))
	}
	must(b, os.WriteFile(filepath.Join(h.home, "kartoteka.yaml"), []byte(baseSettings), 0o644))
	m := measuring(b, h)
	x.Tasks = m.topUp(cmp.Or(os.Getenv("KARTOTEKA_BENCH_TASKS"), "0"))
	own, _, err := twoPorts()
	must(b, err)
	h.address = "http://127.0.0.1:" + own
	for _, step := range []func() error{h.serve, h.start, h.staff} {
		must(b, step())
	}
	return h, x, m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (x *base) read() error {
	text, err := os.ReadFile(filepath.Join(x.dir, "base.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, x)
}

// foreign reports whether the base was made by a program whose ruleset was another one: then it cannot be changed.
func (x *base) foreign(h *hub) bool {
	if err := os.WriteFile(filepath.Join(h.home, "kartoteka.yaml"), []byte(baseSettings), 0o644); err != nil {
		return true
	}
	_, err := h.verb("tasks", "reject", fmt.Sprint(x.Task), "--dry-run")
	return err != nil && strings.Contains(err.Error(), "another")
}

// build goes on where a build before it stopped.
func (x *base) build(b *testing.B, h *hub) error {
	if x.Built == 0 {
		*x = base{dir: x.dir}
		x.People, _ = strconv.Atoi(cmp.Or(os.Getenv("KARTOTEKA_BENCH_PEOPLE"), "3000"))
	}
	if err := os.MkdirAll(h.home, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(h.home, "kartoteka.yaml"), []byte(baseSettings), 0o644); err != nil {
		return err
	}
	start := time.Now()
	steps := []func() error{
		func() error {
			return x.write("people", func(w io.Writer) error { return demo.BigCSV(w, nil, x.People*10/7, 1) })
		},
		func() error { return x.load(h, "people", "people") },
		func() error { return x.write("shop", func(w io.Writer) error { return large(w, 5000) }) },
		func() error { return x.load(h, "shop", "shop") },
		func() error { return x.longOne(h) },
		func() error { return x.find(h) },
		x.tidy,
	}
	for x.Built < len(steps) {
		if err := steps[x.Built](); err != nil {
			return err
		}
		if x.Built++; x.Built == len(steps) {
			x.Built = built
		}
		if err := x.save(); err != nil {
			return err
		}
	}
	b.Logf("a base of %d customers with %d questions was built in %s", x.People, x.Tasks, time.Since(start).Round(time.Second))
	return nil
}

// built is the step of a base that is ready.
const built = 1000

func (x *base) save() error {
	text, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(x.dir, "base.json"), text, 0o644)
}

// tidy removes the files that were loaded.
func (x *base) tidy() error {
	for _, name := range []string{"people", "shop", "long"} {
		if err := os.Remove(x.file(name)); err != nil {
			return err
		}
	}
	return nil
}

func (x *base) file(name string) string { return filepath.Join(x.dir, name+".csv") }

func (x *base) write(name string, rows func(io.Writer) error) error {
	f, err := os.Create(x.file(name))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	return errors.Join(rows(w), w.Flush(), f.Close())
}

func (x *base) load(h *hub, name, source string) error {
	_, err := h.verb("load", x.file(name), "--source", source, "--key", "record_id")
	return err
}

// find looks up whom the measurements are about.
func (x *base) find(h *hub) error {
	text, err := h.verb("export", "crosswalk")
	if err != nil {
		return err
	}
	rows := 0
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSpace(line), ",")
		switch rows++; {
		case len(f) != 4 || f[3] == "status":
		case f[0] == "shop" && f[1] == "s0":
			x.Sixty = f[2]
		case f[0] == "shop" && f[1] == "m0":
			x.Many = f[2]
		case f[0] == "people" && rows%(max(1, x.People/700)) == 0:
			x.Codes = append(x.Codes, f[2])
		}
	}
	if x.Sixty == "" || x.Many == "" || len(x.Codes) == 0 {
		return fmt.Errorf("the base has no customer of 60 or 5,000 records: %+v", x)
	}
	return nil
}

// longOne delivers a record of one of the first questions once more, with 10 MiB in columns that are no
// attribute's: what it says stays the same, and so does the question.
func (x *base) longOne(h *hub) error {
	var list struct {
		Summary struct{ Open int64 }
		Result  struct{ Tasks []struct{ ID int64 } }
	}
	if err := h.told(&list, "tasks", "--kind", "possible_match"); err != nil {
		return err
	}
	x.Tasks = list.Summary.Open
	for _, t := range list.Result.Tasks {
		var task struct {
			Result struct {
				Members []struct{ Source, Key, Code string }
			}
		}
		if err := h.told(&task, "tasks", "show", fmt.Sprint(t.ID)); err != nil {
			return err
		}
		if m := task.Result.Members[0]; m.Source == "people" {
			x.Task, x.Long = t.ID, m.Code
			return x.lengthen(h, m.Key)
		}
	}
	return errors.New("the base has no question")
}

func (x *base) lengthen(h *hub, key string) error {
	row, err := x.row(key)
	if err != nil {
		return err
	}
	if err := x.write("long", func(w io.Writer) error { return longRow(w, row) }); err != nil {
		return err
	}
	return x.load(h, "long", "people")
}

// told runs a verb and reads what it says as JSON.
func (h *hub) told(into any, args ...string) error {
	text, err := h.verb(append(args, "--output", "json")...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), into)
}

// row is the one of people.csv with a key.
func (x *base) row(key string) ([]string, error) {
	f, err := os.Open(x.file("people"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	for {
		row, err := r.Read()
		if err != nil || row[0] == key {
			return row, err
		}
	}
}

// notes are the columns of the long record, each a MiB.
const notes = 10

func longRow(out io.Writer, row []string) error {
	head, long := slices.Clone(header), slices.Clone(row)
	for i := range notes {
		head = append(head, fmt.Sprintf("note%d", i))
		long = append(long, strings.Repeat("очень длинное примечание, ", 1<<20/47)[:1<<20-1<<10])
	}
	w := csv.NewWriter(out)
	_ = w.Write(head)
	_ = w.Write(long)
	w.Flush()
	return w.Error()
}

// staff makes accounts of this run and signs them in: those of former runs have forgotten passwords.
func (h *hub) staff() (err error) {
	run := time.Now().UTC().Format("150405")
	if h.people == nil {
		h.people = map[string]*http.Cookie{}
	}
	for _, login := range []string{"anna", "boris", "root"} {
		if h.people[login], err = h.account(login+run, roles[login]); err != nil {
			return err
		}
	}
	return nil
}
