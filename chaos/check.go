package chaos

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/segmentio/kafka-go"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/consumer"
)

// check waits until everything has come to rest, and checks all promises.
func (t *trial) check(round string) error {
	if err := eventually(t.ctx, 45*time.Second, t.drained); err != nil {
		t.violation("drains", round+": "+err.Error())
	}
	if t.over() {
		return nil
	}
	if code, out := t.ask("verify", "--sample", "0", "--brokers", strings.Join(t.Brokers, ","), "--output", "json"); code != 0 {
		t.violation("verify", fmt.Sprintf("%s: exit %d%s", round, code, violated(out)))
	}
	if code, out := t.ask("feed", "verify", "--against-hub", "--output", "json"); code != 0 {
		t.violation("feed verify", fmt.Sprintf("%s: exit %d%s", round, code, brief(out)))
	}
	code, out := t.ask("export", "golden", "--format", "jsonl")
	if code != 0 {
		t.violation("export", fmt.Sprintf("%s: exit %d", round, code))
		return nil
	}
	documents, err := parseDocuments(out)
	if err != nil {
		return err
	}
	t.report.checked("customers", len(documents))
	if err := t.checkLedger(round, documents); err != nil {
		return err
	}
	return t.checkFeed(round, documents)
}

// ask runs the program without faults.
func (t *trial) ask(args ...string) (code int, out []byte) {
	c, err := t.program.start("", args...)
	if err != nil {
		t.must(err)
		return -1, nil
	}
	code, err = c.wait(2 * time.Minute)
	t.must(err)
	t.report.ended(c)
	return code, c.out()
}

// drained reports what has not come to rest.
func (t *trial) drained() error {
	return t.query(func(ctx context.Context, conn *pgx.Conn) error {
		var waiting, lag int64
		var plan string
		err := conn.QueryRow(ctx, `
			SELECT (SELECT count(*) FROM record WHERE landed > revision),
			       (SELECT last_position FROM hub) - coalesce((SELECT position FROM feed_cursor WHERE name = $1), 0), applying FROM hub`, feed.Role).Scan(&waiting, &lag, &plan)
		if err == nil && plan != "" {
			err = fmt.Errorf("plan %s is not through", plan)
		}
		if err == nil && waiting+lag > 0 {
			err = fmt.Errorf("%d records wait to be resolved, %d changes to be published", waiting, lag)
		}
		return err
	})
}

func (t *trial) query(f func(context.Context, *pgx.Conn) error) error {
	conn, err := pgx.Connect(t.ctx, t.database.server.Load().URL())
	if err != nil {
		return err
	}
	defer conn.Close(t.ctx) //nolint:errcheck // it only asked
	return f(t.ctx, conn)
}

// document is what a check needs of a golden record.
type document struct {
	customer.CodeNow
	Members []struct {
		Source customer.Source
		Key    string
		Record customer.RecordID
	}
	Attributes struct {
		Email []struct {
			Value  string
			Record customer.RecordID
		}
	}
}

func parseDocuments(lines []byte) (map[customer.Code]*document, error) {
	out := map[customer.Code]*document{}
	for line := range bytes.Lines(lines) {
		d := &document{}
		if err := json.Unmarshal(line, d); err != nil {
			return nil, err
		}
		d.Document = bytes.TrimSpace(line)
		out[d.Code] = d
	}
	return out, nil
}

// checkLedger holds what the ledger expects against what the hub shows.
func (t *trial) checkLedger(round string, documents map[customer.Code]*document) error {
	entries, err := readLedger(t.ledger.path)
	if err != nil {
		return err
	}
	p := &present{tokens: map[string][]string{}, revisions: map[string]int{}, requests: map[string]int{}, pins: map[string]int{}}
	for _, d := range documents {
		refs := map[customer.RecordID]string{}
		for _, m := range d.Members {
			ref := string(m.Source) + "/" + m.Key
			refs[m.Record] = ref
			if p.tokens[ref] == nil {
				p.tokens[ref] = []string{}
			}
		}
		for _, e := range d.Attributes.Email {
			p.tokens[refs[e.Record]] = append(p.tokens[refs[e.Record]], e.Value)
		}
	}
	if err := t.query(p.count); err != nil {
		return err
	}
	expected := expect(entries)
	t.report.checked("records", len(p.tokens))
	t.report.checked("requests", len(expected.requests))
	t.report.checked("pins", len(expected.pinned))
	t.report.checked("erasures", len(expected.erased))
	for _, fault := range expected.compare(p) {
		t.violation("ledger", round+": "+fault)
	}
	return nil
}

