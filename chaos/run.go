package chaos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"kartoteka/feed/feedtest"
)

// Options say what a run does.
type Options struct {
	Seed    uint64
	Length  time.Duration // of the workload; starting, healing and checking come on top
	Clients int           // 3 by default
	Faults  []string      // of [Faults]; nil: all
	Binary  string        // the program
	Brokers []string      // real ones; nil: one in memory
	Dir     string        // where everything is put; it must not exist
	Hasty   bool          // ends with the first broken promise
}

// trial is a run.
type trial struct {
	Options
	ctx       context.Context
	began     time.Time
	ledger    *ledger
	program   *program
	database  *database
	broker    *feedtest.Broker // nil: real ones
	plan      *plan
	chances   *chances
	disturbed disturbances
	servers   []*server
	closed    disturbances // by plans that are applied
	report    *Report
}

// Run carries out a run. Violations are in the report; an error says that the run itself failed.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Clients == 0 {
		o.Clients = 3
	}
	if o.Faults == nil {
		o.Faults = Faults
	}
	t := &trial{Options: o, ctx: ctx, began: time.Now(), chances: &chances{o.Faults}, report: newReport(o)}
	err := t.run()
	t.close()
	t.report.Seconds = time.Since(t.began).Seconds()
	return t.report, errors.Join(err, t.report.err)
}

func (t *trial) run() error {
	for _, step := range []func() error{t.prepare, t.fill, t.work, t.heal,
		func() error { return t.check("healed") },
		t.restart,
		func() error { return t.check("restarted") },
	} {
		if err := step(); err != nil {
			return err
		}
		if t.ctx.Err() != nil || t.over() {
			return t.ctx.Err()
		}
	}
	return nil
}

// over reports whether enough was found.
func (t *trial) over() bool { return t.Hasty && !t.report.Passed() }

// prepare starts what the hub needs.
func (t *trial) prepare() (err error) {
	files, logs := filepath.Join(t.Dir, "files"), filepath.Join(t.Dir, "logs")
	for _, dir := range []string{t.Dir, files, logs, filepath.Join(t.Dir, "state")} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	if t.ledger, err = openLedger(filepath.Join(t.Dir, "ledger.jsonl")); err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	if t.database, err = startDatabase(t.ctx, t.Dir, t.chances.has(DiskFull), quiet); err != nil {
		return err
	}
	if t.Brokers == nil {
		if t.broker, err = feedtest.NewBroker(); err != nil {
			return err
		}
		t.Brokers = []string{t.broker.Address()}
	}
	t.plan = newPlan(t.Seed, files, t.chances)
	url, err := t.database.through()
	if err != nil {
		return err
	}
	config := filepath.Join(t.Dir, "kartoteka.yaml")
	t.program = &program{binary: t.Binary, logs: logs, env: []string{"KARTOTEKA_DATABASE_URL=" + url,
		"KARTOTEKA_STATE=" + filepath.Join(t.Dir, "state"), "KARTOTEKA_CONFIG=" + config, "USER=chaos"}}
	return os.WriteFile(config, []byte(t.config()), 0o600)
}

// config makes the feed quick to take over, keeps every token, and lets serve load a file.
func (t *trial) config() string {
	return fmt.Sprintf(`version: 1
portrait: {person: {email: {type: email, holds: many, shared_by: 4, keep: all, at_most: 1000}}}
feed: {kafka: {brokers: [%q], prefix: %q, partitions: 3, timeout_ms: 300}}
sources: {drop: {from: csv, with: {file: %q}, every: 1s}}
`, strings.Join(t.Brokers, `", "`), t.prefix(), t.dropped())
}

// prefix of the topics: real brokers have those of earlier runs.
func (t *trial) prefix() string {
	return filepath.Base(filepath.Dir(t.Dir)) + "-" + strconv.FormatUint(t.Seed, 10)
}

func (t *trial) dropped() string { return filepath.Join(t.Dir, "files", "drop.csv") }

// fill loads into the empty hub; on the way migrations and the bulk load are made to die.
func (t *trial) fill() error {
	first, drop, err := t.plan.first(t.dropped())
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(t.Seed, 4))
	for range 4 {
		t.perform(t.plan.again(first, t.chances.order(random, "first", 3)))
	}
	strangers, err := t.plan.vault()
	if err != nil {
		return err
	}
	for _, op := range []*Op{first, drop, strangers} {
		if !t.perform(t.plan.again(op, "")) {
			return fmt.Errorf("nothing can be loaded; see %s", t.Dir)
		}
	}
	return nil
}

