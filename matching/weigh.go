package matching

import (
	"fmt"
	"math"
)

// level is a Level ready for use.
type level struct {
	Level
	key    string
	weight Weight // log2(m/u)
	kin    Weight // log2(m/kin)
	term   Weight // per cent of the rarity that is added
}

// finding is what one comparison says about a pair. The zero finding: nothing could be compared.
type finding struct {
	weight, kin Weight
	seen        bool
}

// add joins the findings of the parts of one comparison.
func (f finding) add(g finding) finding {
	if !g.seen {
		return f
	}
	return finding{f.weight + g.weight, f.kin + g.kin, true}
}

// better orders findings of the pairs of two sets.
func (f finding) better(g finding) bool {
	switch {
	case f.seen != g.seen:
		return f.seen
	case f.weight != g.weight:
		return f.weight > g.weight
	}
	return f.kin > g.kin
}

// at is the finding of one level for values of the given rarities.
func (l *level) at(x, y int16) finding {
	return finding{l.weight + Weight(min(x, y))*l.term/100, l.kin, true}
}

// table makes the levels of a comparison's part, in the order of keys.
func (k *KindModel) table(keys []string, names ...string) ([]level, error) {
	found := k.levels(names...)
	out := make([]level, len(keys))
	for i, key := range keys {
		l, ok := found[key]
		if !ok {
			return nil, fmt.Errorf("%w: %s lacks the level %q; train it again", ErrModel, names[0], key)
		}
		if l.Kin == 0 {
			l.Kin = l.U
		}
		out[i] = level{Level: l, key: key, weight: bitsOf(l.M, l.U), kin: bitsOf(l.M, l.Kin), term: Weight(math.Round(l.Term * 100))}
		if key == "differs" { // whatever few pairs taught: what differs never speaks for one customer
			out[i].weight, out[i].kin = min(0, out[i].weight), min(0, out[i].kin)
		}
	}
	return out, nil
}

// bitsOf is log2(p/q) as a Weight.
func bitsOf(p, q float64) Weight { return Bits(math.Log2(p / q)) }

// maxRarity bounds what the frequency of one value may add or take, in hundredths of a bit.
const maxRarity = 800

// rarities gives each term the bits by which agreement on it says more than agreement on the average one.
type rarities struct {
	terms map[string]int16
	rare  int16
	often float64 // frequency from which a term is no misspelling of another one
	seen  map[string]float64
}

// oftenCount is the occurrences from which a term is no misspelling of another one: a slip of the
// pen is copied from system to system, but not so often.
const oftenCount = 25

func newRarities(f *Frequencies) *rarities {
	r := &rarities{terms: make(map[string]int16, len(f.Values)), rare: rarity(f.Average, f.Rare), seen: f.Values}
	if f.Count > 0 {
		r.often = oftenCount / float64(f.Count)
	}
	for term, p := range f.Values {
		r.terms[term] = rarity(f.Average, p)
	}
	return r
}

func rarity(average, p float64) int16 {
	return int16(max(-maxRarity, min(maxRarity, bitsOf(average, p))))
}

func (r *rarities) of(term string) int16 {
	if term == "" || len(r.terms) == 0 {
		return r.rare
	}
	if v, ok := r.terms[term]; ok {
		return v
	}
	return r.rare
}

// established reports whether a term was met so often that it is no misspelling of another one.
func (r *rarities) established(term string) bool {
	p, ok := r.seen[term]
	return ok && p >= r.often
}

// absolute gives each word the bits by which two random values rarely share it.
type absolute struct {
	words map[string]int16
	rare  int16
}

// maxWord bounds the worth of one word, in hundredths of a bit.
const maxWord = 1600

func newAbsolute(f *Frequencies) *absolute {
	worth := func(p float64) int16 { return int16(max(20, min(maxWord, -Bits(math.Log2(p))))) }
	a := &absolute{make(map[string]int16, len(f.Values)), worth(f.Rare)}
	for word, p := range f.Values {
		a.words[word] = worth(p)
	}
	return a
}

func (a *absolute) of(word string) int16 {
	if v, ok := a.words[word]; ok {
		return v
	}
	return a.rare
}
