package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/feed"
	"kartoteka/pipelines"
	"kartoteka/store"
)

// BenchmarkResolution measures what a hub that has a base does with what comes later, in one run:
// a CSV of persons into an empty private store against COPY of the same rows; a later file through
// the lane, read, standardized, landed and resolved with everything that is kept; single records
// one after the other; how soon a consumer of a real broker hears of a commit; look-ups by messy
// attributes; and what the tables take. KARTOTEKA_BENCH_ROWS says how many rows the base has,
// KARTOTEKA_TEST_KAFKA where a broker is.
func BenchmarkResolution(b *testing.B) {
	rows := 2000
	if n, err := strconv.Atoi(os.Getenv("KARTOTEKA_BENCH_ROWS")); err == nil {
		rows = n
	}
	for b.Loop() {
		r := &resolutionBench{hubBench: &hubBench{B: b, dir: b.TempDir(), rows: rows, later: min(40_000, max(200, rows/20))}}
		r.prepare()
		load := r.load("people.csv")
		copied := r.copyAlone()
		r.line("load of the base", fmt.Sprintf("%.1f s, %.0f MiB at most", load.seconds, float64(load.peak)/(1<<20)))
		r.line("load / COPY and indexes", fmt.Sprintf("%.2f (%.1f s)", load.seconds/copied, copied))
		r.increments()
	}
}

type resolutionBench struct{ *hubBench }

func (r *resolutionBench) line(what, seen string) { fmt.Printf("%-34s %s\n", what, seen) }

// singles and lookups are how many are measured.
const singles, lookups = 300, 1000

// increments opens the hub as a serving process does.
func (r *resolutionBench) increments() {
	ctx := context.Background()
	a := &app{out: io.Discard, err: io.Discard, lookup: func(string) (string, bool) { return "", false }}
	a.State = r.path("state")
	h, err := a.openHub(ctx)
	r.must(err)
	defer h.close(ctx) //nolint:errcheck // the measurement is done
	r.divide()
	r.batches(ctx, a, h)
	r.singly(ctx, a, h)
	r.published(ctx, a, h)
	r.lookUp(ctx, h)
	r.storage(ctx, h)
}

// divide takes the rows for single records, and those for what is heard of, off the end of the later file.
func (r *resolutionBench) divide() {
	text, err := os.ReadFile(r.path("later.csv"))
	r.must(err)
	lines := strings.SplitAfter(string(text), "\n")
	for _, name := range []string{"single.csv", "heard.csv"} {
		cut := max(1, len(lines)-1-min(singles, r.later/4))
		r.must(os.WriteFile(r.path(name), []byte(lines[0]+strings.Join(lines[cut:], "")), 0o600))
		lines = lines[:cut]
	}
	r.must(os.WriteFile(r.path("batch.csv"), []byte(strings.Join(lines, "")), 0o600))
}

func (r *resolutionBench) input(h *hub, name string) *pipelines.Input {
	inputs, err := fileInputs([]string{r.path(name)}, "people", "record_id", false, h.rules.conf)
	r.must(err)
	return inputs[0]
}

// batches loads the later file without the report, which reads everything there is.
func (r *resolutionBench) batches(ctx context.Context, a *app, h *hub) {
	j := &loadJob{app: a, hub: h, inputs: []*pipelines.Input{r.input(h, "batch.csv")}, meter: a.newMeter(), conf: h.rules.conf}
	defer j.meter.stop()
	hubBefore, serverBefore := r.cpu()
	start := time.Now()
	r.must(j.loadThrough(ctx, lanes{h.Store}))
	took := time.Since(start).Seconds()
	hubAfter, serverAfter := r.cpu()
	n := float64(j.result.Counts.Accepted)
	r.ReportMetric(n/took, "records/s")
	r.line("later records, in batches", fmt.Sprintf("%.0f/s (%.0f of them in %.1f s)", n/took, n, took))
	r.line("processor time a later record", fmt.Sprintf("%.2f ms hub, %.2f ms PostgreSQL", (hubAfter-hubBefore)*1000/n, (serverAfter-serverBefore)*1000/n))
}

