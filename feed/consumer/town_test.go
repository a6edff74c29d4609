package consumer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/consumer"
	"kartoteka/feed/feedtest"
	"kartoteka/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"
)

// sent is a golden message as a topic carries it.
type sent struct {
	key, value     []byte
	epoch, version string
}

func message(s feed.State) sent {
	m := sent{key: []byte(s.Code.String()), epoch: fmt.Sprint(s.Epoch), version: fmt.Sprint(s.Version)}
	if s.State != customer.CodeErased {
		m.value = s.Document
	}
	return m
}

func (m sent) row(t interface{ Fatal(...any) }) consumer.Row {
	row, err := consumer.Parse(m.key, m.value, func(name string) string {
		return map[string]string{"ce_epoch": m.epoch, "ce_version": m.version}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// history plays merges, splits, erasures and perhaps a restore, and returns every golden message on
// the way, and what is true in the end.
func history(t *rapid.T) (messages []sent, end map[customer.Code]feed.State) {
	log := feedtest.New()
	town := feedtest.NewTown(log, rapid.Int64().Draw(t, "seed"))
	steps := rapid.IntRange(1, 60).Draw(t, "steps")
	backupAt, restoreAt := rapid.IntRange(0, 80).Draw(t, "backup"), rapid.IntRange(0, 80).Draw(t, "restore")
	var backup *feedtest.Town
	for step := range steps {
		if step == backupAt {
			backup = town.Backup()
		}
		if step == restoreAt && backup != nil {
			town.Restore(backup)
		} else {
			town.Operate()
		}
		for _, s := range log.All() { // the present state of all: most are repeats
			messages = append(messages, message(s))
		}
	}
	return messages, log.All()
}

// shuffle puts the messages of a topic into any order and repeats some: worse than Kafka is.
func shuffle(t *rapid.T, messages []sent) []sent {
	out := rapid.Permutation(messages).Draw(t, "order")
	for range rapid.IntRange(0, 10).Draw(t, "repeats") {
		if len(out) > 0 {
			out = append(out, out[rapid.IntRange(0, len(out)-1).Draw(t, "repeat")])
		}
	}
	return out
}

// consume applies messages in batches; after a crash the last batch comes again.
func consume(t *rapid.T, table consumer.Table, messages []sent) {
	next := int64(0)
	for len(messages) > 0 {
		n := rapid.IntRange(1, len(messages)).Draw(t, "batch")
		best := map[customer.Code]consumer.Row{}
		for _, m := range messages[:n] {
			row := m.row(t)
			if known, there := best[row.Code]; !there || row.Newer(&known) {
				best[row.Code] = row
			}
		}
		var rows []consumer.Row
		for _, row := range best {
			rows = append(rows, row)
		}
		for range rapid.IntRange(1, 2).Draw(t, "times") {
			if err := table.Apply(context.Background(), 0, next, rows); err != nil {
				t.Fatal(err)
			}
		}
		next += int64(n)
		messages = messages[n:]
	}
}

// shown is what is compared: documents without the order of their names.
func shown(state customer.CodeState, epoch, version int64, successor customer.Code, document []byte) string {
	if state != customer.CodeActive {
		document = nil
	}
	var d any
	_ = json.Unmarshal(document, &d)
	text, _ := json.Marshal(d)
	return fmt.Sprintf("%s %d %d %s %s", state, epoch, version, successor, text)
}

func want(end map[customer.Code]feed.State) map[customer.Code]string {
	out := map[customer.Code]string{}
	for code, s := range end {
		out[code] = shown(s.State, s.Epoch, s.Version, s.Successor, s.Document)
	}
	return out
}

func TestConsumersEndAtTheGoldenTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		messages, end := history(t)
		var table consumer.Memory
		consume(t, &table, shuffle(t, messages))
		got := map[customer.Code]string{}
		for code, r := range table.Rows() {
			got[code] = shown(r.State, r.Epoch, r.Version, r.Successor, r.Document)
		}
		if diff := cmp.Diff(want(end), got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func connect(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), storetest.New(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// few runs a property a few times: each time a database works.
func few(t *testing.T, times int, property func(*rapid.T)) {
	t.Helper()
	for i := range times {
		messages := rapid.Custom(func(t *rapid.T) int { property(t); return 0 })
		_ = messages.Example(i)
	}
}

func TestSQLConsumersEndAtTheGoldenTable(t *testing.T) {
	conn := connect(t)
	script, err := os.ReadFile("../../docs/examples/consumer.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), string(script)); err != nil {
		t.Fatal(err)
	}
	table, err := consumer.NewSQL(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	few(t, 15, func(rt *rapid.T) {
		if _, err := conn.Exec(t.Context(), `TRUNCATE customer_golden, kartoteka_golden, kartoteka_offset`); err != nil {
			t.Fatal(err)
		}
		messages, end := history(rt)
		messages = shuffle(rt, messages)
		consume(rt, table, messages)
		checkTable(t, conn, end, `SELECT code, state, epoch, version, coalesce(successor, ''), document FROM kartoteka_golden`)
		for page := range slices.Chunk(messages, 7) {
			if _, err := conn.Exec(t.Context(), `SELECT take($1)`, pageOf(page)); err != nil {
				t.Fatal(err)
			}
		}
		checkTable(t, conn, end, `SELECT code, state, epoch, version, coalesce(successor, ''), document FROM customer_golden`)
		checkPresent(t, conn, end)
	})
}

// pageOf is what /v1/changes answers; a tombstone is what it makes of an erased code.
func pageOf(messages []sent) string {
	var golden []string
	for _, m := range messages {
		if m.value == nil {
			m.value = fmt.Appendf(nil, `{"code":%q,"state":"erased","epoch":%s,"version":%s}`, m.key, m.epoch, m.version)
		}
		golden = append(golden, string(m.value))
	}
	return `{"position":1,"golden":[` + strings.Join(golden, ",") + `]}`
}

func checkTable(t *testing.T, conn *pgx.Conn, end map[customer.Code]feed.State, query string) {
	t.Helper()
	rows, err := conn.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	got := map[customer.Code]string{}
	var code, successor string
	var state customer.CodeState
	var epoch, version int64
	var document []byte
	if _, err := pgx.ForEachRow(rows, []any{&code, &state, &epoch, &version, &successor, &document}, func() error {
		c, err := customer.ParseCode(code)
		s, _ := customer.ParseCode(successor)
		got[c] = shown(state, epoch, version, s, document)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want(end), got); diff != "" {
		t.Fatal(diff)
	}
}

// checkPresent follows each code in SQL and in the hub.
func checkPresent(t *testing.T, conn *pgx.Conn, end map[customer.Code]feed.State) {
	t.Helper()
	for code := range end {
		at, seen := code, map[customer.Code]bool{}
		for end[at].State == customer.CodeRetired && !seen[at] {
			seen[at] = true
			at = end[at].Successor
		}
		wanted := ""
		if at != 0 && !seen[at] {
			wanted = at.String()
		}
		var got string
		if err := conn.QueryRow(t.Context(), `SELECT coalesce((SELECT code FROM present($1)), '')`, code.String()).Scan(&got); err != nil || got != wanted {
			t.Fatalf("%s leads to %q, not %q: %v", code, got, wanted, err)
		}
	}
}
