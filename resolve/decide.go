package resolve

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kartoteka/customer"
)

// Judge decides that the records of all sides are one customer (same), or that no two sides share
// one (different).
type Judge struct {
	Decision customer.DecisionKind // Same or Different
	Sides    []Who                 // at least two; a code stands for all its records
}

// Kind implements [Action].
func (Judge) Kind() string { return "decide" }

func (j Judge) intent() string { return string(j.Decision) + "\n" + spellWho(j.Sides) }

func spellWho(list []Who) string {
	var b strings.Builder
	for _, w := range list {
		fmt.Fprintf(&b, "%s %q %q\n", w.Code, w.Ref.Source, w.Ref.Key)
	}
	return b.String()
}

func (j Judge) plan(o *operation) error {
	if len(j.Sides) < 2 {
		return fmt.Errorf("%w: name at least two customers", ErrUndecidable)
	}
	var sides [][]customer.RecordID
	var kinds []customer.Kind
	at := map[customer.RecordID]bool{}
	for _, w := range j.Sides {
		ids, kind, err := o.side(w)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if at[id] {
				return fmt.Errorf("%w: record %d stands on both sides; name records of different customers, or single records SOURCE/KEY of one", ErrUndecidable, id)
			}
			at[id] = true
		}
		sides, kinds = append(sides, ids), append(kinds, kind)
	}
	if j.Decision == customer.Same {
		if err := oneKind(kinds); err != nil {
			return err
		}
		o.same(sides[0], slices.Concat(sides[1:]...))
		return nil
	}
	o.apart(sides)
	return nil
}

// apart parts all sides from each other.
func (o *operation) apart(sides [][]customer.RecordID) {
	for i, left := range sides {
		for _, right := range sides[i+1:] {
			o.different(left, right)
		}
	}
}

func oneKind(kinds []customer.Kind) error {
	for _, k := range kinds {
		if k != kinds[0] {
			return fmt.Errorf("%w: one is about %s, another about %s; kinds are never one customer", ErrUndecidable, kinds[0].An(), k.An())
		}
	}
	return nil
}

// entangled returns the active decisions about the records and about all that *same* ties to them.
func entangled(ctx context.Context, base Records, ids []customer.RecordID) ([]customer.Decision, error) {
	seen := map[customer.RecordID]bool{}
	known := map[int64]bool{}
	var out []customer.Decision
	for len(ids) > 0 {
		for _, id := range ids {
			seen[id] = true
		}
		found, err := base.Decisions(ctx, ids)
		if err != nil {
			return nil, err
		}
		ids = nil
		for _, d := range found {
			if known[d.ID] {
				continue
			}
			known[d.ID] = true
			out = append(out, d)
			if d.Kind != customer.Same {
				continue
			}
			for _, id := range slices.Concat(d.Left, d.Right) {
				if !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
			}
		}
	}
	return out, nil
}