// singly lands and resolves one record after the other.
func (r *resolutionBench) singly(ctx context.Context, a *app, h *hub) {
	var took []time.Duration
	r.eachSingle(ctx, h, "single.csv", func(commit func()) {
		start := time.Now()
		commit()
		took = append(took, time.Since(start))
	})
	r.line("a single record, landed and resolved", r.quantiles(took, "single-p99-ms"))
}

// eachSingle yields what lands and resolves the next record of a file.
func (r *resolutionBench) eachSingle(ctx context.Context, h *hub, file string, yield func(commit func())) {
	reader, err := pipelines.Open(ctx, r.input(h, file), h.rules.conf.Portrait, h.rules.company, "", 1)
	r.must(err)
	defer reader.Close()
	batch, err := reader.Read(ctx, singles)
	r.must(err)
	l := pipelines.Loader{Hub: under{lanes{h.Store}, h.row.RulesetHash}, Rules: h.rules.rules, Company: h.rules.company, Actor: "bench", Workers: runtime.GOMAXPROCS(0)}
	var run *customer.Run
	r.must(h.InTx(ctx, func(tx *store.Tx) (err error) {
		run, err = tx.BeginRun(ctx, "people", true, "single")
		return err
	}))
	for i := range batch.Rows {
		yield(func() {
			r.must(h.InTx(ctx, func(tx *store.Tx) error {
				_, _, err := tx.Land(ctx, run, batch.Rows[i:i+1], false)
				return err
			}))
			r.must(l.Resolve(ctx, &pipelines.Result{Counts: customer.Counts{Accepted: 1}}))
		})
	}
}

// published measures how soon a consumer of the events topic hears of a commit, on a feed that
// sends as serve does and has sent everything else before.
func (r *resolutionBench) published(ctx context.Context, a *app, h *hub) {
	address := os.Getenv("KARTOTEKA_TEST_KAFKA")
	if address == "" {
		r.line("commit to a Kafka consumer", "not measured: no broker")
		return
	}
	ctx, stop := context.WithCancel(ctx)
	prefix := fmt.Sprintf("bench%d", time.Now().UnixNano())
	d, err := a.dispatcher(ctx, h, &config.Kafka{Brokers: []string{address}, Prefix: prefix, Partitions: 1, Replication: 1})
	r.must(err)
	ended := make(chan error, 1)
	start := time.Now()
	go func() { ended <- d.Run(ctx) }()
	last, err := h.Last(ctx)
	r.must(err)
	heard := &heardOf{reader: kafka.NewReader(kafka.ReaderConfig{Brokers: []string{address}, Topic: feed.TopicsOf(prefix).Events, MaxWait: 10 * time.Millisecond})}
	r.must(heard.upTo(ctx, last))
	r.line("all of the base published", fmt.Sprintf("%.1f s, %.0f changes/s", time.Since(start).Seconds(), float64(last)/time.Since(start).Seconds()))
	var took []time.Duration
	r.eachSingle(ctx, h, "heard.csv", func(commit func()) {
		commit()
		committed := time.Now()
		position, err := h.Last(ctx)
		r.must(err)
		r.must(heard.upTo(ctx, position))
		took = append(took, time.Since(committed))
	})
	r.line("commit to a Kafka consumer", r.quantiles(took, "heard-p99-ms"))
	stop()
	r.must(errors.Join(heard.reader.Close(), <-ended))
}

// heardOf is a consumer of events and how far it heard.
type heardOf struct {
	reader   *kafka.Reader
	position int64
}

