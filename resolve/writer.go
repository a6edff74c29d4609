package resolve

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"kartoteka/customer"
	"kartoteka/golden"
)

// writer turns clusters with codes into effects.
type writer struct {
	rules    *Rules
	encoder  *golden.Encoder
	codes    map[customer.Code]*CodeRow
	resolved map[customer.RecordID]bool
	op       Operation
	effects  *Effects

	after     map[customer.Code]*cluster
	before    map[customer.Code]int              // records that the code had
	lost, won map[customer.Code][]customer.Moved // to and from other codes; lost also to nowhere
	joined    map[customer.Code][]customer.Moved // records that had no code
	retired   []customer.Code
	family    map[customer.Code]customer.Code
	operation map[customer.Code]int // by root of the family
	component map[int32]customer.Code

	merged, splits int
	rebuild        bool
	judged         map[customer.Code]bool // whose pins or grants changed: to be built again
	grants         grants
	repair         *mending // of a repair, else nil
}

func newWriter(rules *Rules, codes map[customer.Code]*CodeRow, resolved map[customer.RecordID]bool, op Operation) *writer {
	w := &writer{rules: rules, encoder: golden.NewEncoder(rules.Portrait), codes: codes, resolved: resolved, op: op,
		effects: &Effects{}, after: map[customer.Code]*cluster{}, before: map[customer.Code]int{}, lost: map[customer.Code][]customer.Moved{},
		won: map[customer.Code][]customer.Moved{}, joined: map[customer.Code][]customer.Moved{}, family: map[customer.Code]customer.Code{}, operation: map[customer.Code]int{},
		component: map[int32]customer.Code{}}
	if op.One { // it is told also when nothing follows from it
		w.operationOf(0, "")
	}
	return w
}

func (w *writer) root(code customer.Code) customer.Code {
	for w.family[code] != 0 && w.family[code] != code {
		code = w.family[code]
	}
	return code
}

func (w *writer) joinFamily(a, b customer.Code) {
	a, b = w.root(a), w.root(b)
	w.family[max(a, b)] = min(a, b)
}

// operationOf gives the operation of a code's change: the family's own if codes join or part,
// else the one of the whole turn, which an act of a person always is.
func (w *writer) operationOf(code customer.Code, kind string) int {
	root := customer.Code(0)
	if kind != "" && !w.op.One {
		root = w.root(code)
	}
	at, known := w.operation[root]
	if !known {
		at = len(w.effects.Operations)
		op := w.op
		if kind != "" && op.Kind != "apply" && !op.One && w.repair == nil {
			op.Kind = kind
		}
		w.effects.Operations = append(w.effects.Operations, op)
		w.operation[root] = at
	}
	return at
}

// cluster writes one customer's records and, if something about them changed, their code.
func (w *writer) cluster(c *cluster) {
	changed := w.rebuild || w.judged[c.code] || len(w.lost[c.code])+len(w.won[c.code]) > 0 || c.kind != "" || w.before[c.code] != len(c.members)
	for _, rec := range c.members {
		changed = changed || w.resolved[rec.ID] || rec.Code != c.code
	}
	row := w.codes[c.code]
	component := w.component[c.component]
	if !changed {
		if row.Component != component {
			moved := *row
			moved.Component = component
			w.effects.Codes = append(w.effects.Codes, moved)
		}
		w.records(c, -1)
		return
	}
	kind, family := w.kindOf(c)
	op := w.operationOf(c.code, family)
	w.records(c, op)
	w.golden(c, row, component, kind, op)
}

// kindOf says what happened to an active code and which sort of operation it belongs to.
func (w *writer) kindOf(c *cluster) (customer.ChangeKind, string) {
	wins, losses := len(w.won[c.code]) > 0, slices.ContainsFunc(w.lost[c.code], func(m customer.Moved) bool { return m.To != 0 })
	family := ""
	switch {
	case losses || c.kind == customer.Restored && wins || c.kind == customer.Created && wins:
		family = "split"
	case wins:
		family = "merge"
	}
	switch {
	case c.kind != "":
		return c.kind, family
	case losses:
		w.splits++
		return customer.Split, family
	case wins:
		return customer.Merged, family
	}
	return customer.Updated, family
}

