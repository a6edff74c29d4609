package resolve

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/golden"
)

const cureRepair = "kartoteka verify --repair computes it again"

// Rebuilder builds golden records again, to hold them against the stored ones (I5). It is safe
// for concurrent use.
type Rebuilder struct {
	rules   *Rules
	encoder *golden.Encoder
}

// NewRebuilder makes one for a ruleset.
func NewRebuilder(rules *Rules) *Rebuilder {
	return &Rebuilder{rules, golden.NewEncoder(rules.Portrait)}
}

// Fault says in what way a code's stored golden record is not the one that its members make, "" if
// it is.
func (b *Rebuilder) Fault(s *customer.GoldenSet) string {
	if s.State != customer.CodeActive {
		return retiredFault(s)
	}
	c := &cluster{code: s.Code, members: make([]*record, len(s.Members))}
	for i := range s.Members {
		c.members[i] = &record{Record: s.Members[i]}
	}
	if len(c.members) == 0 {
		return "" // that is I2
	}
	var d *golden.Decided
	if len(s.Pins)+len(s.Grants) > 0 {
		d = &golden.Decided{Pins: s.Pins, Grants: s.Grants}
	}
	built, head := b.rules.build(c, s.Version, d)
	head.Epoch = s.Epoch
	switch {
	case s.Kind != built.Kind:
		return fmt.Sprintf("is %s, its records are about %s", s.Kind.An(), built.Kind.An())
	case !bytes.Equal(b.encoder.Append(nil, built, &head), s.Document):
		return "its golden record is not the one that its live records make"
	case s.History != nil && !bytes.Equal(references(b.rules.Portrait, built), s.History):
		return fmt.Sprintf("the history of version %d names other records than its values come from", s.Version)
	}
	return ""
}

// retiredFault holds a retired code's document against the one form that it has: no values.
func retiredFault(s *customer.GoldenSet) string {
	d := customer.Document{Code: s.Code, State: s.State, Epoch: s.Epoch, Version: s.Version, Successor: s.Successor}
	if bytes.Equal(golden.AppendJSON(nil, &d), s.Document) {
		return ""
	}
	return "is retired and its document says more or less than where it leads"
}

// VerifyTouched evaluates f again over the whole components of records and whatever they might
// belong to, and tells where the present membership differs (I8). It is a turn in which nothing
// changed, on a base that keeps nothing; reached is how many records it evaluated.
func VerifyTouched(ctx context.Context, rules *Rules, base Base, ids []customer.RecordID, found func(customer.Violation)) (reached int, err error) {
	d := &dryBase{Base: base, found: found, nodes: map[customer.RecordID]int64{}, rows: map[customer.Code]customer.Code{}, carried: map[uint64]customer.Carrier{}}
	outcome, err := Turn(ctx, rules, d, nil, ids, Operation{Kind: "verify"})
	return outcome.ReachedRecords + len(d.nodes), err
}

// dryBase reads and writes nothing: what a turn would write is a violation.
type dryBase struct {
	Base
	found   func(customer.Violation)
	nodes   map[customer.RecordID]int64     // stored nodes of the touched records
	rows    map[customer.Code]customer.Code // stored component of each code that was looked at
	carried map[uint64]customer.Carrier     // a node that stands under each key
	minted  int64
}

// Records notes the stored nodes.
func (d *dryBase) Records(ctx context.Context, ids []customer.RecordID) ([]Record, error) {
	records, err := d.Base.Records(ctx, ids)
	if len(d.nodes) == 0 { // the first question is about the touched ones
		for i := range records {
			d.nodes[records[i].ID] = records[i].Node
		}
	}
	return records, err
}

// Unindex leaves the records in their nodes, where Index would put them again.
func (*dryBase) Unindex(context.Context, []Indexed) error { return nil }

// Index holds the nodes, and the shared values under which they stand, against the stored ones.
func (d *dryBase) Index(ctx context.Context, rows []Indexed) error {
	shared := map[uint64]bool{}
	for i := range rows {
		if stored, touched := d.nodes[rows[i].Record]; touched && stored != rows[i].Node {
			d.found(customer.Violation{Records: []customer.RecordID{rows[i].Record}, What: "stands in another node than its content gives, so it is not found", Cure: cureRepair, Mend: customer.MendRecords})
			continue
		}
		for _, k := range rows[i].Keys {
			d.carried[k.Hash] = customer.Carrier{Node: rows[i].Node, Sketch: rows[i].Sketch}
		}
		for _, s := range rows[i].Shared {
			shared[s.Key] = true
		}
	}
	return d.shared(ctx, rows, sortedKeys(shared))
}

