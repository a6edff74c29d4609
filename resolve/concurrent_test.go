package resolve_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/resolve"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// Sixteen clients of two processes land and resolve at once: each process has connections and
// memories of its own. A reader follows the change log meanwhile.
func TestManyClientsOfTwoProcessesEndAsOneBulkRun(t *testing.T) {
	const clients, keys, versions = 16, 6, 4
	w := newWorld()
	url := storetest.New(t, migrate)
	processes := []*process{openProcess(t, url, w), openProcess(t, url, w)}
	contents := map[customer.Ref][]*customer.Standard{}
	rapid.Check(t, func(rt *rapid.T) {
		if len(contents) > 0 {
			return // one history is enough: it lasts some seconds
		}
		for c := range clients {
			for k := range keys {
				ref := customer.Ref{Source: customer.Source(fmt.Sprintf("s%d", c)), Key: fmt.Sprint(k)}
				for range versions {
					contents[ref] = append(contents[ref], w.record(rt))
				}
			}
		}
		var group errgroup.Group
		for c := range clients {
			group.Go(func() error { return processes[c%2].client(fmt.Sprintf("s%d", c), contents, uint64(c)) })
		}
		over, read := make(chan struct{}), make(chan []customer.Change)
		go func() { read <- follow(t, processes[0].Store, over) }()
		if err := group.Wait(); err != nil {
			rt.Fatal(err)
		}
		close(over)
		log := <-read
		checkLog(t, processes[1].Store, log)
		pg := inStore{Store: processes[0].Store}
		for pg.turn(rt, processes[0].rules, 100) > 0 {
		}
		pg.maintain(rt, processes[0].rules)
		pg.verify(rt, processes[0].rules)
		live := pg.live(rt)
		if len(live) != clients*keys {
			t.Errorf("%d records live", len(live))
		}
		want := bulk(rt, processes[0].rules, live, nil)
		if diff := cmp.Diff(picture(rt, want.live(rt), want.documents(rt)), picture(rt, live, pg.documents(rt))); diff != "" {
			t.Errorf("not as one bulk run:\n%s", diff)
		}
	})
}

// process is a hub process: a store and a ruleset of its own.
type process struct {
	*store.Store
	rules *resolve.Rules
}

func openProcess(t *testing.T, url string, w *world) *process {
	s, err := store.Open(ctx, url, golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Use(w.portrait)
	return &process{s, bitingRules(t, 2)}
}

// client lands the versions of its source's records in a random order of keys, and resolves what
// waits: often prepared ahead, sometimes not.
func (p *process) client(source string, contents map[customer.Ref][]*customer.Standard, seed uint64) error {
	dice := rand.New(rand.NewPCG(1, seed))
	var run *customer.Run
	if err := p.InTx(ctx, func(tx *store.Tx) (err error) {
		run, err = tx.BeginRun(ctx, customer.Source(source), true, "")
		return err
	}); err != nil {
		return err
	}
	var refs []customer.Ref
	for ref := range contents {
		if string(ref.Source) == source {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, func(x, y customer.Ref) int { return strings.Compare(x.Key, y.Key) })
	for version := range len(contents[refs[0]]) {
		dice.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
		for _, ref := range refs {
			if err := p.land(run, ref, contents[ref][version]); err != nil {
				return err
			}
			if err := p.resolve(dice.IntN(3) > 0, 1+dice.IntN(20)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *process) land(run *customer.Run, ref customer.Ref, s *customer.Standard) error {
	return p.InTx(ctx, func(tx *store.Tx) error {
		_, _, err := tx.Land(ctx, run, []customer.Incoming{{Ref: ref, Op: customer.Upsert, Raw: []byte(`{}`), Standard: *s}}, false)
		return err
	})
}

func (p *process) resolve(ahead bool, limit int) error {
	var b batch
	if ahead {
		if err := p.InTx(ctx, func(tx *store.Tx) (err error) {
			if b.landed, err = tx.Waiting(ctx, limit); err == nil {
				b.ahead, err = resolve.Prepare(ctx, p.rules, tx, b.landed)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return p.InTurn(ctx, func(tx *store.Tx) (err error) {
		landed := b.landed
		if ahead {
			landed, err = tx.StillWaiting(ctx, landed)
		} else {
			landed, err = tx.Waiting(ctx, limit)
		}
		if err == nil {
			_, err = resolve.TurnAhead(ctx, p.rules, tx, b.ahead, landed, nil, resolve.Operation{Kind: "resolve"})
		}
		return err
	})
}

// follow reads the change log by position until there is no more.
func follow(t *testing.T, s *store.Store, over <-chan struct{}) (log []customer.Change) {
	for after := int64(0); ; {
		ended := false
		select {
		case <-over:
			ended = true
		default:
		}
		changes, err := s.Changes(ctx, after, 100)
		if err != nil {
			t.Error(err)
			return log
		}
		if len(changes) == 0 && ended {
			return log
		}
		for i := range changes {
			after = changes[i].Position
		}
		log = append(log, changes...)
	}
}

// checkLog holds what a reader saw against what there is: nothing lost, nothing out of order, no
// version skipped, each audit row made from the one before.
func checkLog(t *testing.T, s *store.Store, log []customer.Change) {
	t.Helper()
	versions := map[customer.Code]int64{}
	for i, c := range log {
		if c.Position != int64(i+1) {
			t.Fatalf("the reader saw position %d at place %d", c.Position, i+1)
		}
		if versions[c.Code]++; c.Version != versions[c.Code] {
			t.Fatalf("code %s: version %d after %d", c.Code, c.Version, versions[c.Code]-1)
		}
	}
	if err := s.InTx(ctx, func(tx *store.Tx) error {
		var stray, last int64
		if err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM record r JOIN golden g ON g.code = r.code WHERE r.state = 'live' AND g.state <> 'active'), last_position FROM hub`).Scan(&stray, &last); err != nil {
			return err
		}
		if stray != 0 || last != int64(len(log)) {
			t.Errorf("%d records on codes that are not active; %d changes, the reader saw %d", stray, last, len(log))
		}
		var c customer.Check
		if err := tx.VerifyOperations(ctx, &c); err != nil {
			return err
		}
		if c.Violated > 0 {
			t.Errorf("audit: %+v", c.Violations)
		}
		_, err := tx.WalkAudit(ctx, store.AuditWalk{Fault: func(f customer.AuditFault) { t.Errorf("audit: %+v", f) }})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
