package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
	"kartoteka/demo"
	"kartoteka/feed"
	"kartoteka/feed/consumer"
	"kartoteka/feed/feedtest"
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// branches writes rows of one population into files: branch-a.csv, branch-b.csv, ...
func branches(t *testing.T, dir string, files, rows int, seed uint64) []string {
	t.Helper()
	var all bytes.Buffer
	if err := demo.BigCSV(&all, nil, files*rows, seed); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSpace(all.String()), "\n")
	var paths []string
	for i := range files {
		path := filepath.Join(dir, fmt.Sprintf("branch-%c%d.csv", 'a'+i, seed))
		part := lines[0] + strings.Join(lines[1+i*rows:1+(i+1)*rows], "")
		if err := os.WriteFile(path, []byte(part), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// publisher publishes a database's change log as the hub does.
type publisher struct {
	*store.Store
	t       *testing.T
	address string
	prefix  string
	stop    func()
}

func publish(t *testing.T, url string) *publisher {
	t.Helper()
	s, err := store.Open(t.Context(), url, golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	p := &publisher{Store: s, t: t, address: feedtest.RealBroker(t), prefix: fmt.Sprintf("t%d", time.Now().UnixNano())}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	d := feed.New(s, s, feed.Options{Brokers: []string{p.address}, Prefix: p.prefix, Holder: "test", HashKey: []byte("k"), Partitions: 1,
		Settle: 100 * time.Millisecond, Poll: 20 * time.Millisecond})
	go func() { ended <- d.Run(ctx) }()
	p.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		s.Close()
	}
	t.Cleanup(func() { p.stop() })
	return p
}

// check waits until everything is published and compares a consumer's table with the hub.
func (p *publisher) check(exported string) {
	p.t.Helper()
	p.published()
	var table consumer.Memory
	checkTable(p.t, p.Store, p.address, p.prefix, &table, table.Rows, exported)
	checkCrosswalk(p.t, p.Store, p.address, p.prefix)
}

func (p *publisher) published() {
	p.t.Helper()
	eventually(p.t, func() error {
		s, err := p.FeedStatus(p.t.Context(), feed.Role)
		if err == nil && s.Lag > 0 {
			err = fmt.Errorf("published up to %d of %d", s.Published, s.Last)
		}
		return err
	})
}

// checkTable lets a consumer read the golden topic and compares its table with the codes of the
// hub, and with the documents of export golden as JSON lines.
func checkTable(t *testing.T, s *store.Store, address, prefix string, table consumer.Table, rows func() map[customer.Code]consumer.Row, exported string) {
	t.Helper()
	c := consumer.New(table, consumer.Options{Brokers: []string{address}, Topic: feed.TopicsOf(prefix).Golden})
	if err := c.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	states, got := allStates(t, s), rows()
	if len(states) == 0 || len(got) != len(states) {
		t.Errorf("the table has %d codes, the hub %d", len(got), len(states))
	}
	documents := map[customer.Code]string{}
	for code, want := range states {
		r := got[code]
		if r.State != want.State || r.Epoch != want.Epoch || r.Version != want.Version || r.Successor != want.Successor {
			t.Errorf("%s: the table says %s version %d, the hub %s version %d", code, r.State, r.Version, want.State, want.Version)
		}
		if want.State == customer.CodeActive {
			documents[code] = canonical(t, r.Document)
		}
	}
	checkExport(t, documents, exported)
}

// allStates reads the present state of every code.
func allStates(t *testing.T, s *store.Store) map[customer.Code]customer.CodeNow {
	t.Helper()
	var codes []customer.Code
	for after := int64(0); ; {
		page, err := s.Changes(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			after = c.Position
			if c.Version == 1 {
				codes = append(codes, c.Code)
			}
		}
	}
	states, err := s.States(t.Context(), codes)
	if err != nil {
		t.Fatal(err)
	}
	return states
}

func checkExport(t *testing.T, documents map[customer.Code]string, exported string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(exported) {
		var head struct{ Code customer.Code }
		if err := json.Unmarshal([]byte(line), &head); err != nil {
			t.Fatal(err)
		}
		if n++; documents[head.Code] != canonical(t, []byte(line)) {
			t.Errorf("%s: the table has\n%s\nexport golden says\n%s", head.Code, documents[head.Code], line)
		}
	}
	if n != len(documents) {
		t.Errorf("%d active codes in the table, %d exported", len(documents), n)
	}
}

// canonical writes JSON with sorted keys.
func canonical(t *testing.T, text []byte) string {
	t.Helper()
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// twentyPoints is how many places of a load the process is killed at.
const twentyPoints = 20

// stride leaves points out when the tests are to be short.
func stride() int {
	if testing.Short() {
		return 6
	}
	return 1
}

func TestKilledWhileFillingAnEmptyHub(t *testing.T) {
	feedtest.RealBroker(t)
	dir := t.TempDir()
	args := append([]string{"load"}, branches(t, dir, 14, 12, 7)...)
	for n := 1; n <= twentyPoints; n += stride() {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			killAndFinish(openDoor(t), n, args)
		})
	}
}

func TestKilledWhileLoadingMore(t *testing.T) {
	feedtest.RealBroker(t)
	dir := t.TempDir()
	first, more := branches(t, dir, 3, 60, 7), branches(t, dir, 3, 40, 8)
	full := func(ctx context.Context, url string) error { return fill(ctx, url, dir, first) }
	for n := 1; n <= twentyPoints; n += stride() {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			killAndFinish(&door{t, t.TempDir(), storetest.New(t, full)}, n, append([]string{"load"}, more...))
		})
	}
}

