package resolve_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/resolve"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

func drawBar(t *rapid.T, name string) resolve.Bar {
	return rapid.SampledFrom([]resolve.Bar{{}, {Ask: true}, {Ask: true}, {Ask: true, Above: 800}, {Ask: true, Above: 1500}}).Draw(t, name)
}

// TestHoldsAreArgumentsOfWhoIsWho plays histories under policies that ask.
func TestHoldsAreArgumentsOfWhoIsWho(t *testing.T) {
	w := newWorld()
	s, err := store.Open(ctx, storetest.New(t, migrate), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Use(w.portrait)
	rapid.Check(t, func(t *rapid.T) { playHeld(t, w, s) })
}

func playHeld(t *rapid.T, w *world, s *store.Store) {
	rules := bitingRules(t, 2)
	rules.Policy = resolve.Policy{Join: drawBar(t, "join"), JoinConfirmed: drawBar(t, "confirmed"), Split: drawBar(t, "split")}
	carriers := []carrier{inMemory{resolve.NewMemory()}, emptyStore(t, s)}
	refs := make([]customer.Ref, 10)
	for i := range refs {
		refs[i] = customer.Ref{Source: "s", Key: fmt.Sprint(i)}
	}
	var made []refDecision
	settle := func() {
		for _, c := range carriers {
			for c.turn(t, rules, rapid.IntRange(1, 4).Draw(t, "limit")) > 0 {
			}
			checkHolds(t, c, rules)
		}
	}
	for range rapid.IntRange(3, 20).Draw(t, "steps") {
		ref := rapid.SampledFrom(refs).Draw(t, "ref")
		switch action := rapid.SampledFrom([]string{"upsert", "upsert", "upsert", "delete", "settle", "settle", "settle", "same", "different", "confirmed"}).Draw(t, "action"); action {
		case "upsert":
			content := w.record(t)
			for _, c := range carriers {
				c.land(t, ref, customer.Upsert, content)
			}
		case "delete":
			for _, c := range carriers {
				c.land(t, ref, customer.Delete, nil)
			}
		case "settle":
			settle()
		default:
			settle()
			d := refDecision{int64(len(made) + 1), customer.DecisionKind(action), ref, rapid.SampledFrom(refs).Draw(t, "other")}
			live := carriers[0].live(t)
			if d.left == d.right || find(live, d.left) == 0 || find(live, d.right) == 0 || !allowed(made, d) {
				continue
			}
			made = append(made, d)
			for _, c := range carriers {
				c.decide(t, rules, d)
				checkHolds(t, c, rules)
			}
		}
	}
	settle()
	for i, c := range carriers {
		c.maintain(t, rules)
		want := bulk(t, rules, c.live(t), c.decisions(t))
		if diff := cmp.Diff(picture(t, want.live(t), want.documents(t)), picture(t, c.live(t), c.documents(t))); diff != "" {
			t.Fatalf("carrier %d differs from one bulk run with its holds:\n%s", i, diff)
		}
	}
	rules.Policy = resolve.Policy{}
	for i, c := range carriers {
		c.touch(t, rules)
		if holds := onlyHolds(c.decisions(t)); len(holds) > 0 {
			t.Fatalf("carrier %d: with every policy auto %d holds are left", i, len(holds))
		}
	}
	if diff := cmp.Diff(picture(t, carriers[0].live(t), carriers[0].documents(t)), picture(t, carriers[1].live(t), carriers[1].documents(t))); diff != "" {
		t.Fatalf("memory and PostgreSQL differ once nothing is held:\n%s", diff)
	}
}

func onlyHolds(decisions []customer.Decision) []customer.Decision {
	return slices.DeleteFunc(slices.Clone(decisions), func(d customer.Decision) bool { return !d.Kind.IsHold() })
}

// checkHolds checks what is true whenever nothing is pending.
func checkHolds(t *rapid.T, c carrier, rules *resolve.Rules) {
	decisions := c.decisions(t)
	tasks, codes := c.tasks(t), map[customer.Code]bool{}
	for _, rec := range c.live(t) {
		codes[rec.Code] = true
	}
	asked := map[string]bool{}
	held := map[int64]bool{}
	for _, task := range tasks {
		for _, code := range []customer.Code{task.Code, task.Other} {
			if code != 0 && !codes[code] {
				t.Fatalf("task %s is about code %s, which is not active", task.Kind, code)
			}
		}
		if task.Code == 0 || task.Kind == customer.TaskHeldJoin && task.Other == 0 {
			t.Fatalf("task %s names no code", task.Kind)
		}
		if task.Kind == customer.TaskHeldJoin || task.Kind == customer.TaskHeldSplit {
			held[task.Decision] = true
		}
		if task.Kind == customer.TaskKeyReuse {
			continue
		}
		key := fmt.Sprint(task.Kind, task.Code, task.Other)
		if task.Kind == customer.TaskDisagreement {
			key += fmt.Sprint(task.Decision)
		}
		if asked[key] {
			t.Fatalf("%s is asked twice", key)
		}
		asked[key] = true
	}
	for _, d := range onlyHolds(decisions) {
		if !held[d.ID] {
			t.Fatalf("hold %d has no open task", d.ID)
		}
		delete(held, d.ID)
	}
	if len(held) > 0 {
		t.Fatalf("%d held tasks without a hold", len(held))
	}
	if out := c.touch(t, rules); out.Changes+out.Tasks+out.Settled+out.Held > 0 {
		t.Fatalf("evaluated again, without anything new: %+v", out)
	}
}

func emptyStore(t *rapid.T, s *store.Store) inStore {
	pg := inStore{Store: s}
	if err := s.InTx(ctx, func(tx *store.Tx) (err error) {
		if _, err := tx.Exec(ctx, `TRUNCATE record, body, block, closed, golden, history, change, move, op, decision, decision_record, task, run, reject, source CASCADE;
			UPDATE hub SET shut_version = shut_version + 1, reopen_version = shut_version + 1, index_version = index_version + 1`); err != nil {
			return err
		}
		pg.run, err = tx.BeginRun(ctx, "s", true, "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return pg
}

func (m inMemory) tasks(*rapid.T) []customer.Task {
	return slices.DeleteFunc(slices.Clone(m.Tasks), func(t customer.Task) bool { return t.State != customer.TaskOpen })
}

func (m inMemory) touch(t *rapid.T, rules *resolve.Rules) resolve.Outcome {
	out, err := resolve.Turn(ctx, rules, m.Memory, nil, idsOf(m.Live()), resolve.Operation{Kind: "maintain"})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s inStore) tasks(t *rapid.T) (out []customer.Task) {
	s.tx(t, func(tx *store.Tx) (err error) {
		out, err = tx.OpenTasks(ctx, nil)
		return err
	})
	return slices.DeleteFunc(out, func(t customer.Task) bool { return t.State != customer.TaskOpen })
}

func (s inStore) touch(t *rapid.T, rules *resolve.Rules) (out resolve.Outcome) {
	ids := idsOf(s.live(t))
	s.tx(t, func(tx *store.Tx) (err error) {
		out, err = resolve.Turn(ctx, rules, tx, nil, ids, resolve.Operation{Kind: "maintain"})
		return err
	})
	return out
}

func idsOf(records []resolve.Record) []customer.RecordID {
	out := make([]customer.RecordID, len(records))
	for i := range records {
		out[i] = records[i].ID
	}
	return out
}
