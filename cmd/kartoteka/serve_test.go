package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"kartoteka/api"
	"kartoteka/customer"
	"kartoteka/feed/consumer"
	"kartoteka/feed/feedtest"
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// serving starts kartoteka serve without sign-in and waits until it is ready; it returns its address.
func (d *door) serving(more ...string) (*process, string) {
	d.Helper()
	p := d.spawn(nil, append([]string{"serve", "--listen", "127.0.0.1:0", "--insecure-no-auth"}, more...)...)
	address := strings.TrimSpace(p.says("serving on "))
	if status, body := fetch(d.T, address+"/readyz"); status != http.StatusOK {
		d.Fatalf("not ready: %d %s", status, body)
	}
	return p, address
}

func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// rowsOfSQL reads a consumer's table in PostgreSQL.
func rowsOfSQL(t *testing.T, pool *pgxpool.Pool) map[customer.Code]consumer.Row {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT code, state, epoch, version, coalesce(successor, ''), coalesce(document::text, '') FROM kartoteka_golden`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[customer.Code]consumer.Row{}
	var r consumer.Row
	var code, successor, document string
	if _, err := pgx.ForEachRow(rows, []any{&code, &r.State, &r.Epoch, &r.Version, &successor, &document}, func() (err error) {
		if r.Code, err = customer.ParseCode(code); err != nil {
			return err
		}
		if r.Successor = 0; successor != "" {
			r.Successor, err = customer.ParseCode(successor)
		}
		r.Document = []byte(document)
		out[r.Code] = r
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// Two processes serve one database; one that publishes is killed, a load goes on meanwhile.
func TestFilesReachTheConsumersTable(t *testing.T) {
	t.Parallel()
	address := feedtest.RealBroker(t)
	d := openDoor(t)
	prefix := fmt.Sprintf("e%d", time.Now().UnixNano())
	files := branches(t, d.dir, 3, 60, 9)
	killed, _ := d.serving("--brokers", address, "--prefix", prefix)
	d.ok("load", files[0], files[1])
	p := &publisher{Store: d.store(), t: t, address: address, prefix: prefix}
	p.published()
	other, url := d.serving("--brokers", address, "--prefix", prefix)
	killed.signal(syscall.SIGKILL)
	d.ok("load", files[2])
	d.ok("load", d.file("crm.csv", crmRows), d.file("billing.csv", billingRows))
	d.ok("decide", "different", "crm/1", "billing/b-1", "--reason", "test") // a split
	p.published()
	exported := d.ok("export", "golden", "--format", "jsonl")
	p.check(exported)

	pool, err := pgxpool.New(t.Context(), storetest.New(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	table, err := consumer.NewSQL(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	checkTable(t, p.Store, address, prefix, table, func() map[customer.Code]consumer.Row { return rowsOfSQL(t, pool) }, exported)
	checkWhole(d)
	checkHTTP(t, url, d.crosswalk())
	other.signal(syscall.SIGTERM)
	if code := other.wait(); code != exitOK {
		t.Errorf("exit %d:\n%s", code, &other.err)
	}
}

// store opens the door's database beside the processes.
func (d *door) store() *store.Store {
	d.Helper()
	s, err := store.Open(d.Context(), d.url, golden.NewPermutation)
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(s.Close)
	return s
}

// checkHTTP asks the API for what the crosswalk says.
func checkHTTP(t *testing.T, url string, crosswalk map[string]string) {
	t.Helper()
	for ref, code := range map[string]string{"crm/1": crosswalk["crm/1"], "billing/b-4": crosswalk["billing/b-4"]} {
		status, body := fetch(t, url+"/v1/crosswalk/"+ref)
		var found api.Crosswalk
		if err := json.Unmarshal([]byte(body), &found); err != nil || status != http.StatusOK || found.Code.String() != code {
			t.Errorf("%s: %d %s, want %s", ref, status, body, code)
		}
		if status, body := fetch(t, url+"/v1/golden/"+code); status != http.StatusOK || !strings.Contains(body, code) {
			t.Errorf("%s: %d %s", code, status, body)
		}
	}
	if status, body := fetch(t, url+"/metrics"); status != http.StatusOK || !strings.Contains(body, "kartoteka_feed_leading 1") {
		t.Errorf("metrics: %d %s", status, body)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		signals, ordered, exited := make(chan os.Signal, 2), make(chan bool, 1), make(chan int, 1)
		signals <- syscall.SIGTERM
		signals <- s
		heed(signals, func() { ordered <- true }, func(code int) { exited <- code })
		if !<-ordered || <-exited != 128+int(s) {
			t.Errorf("%v did not end the process at once", s)
		}
	}
}

func TestServeRefusesAddresses(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	if code, _, errs := d.run("serve", "--listen", "0.0.0.0:0", "--insecure-no-auth"); code != exitInput || !strings.Contains(errs, "--insecure-no-auth") {
		t.Errorf("exit %d: %s", code, errs)
	}
	_, url := d.serving()
	taken := strings.TrimPrefix(url, "http://")
	if code, _, errs := d.run("serve", "--listen", taken); code != exitSurroundings || !strings.Contains(errs, "another program listens on "+taken) {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// A hub that serves is told to end while another process loads through the same private server.
func TestServeEndsInOrderWhileALoadGoesOn(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	letIn(t, state)
	serve := spawn(t, nil, "serve", "--listen", "127.0.0.1:0", "--state", state)
	serve.says("serving on ")
	load := spawn(t, nil, append([]string{"load", "--state", state}, branches(t, t.TempDir(), 2, 200, 5)...)...)
	load.says("configuration")
	serve.signal(syscall.SIGTERM)
	if code := serve.wait(); code != exitOK {
		t.Errorf("serve: exit %d\n%s", code, &serve.err)
	}
	if code := load.wait(); code != exitOK {
		t.Errorf("load: exit %d\n%s", code, &load.err)
	}
	last := spawn(t, nil, "export", "crosswalk", "--state", state)
	if code := last.wait(); code != exitOK || strings.Count(last.out.String(), "\n") != 401 {
		t.Errorf("exit %d, %d lines\n%s", code, strings.Count(last.out.String(), "\n"), &last.err)
	}
}

// letIn lets the unprivileged user that the private server runs as, when the tests are root's, reach a directory.
func letIn(t *testing.T, dir string) {
	t.Helper()
	for ; len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// The database server is killed in the middle of a load.
func TestDatabaseKilledDuringALoad(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	letIn(t, state)
	dir := t.TempDir()
	first, more := branches(t, dir, 1, 60, 5), branches(t, dir, 6, 200, 6)
	if p := spawn(t, nil, append([]string{"load", "--state", state}, first...)...); p.wait() != exitOK {
		t.Fatalf("%s", &p.err)
	}
	keep := spawn(t, nil, "serve", "--listen", "127.0.0.1:0", "--state", state) // keeps the server up, and starts it again
	keep.says("serving on ")
	args := append([]string{"load", "--state", state}, more...)
	p := spawn(t, nil, args...)
	time.Sleep(700 * time.Millisecond)
	killServer(t, state)
	code := p.wait()
	t.Logf("load: exit %d: %s", code, lastLine(p.err.String()))
	if code != exitOK && (code != exitSurroundings || !strings.Contains(p.err.String(), "the database does not answer")) {
		t.Errorf("exit %d\n%s", code, &p.err)
	}
	again := spawn(t, nil, args...)
	if code := again.wait(); code != exitOK {
		t.Fatalf("again: exit %d\n%s", code, &again.err)
	}
	last := spawn(t, nil, "export", "crosswalk", "--state", state)
	if code := last.wait(); code != exitOK || strings.Count(last.out.String(), "\n") != 1+60+1200 {
		t.Errorf("exit %d, %d lines\n%s", code, strings.Count(last.out.String(), "\n"), &last.err)
	}
	keep.signal(syscall.SIGTERM)
	if code := keep.wait(); code != exitOK {
		t.Errorf("serve: exit %d\n%s", code, &keep.err)
	}
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// killServer kills the private server of a state directory without ceremony.
func killServer(t *testing.T, state string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(state, "*", "*", "postmaster.pid"))
	direct, _ := filepath.Glob(filepath.Join(state, "*", "postmaster.pid"))
	if found = append(found, direct...); err != nil || len(found) != 1 {
		t.Fatalf("%v %v", found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
