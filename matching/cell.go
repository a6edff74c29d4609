package matching

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// cell is a text as a record has it: written out, or the number of one in the folding's texts.
type cell struct {
	text   string
	number uint32
}

func (c cell) isEmpty() bool { return c.number == 0 && c.text == "" }

// value is a comparable value of a record, standardized or packed.
type value struct {
	attribute customer.AttributeID
	verdict   customer.Verdict
	plain     *customer.Value // nil: it is packed
	packed    packedValue
}

// parts is how many parts a value has, filled or not.
func (v *value) parts() int {
	if v.plain != nil {
		return len(v.plain.Parts)
	}
	return v.packed.parts
}

func (v *value) part(i int) cell {
	switch {
	case v.plain != nil:
		return cell{text: v.plain.Part(i)}
	case v.packed.filled>>i&1 == 0:
		return cell{}
	}
	return cell{number: v.packed.texts[bits.OnesCount8(v.packed.filled&(1<<i-1))]}
}

// written is the comparable form of a value; an identity number that fails its check has only its raw form.
func (v *value) written() cell {
	if v.plain != nil {
		return cell{text: written(v.plain)}
	}
	return cell{number: v.packed.written}
}

// others counts the alternatives.
func (v *value) others() int {
	if v.plain != nil {
		return len(v.plain.Alternatives)
	}
	return len(v.packed.others)
}

func (v *value) other(i int) cell {
	if v.plain != nil {
		return cell{text: v.plain.Alternatives[i]}
	}
	return cell{number: v.packed.others[i]}
}

// readings goes over a value and its alternatives.
func (v *value) readings(yield func(cell) bool) {
	if !yield(v.written()) {
		return
	}
	for i := range v.others() {
		if !yield(v.other(i)) {
			return
		}
	}
}

// text gives the text of a cell.
func (f *folding) text(c cell) string {
	if c.number != 0 {
		return f.texts.Text(c.number)
	}
	return c.text
}

// hash is that of a text; what is numbered is hashed once.
func (f *folding) hash(c cell) uint64 {
	if c.number == 0 || c.number >= looseText {
		return xxhash.Sum64String(f.text(c))
	}
	m := &f.made[c.number]
	if m.hash == 0 {
		m.hash = xxhash.Sum64String(f.texts.Text(c.number))
	}
	return m.hash
}

// madeText is what was made of a numbered text; of one that stands for two things, what was made first.
type madeText struct {
	hash uint64 // 0: not known
	made any
}

// recall gives what is made of a text: by its number if that came before, else out of the memo.
func recall[T any](f *folding, c cell, memo *standardize.Memo[*T], fold func(string) *T) *T {
	if c.number == 0 || c.number >= looseText {
		return memo.Of(f.text(c), fold)
	}
	at := &f.made[c.number].made
	if x, is := (*at).(*T); is {
		return x
	}
	x := memo.Of(f.texts.Text(c.number), fold)
	if *at == nil {
		*at = x
	}
	return x
}

// whole is what a value is compared by besides its parts: none if the parts say it all.
func (f *folding) whole(v *value) cell {
	if f.plans[v.attribute].role.inParts() {
		for i := range v.parts() {
			if !v.part(i).isEmpty() {
				return cell{}
			}
		}
	}
	return v.written()
}

// compareValues orders the values of one record.
func (f *folding) compareValues(x, y *value) int {
	if c := cmp.Or(cmp.Compare(x.attribute, y.attribute), cmp.Compare(y.verdict, x.verdict), f.compareCells(f.whole(x), f.whole(y)), cmp.Compare(x.parts(), y.parts())); c != 0 {
		return c
	}
	for i := range x.parts() {
		if c := f.compareCells(x.part(i), y.part(i)); c != 0 {
			return c
		}
	}
	for i := range min(x.others(), y.others()) {
		if c := f.compareCells(x.other(i), y.other(i)); c != 0 {
			return c
		}
	}
	return cmp.Compare(x.others(), y.others())
}

func (f *folding) compareCells(x, y cell) int {
	if x == y {
		return 0
	}
	return strings.Compare(f.text(x), f.text(y))
}

// sortValues orders the values and drops doubles. Mostly there is one of an attribute, in order.
func (f *folding) sortValues() {
	for i := 1; i < len(f.values); i++ {
		if f.values[i].attribute <= f.values[i-1].attribute {
			slices.SortFunc(f.values, func(x, y value) int { return f.compareValues(&x, &y) })
			f.values = slices.CompactFunc(f.values, func(x, y value) bool { return f.compareValues(&x, &y) == 0 })
			return
		}
	}
}