// records writes the members whose row changes; op is negative when the code does not change.
func (w *writer) records(c *cluster, op int) {
	for _, rec := range c.members {
		if op >= 0 && w.moves(rec, c.code) {
			w.effects.Moves = append(w.effects.Moves, Move{Record: rec.ID, Revision: rec.Revision, From: rec.Code, To: c.code, Operation: op})
		}
		if rec.Code == c.code && !w.resolved[rec.ID] {
			continue
		}
		after := rec.Record
		after.Code = c.code
		if after.Home == 0 {
			after.Home = c.code
		}
		w.effects.Records = append(w.effects.Records, RecordChange{Record: after, State: customer.RecordLive,
			Kind: rec.Standard.Kind, Resolved: w.resolved[rec.ID]})
	}
}

// moves reports whether a record's step is remembered: each but the first one to its first code with its
// first revision, which goes without saying.
func (w *writer) moves(rec *record, code customer.Code) bool {
	if rec.Code != code {
		return rec.Code != 0 || rec.Home != 0 || rec.Revision != 1
	}
	return w.resolved[rec.ID]
}

// build makes the golden record of a cluster and the head of its document.
func (r *Rules) build(c *cluster, version int64, d *golden.Decided) (*customer.Golden, customer.Document) {
	return golden.Build(r.Portrait, r.Golden, members(c), d), customer.Document{Code: c.code, State: customer.CodeActive,
		Epoch: r.Epoch, Version: version, Members: documentMembers(c), MemberCount: len(c.members)}
}

// golden builds the golden record and writes a version if it differs from the present one.
func (w *writer) golden(c *cluster, row *CodeRow, component customer.Code, kind customer.ChangeKind, op int) {
	built, head := w.rules.build(c, row.Version, w.decided(c, row))
	now := *row
	now.Kind, now.State, now.Successor, now.Component = built.Kind, customer.CodeActive, 0, component
	if kind == customer.Updated && len(w.joined[c.code])+len(w.lost[c.code]) == 0 && !w.repair.again(c.code) &&
		bytes.Equal(w.encoder.Append(nil, built, &head), row.Document) {
		if row.Component != component {
			w.effects.Codes = append(w.effects.Codes, now)
		}
		return
	}
	head.Version++
	now.Version = head.Version
	now.Document = w.encoder.Append(nil, built, &head)
	w.effects.Codes = append(w.effects.Codes, now)
	w.effects.Changes = append(w.effects.Changes, Change{Operation: op, History: references(w.rules.Portrait, built), Change: customer.Change{
		Code: c.code, Version: head.Version, Epoch: w.rules.Epoch, Kind: kind, Fields: w.fields(row, built, c),
		Moved: slices.Concat(w.joined[c.code], w.won[c.code], w.lost[c.code])}})
}

// fields names the attributes that changed, "members" if only the membership did.
func (w *writer) fields(row *CodeRow, built *customer.Golden, c *cluster) []string {
	if row.Version == 0 {
		return nil
	}
	var before, after customer.Document
	if json.Unmarshal(row.Document, &before) != nil {
		before = customer.Document{}
	}
	golden.Describe(w.rules.Portrait, built, &after)
	names := golden.Changed(w.rules.Portrait, &before, &after)
	if before.MemberCount != len(c.members) {
		names = append(names, "members")
	}
	return names
}

func members(c *cluster) []customer.Member {
	out := make([]customer.Member, len(c.members))
	for i, rec := range c.members {
		out[i] = customer.Member{ID: rec.ID, Ref: rec.Ref, Revision: rec.Revision, Standard: rec.Standard}
	}
	return out
}

