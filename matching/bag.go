package matching

import (
	"math"
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
)

// Limits of what a trainer keeps of one kind.
const (
	sampleCustomers = 1 << 17 // customers whose values are counted
	sampleRelated   = 1 << 16 // records that are paired
)

// kept is a record in a sample.
type kept struct {
	content uint64
	texts   *Texts
	row     Row
}

// bagged is a record in a bag with the hash that it is kept by.
type bagged struct {
	*kept
	by uint64
}

// bag keeps the records with the smallest hashes, so that what is kept is a function of the set of
// records and not of their order: when it is full, the bound is halved.
type bag struct {
	kept  map[uint64]bagged // by what must be distinct
	bound uint64
	limit int
}

func newBag(limit int) *bag { return &bag{map[uint64]bagged{}, math.MaxUint64, limit} }

func (b *bag) wants(by uint64) bool { return by <= b.bound }

// offer keeps a record under a key if its hash is small enough; of several under one key the
// one with the smallest content stays.
func (b *bag) offer(key, by uint64, x *kept) {
	if by > b.bound {
		return
	}
	if old, is := b.kept[key]; is && old.content <= x.content {
		return
	}
	b.kept[key] = bagged{x, by}
	for len(b.kept) > b.limit {
		b.lower(b.bound / 2)
	}
}

func (b *bag) lower(bound uint64) {
	b.bound = bound
	for key, x := range b.kept {
		if x.by > bound {
			delete(b.kept, key)
		}
	}
}

func (b *bag) merge(other *bag) {
	if other.bound < b.bound {
		b.lower(other.bound)
	}
	for key, x := range other.kept {
		b.offer(key, x.by, x.kept)
	}
}

// sketch counts distinct hashes by keeping the smallest (Bar-Yossef and others 2002): exact
// while it is not full, then within about one per cent.
type sketch struct {
	kept  map[uint64]struct{}
	bound uint64
}

const sketchLimit = 1 << 14

func newSketch() *sketch { return &sketch{map[uint64]struct{}{}, math.MaxUint64} }

func (k *sketch) add(hash uint64) {
	if hash > k.bound {
		return
	}
	k.kept[hash] = struct{}{}
	for len(k.kept) > sketchLimit {
		k.lower(k.bound / 2)
	}
}

func (k *sketch) lower(bound uint64) {
	k.bound = min(k.bound, bound)
	for h := range k.kept {
		if h > k.bound {
			delete(k.kept, h)
		}
	}
}

func (k *sketch) merge(other *sketch) {
	k.lower(other.bound)
	for h := range other.kept {
		k.add(h)
	}
}

func (k *sketch) distinct() float64 {
	if k.bound == math.MaxUint64 {
		return float64(len(k.kept))
	}
	return math.Round(float64(len(k.kept)) * (math.MaxUint64 / float64(k.bound)))
}

// spelling is a comparable value with hashes of it and of its parts, as they are written.
type spelling struct {
	packedValue
	whole uint64
	hash  [customer.AddressParts]uint64 // of the filled parts, by part
}

// spellings lists the comparable values of a record.
func spellings(to []spelling, texts *Texts, r Row) []spelling {
	for rest := r[min(1, len(r)):]; len(rest) > 0; {
		var x spelling
		x.packedValue, rest = rest.next()
		x.whole = texts.hash(x.written)
		filled := x.filled
		for _, n := range x.texts {
			at := bits.TrailingZeros8(filled)
			filled &= filled - 1
			x.hash[at] = texts.hash(n)
		}
		to = append(to, x)
	}
	return to
}

// hashes gives a hash of the comparable values, whatever their order, and what the record's
// customer is known by: a valid number of an authority, else the values.
func (k *kindRules) hashes(values []spelling, texts *Texts) (content, anchor uint64) {
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
		for _, other := range v.others {
			content += stir(h-1, texts.hash(other))
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

// leastKey is the smallest hash of what the record is blocked by, as it is written.
func (k *kindRules) leastKey(values []spelling) uint64 {
	least := uint64(noKey)
	for i := range k.rules {
		if k.rules[i].strict {
			least = min(least, k.rules[i].writtenKey(values))
		}
	}
	return least
}

// taughtKeys are the blocking keys of a record by the rules that it is kept for.
func (l *lesson) taughtKeys(x *kept, all []Key) (out []Key) {
	var taught RuleSet
	values := spellings(nil, x.texts, x.row)
	for i := range l.rules {
		if l.rules[i].strict && l.rules[i].writtenKey(values) <= l.related.bound {
			taught.Add(uint8(i))
		}
	}
	for _, key := range all {
		if taught.Has(key.Rule) {
			out = append(out, key)
		}
	}
	return out
}

// noKey stands for a record that lacks a part of a rule.
const noKey = math.MaxUint64

// writtenKey is the smallest hash of the values that a rule blocks by, as they are written.
func (r *rule) writtenKey(values []spelling) uint64 {
	key := r.seed
	for i := range r.parts {
		h, ok := r.parts[i].written(values)
		if !ok {
			return noKey
		}
		key = stir(key, h)
	}
	return key
}

func (p *rulePart) written(values []spelling) (least uint64, ok bool) {
	for i := range values {
		v := &values[i]
		if v.attribute != p.attribute {
			continue
		}
		if h, has := p.writtenValue(v); has && (!ok || h < least) {
			least, ok = h, true
		}
	}
	return least, ok
}

// noText is the hash of an empty text.
var noText = xxhash.Sum64String("")

func (p *rulePart) writtenValue(v *spelling) (h uint64, ok bool) {
	if p.from == nil {
		return v.whole, v.whole != noText
	}
	for _, at := range p.from {
		switch {
		case v.filled>>at&1 != 0:
			h += v.hash[at] // surname and given name in any order
		case at != customer.AddressFlat:
			return 0, false
		default:
			h += noText
		}
	}
	return h, true
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