func (c *heardOf) upTo(ctx context.Context, position int64) error {
	for c.position < position {
		m, err := c.reader.ReadMessage(ctx)
		if err != nil {
			return err
		}
		var e feed.Event
		if err := json.Unmarshal(m.Value, &e); err != nil {
			return err
		}
		c.position = max(c.position, e.Position)
	}
	return nil
}

// lookUp asks for customers by a name without patronymic, a phone and a date of birth, or two of them.
func (r *resolutionBench) lookUp(ctx context.Context, h *hub) {
	f, err := os.Open(r.path("people.csv"))
	r.must(err)
	defer f.Close()
	rows := csv.NewReader(f)
	_, err = rows.Read()
	r.must(err)
	m := h.desk()
	var took []time.Duration
	found := 0
	for i := range lookups {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		r.must(err)
		q := desk.Question{Limit: 10, Values: map[string][]string{"name": {row[1] + " " + row[2]}, "birth_date": {row[4]}, "phone": {row[5]}}}
		if i%2 == 1 {
			delete(q.Values, "phone")
		}
		start := time.Now()
		hits, err := m.Search(local(ctx), q)
		r.must(err)
		if i > 0 { // the first one compiles the ruleset
			took = append(took, time.Since(start))
		}
		if len(hits) > 0 {
			found++
		}
	}
	r.line("look-up by messy attributes", r.quantiles(took, "lookup-p99-ms")+fmt.Sprintf(", %d of %d found", found, len(took)+1))
}

func (r *resolutionBench) quantiles(took []time.Duration, metric string) string {
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[min(len(took)-1, int(math.Ceil(q*float64(len(took))))-1)].Microseconds()) / 1000
	}
	r.ReportMetric(at(0.99), metric)
	return fmt.Sprintf("p50 %.1f ms, p99 %.1f ms", at(0.5), at(0.99))
}

// storage tells what the tables take, with their indexes, by customer.
func (r *resolutionBench) storage(ctx context.Context, h *hub) {
	r.must(h.InTx(ctx, func(tx *store.Tx) error {
		var customers float64
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM golden WHERE state = 'active'").Scan(&customers); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT relname::text, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
			WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_total_relation_size(oid) > 1 << 20 ORDER BY pg_total_relation_size(oid) DESC`)
		if err != nil {
			return err
		}
		all := int64(0)
		for rows.Next() {
			var name string
			var table, indexes int64
			if err := rows.Scan(&name, &table, &indexes); err != nil {
				return err
			}
			all += table + indexes
			r.line("stored in "+name, fmt.Sprintf("%.0f bytes a customer, indexes %.0f", float64(table)/customers, float64(indexes)/customers))
		}
		r.line("stored in all", fmt.Sprintf("%.0f bytes a customer, %.0f customers", float64(all)/customers, customers))
		return rows.Err()
	}))
}

// cpu gives the processor time of this process and of the private server, in seconds.
func (r *resolutionBench) cpu() (hub, server float64) {
	pid, err := os.ReadFile(filepath.Join(r.path("state"), "postgres/data/postmaster.pid"))
	r.must(err)
	postmaster, _, _ := strings.Cut(string(pid), "\n")
	processes, err := filepath.Glob("/proc/[0-9]*/stat")
	r.must(err)
	for _, path := range processes {
		fields := statFields(path)
		if len(fields) > 14 && (fields[1] == postmaster || strings.Contains(path, "/"+postmaster+"/")) {
			server += ticks(fields, 11, 12, 13, 14)
		}
	}
	return ticks(statFields("/proc/self/stat"), 11, 12), server
}

// statFields are those of /proc/PID/stat behind the name: state, parent, ...
func statFields(path string) []string {
	text, err := os.ReadFile(path) // a process may have ended
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

// ticks sums fields that count hundredths of a second.
func ticks(fields []string, places ...int) (seconds float64) {
	for _, at := range places {
		if at < len(fields) {
			n, _ := strconv.ParseFloat(fields[at], 64)
			seconds += n / 100
		}
	}
	return seconds
}
