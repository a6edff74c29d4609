package resolve_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// verifyClean reports what verify finds on a carrier that nobody damaged.
func verifyClean(t *rapid.T, rules *resolve.Rules, base resolve.Maintainable, live []resolve.Record, decisions []customer.Decision) {
	found := func(v customer.Violation) { t.Errorf("verify: %+v", v) }
	ids := make([]customer.RecordID, len(live))
	columns := resolve.NewColumns(rules.Portrait)
	codec := customer.NewCodec(rules.Portrait)
	for i, rec := range live {
		ids[i] = rec.ID
		columns.Add(rec, codec.Append(nil, rec.Standard), false)
	}
	if _, err := resolve.VerifyTouched(ctx, rules, base, ids, found); err != nil {
		t.Fatal(err)
	}
	closed, generic, err := base.ShutKeys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	e := resolve.Evaluation{Rules: rules, Population: columns, Decisions: decisions, Closed: closed, Generic: generic}
	if err := resolve.VerifyWhole(ctx, e, found); err != nil {
		t.Fatal(err)
	}
}

func (m inMemory) verify(t *rapid.T, rules *resolve.Rules) {
	verifyClean(t, rules, m.Memory, m.Live(), m.AllDecisions())
}

func (s inStore) verify(t *rapid.T, rules *resolve.Rules) {
	live, decisions := s.live(t), s.decisions(t)
	s.tx(t, func(tx *store.Tx) error {
		verifyClean(t, rules, tx, live, decisions)
		b := resolve.NewRebuilder(rules)
		for _, check := range []func(context.Context, *customer.Check) error{tx.VerifyMembership, tx.VerifyMembers, tx.VerifySuccessors, tx.VerifyLog, tx.VerifyTasks, tx.VerifyDecisions} {
			var c customer.Check
			if err := check(ctx, &c); err != nil {
				return err
			}
			if c.Violated > 0 {
				t.Errorf("verify: %+v", c.Violations)
			}
		}
		return tx.GoldenSets(ctx, nil, func(set *customer.GoldenSet) error {
			if what := b.Fault(set); what != "" {
				t.Errorf("verify: code %s %s", set.Code, what)
			}
			return nil
		})
	})
}

// TestVerifyNamesCorruptionOfMembership moves one record in memory, where nothing else notices.
func TestVerifyNamesCorruptionOfMembership(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, rules := newWorld(), bitingRules(t, 1)
		m := inMemory{resolve.NewMemory()}
		for _, key := range []string{"1", "2", "3", "4", "5"} {
			m.land(t, customer.Ref{Source: "s", Key: key}, customer.Upsert, w.record(t))
		}
		m.turn(t, rules, 5)
		live := m.live(t)
		codes := map[customer.Code]int{}
		for _, rec := range live {
			codes[rec.Code]++
		}
		if len(codes) < 2 {
			return
		}
		columns := resolve.NewColumns(rules.Portrait)
		codec := customer.NewCodec(rules.Portrait)
		from := live[0].Code
		for i, rec := range live {
			if i > 0 && live[i].Code != from && live[0].Code == from {
				live[0].Code = rec.Code
			}
		}
		for _, rec := range live {
			columns.Add(rec, codec.Append(nil, rec.Standard), false)
		}
		closed, generic, _ := m.ShutKeys(ctx)
		named := false
		err := resolve.VerifyWhole(ctx, resolve.Evaluation{Rules: rules, Population: columns, Closed: closed, Generic: generic}, func(v customer.Violation) {
			for _, id := range v.Records {
				named = named || id == live[0].ID
			}
		})
		if err != nil || !named {
			t.Fatalf("record %d went from %s to %s and nobody says so (%v)", live[0].ID, from, live[0].Code, err)
		}
	})
}
