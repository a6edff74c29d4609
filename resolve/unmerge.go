package resolve

import (
	"fmt"
	"maps"
	"slices"

	"kartoteka/customer"
)

// Unmerge parts what an operation brought together, a person's or the machine's. It does not play the
// log backwards: what the operation decided is revoked, the sets of records as they were before it are
// held apart, and everything is computed again, so that what came since stays.
type Unmerge struct {
	Operation int64         // or
	Code      customer.Code // a retired code, which is to come back
}

// Kind implements [Action].
func (Unmerge) Kind() string { return "unmerge" }

func (u Unmerge) intent() string { return fmt.Sprintf("%d %s", u.Operation, u.Code) }

func (u Unmerge) plan(o *operation) error {
	number := u.Operation
	if u.Code != 0 {
		var err error
		if number, err = o.retiredBy(u.Code); err != nil {
			return err
		}
	}
	done, err := o.base.Operated(o.ctx, number)
	if err != nil {
		return err
	}
	before, err := o.sidesOf(&done)
	if err != nil {
		return err
	}
	sides, err := parting(gathered(before, u.Code), &done)
	if err != nil {
		return err
	}
	if err := o.together(number, sides); err != nil {
		return err
	}
	drawn := map[int]bool{}
	if u.Code == 0 {
		if drawn, err = o.drawnIn(number, sides); err != nil {
			return err
		}
	}
	if _, err := o.revokeAll(number); err != nil {
		return err
	}
	if err := o.amend(number, sides); err != nil {
		return err
	}
	o.hold(sides, drawn)
	return o.wishFor(before)
}

// hold says that sides are different customers. Those that only the evidence of the others drew in need no
// decision: they leave by themselves, and nobody said anything about them.
func (o *operation) hold(sides []joinedSide, drawn map[int]bool) {
	for i := range sides {
		for j := range sides[:i] {
			if sides[i].to == sides[j].to && !drawn[i] && !drawn[j] {
				o.different(sides[j].records, sides[i].records)
			}
		}
	}
}

// drawnIn tells which sides a person's merge did not name: the machine added them. What the machine joined alone,
// and a code that is to come back, is named by the operation itself.
func (o *operation) drawnIn(number int64, sides []joinedSide) (map[int]bool, error) {
	made, err := o.base.DecidedBy(o.ctx, number)
	if err != nil {
		return nil, err
	}
	named := map[customer.RecordID]bool{}
	for _, d := range made.Decisions {
		if d.Kind == customer.Same {
			for _, id := range slices.Concat(d.Left, d.Right) {
				named[id] = true
			}
		}
	}
	drawn := map[int]bool{}
	for i := range sides {
		drawn[i] = len(named) > 0 && !slices.ContainsFunc(sides[i].records, func(id customer.RecordID) bool { return named[id] })
	}
	return drawn, nil
}

// retiredBy finds the operation that retired a code in favor of another.
func (o *operation) retiredBy(code customer.Code) (int64, error) {
	row, err := o.code(code)
	switch {
	case err != nil:
		return 0, err
	case row.State != customer.CodeRetired:
		return 0, fmt.Errorf("%w: code %s is %s; name the operation that joined it with others (kartoteka history), or the code that was retired", ErrUndecidable, code, row.State)
	case row.Successor == 0:
		return 0, fmt.Errorf("%w: code %s was joined with nobody: all its records were deleted at their sources", ErrUndecidable, code)
	}
	changes, err := o.base.ChangesOf(o.ctx, code)
	if err != nil || len(changes) == 0 {
		return 0, err
	}
	return changes[len(changes)-1].Operation, nil
}

// joinedSide is a set of records as it was under one code before an operation, of which the
// operation made a part of another code.
type joinedSide struct {
	from, to customer.Code // equal for the records that the code had before
	records  []customer.RecordID
	ids      map[customer.RecordID]bool
}

