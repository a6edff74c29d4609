package browser

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/store/embedded"
)

// meter tells what the hub and its database worked, which a busy machine does not blur as it does times.
type meter struct {
	testing.TB
	hub        *hub
	db         *pgx.Conn
	statements bool // the server counts them
}

// work is what was done: processor time and statements.
type work struct {
	hub, database time.Duration
	statements    int64
}

// measuring starts the hub's private server before the hub does, with statements counted where PostgreSQL
// brings what counts them.
func measuring(t testing.TB, h *hub) *meter {
	t.Helper()
	ctx := context.Background()
	m := &meter{TB: t, hub: h}
	server, err := embedded.Start(ctx, h.state(), slog.New(slog.DiscardHandler), embedded.WithSetting("shared_preload_libraries", "pg_stat_statements"), embedded.WithSetting("pg_stat_statements.track", "top"))
	m.statements = err == nil
	if err != nil { // there is no pg_stat_statements
		server, err = embedded.Start(ctx, h.state(), slog.New(slog.DiscardHandler))
	}
	must(t, err)
	m.db, err = pgx.Connect(ctx, server.URL())
	must(t, err)
	h.stop = append(h.stop, func() { _ = m.db.Close(ctx); _ = server.Stop(ctx) })
	if m.statements {
		_, err = m.db.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
		must(t, err)
		_, err = m.db.Exec(ctx, "SELECT pg_stat_statements_reset()")
		must(t, err)
	}
	return m
}

// topUp adds open questions about strangers until there are so many, and counts all: invented people are told
// apart too well to raise ten thousand by themselves, and each run answers some.
func (m *meter) topUp(wanted string) (open int64) {
	m.Helper()
	const count = `SELECT count(*) FROM task WHERE state = 'open'`
	_, err := m.db.Exec(context.Background(), `INSERT INTO task (kind, code, other, records, sides, weight, loss)
		SELECT 'possible_match', code, other, ARRAY[id, second], '{}', 400, 0.01 FROM (
			SELECT id, code, lead(id) OVER w AS second, lead(code) OVER w AS other FROM record WHERE id % 61 = 5 AND state = 'live' AND code IS NOT NULL WINDOW w AS (ORDER BY id)) pair
		WHERE code < other LIMIT greatest(0, $1::bigint - (`+count+`)) ON CONFLICT DO NOTHING`, wanted)
	must(m, err)
	must(m, m.db.QueryRow(context.Background(), count).Scan(&open))
	return open
}

// settle waits until the hub has weighed what was added to the queue, as it does by itself.
func (m *meter) settle() {
	m.Helper()
	for deadline, left := time.Now().Add(3*time.Minute), 1; left > 0 && time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		must(m, m.db.QueryRow(context.Background(), `SELECT count(*) FROM task WHERE state = 'open' AND kind = 'possible_match' AND weighed = ''`).Scan(&left))
	}
}

// now is what was worked since the start.
func (m *meter) now() (w work) {
	m.Helper()
	w.hub = ticks(m.hub.served)
	postmaster, err := os.ReadFile(filepath.Join(m.hub.state(), "postgres", "data", "postmaster.pid"))
	must(m, err)
	first, _, _ := strings.Cut(string(postmaster), "\n")
	all, err := filepath.Glob("/proc/[0-9]*")
	must(m, err)
	for _, dir := range all {
		if stat := statOf(filepath.Base(dir)); len(stat) > 15 && (stat[3] == first || stat[0] == first) {
			w.database += ticksOf(stat)
		}
	}
	if m.statements {
		must(m, m.db.QueryRow(context.Background(), "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements").Scan(&w.statements))
	}
	return w
}

// during is what was worked for each of n requests.
func (m *meter) during(n int, f func()) string {
	m.Helper()
	before := m.now()
	f()
	after := m.now()
	return fmt.Sprintf("%.1f + %.1f ms, %.1f statements", ms(after.hub-before.hub)/float64(n), ms(max(0, after.database-before.database))/float64(n), float64(after.statements-before.statements)/float64(n))
}

// dearest lists the statements that took most of the time.
func (m *meter) dearest(n int) (out string) {
	m.Helper()
	if !m.statements {
		return ""
	}
	rows, err := m.db.Query(context.Background(), `SELECT format('%s ms, %s times, %s ms each: %s', round(total_exec_time), calls, round(mean_exec_time::numeric, 2), regexp_replace(left(query, 300), '\s+', ' ', 'g'))
		FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT $1`, n)
	must(m, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(m, err)
	return strings.Join(list, "\n")
}

// statOf are the fields of /proc/PID/stat, the name of the program without spaces.
func statOf(pid string) []string {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return nil
	}
	open, shut := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
	if open < 0 || shut < open {
		return nil
	}
	return strings.Fields(string(text[:open]) + "x" + string(text[shut+1:]))
}

func ticks(pid int) time.Duration { return ticksOf(statOf(strconv.Itoa(pid))) }

// ticksOf is the processor time of a process; the kernel counts in hundredths of a second.
func ticksOf(stat []string) time.Duration {
	if len(stat) < 15 {
		return 0
	}
	user, _ := strconv.ParseInt(stat[13], 10, 64)
	system, _ := strconv.ParseInt(stat[14], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}
