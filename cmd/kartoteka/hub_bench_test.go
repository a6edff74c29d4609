package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/demo"
	"kartoteka/store/embedded"
)

// BenchmarkHub measures the hub as a person meets it, in one run: one CSV of persons into an empty
// private store, the same rows of the same tables by COPY and index builds alone, and a later file
// through the lane. KARTOTEKA_BENCH_ROWS says how many rows; a million is the figure of the budget.
func BenchmarkHub(b *testing.B) {
	rows := 2000
	if n, err := strconv.Atoi(os.Getenv("KARTOTEKA_BENCH_ROWS")); err == nil {
		rows = n
	}
	for b.Loop() {
		h := &hubBench{B: b, dir: b.TempDir(), rows: rows, later: min(20_000, rows/20)}
		h.prepare()
		load := h.load("people.csv")
		copied := h.copyAlone()
		more := h.load("later.csv")
		b.ReportMetric(load.seconds, "load-s")
		b.ReportMetric(copied, "copy-s")
		b.ReportMetric(load.seconds/copied, "load/copy")
		b.ReportMetric(float64(load.peak)/(1<<20), "peak-MiB")
		b.ReportMetric(float64(h.later)/more.seconds, "later-records/s")
	}
}

type hubBench struct {
	*testing.B
	dir         string
	rows, later int
}

func (h *hubBench) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *hubBench) path(name string) string { return filepath.Join(h.dir, name) }

// prepare builds the program and writes two files of one population, the second with its last rows.
func (h *hubBench) prepare() {
	for dir := h.dir; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		h.must(os.Chmod(dir, 0o755)) // the server's user must get in
	}
	out, err := exec.CommandContext(h.Context(), "go", "build", "-o", h.path("kartoteka"), ".").CombinedOutput()
	if err != nil {
		h.Fatalf("%v: %s", err, out)
	}
	all, err := os.Create(h.path("all.csv"))
	h.must(err)
	w := bufio.NewWriterSize(all, 1<<20)
	h.must(demo.BigCSV(w, nil, h.rows+h.later, 1))
	h.must(w.Flush())
	h.must(all.Close())
	h.cut()
}

// cut divides all.csv; each part has the header.
func (h *hubBench) cut() {
	all, err := os.Open(h.path("all.csv"))
	h.must(err)
	defer all.Close()
	parts := [2]*bufio.Writer{}
	for i, name := range []string{"people.csv", "later.csv"} {
		f, err := os.Create(h.path(name))
		h.must(err)
		defer f.Close()
		parts[i] = bufio.NewWriter(f)
		defer func() { _ = parts[i].Flush() }()
	}
	lines := bufio.NewScanner(all)
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		for i, wanted := range []bool{n <= h.rows, n == 0 || n > h.rows} {
			if wanted {
				_, _ = parts[i].WriteString(lines.Text() + "\n")
			}
		}
	}
	h.must(lines.Err())
}

type measured struct {
	seconds float64 // without starting the server
	peak    int64   // bytes of the hub's process
}

// load runs kartoteka load as a process of its own.
func (h *hubBench) load(name string) measured {
	cmd := exec.CommandContext(h.Context(), h.path("kartoteka"), "load", h.path(name), "--source", "people", "--key", "record_id", "--state", h.path("state"), "--output", "json")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		h.Fatalf("%v: %s", err, errs.String())
	}
	var e struct{ Summary loadSummary }
	h.must(json.Unmarshal(out.Bytes(), &e))
	h.Logf("%s: %+v", name, e.Summary)
	return measured{e.Summary.Seconds, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10}
}

// copyAlone takes what the hub stored, and times writing it once more: COPY into new tables, then
// their indexes, in one transaction on the same server.
func (h *hubBench) copyAlone() (seconds float64) {
	ctx := context.Background()
	server, err := embedded.Start(ctx, h.path("state"), slog.New(slog.DiscardHandler))
	h.must(err)
	defer server.Stop(ctx) //nolint:errcheck // the measurement is done
	db, err := pgx.Connect(ctx, server.URL())
	h.must(err)
	defer db.Close(ctx)
	tables := h.dump(ctx, db)
	start := time.Now()
	tx, err := db.Begin(ctx)
	h.must(err)
	h.exec(ctx, tx, "SET LOCAL maintenance_work_mem = '512MB'", "CREATE SCHEMA again")
	for _, t := range tables {
		h.exec(ctx, tx, "CREATE TABLE again."+t+" (LIKE public."+t+")")
		f, err := os.Open(h.path(t + ".copy"))
		h.must(err)
		_, err = tx.Conn().PgConn().CopyFrom(ctx, bufio.NewReaderSize(f, 1<<20), "COPY again."+t+" FROM STDIN BINARY")
		h.must(err)
		h.must(f.Close())
	}
	h.exec(ctx, tx, h.indexes(ctx, tx)...)
	h.must(tx.Commit(ctx))
	seconds = time.Since(start).Seconds()
	_, err = db.Exec(ctx, "DROP SCHEMA again CASCADE")
	h.must(err)
	return seconds
}

func (h *hubBench) exec(ctx context.Context, tx pgx.Tx, sql ...string) {
	for _, s := range sql {
		_, err := tx.Exec(ctx, s)
		h.must(err)
	}
}

// dump writes every table that has rows into a file, and names them.
func (h *hubBench) dump(ctx context.Context, db *pgx.Conn) (tables []string) {
	rows, err := db.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
	h.must(err)
	tables, err = pgx.CollectRows(rows, pgx.RowTo[string])
	h.must(err)
	var bytes int64
	for _, t := range tables {
		f, err := os.Create(h.path(t + ".copy"))
		h.must(err)
		w := bufio.NewWriterSize(f, 1<<20)
		_, err = db.PgConn().CopyTo(ctx, w, "COPY public."+t+" TO STDOUT BINARY")
		h.must(err)
		h.must(w.Flush())
		size, err := f.Seek(0, io.SeekCurrent)
		h.must(err)
		bytes += size
		h.must(f.Close())
	}
	h.Logf("the hub stores %d MiB of rows", bytes>>20)
	return tables
}

// indexes gives the statements that make the hub's indexes on the new tables.
func (h *hubBench) indexes(ctx context.Context, tx pgx.Tx) []string {
	rows, err := tx.Query(ctx, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname")
	h.must(err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	h.must(err)
	for i := range list {
		list[i] = strings.Replace(list[i], " ON public.", " ON again.", 1)
	}
	return list
}
