package resolve

import (
	"slices"

	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/matching"
)

// Matcher is what resolve needs of a ruleset.
type Matcher interface {
	matching.Scorer
	Item(*customer.Standard) *matching.Item
	// Sketch and Prospect bound what a pair weighs of which only one item is there.
	Sketch(*matching.Item) customer.Sketch
	Prospect(*matching.Item) matching.Prospect
	// Another reports whether a key's new content is about somebody else: name and date of birth
	// both differ and no strong identifier agrees (R9).
	Another(before, after *matching.Item) bool
}

// Rules is everything that the answer depends on besides the data.
type Rules struct {
	Portrait *customer.Portrait
	Matcher  Matcher
	Settings matching.Settings
	Golden   golden.Rules
	Policy   Policy
	Items    *Items // of nodes that turns met before; nil keeps none
	Workers  int    // for scoring; at least 1
	Epoch    int64  // of the hub; raised when a database was restored
}

func (r *Rules) limits() matching.Limits {
	return matching.Limits{Block: r.Settings.BlockLimit, Component: r.Settings.ComponentLimit}
}

func (r *Rules) unique(s customer.Source) bool { return slices.Contains(r.Settings.Unique, s) }

// nodeOf names the node of a record: its content, if that is enough to link it and no decision
// keeps the record apart, else the record itself.
func (r *Rules) nodeOf(rec *record, apart bool) int64 {
	if apart || !matching.Collapsible(r.Matcher, rec.item) {
		return recordNode(rec.ID)
	}
	return contentNode(rec.item)
}

// record makes a record comparable.
func (r *Rules) record(rec *Record) *record {
	return &record{*rec, r.itemOf(rec.Node, rec.Standard)}
}

// AnotherPerson reports whether a source gave the record's key to somebody else.
func (r *Rules) AnotherPerson(before, after *customer.Standard) bool {
	if before.Kind != after.Kind {
		return true
	}
	return r.Settings.ReusedKeys && r.another(r.Matcher.Item(before), r.Matcher.Item(after))
}

func (r *Rules) another(before, after *matching.Item) bool {
	return before.Kind != after.Kind || r.Settings.ReusedKeys && r.Matcher.Another(before, after)
}

// indexed describes the record's node to the base.
func (r *Rules) indexed(rec *record) Indexed {
	return r.carries(rec.ID, rec.Node, rec.item)
}

func (r *Rules) carries(id customer.RecordID, node int64, it *matching.Item) Indexed {
	return Indexed{Record: id, Node: node, Keys: it.Keys, Shared: it.Shared, Signature: it.Signature(), Sketch: r.Matcher.Sketch(it)}
}
