package resolve

import (
	"context"
	"fmt"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Replayed is a component evaluated once more, with the steps that made its clusters. Places in
// Result and Steps are those in Records and Items.
type Replayed struct {
	Records   []Record
	Items     []*matching.Item // with generic values marked
	Decisions []customer.Decision
	Result    matching.Result
	Steps     matching.Steps
}

// Replay evaluates f over one component as it stands and changes nothing.
func Replay(ctx context.Context, rules *Rules, base Base, component customer.Code) (*Replayed, error) {
	var out Replayed
	t := &turn{scout: newScout(ctx, rules, base, nil), base: base, all: map[customer.RecordID]*record{},
		components: map[customer.Code]bool{component: true}, steps: &out.Steps}
	if err := t.load(); err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	records := make([]*record, 0, len(t.all))
	for _, id := range sortedIDs(t.all) {
		rec := t.all[id]
		records = append(records, rec)
		out.Records, out.Items = append(out.Records, rec.Record), append(out.Items, rec.item)
	}
	var err error
	if out.Result, err = t.partition(records); err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	out.Decisions, err = base.Decisions(ctx, sortedIDs(t.all))
	return &out, err
}