// documentMembers lists the first members by source and key; the crosswalk has them all.
func documentMembers(c *cluster) []customer.DocumentMember {
	out := make([]customer.DocumentMember, len(c.members))
	for i, rec := range c.members {
		out[i] = customer.DocumentMember{Source: rec.Ref.Source, Key: rec.Ref.Key, Record: rec.ID}
	}
	slices.SortFunc(out, func(x, y customer.DocumentMember) int {
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Key, y.Key), cmp.Compare(x.Record, y.Record))
	})
	return out[:min(len(out), customer.DocumentMembers)]
}

// references writes the golden values by reference: attribute → [[record, revision, place], ...].
func references(p *customer.Portrait, g *customer.Golden) []byte {
	dst := []byte{'{'}
	for i := 0; i < len(g.Values); {
		id := g.Values[i].Attribute
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(strconv.AppendQuote(dst, p.Attribute(id).Name), ":["...)
		for first := true; i < len(g.Values) && g.Values[i].Attribute == id; i++ {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendReference(dst, &g.Values[i].Provenance)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// appendReference writes [record, revision], with the place among the record's values of the attribute
// unless it is the first, or [0, operation] for a pinned value.
func appendReference(dst []byte, p *customer.Provenance) []byte {
	second := int64(p.Revision)
	if p.Operation != 0 {
		second = p.Operation
	}
	dst = append(strconv.AppendInt(append(dst, '['), int64(p.Record), 10), ',')
	dst = strconv.AppendInt(dst, second, 10)
	if p.Place != 0 {
		dst = strconv.AppendInt(append(dst, ','), int64(p.Place), 10)
	}
	return append(dst, ']')
}

// gone writes the records that are no longer live.
func (w *writer) gone(gone map[customer.RecordID]*record) {
	for _, id := range sortedIDs(gone) {
		rec := gone[id].Record
		op := w.operationOf(rec.Code, "")
		if rec.Code != 0 {
			w.effects.Moves = append(w.effects.Moves, Move{Record: id, Revision: rec.Revision, From: rec.Code, Operation: op})
		}
		kind := customer.Kind("")
		if rec.Standard != nil {
			kind = rec.Standard.Kind
		}
		rec.Code, rec.Node = 0, 0
		w.effects.Records = append(w.effects.Records, RecordChange{Record: rec, State: customer.RecordDeleted, Kind: kind, Resolved: true})
	}
}

// retire ends the codes that have no records left: they lead to the code that most of theirs
// went to, or nowhere when all of them are gone.
func (w *writer) retire() {
	for _, code := range w.retired {
		row := *w.codes[code]
		row.State, row.Component, row.Version = customer.CodeRetired, 0, row.Version+1
		row.Successor = w.successor(code)
		kind, family := customer.Removed, ""
		if row.Successor != 0 {
			kind, family = customer.Merged, "merge"
			w.merged++
		}
		document := customer.Document{Code: code, State: customer.CodeRetired, Epoch: w.rules.Epoch, Version: row.Version, Successor: row.Successor}
		row.Document = golden.AppendJSON(nil, &document)
		w.effects.Codes = append(w.effects.Codes, row)
		w.effects.Changes = append(w.effects.Changes, Change{Operation: w.operationOf(code, family), History: []byte("{}"), Change: customer.Change{
			Code: code, Version: row.Version, Epoch: w.rules.Epoch, Kind: kind, Successor: row.Successor, Moved: w.lost[code]}})
	}
}

func (w *writer) successor(code customer.Code) customer.Code {
	went := map[customer.Code]int{}
	for _, m := range w.lost[code] {
		if m.To != 0 {
			went[m.To]++
		}
	}
	best := customer.Code(0)
	for _, to := range slices.Sorted(maps.Keys(went)) {
		if best == 0 || cmp.Or(cmp.Compare(went[to], went[best]), cmp.Compare(w.codes[best].Serial, w.codes[to].Serial)) > 0 {
			best = to
		}
	}
	return best
}