// work lets clients, servers and faults do what the seed says.
func (t *trial) work() error {
	if t.broker != nil && t.chances.has(KafkaDown) {
		t.broker.SetFate(fates(t.Seed), time.Second)
	}
	for slot := range uint64(2) {
		t.servers = append(t.servers, t.startServer(slot, true))
	}
	f := newFaults(t)
	end := time.Now().Add(t.Length)
	var clients sync.WaitGroup
	for range t.Clients {
		clients.Go(func() {
			for time.Now().Before(end) && t.ctx.Err() == nil && !t.report.failed() && !t.over() {
				op, err := t.plan.next()
				t.must(err)
				if err == nil {
					t.perform(op)
				}
				f.progress()
			}
		})
	}
	clients.Wait()
	t.database.proxy.disarm()
	f.wait.Wait()
	return nil
}

// perform carries out one operation in a process of its own, and reports whether it was acknowledged.
func (t *trial) perform(op *Op) bool {
	if !t.bound(op) {
		t.report.count(op.Kind, left)
		return false
	}
	t.must(t.note(Entry{Event: "invoked", Op: op.ID, What: op}))
	began := time.Now()
	c, err := t.program.start(op.Order, op.Said...)
	if err != nil {
		t.must(err)
		return false
	}
	if strings.Contains(op.Order, "pause") {
		go c.wake(time.Duration(op.ID%15) * 100 * time.Millisecond)
	}
	code, err := c.wait(90 * time.Second)
	if err != nil {
		t.violation("ends", err.Error())
	}
	outcome := t.outcome(op, c, code, began)
	t.must(t.note(Entry{Event: outcome, Op: op.ID, Detail: fmt.Sprintf("%s exit %d", c.name, code)}))
	t.report.count(op.Kind, outcome)
	if op.refused = outcome == failed; outcome == ok && op.Kind == replan {
		t.carryOut(op)
	}
	return outcome == ok
}

// outcome tells what an exit code says about an operation; one without a reason is a violation.
func (t *trial) outcome(op *Op, c *child, code int, began time.Time) string {
	fired := t.report.ended(c)
	switch {
	case code == 0:
		t.checkFile(op, true)
		t.checkBackup(op, true)
		return ok
	case code == 2 && slices.Contains(refusable, op.Kind): // it contradicts, or names what is not there any more
		return failed
	case code == 4 && op.Kind == snapshot: // the brake held, or not yet
		return unknown
	}
	t.checkFile(op, false)
	t.checkBackup(op, false)
	if code == 3 && t.closed.since(began) && planned(c.said()+string(c.out())) {
		return unknown
	}
	if fired == "" && !t.disturbed.since(began) || op.Kind == verify && code == 1 && fired == "" {
		t.violation(op.Kind, fmt.Sprintf("%s ended with %d for no reason: %s%s", c.name, code, lastLine(c.said()), violated(c.out())))
	}
	return unknown
}

// refusable are the kinds of operations that may be impossible by what others did before.
var refusable = []string{decide, split, unmerge, pin, erase, apply}

// planned reports whether a process says that a plan is in its way.
func planned(said string) bool {
	return strings.Contains(said, "a plan is being applied") || strings.Contains(said, "the ruleset of the database is another one")
}

// heal ends all faults; everything must come to rest.
func (t *trial) heal() error {
	if t.broker != nil {
		t.broker.SetFate(nil, 0)
	}
	if err := t.database.answers(t.ctx); err != nil {
		return err
	}
	for _, s := range t.servers {
		s.stop()
	}
	t.servers = []*server{t.startServer(7, false)}
	all, err := t.plan.each()
	if err != nil {
		return err
	}
	for _, op := range all { // now none has a reason to fail
		t.perform(op)
	}
	return nil
}

// restart ends everything in order and starts it again.
func (t *trial) restart() error {
	t.servers[0].stop()
	if err := t.database.restart(t.ctx); err != nil {
		return err
	}
	t.servers[0] = t.startServer(8, false)
	return nil
}

func (t *trial) close() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), time.Minute)
	defer cancel()
	for _, s := range t.servers {
		s.signal(syscall.SIGCONT)
		s.stop()
	}
	if t.broker != nil {
		t.broker.Down()
	}
	if t.database != nil {
		t.database.close(ctx)
	}
	if t.ledger != nil {
		t.must(t.ledger.close())
	}
	passed := t.report.Passed() && !t.report.failed()
	if t.database != nil {
		t.must(t.database.unmount(!passed))
	}
	if passed {
		t.report.Dir = ""
		t.must(os.RemoveAll(t.Dir))
	}
}

func (t *trial) note(e Entry) error { return t.ledger.note(e) }

// must ends the run with an error of the harness itself.
func (t *trial) must(err error) { t.report.must(err) }

func (t *trial) violation(check, what string) {
	t.report.add(Violation{check, what})
	_ = t.note(Entry{Event: "violation", Detail: check + ": " + what})
}