// count counts revisions and requests in the database; a key given to somebody else carries its
// last revision over.
func (p *present) count(ctx context.Context, conn *pgx.Conn) error {
	for _, q := range []struct {
		into map[string]int
		sql  string
	}{
		{p.revisions, `SELECT s.name || '/' || r.key, count(b.*) FROM record r JOIN source s ON s.id = r.source JOIN body b ON b.record = r.id GROUP BY 1`},
		{p.requests, `SELECT request, count(*) FROM op WHERE request IS NOT NULL GROUP BY 1`},
		{p.requests, `SELECT o.reason, count(*) FROM change c JOIN op o ON o.id = c.operation WHERE c.kind = 'erased' GROUP BY 1`},
		{p.pins, `SELECT '+' || n[1], count(*) FROM pin, regexp_match(value, '(7999[0-9]{7})') n WHERE revoked IS NULL AND n IS NOT NULL GROUP BY 1`},
	} {
		rows, err := conn.Query(ctx, q.sql)
		if err != nil {
			return err
		}
		var name string
		var n int
		if _, err := pgx.ForEachRow(rows, []any{&name, &n}, func() error { q.into[name] = n; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// checkFeed lets a consumer read the golden topic; its table must be the golden table.
func (t *trial) checkFeed(round string, documents map[customer.Code]*document) error {
	table := &consumer.Memory{}
	topic := feed.TopicsOf(t.prefix()).Golden
	if err := consumer.New(table, consumer.Options{Brokers: t.Brokers, Topic: topic}).CatchUp(t.ctx); err != nil {
		return err
	}
	rows, active := table.Rows(), 0
	for code, row := range rows {
		d := documents[code]
		switch {
		case row.State == customer.CodeActive && (d == nil || !bytes.Equal(d.Document, row.Document)):
			t.violation("feed", fmt.Sprintf("%s: the topic ends with another record of %s, version %d", round, code, row.Version))
		case row.State == customer.CodeActive:
			active++
		case d != nil:
			t.violation("feed", fmt.Sprintf("%s: %s is %s on the topic and active in the hub", round, code, row.State))
		case row.State == customer.CodeRetired && rows[row.Successor].Code == 0 && row.Successor != 0:
			t.violation("feed", fmt.Sprintf("%s: the successor of %s is not on the topic", round, code))
		}
	}
	if active != len(documents) {
		t.violation("feed", fmt.Sprintf("%s: %d active codes on the topic, %d in the hub", round, active, len(documents)))
	}
	t.report.checked("topic", len(rows))
	t.checkOrder(round)
	return nil
}

// checkOrder looks at every message in the memory of the broker: compaction must leave the newest,
// and the events of a code must have no holes once repetitions are dropped.
func (t *trial) checkOrder(round string) {
	if t.broker == nil {
		return
	}
	topics := feed.TopicsOf(t.prefix())
	last, most := map[string]int64{}, map[string]int64{}
	for _, m := range t.broker.Messages(topics.Golden) {
		version := versionOf(m.Headers)
		last[string(m.Key)], most[string(m.Key)] = version, max(most[string(m.Key)], version)
	}
	for code, version := range last {
		if version < most[code] {
			t.violation("compaction", fmt.Sprintf("%s: the last message of %s has version %d, one before it %d", round, code, version, most[code]))
		}
	}
	seen := map[string]int64{}
	for _, m := range t.broker.Messages(topics.Events) {
		code, version := string(m.Key), versionOf(m.Headers)
		if version > seen[code]+1 {
			t.violation("events", fmt.Sprintf("%s: version %d of %s comes after %d", round, version, code, seen[code]))
		}
		seen[code] = max(seen[code], version)
	}
	t.report.checked("events", len(seen))
}

func versionOf(headers []kafka.Header) (version int64) {
	for _, h := range headers {
		if h.Key == "ce_version" {
			version, _ = strconv.ParseInt(string(h.Value), 10, 64)
		}
	}
	return version
}

// checkFile looks at the file that an operation writes: it is whole, or not there.
func (t *trial) checkFile(op *Op, written bool) {
	if op.File == "" {
		return
	}
	text, err := os.ReadFile(op.File)
	switch {
	case errors.Is(err, os.ErrNotExist) && !written:
		return
	case err == nil:
		_, err = csv.NewReader(bytes.NewReader(text)).ReadAll()
	}
	if err == nil && !bytes.HasSuffix(text, []byte("\n")) {
		err = errors.New("it ends in the middle of a row")
	}
	if err != nil {
		t.violation("file", fmt.Sprintf("the file of operation %d: %v", op.ID, err))
	}
}

// violated tells what kartoteka verify found.
func violated(out []byte) string {
	var v struct {
		Result struct {
			Checks []struct {
				Invariant  string
				Violations []json.RawMessage
			}
		}
	}
	if json.Unmarshal(out, &v) != nil {
		return brief(out)
	}
	text := ""
	for _, c := range v.Result.Checks {
		for _, found := range c.Violations[:min(len(c.Violations), 5)] {
			text += "\n  " + c.Invariant + " " + string(found)
		}
	}
	return text
}

// brief is the beginning of a result.
func brief(out []byte) string {
	if len(out) == 0 {
		return ""
	}
	return "\n" + string(out[:min(len(out), 2000)])
}