// sidesOf finds the sets of live records that an operation brought together under each code.
func (o *operation) sidesOf(done *customer.Operated) ([]joinedSide, error) {
	moved := map[[2]customer.Code]map[customer.RecordID]bool{}
	for _, c := range done.Changes {
		for _, m := range c.Moved {
			if m.From == 0 || m.To == 0 || m.From == m.To {
				continue
			}
			put(moved, [2]customer.Code{m.From, m.To}, m.Record)
		}
	}
	if len(moved) == 0 {
		return nil, fmt.Errorf("%w: operation %d (%s) joined nothing; kartoteka revoke takes back what it decided", ErrUndecidable, done.Operation, done.Kind)
	}
	for _, c := range done.Changes {
		if err := o.hadBefore(done.Operation, c, moved); err != nil {
			return nil, err
		}
	}
	var out []joinedSide
	for _, pair := range slices.SortedFunc(maps.Keys(moved), comparePairs) {
		side := joinedSide{from: pair[0], to: pair[1], ids: moved[pair]}
		if err := o.stillLive(&side); err != nil {
			return nil, err
		}
		if len(side.records) > 0 {
			out = append(out, side)
		}
	}
	return out, nil
}

func comparePairs(x, y [2]customer.Code) int {
	return slices.Compare([]customer.Code{x[1], x[0]}, []customer.Code{y[1], y[0]})
}

func put(sets map[[2]customer.Code]map[customer.RecordID]bool, pair [2]customer.Code, id customer.RecordID) {
	if sets[pair] == nil {
		sets[pair] = map[customer.RecordID]bool{}
	}
	sets[pair][id] = true
}

// hadBefore adds the records that a code that won some had before the operation.
func (o *operation) hadBefore(operation int64, c customer.Change, moved map[[2]customer.Code]map[customer.RecordID]bool) error {
	wins := false
	for pair := range moved {
		wins = wins || pair[1] == c.Code
	}
	if !wins {
		return nil
	}
	changes, err := o.base.ChangesOf(o.ctx, c.Code)
	if err != nil {
		return err
	}
	before := slices.IndexFunc(changes, func(x customer.Change) bool { return x.Operation == operation })
	for id := range customer.MembersAfter(c.Code, changes[:max(before, 0)]) {
		put(moved, [2]customer.Code{c.Code, c.Code}, id)
	}
	for _, m := range c.Moved { // what left at the same time was not brought together with anything
		if m.From == c.Code {
			delete(moved[[2]customer.Code{c.Code, c.Code}], m.Record)
		}
	}
	return nil
}

// stillLive keeps the records of a side that are live, ascending.
func (o *operation) stillLive(s *joinedSide) error {
	records, err := o.base.Records(o.ctx, slices.Sorted(maps.Keys(s.ids)))
	s.ids = map[customer.RecordID]bool{}
	for i := range records {
		s.ids[records[i].ID] = true
	}
	s.records = slices.Sorted(maps.Keys(s.ids))
	return err
}

// gathered makes one side of all others than a code's, if one is named.
func gathered(sides []joinedSide, alone customer.Code) []joinedSide {
	if alone == 0 {
		return slices.Clone(sides)
	}
	var out []joinedSide
	rest := map[customer.Code]int{} // by the code that they came to
	for _, s := range sides {
		if s.from == alone {
			out = append(out, s)
		}
	}
	leaves := func(to customer.Code) bool {
		return slices.ContainsFunc(out, func(s joinedSide) bool { return s.from == alone && s.to == to })
	}
	for _, s := range sides {
		at, known := rest[s.to]
		switch {
		case s.from == alone || !leaves(s.to):
		case known:
			out[at].records = slices.Concat(out[at].records, s.records)
			maps.Copy(out[at].ids, s.ids)
		default:
			rest[s.to] = len(out)
			s.from, s.ids = s.to, maps.Clone(s.ids)
			out = append(out, s)
		}
	}
	return out
}

// parting refuses sides of which there is nothing left to part.
func parting(sides []joinedSide, done *customer.Operated) ([]joinedSide, error) {
	met := map[customer.Code]int{}
	named := 0
	for _, s := range sides {
		met[s.to]++
		named += len(s.records)
	}
	out := slices.DeleteFunc(sides, func(s joinedSide) bool { return met[s.to] < 2 })
	switch {
	case len(out) == 0:
		return nil, fmt.Errorf("%w: of what operation %d (%s) brought together, one side at most has live records; there is nothing to part", ErrNothing, done.Operation, done.Kind)
	case named > maxDecided:
		return nil, fmt.Errorf("%w: operation %d moved more than %d records; kartoteka split takes single ones out", ErrUndecidable, done.Operation, maxDecided)
	}
	return out, nil
}