// fill loads files into a database that others are made of.
func fill(ctx context.Context, url, dir string, files []string) error {
	var out, errs bytes.Buffer
	lookup := func(name string) (string, bool) { return url, name == "KARTOTEKA_DATABASE_URL" }
	if code := run(ctx, append([]string{"load", "--state", dir}, files...), &app{out: &out, err: &errs, lookup: lookup}); code != exitOK {
		return fmt.Errorf("exit %d: %s", code, errs.String())
	}
	return nil
}

// killAndFinish kills a command at its n-th point, runs it again, and checks that nothing is lost.
func killAndFinish(d *door, n int, args []string) {
	d.Helper()
	feed := publish(d.T, d.url)
	killed := d.spawn([]string{fmt.Sprintf("KARTOTEKA_FAILPOINT=*:%d=kill", n)}, args...)
	if code := killed.wait(); code != -int(syscall.SIGKILL) {
		d.Fatalf("exit %d: the load has fewer than %d points\n%s", code, n, &killed.err)
	}
	d.ok(args...)
	checkWhole(d)
	feedtest.CheckLog(d.T, feed.Store)
	feed.check(d.ok("export", "golden", "--format", "jsonl"))
}

// checkWhole lets the hub check its promises; nothing may wait.
func checkWhole(d *door) {
	d.Helper()
	var s verifySummary
	if d.json(exitOK, &s, nil, "verify", "--sample", "10"); s.Violations > 0 || s.Pending > 0 {
		d.Errorf("%+v", s)
	}
}

// checkCrosswalk compares where the crosswalk topic ends with where the records belong.
func checkCrosswalk(t *testing.T, s *store.Store, address, prefix string) {
	t.Helper()
	latest := map[string]feed.Crosswalk{}
	for _, m := range feedtest.Messages(t, address, feed.TopicsOf(prefix).Crosswalk) {
		var c feed.Crosswalk
		if err := json.Unmarshal(m.Value, &c); err != nil {
			t.Fatal(err)
		}
		if c.Position >= latest[string(m.Key)].Position {
			latest[string(m.Key)] = c
		}
	}
	got, want := map[customer.RecordID]customer.Code{}, map[customer.RecordID]customer.Code{}
	for _, c := range latest {
		if c.Code != 0 {
			got[c.Record] = c.Code
		}
	}
	if err := s.InTx(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT id, code FROM record WHERE state = 'live'`)
		if err != nil {
			return err
		}
		var id customer.RecordID
		var code customer.Code
		_, err = pgx.ForEachRow(rows, []any{&id, &code}, func() error {
			want[id] = code
			return nil
		})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("crosswalk topic:\n%s", diff)
	}
}
