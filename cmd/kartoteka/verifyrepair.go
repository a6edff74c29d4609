package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/store"
)

const (
	// repairAtOnce is how many damaged records and codes one turn repairs.
	repairAtOnce = 200
	// mostDamage bounds what one repair takes on; what is above it is found by the next one.
	mostDamage = 1_000_000
)

// damage gathers what a repair can mend.
type damage struct {
	resolve.Damage
	facts    []customer.RecordID
	tasks    bool
	cursors  bool
	mendable int64
	found    map[string]int // invariant → violations that can be mended
}

func (d *damage) add(v customer.Violation) {
	if len(d.Records)+len(d.Codes)+len(d.Again)+len(d.facts) > mostDamage {
		return
	}
	switch v.Mend {
	case customer.MendRecords:
		d.Records, d.Codes = append(d.Records, v.Records...), append(d.Codes, v.Codes...)
	case customer.MendCode:
		d.Records, d.Again = append(d.Records, v.Records...), append(d.Again, v.Codes...)
	case customer.MendFacts:
		d.facts = append(d.facts, v.Records...)
	case customer.MendTask:
		d.tasks = true
	case customer.MendCursor:
		d.cursors = true
	default:
		return
	}
	if d.mendable++; d.found == nil {
		d.found = map[string]int{}
	}
	d.found[v.Invariant]++
}

// distinct sorts a list and drops what repeats.
func distinct[T ~int64](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// operation is the audit row of the repair.
func (d *damage) operation() resolve.Operation {
	var parts []string
	for _, id := range slices.Sorted(maps.Keys(d.found)) {
		parts = append(parts, fmt.Sprintf("%s: %d", id, d.found[id]))
	}
	return resolve.Operation{Kind: "repair", Actor: actor(), Reason: "verify --repair, " + strings.Join(parts, ", ")}
}

// repair mends what was found and checks again; what is left is then in the result.
func (v *verifier) repair(ctx context.Context) error {
	if v.damage.mendable == 0 {
		return nil
	}
	if err := errors.Join(v.hub.loaded(), v.hub.writable()); err != nil {
		return err
	}
	before, found := v.result.Checks, v.summary.Violations
	if err := v.mend(ctx, &v.damage); err != nil {
		return err
	}
	if err := v.check(ctx); err != nil {
		return err
	}
	v.summary.Repaired = max(found-v.summary.Violations, 0)
	v.result.Repaired = slices.DeleteFunc(before, func(c *customer.Check) bool { return c.Violated == 0 })
	return nil
}

// mend repairs turn by turn, so that nobody waits long for the lane. What was written before an
// error stays: each turn leaves the hub better than it was.
func (v *verifier) mend(ctx context.Context, d *damage) error {
	op := d.operation()
	if d.tasks || d.cursors || len(d.facts) > 0 {
		if err := v.hub.InLane(ctx, func(tx *store.Tx) error { return mendRows(ctx, tx, d, op) }); err != nil {
			return err
		}
	}
	records, codes, again := distinct(d.Records), distinct(d.Codes), distinct(d.Again)
	total := int64(len(records) + len(codes) + len(again))
	for done := int64(0); done < total; {
		part := resolve.Damage{Records: take(&records), Codes: take(&codes), Again: take(&again)}
		if err := v.hub.InLane(ctx, func(tx *store.Tx) error {
			if _, err := resolve.Repair(ctx, v.hub.rules.rules, tx, part, op); err != nil {
				return err
			}
			return failpoint.Pass("repair.written")
		}); err != nil {
			return err
		}
		if err := failpoint.Pass("repair.turn"); err != nil {
			return err
		}
		done += int64(len(part.Records) + len(part.Codes) + len(part.Again))
		v.meter.show("repair", done, total)
	}
	return nil
}

// take cuts the next piece off a list.
func take[T any](list *[]T) []T {
	n := min(repairAtOnce, len(*list))
	part := (*list)[:n]
	*list = (*list)[n:]
	return part
}

// mendRows mends what no code hangs on.
func mendRows(ctx context.Context, tx *store.Tx, d *damage, op resolve.Operation) error {
	err := tx.Write(ctx, &resolve.Effects{Operations: []resolve.Operation{op}})
	if err == nil && d.tasks {
		_, err = tx.CloseVoidTasks(ctx)
	}
	if err == nil && d.cursors {
		_, err = tx.ReturnCursors(ctx)
	}
	if err == nil && len(d.facts) > 0 {
		err = tx.RewriteFacts(ctx, distinct(d.facts))
	}
	return err
}
