package mapping

import (
	"strings"

	"kartoteka/customer"
)

// Row fills out with what the row means; what out held before is dropped, its memory is
// used again. The texts of out are the row's own.
func (x *Mapper) Row(r *customer.Row, out *customer.Mapped) {
	x.turnTo(r)
	*out = customer.Mapped{Values: out.Values[:0], Consents: out.Consents[:0], Relations: out.Relations[:0], Products: out.Products[:0], Observed: r.Observed}
	out.Kind = x.kindOf(r)
	if t, ok := x.text(r, x.observed); ok {
		if at, ok := parseInstant(t, x.zone); ok {
			out.Observed = at
		}
	}
	out.City, _ = x.text(r, x.city)
	kind := kindPlace(out.Kind)
	begin, group := 0, -1 // of the alternatives at hand
	for i := range x.fields {
		fd := &x.fields[i]
		if !fd.of[kind].known {
			continue
		}
		middle := len(out.Values)
		x.fieldValues(r, fd, &fd.of[kind], out)
		if fd.group != group || group < 0 {
			begin, group = middle, fd.group
			continue
		}
		out.Values = prefer(out.Values, begin, middle)
	}
	x.settle(out)
	x.facts(r, out)
}

// spot is where a column's cells stand in the row at hand.
type spot struct {
	first, n int32
	row      uint32 // the number of the row that it is about
}

// turnTo finds the cells of each column of a row.
func (x *Mapper) turnTo(r *customer.Row) {
	x.look(r.Table)
	x.row++
	if x.row == 0 { // numbers begin anew
		clear(x.spots)
		x.row = 1
	}
	for i := range r.Cells {
		column := r.Cells[i].Column
		for column >= len(x.spots) {
			x.spots = append(x.spots, spot{})
		}
		if s := &x.spots[column]; s.row != x.row {
			*s = spot{int32(i), 1, x.row}
		} else {
			s.n++
		}
	}
}

// count gives the first cell of a column, and how many it has.
func (x *Mapper) count(pl place) (first, n int) {
	if pl.column < 0 || pl.column >= len(x.spots) || x.spots[pl.column].row != x.row {
		return 0, 0
	}
	return int(x.spots[pl.column].first), int(x.spots[pl.column].n)
}

// nth is the text of the n-th cell of a column, from its first cell on.
func nth(r *customer.Row, column, first, n int) string {
	for i := first; i < len(r.Cells); i++ {
		if r.Cells[i].Column == column {
			if n == 0 {
				return strings.TrimSpace(r.Cells[i].Text)
			}
			n--
		}
	}
	return ""
}

// text is the first cell of a column.
func (x *Mapper) text(r *customer.Row, pl place) (string, bool) {
	first, n := x.count(pl)
	if n == 0 {
		return "", false
	}
	return strings.TrimSpace(r.Cells[first].Text), true
}

// at is the i-th of k repetitions of a column: a column that is there once stands for all.
func (x *Mapper) at(r *customer.Row, pl place, i, k int) string {
	first, n := x.count(pl)
	switch n {
	case 0:
		return ""
	case k:
		return nth(r, pl.column, first, i)
	case 1:
		return strings.TrimSpace(r.Cells[first].Text)
	}
	return "" // repetitions that do not belong together
}

func (x *Mapper) fieldValues(r *customer.Row, fd *field, tg *target, out *customer.Mapped) {
	times, delivered := 0, false
	for _, pl := range fd.columns {
		_, n := x.count(pl)
		delivered = delivered || n > 0
		times = max(times, n)
	}
	if !delivered {
		return
	}
	for i := range times {
		if !x.holds(r, fd, i, times) {
			continue
		}
		v := customer.RawValue{Attribute: tg.id, Kind: fd.kind, Format: fd.format}
		if fd.issued.column >= 0 {
			v.Issued = x.at(r, fd.issued, i, times)
		}
		if len(fd.columns) == 1 && tg.parts == nil {
			v.Text = fd.split.of(x.at(r, fd.columns[0], i, times))
			if v.Text == "" && fd.split != nil && x.at(r, fd.columns[0], i, times) != "" {
				continue // all of the cell belongs to the other attribute
			}
		} else {
			x.join(r, fd, tg, i, times, &v)
		}
		out.Values = append(out.Values, v)
	}
}

// holds checks the conditions of a field.
func (x *Mapper) holds(r *customer.Row, fd *field, i, times int) bool {
	for _, w := range fd.when {
		if !strings.EqualFold(x.at(r, w.column, i, times), w.value) {
			return false
		}
	}
	return true
}

// join makes one value of several columns: by parts, or joined by a blank.
func (x *Mapper) join(r *customer.Row, fd *field, tg *target, i, times int, v *customer.RawValue) {
	if tg.parts == nil {
		for _, pl := range fd.columns {
			v.Text = joined(v.Text, x.at(r, pl, i, times))
		}
		return
	}
	for j, pl := range fd.columns {
		t := x.at(r, pl, i, times)
		if t == "" {
			continue
		}
		if v.Parts == nil {
			v.Parts = x.partsOf(tg.size)
		}
		v.Parts[tg.parts[j]] = joined(v.Parts[tg.parts[j]], t)
	}
}

// partsRun is how many parts lie in one piece of memory.
const partsRun = 1 << 10

func (x *Mapper) partsOf(n int) []string {
	if n > len(x.parts) {
		x.parts = make([]string, max(n, partsRun))
	}
	parts := x.parts[:n:n]
	x.parts = x.parts[n:]
	return parts
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// prefer drops the worse of two alternatives of a name: all[begin:middle] comes from earlier
// fields, the rest from the newest one.
func prefer(all []customer.RawValue, begin, middle int) []customer.RawValue {
	if begin == middle || middle == len(all) {
		return all
	}
	if bestRank(all[begin:middle]) >= bestRank(all[middle:]) {
		return all[:middle]
	}
	return append(all[:begin], all[middle:]...)
}

func bestRank(values []customer.RawValue) int {
	best := 0
	for i := range values {
		best = max(best, rank(&values[i]))
	}
	return best
}

// rank: 0 empty, 1 one word, 2 more.
func rank(v *customer.RawValue) int {
	n := 0
	for _, p := range v.Parts {
		if p != "" {
			n++
		}
	}
	if v.Parts == nil && v.Text != "" {
		n = 1
		if strings.IndexByte(v.Text, ' ') > 0 {
			n = 2
		}
	}
	return min(n, 2)
}

func empty(v *customer.RawValue) bool { return v.Text == "" && v.Parts == nil }

// settle keeps one explicit emptiness of an attribute that has no value at all, none of
// one that has. It works in place: what it moves forward it has already looked at.
func (x *Mapper) settle(out *customer.Mapped) {
	kept := out.Values[:0]
	for i := range out.Values {
		v := &out.Values[i]
		if empty(v) && x.superfluous(kept, out.Values[i+1:], v) {
			continue
		}
		if len(kept) < i {
			out.Values[len(kept)] = *v
		}
		kept = out.Values[:len(kept)+1]
	}
	clear(out.Values[len(kept):])
	out.Values = kept
}

func (x *Mapper) superfluous(before, after []customer.RawValue, v *customer.RawValue) bool {
	byKind := x.portrait.Attribute(v.Attribute).By == "kind"
	same := func(w *customer.RawValue) bool {
		return w.Attribute == v.Attribute && (!byKind || w.Kind == v.Kind)
	}
	for i := range before {
		if same(&before[i]) {
			return true
		}
	}
	for i := range after {
		if same(&after[i]) && !empty(&after[i]) {
			return true
		}
	}
	return false
}