// shared notices values under which the signature of a record should stand and does not.
func (d *dryBase) shared(ctx context.Context, rows []Indexed, keys []uint64) error {
	stored, err := d.Base.Signatures(ctx, keys)
	var records []customer.RecordID
	for i := range rows {
		if slices.ContainsFunc(rows[i].Shared, func(s customer.SharedValue) bool {
			return !slices.Contains(stored[s.Key], rows[i].Signature)
		}) && rows[i].Signature.Name != 0 {
			records = append(records, rows[i].Record)
		}
	}
	if err == nil && len(records) > 0 {
		d.found(customer.Violation{Records: records[:min(len(records), 10)], What: "not counted under all values that customers share", Cure: cureRepair, Mend: customer.MendRecords})
	}
	return err
}

// Carriers notices keys under which a node should stand and does not, or with another sketch.
func (d *dryBase) Carriers(ctx context.Context, keys []uint64, limit int) (map[uint64][]customer.Carrier, error) {
	nodes, err := d.Base.Carriers(ctx, keys, limit)
	missing := map[int64]bool{}
	for _, key := range keys {
		if want, should := d.carried[key]; should && (limit == 0 || len(nodes[key]) < limit) && !slices.ContainsFunc(nodes[key], func(c customer.Carrier) bool {
			return c.Node == want.Node && (c.Sketch == want.Sketch || !c.Sketch.Known())
		}) {
			missing[want.Node] = true
		}
	}
	if len(missing) > 0 {
		var records []customer.RecordID
		for id, node := range d.nodes {
			if missing[node] {
				records = append(records, id)
			}
		}
		slices.Sort(records)
		d.found(customer.Violation{Records: records[:min(len(records), 10)], What: "not found under all of their blocking keys, so what belongs together may stay apart", Cure: cureRepair, Mend: customer.MendRecords})
	}
	return nodes, err
}

// Shut tells of keys and values above their limits that are not shut.
func (d *dryBase) Shut(_ context.Context, closed []customer.ClosedKey, generic []customer.GenericValue) error {
	for _, c := range closed {
		d.found(customer.Violation{Place: fmt.Sprintf("blocking rule %d of %s", c.Rule, c.Kind), Records: d.inNode(d.carried[c.Hash].Node),
			What: fmt.Sprintf("a key stands for %d nodes or more and is not closed", c.Nodes), Cure: cureRepair, Mend: customer.MendRecords})
	}
	for _, g := range generic {
		d.found(customer.Violation{Place: fmt.Sprintf("attribute %d of %s", g.Attribute, g.Kind), Records: slices.Sorted(maps.Keys(d.nodes)),
			What: fmt.Sprintf("a value is shared by %d customers and still weighs", g.Signatures), Cure: cureRepair, Mend: customer.MendRecords})
	}
	return nil
}

// inNode lists the first touched records of a node.
func (d *dryBase) inNode(node int64) []customer.RecordID {
	var out []customer.RecordID
	for id, at := range d.nodes {
		if at == node {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 10)]
}

// Codes notes the stored components.
func (d *dryBase) Codes(ctx context.Context, codes []customer.Code) ([]CodeRow, error) {
	rows, err := d.Base.Codes(ctx, codes)
	for i := range rows {
		d.rows[rows[i].Code] = rows[i].Component
	}
	return rows, err
}

// Mint gives numbers that are no codes.
func (d *dryBase) Mint(_ context.Context, n int) ([]Minted, error) {
	out := make([]Minted, n)
	for i := range out {
		d.minted++
		out[i] = Minted{Code: customer.Code(-d.minted), Serial: 1<<62 + d.minted}
	}
	return out, nil
}

// Write tells of each difference.
func (d *dryBase) Write(_ context.Context, e *Effects) error {
	parted, joined := map[customer.Code][]customer.RecordID{}, map[[2]customer.Code][]customer.RecordID{}
	for _, m := range e.Moves {
		if m.To > 0 {
			joined[[2]customer.Code{m.From, m.To}] = append(joined[[2]customer.Code{m.From, m.To}], m.Record)
		} else {
			parted[m.From] = append(parted[m.From], m.Record)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(parted)) {
		d.found(customer.Violation{Codes: []customer.Code{code}, Records: parted[code], What: "computed again, these records of the code are a customer of their own", Cure: cureRepair, Mend: customer.MendRecords})
	}
	for pair, records := range joined {
		d.found(customer.Violation{Codes: pair[:], Records: records, What: "computed again, these records of the first code belong to the second", Cure: cureRepair, Mend: customer.MendRecords})
	}
	for i := range e.Codes {
		d.component(&e.Codes[i])
	}
	return nil
}

// component tells of codes of one component that are stored as two; coarser than the truth is
// allowed, finer is not.
func (d *dryBase) component(row *CodeRow) {
	stored, known := d.rows[row.Code]
	first, same := d.rows[row.Component]
	if known && same && row.Component != 0 && stored != first {
		d.found(customer.Violation{Codes: []customer.Code{row.Component, row.Code}, What: "are connected and stored as two components, so a change of one does not reach the other", Cure: cureRepair, Mend: customer.MendRecords})
	}
}
