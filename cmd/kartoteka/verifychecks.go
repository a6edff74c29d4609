package main

import (
	"context"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
	"kartoteka/store"
)

// invariant is a promise and how it is checked.
type invariant struct {
	id    string
	check func(*verifier, context.Context, *store.Tx, *customer.Check) error
	rules bool // needs the ruleset that the codes were given under
}

// inStore is an invariant that the store checks alone.
func inStore(id string, check func(*store.Tx, context.Context, *customer.Check) error) invariant {
	return invariant{id: id, check: func(_ *verifier, ctx context.Context, tx *store.Tx, c *customer.Check) error {
		return check(tx, ctx, c)
	}}
}

// invariants lists all that verify checks, in their order.
func invariants() []invariant {
	return []invariant{
		inStore("I1", (*store.Tx).VerifyMembership),
		inStore("I2", (*store.Tx).VerifyMembers),
		inStore("I3", (*store.Tx).VerifySuccessors),
		inStore("I4", (*store.Tx).VerifyCodes),
		{"I5", (*verifier).golden, true},
		inStore("I6", (*store.Tx).VerifyVersions),
		{"I7", (*verifier).feed, false},
		{"I8", (*verifier).partition, true},
		inStore("I9", (*store.Tx).VerifyMoves),
		inStore("I10", (*store.Tx).VerifyDecisions),
		inStore("I11", (*store.Tx).VerifyCounts),
		{"I12", (*verifier).audit, false},
		inStore("I13", (*store.Tx).VerifyTasks),
		{"I14", (*verifier).consents, false},
		inStore("I16", (*store.Tx).VerifyPositions),
	}
}

// verifier is one run of verify.
type verifier struct {
	app     *app
	hub     *hub
	command *verifyCommand
	sample  portion
	wanted  []invariant
	meter   *meter
	summary verifySummary
	result  verifyResult
	damage  damage
	skipped error // why what needs the ruleset was not checked
}

// unfit says why what needs the ruleset cannot be checked in a snapshot: the answers depend on another
// one, or on two, while a plan is applied.
func (v *verifier) unfit(ctx context.Context, tx *store.Tx) (why string, cause, err error) {
	now, err := tx.Applying(ctx)
	if err != nil {
		return "", nil, err
	}
	hash, err := tx.RulesetHash(ctx)
	switch {
	case err != nil:
		return "", nil, err
	case v.hub.rules == nil:
		return "nothing was loaded yet", nil, nil
	case now.Plan != "", hash != v.hub.row.RulesetHash:
		return "a plan is being applied, or was a moment ago", store.ErrApplying, nil
	case v.hub.writable() != nil:
		return "this program and configuration have another ruleset than the codes were given under", desk.ErrRuleset, nil
	}
	return "", nil, nil
}

func (v *verifier) all(ctx context.Context, tx *store.Tx) (err error) {
	unfit, cause, err := v.unfit(ctx, tx)
	if err != nil {
		return err
	}
	for i, inv := range v.wanted {
		v.meter.show("verify "+inv.id, int64(i), int64(len(v.wanted)))
		c := &customer.Check{Invariant: inv.id, Each: v.damage.add}
		switch {
		case inv.rules && unfit != "":
			c.Skipped, v.skipped = unfit, cause
		default:
			if err := inv.check(v, ctx, tx, c); err != nil {
				return err
			}
		}
		v.result.Checks = append(v.result.Checks, c)
		v.summary.Checks++
		v.summary.Violations += c.Violated
	}
	if v.result.Accounts, err = tx.Accounts(ctx); err != nil {
		return err
	}
	v.summary.Pending, err = tx.Pending(ctx)
	return err
}

// golden checks I5: each stored golden record is the one that its records make.
func (v *verifier) golden(ctx context.Context, tx *store.Tx, c *customer.Check) error {
	const cure = "kartoteka verify --repair builds it again and publishes it"
	c.Of = "golden records"
	codes, err := v.codes(ctx, tx, c)
	if err != nil {
		return err
	}
	b := resolve.NewRebuilder(v.hub.rules.rules)
	sets := make(chan *customer.GoldenSet, 256)
	group, ctx := errgroup.WithContext(ctx)
	var mu sync.Mutex
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for s := range sets {
				what := b.Fault(s)
				mu.Lock()
				if c.Checked++; what != "" {
					c.Add(customer.Violation{Codes: []customer.Code{s.Code}, What: what, Cure: cure, Mend: customer.MendCode})
				}
				v.meter.show("verify I5", c.Checked, 0)
				mu.Unlock()
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(sets)
		return tx.GoldenSets(ctx, codes, func(s *customer.GoldenSet) error {
			kept := *s
			select {
			case sets <- &kept:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	return group.Wait()
}

// sampleAtOnce is how many sampled customers are evaluated together.
const sampleAtOnce = 50

// partition checks I8: who is who, computed again, is who is who as stored.
func (v *verifier) partition(ctx context.Context, tx *store.Tx, c *customer.Check) error {
	c.Of = "records computed again"
	codes, err := v.codesOf(ctx, tx, c, v.sample.partition)
	if err != nil {
		return err
	}
	if codes == nil {
		return v.whole(ctx, tx, c)
	}
	for len(codes) > 0 && err == nil {
		part := codes[:min(sampleAtOnce, len(codes))]
		codes = codes[len(part):]
		var ids []customer.RecordID
		if ids, err = tx.RecordsOf(ctx, part); err != nil {
			return err
		}
		var reached int
		reached, err = resolve.VerifyTouched(ctx, v.hub.rules.rules, tx, ids, c.Add)
		c.Checked += int64(reached)
		v.meter.show("verify I8", c.Checked, 0)
	}
	return err
}

// whole computes everything again in memory, as a bulk load does.
func (v *verifier) whole(ctx context.Context, tx *store.Tx, c *customer.Check) error {
	columns := resolve.NewColumns(v.hub.rules.rules.Portrait)
	err := tx.LiveRecordsEncoded(ctx, func(rec customer.Record, standard []byte) {
		columns.Add(rec, standard, false)
		v.meter.show("verify I8", int64(columns.Len()), 0)
	})
	if err != nil {
		return err
	}
	e := resolve.Evaluation{Rules: v.hub.rules.rules, Population: columns}
	if e.Decisions, err = tx.AllDecisions(ctx); err != nil {
		return err
	}
	if e.Closed, e.Generic, err = tx.ShutKeys(ctx); err != nil {
		return err
	}
	c.Checked = int64(columns.Len())
	return resolve.VerifyWhole(ctx, e, c.Add)
}

// audit checks I12: each change of state has its audit row, and the chain is whole and the one that
// was signed.
func (v *verifier) audit(ctx context.Context, tx *store.Tx, c *customer.Check) error {
	marks, err := v.hub.marks(nil, "")
	if err == nil {
		err = tx.VerifyOperations(ctx, c)
	}
	if err != nil {
		return err
	}
	t := auditTrail{marks: marks, progress: func(done int64) { v.meter.show("verify I12", done, c.Checked) }}
	err = t.walk(ctx, tx)
	for i := range t.faults {
		c.Add(customer.Violation{Place: t.faults[i].Place(), What: t.faults[i].What,
			Cure: "kartoteka audit verify tells more; restore a backup from before it"})
	}
	return err
}