// together refuses sides that share no code any more.
func (o *operation) together(number int64, sides []joinedSide) error {
	holder := map[customer.Code][]int{}
	for i := range sides {
		records, err := o.base.Records(o.ctx, sides[i].records)
		if err != nil {
			return err
		}
		for _, code := range codesOf(records) {
			holder[code] = append(holder[code], i)
		}
	}
	for _, places := range holder {
		for i, x := range places {
			for _, y := range places[:i] {
				if sides[x].to == sides[y].to {
					return nil
				}
			}
		}
	}
	return fmt.Errorf("%w: what operation %d brought together shares no code any more; kartoteka history tells what parted it", ErrNothing, number)
}

// amend takes those who leave out of later decisions that took the joined customer as a whole: a
// second merge was about the customer that stays. A decision that names both sides as its two sides
// says that they are one, and is left to contradict.
func (o *operation) amend(number int64, sides []joinedSide) error {
	var all []customer.RecordID
	for i := range sides {
		all = append(all, sides[i].records...)
	}
	active, err := o.base.Decisions(o.ctx, all)
	if err != nil {
		return err
	}
	for i := range active {
		d := &active[i]
		if d.Kind != customer.Same || d.Operation <= number || slices.Contains(o.judged.Revoked.Decisions, d.ID) {
			continue
		}
		left, right := staying(d.Left, sides), staying(d.Right, sides)
		if len(left) == len(d.Left) && len(right) == len(d.Right) || contradicts(left, right, sides) {
			continue
		}
		if left, right, err = o.loosened(d, left, right, sides); err != nil {
			return err
		}
		o.revoke(d)
		if len(left)+len(right) > 1 {
			o.decide(customer.Decision{Kind: customer.Same, Left: left, Right: right, Operation: d.Operation})
		}
	}
	return nil
}

// staying leaves out of one side of a decision the records of all joined sides but one: the code's own,
// else the first that it names.
func staying(ids []customer.RecordID, sides []joinedSide) []customer.RecordID {
	stays := map[customer.Code]int{} // by the code that they came to
	for i := range sides {
		s := &sides[i]
		if !slices.ContainsFunc(ids, func(id customer.RecordID) bool { return s.ids[id] }) {
			continue
		}
		if _, known := stays[s.to]; !known || s.from == s.to {
			stays[s.to] = i
		}
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id customer.RecordID) bool {
		at := slices.IndexFunc(sides, func(s joinedSide) bool { return s.ids[id] })
		return at >= 0 && stays[sides[at].to] != at
	})
}

// contradicts reports whether what is left of a decision names two joined sides across.
func contradicts(left, right []customer.RecordID, sides []joinedSide) bool {
	places := func(ids []customer.RecordID) map[int]bool {
		out := map[int]bool{}
		for _, id := range ids {
			for i := range sides {
				if sides[i].ids[id] {
					out[i] = true
				}
			}
		}
		return out
	}
	l, r := places(left), places(right)
	for i := range l {
		for j := range r {
			if i != j && sides[i].to == sides[j].to {
				return true
			}
		}
	}
	return false
}

// loosened also leaves out records that came since by themselves: which of the parted customers they
// belong to is for the machine to say.
func (o *operation) loosened(d *customer.Decision, left, right []customer.RecordID, sides []joinedSide) (l, r []customer.RecordID, err error) {
	others, err := o.base.Decisions(o.ctx, slices.Concat(left, right))
	if err != nil {
		return nil, nil, err
	}
	bound := map[customer.RecordID]bool{}
	for _, x := range others {
		if x.Kind == customer.Same && x.ID != d.ID {
			for _, id := range slices.Concat(x.Left, x.Right) {
				bound[id] = true
			}
		}
	}
	for i := range sides {
		maps.Copy(bound, sides[i].ids)
	}
	free := func(whole, ids []customer.RecordID) []customer.RecordID {
		if len(whole) == len(ids) { // nobody leaves this side: it was another customer
			return ids
		}
		return slices.DeleteFunc(ids, func(id customer.RecordID) bool { return !bound[id] })
	}
	return free(d.Left, left), free(d.Right, right), nil
}

// wishFor has each set take back the code that it had, those that have it first.
func (o *operation) wishFor(sides []joinedSide) error {
	own := func(s joinedSide) int {
		if s.from == s.to {
			return 0
		}
		return 1
	}
	for _, s := range slices.SortedStableFunc(slices.Values(sides), func(x, y joinedSide) int { return own(x) - own(y) }) {
		row, err := o.code(s.from)
		if err != nil {
			return err
		}
		if row.State == customer.CodeRetired && s.from != s.to || row.State == customer.CodeActive && s.from == s.to {
			o.wishes = append(o.wishes, wish{s.from, s.records})
		}
	}
	return nil
}
