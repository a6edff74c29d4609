package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/feed/feedtest"
	"kartoteka/feed/proof"
)

// older is the door's database as it is now, with a state directory that never saw the hub: what a
// restored dump on a new machine is.
func (d *door) older() *door {
	d.Helper()
	u, err := url.Parse(d.url)
	if err != nil {
		d.Fatal(err)
	}
	from := strings.TrimPrefix(u.Path, "/")
	name := from + fmt.Sprintf("_older%d", time.Now().UnixNano())
	u.Path = "/postgres"
	conn, err := pgx.Connect(d.Context(), u.String())
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { _ = conn.Close(d.Context()) })
	if _, err := conn.Exec(d.Context(), `CREATE DATABASE `+pgx.Identifier{name}.Sanitize()+` TEMPLATE `+pgx.Identifier{from}.Sanitize()); err != nil {
		d.Fatal(err)
	}
	admin := u.String()
	d.Cleanup(func() { dropDatabase(d.T, admin, name) })
	u.Path = "/" + name
	return &door{d.T, d.TempDir(), u.String()}
}

func dropDatabase(t *testing.T, admin, name string) {
	t.Helper()
	ctx := context.Background() // the test has ended
	conn, err := pgx.Connect(ctx, admin)
	if err == nil {
		_, err = conn.Exec(ctx, `DROP DATABASE `+pgx.Identifier{name}.Sanitize()+` WITH (FORCE)`)
		_ = conn.Close(ctx)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestControlTopicKnowsOlderDatabases(t *testing.T) {
	t.Parallel()
	olderDatabases(t, feedtest.StartBroker(t).Address())
}

func TestRealControlTopicKnowsOlderDatabases(t *testing.T) {
	t.Parallel()
	olderDatabases(t, feedtest.RealBroker(t))
}

// A database of before, without its witness or with one as old as itself, gives no codes and publishes
// nothing until it is confirmed, and then no code of before.
func olderDatabases(t *testing.T, address string) {
	d := openDoor(t)
	config := fmt.Sprintf("version: 1\nfeed: {kafka: {brokers: [%q], prefix: %q}}\n", address, fmt.Sprintf("c%d", time.Now().UnixNano()))
	crm, billing := d.file("crm.csv", crmRows), d.file("billing.csv", billingRows)
	later := d.file("later.csv", "id;ФИО;Дата рождения;Телефон\n77;Жуков Матвей Ильич;05.06.1971;+79160000077\n")
	with := func(d *door, args ...string) []string {
		return append(args, "--config", d.file("kartoteka.yaml", config))
	}
	d.ok(with(d, "load", crm, "-q")...)
	bare, both, verbs := d.older(), d.older(), d.older()
	witnesses, _ := filepath.Glob(filepath.Join(d.dir, "witness-*.json"))
	text, err := os.ReadFile(witnesses[0])
	if err != nil {
		t.Fatal(err)
	}
	both.file(filepath.Base(witnesses[0]), string(text))
	verbs.file(filepath.Base(witnesses[0]), string(text))
	d.ok(with(d, "load", billing, "-q")...)
	d.ok(with(d, "feed", "replay")...)
	published := map[string]bool{}
	for _, code := range d.crosswalk() {
		published[code] = true
	}

	if e := bare.json(exitSurroundings, nil, nil, with(bare, "load", later, "--source", "crm", "--key", "id")...); e.Code != "restored" || !strings.Contains(e.Message, "restore confirm") {
		t.Errorf("%+v", e)
	}
	if e := bare.json(exitSurroundings, nil, nil, with(bare, "feed", "replay")...); e.Code != "restored" {
		t.Errorf("%+v", e)
	}
	// Its witness was restored with it, and no process served it yet.
	codes := verbs.crosswalk()
	if e := verbs.json(exitSurroundings, nil, nil, with(verbs, "load", later, "--source", "crm", "--key", "id")...); e.Code != "restored" {
		t.Errorf("%+v", e)
	}
	if diff := cmp.Diff(codes, verbs.crosswalk()); diff != "" {
		t.Error(diff)
	}
	p := both.spawn(nil, with(both, "serve", "--listen", "127.0.0.1:0")...)
	p.says("run kartoteka restore confirm")
	if e := both.json(exitSurroundings, nil, nil, with(both, "load", later, "--source", "crm", "--key", "id")...); e.Code != "restored" {
		t.Errorf("%+v", e)
	}
	p.signal(syscall.SIGTERM)
	if code := p.wait(); code != exitOK {
		t.Errorf("exit %d\n%s", code, &p.err)
	}
	var s confirmSummary
	bare.json(exitOK, &s, nil, with(bare, "restore", "confirm")...)
	if s.Epoch != 2 || s.Withdrawn < 1 {
		t.Errorf("%+v", s)
	}
	bare.goesOn(with, published, later, billing)
}

// goesOn loads what came after the state that was restored, and proves the feed.
func (d *door) goesOn(with func(*door, ...string) []string, published map[string]bool, later, billing string) {
	d.Helper()
	known := d.crosswalk()
	d.ok(with(d, "load", later, "--source", "crm", "--key", "id", "-q")...)
	d.ok(with(d, "load", billing, "-q")...)
	given := 0
	for ref, code := range d.crosswalk() {
		if known[ref] == code {
			continue
		}
		given++
		before := false
		for _, k := range known {
			before = before || k == code
		}
		if published[code] && !before {
			d.Errorf("%s: code %s was published before for somebody else", ref, code)
		}
	}
	if given < 3 {
		d.Errorf("%d codes", given)
	}
	d.json(exitOK, nil, nil, "verify")
	d.ok(with(d, "feed", "replay")...)
	var r proof.Result
	d.json(exitOK, nil, &r, with(d, "feed", "verify", "--against-hub", "--wait", "1s")...)
	if r.Violated() != 0 {
		d.Errorf("%+v", r)
	}
}
