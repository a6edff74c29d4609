package matching

import (
	"math"
	"math/bits"
	"slices"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
)

// spelling is a comparable value with hashes of it and of its parts, as they are written.
type spelling struct {
	packedValue
	whole  uint64
	hash   [customer.AddressParts]uint64 // of the filled parts, by part
	hashes []uint64                      // of the alternatives
}

// spellings lists the comparable values of a record; the hash of each text stands in the place of
// its number. What the list had room for is written over: a spelling is large.
func spellings(to []spelling, r Row, hashes []uint64) []spelling {
	for at := min(1, len(r)); at < len(r); {
		v, rest := r[at:].next()
		n := len(to)
		to = slices.Grow(to, 1)[:n+1]
		to[n].set(v, hashes[at+1:len(r)-len(rest)])
		at = len(r) - len(rest)
	}
	return to
}

// set makes the spelling of a value; the hashes begin with that of the whole. Those of parts that
// are not filled stay what they were.
func (x *spelling) set(v packedValue, hashes []uint64) {
	x.packedValue, x.whole = v, hashes[0]
	at := 1
	for filled := v.filled; filled != 0; filled &= filled - 1 {
		x.hash[bits.TrailingZeros8(filled)] = hashes[at]
		if v.written == 0 { // the parts say it all
			x.whole = stir(x.whole, hashes[at]+uint64(filled))
		}
		at++
	}
	x.hashes = hashes[at:]
}

// hashesOf gives the hash of each text of a row, in its place, with memory that is used again.
func (t *Texts) hashesOf(to []uint64, r Row) []uint64 {
	out := slices.Grow(to[:0], len(r))[:len(r)]
	for at := min(1, len(r)); at < len(r); {
		_, rest := r[at:].next()
		end := len(r) - len(rest)
		for at++; at < end; at++ {
			out[at] = xxhash.Sum64String(t.Text(r[at]))
		}
	}
	return out
}

// hashes gives a hash of the comparable values, whatever their order, and what the record's
// customer is known by: a valid number of an authority, else the values.
func (k *kindRules) hashes(values []spelling) (content, anchor uint64) {
	anchor = math.MaxUint64
	for i := range values {
		v := &values[i]
		pl := &k.plans[v.attribute]
		h := stir(pl.seed, stir(uint64(v.verdict), v.whole))
		content += h
		for filled := v.filled; filled != 0; filled &= filled - 1 {
			at := bits.TrailingZeros8(filled)
			content += stir(h+uint64(at), v.hash[at])
		}
		for _, other := range v.hashes {
			content += stir(h-1, other)
		}
		if pl.firm && v.verdict == customer.Valid && len(v.others) == 0 {
			anchor = min(anchor, h)
		}
	}
	content = stir(k.seed, content)
	if anchor == math.MaxUint64 {
		anchor = content
	}
	return content, anchor
}

// writtenRules are the strict rules of a kind over what they are made of, as it is written.
type writtenRules struct {
	parts []rulePart // of all rules, each once
	rules []writtenRule
	found []uint64 // by part: the least hash that the record at hand has, noKey if it lacks the part

	hashes []uint64 // of the texts of the record at hand
	values []spelling
}

type writtenRule struct {
	rule  uint8
	seed  uint64
	parts []int
}

func newWrittenRules(k *kindRules) *writtenRules {
	w := &writtenRules{}
	for i := range k.rules {
		r := &k.rules[i]
		if !r.strict {
			continue
		}
		x := writtenRule{rule: uint8(i), seed: r.seed}
		for _, p := range r.parts {
			x.parts = append(x.parts, w.place(p))
		}
		w.rules = append(w.rules, x)
	}
	w.found = make([]uint64, len(w.parts))
	return w
}

func (w *writtenRules) place(p rulePart) int {
	at := slices.IndexFunc(w.parts, func(q rulePart) bool { return q.attribute == p.attribute && slices.Equal(q.from, p.from) })
	if at < 0 {
		at = len(w.parts)
		w.parts = append(w.parts, p)
	}
	return at
}

// noKey stands for a record that lacks a part of a rule.
const noKey = math.MaxUint64

// keys goes over the smallest hash by rule of the values that the rule blocks by.
func (w *writtenRules) keys(values []spelling, each func(rule uint8, key uint64)) {
	for i := range w.found {
		w.found[i] = w.parts[i].written(values)
	}
	for i := range w.rules {
		key, lacking := w.rules[i].seed, false
		for _, part := range w.rules[i].parts {
			key, lacking = stir(key, w.found[part]), lacking || w.found[part] == noKey
		}
		if !lacking {
			each(w.rules[i].rule, key)
		}
	}
}

// least is the smallest of the keys.
func (w *writtenRules) least(values []spelling) uint64 {
	least := uint64(noKey)
	w.keys(values, func(_ uint8, key uint64) { least = min(least, key) })
	return least
}

// taughtKeys are the blocking keys of a record by the rules that it is kept for.
func (l *lesson) taughtKeys(x *kept, w *writtenRules, all []Key) (out []Key) {
	var taught RuleSet
	w.hashes = x.texts.hashesOf(w.hashes, x.row)
	w.values = spellings(w.values[:0], x.row, w.hashes)
	w.keys(w.values, func(rule uint8, key uint64) {
		if key <= l.related.bound {
			taught.Add(rule)
		}
	})
	for _, key := range all {
		if taught.Has(key.Rule) {
			out = append(out, key)
		}
	}
	return out
}

func (p *rulePart) written(values []spelling) uint64 {
	least := uint64(noKey)
	for i := range values {
		if v := &values[i]; v.attribute == p.attribute {
			least = min(least, p.writtenValue(v))
		}
	}
	return least
}

// noText is the hash of an empty text.
var noText = xxhash.Sum64String("")

// writtenValue is noKey for a value without the part.
func (p *rulePart) writtenValue(v *spelling) (h uint64) {
	if p.from == nil {
		if v.whole == noText {
			return noKey
		}
		return v.whole
	}
	for _, at := range p.from {
		switch {
		case v.filled>>at&1 != 0:
			h += v.hash[at] // surname and given name in any order
		case at != customer.AddressFlat:
			return noKey
		default:
			h += noText
		}
	}
	return h
}

// writtenParts are the parts of a value that stand for a form of it.
var writtenParts = map[role]map[string][]int{
	roleName: {"last": {customer.NameLast}, "first": {customer.NameFirst}, "patronymic": {customer.NamePatronymic},
		"both": {customer.NameLast, customer.NameFirst}},
	roleOrg: {"core": {customer.OrgCore}},
	rolePlace: {"city": {customer.AddressCity}, "street": {customer.AddressStreet}, "house": {customer.AddressStreet, customer.AddressHouse},
		"flat": {customer.AddressStreet, customer.AddressHouse, customer.AddressFlat}, "postcode": {customer.AddressPostcode}},
}

// stir joins two hashes quickly; the order counts.
func stir(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, bits.RotateLeft64(b, 29)^0xe7037ed1a0b428db)
	return high ^ low
}
