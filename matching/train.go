package matching

import (
	"maps"
	"math/bits"
	"slices"
	"strings"

	"kartoteka/customer"
)

// Trainer learns from records what a model knows of values and numbers: frequencies, the
// chance agreement that follows from them, and the population. What it learns does not depend
// on the order of the records. It is not safe for use by several goroutines.
type Trainer struct {
	portrait *customer.Portrait
	settings Settings
	rules    *Ruleset
	records  map[customer.Kind]int64
	counts   map[customer.Kind]map[string]*tally
	samples  map[customer.Kind]*sample
}

// tally counts the values of one attribute's part.
type tally struct {
	words map[word]int64
	total int64
	years map[uint64]int64    // of dates
	known map[uint64]struct{} // of numbers: who was counted with which
}

// NewTrainer starts training for a portrait. Settings that cannot be compiled train nothing;
// [Compile] says why.
func NewTrainer(p *customer.Portrait, s Settings) *Trainer {
	t := &Trainer{portrait: p, settings: s, records: map[customer.Kind]int64{}, counts: map[customer.Kind]map[string]*tally{},
		samples: map[customer.Kind]*sample{}}
	if rules, err := Compile(p, s, Shipped(), ""); err == nil {
		t.rules = rules
	}
	return t
}

// Add counts a record.
func (t *Trainer) Add(s *customer.Standard) {
	if t.rules == nil || t.rules.of(s.Kind) == nil {
		return
	}
	t.records[s.Kind]++
	if t.counts[s.Kind] == nil {
		t.counts[s.Kind], t.samples[s.Kind] = map[string]*tally{}, newSample()
	}
	f := t.rules.of(s.Kind).fold(s)
	for i := range f.it.features.names {
		t.name(f, &f.it.features.names[i])
	}
	for i := range f.it.features.orgs {
		for _, token := range f.it.features.orgs[i].tokens {
			t.count(f, f.named+".core", token.text)
		}
	}
	for _, v := range f.values {
		if f.plans[v.Attribute].compared && v.Verdict.Usable() {
			t.value(f, v)
		}
	}
	t.samples[s.Kind].offer(f)
}

func (t *Trainer) tally(f *folding, name string) *tally {
	c := t.counts[f.kind][name]
	if c == nil {
		c = &tally{words: map[word]int64{}, years: map[uint64]int64{}}
		t.counts[f.kind][name] = c
	}
	return c
}

func (t *Trainer) count(f *folding, name string, w word) {
	if w != none {
		c := t.tally(f, name)
		c.words[w]++
		c.total++
	}
}

func (t *Trainer) name(f *folding, n *personName) {
	t.count(f, f.named+".last", n.stem)
	if n.marks&firstInitial == 0 {
		t.count(f, f.named+".first", n.forms[0])
	}
	if n.marks&patronymicInitial == 0 {
		t.count(f, f.named+".patronymic", n.patronymic)
	}
}

func (t *Trainer) value(f *folding, v *customer.Value) {
	pl := &f.plans[v.Attribute]
	switch pl.role {
	case rolePlace:
		words := placeWords(v)
		for i, part := range placeParts {
			t.count(f, pl.name+"."+part, words[i])
		}
	case roleDate:
		if n, part := dateNumber(v.Standard); !part && v.Verdict != customer.Ambiguous {
			t.count(f, pl.name, intern(v.Standard))
			t.tally(f, pl.name).years[n/10000]++
		}
	case roleEmail:
		local, _, _ := strings.Cut(strings.ToLower(v.Standard), "@")
		t.count(f, pl.name+".local", intern(local))
	case roleText, roleCategory:
		t.count(f, pl.name, skeletonWord(v.Standard))
	case roleID:
		t.number(f, pl.name, intern(compact(v.Standard)))
	}
}

// number counts a number of an authority once for each customer that carries it, told apart as
// roughly as a signature does: a payer with thousands of rows says nothing of others.
func (t *Trainer) number(f *folding, name string, w word) {
	if w == none {
		return
	}
	c := t.tally(f, name)
	if c.known == nil {
		c.known = map[uint64]struct{}{}
	}
	who := hashText(f.it.Signature.Name+uint64(f.it.Signature.Year), text(w))
	if _, counted := c.known[who]; !counted {
		c.known[who] = struct{}{}
		c.words[w]++
		c.total++
	}
}

// Limits of training.
const (
	enoughValues  = 200  // values from which an attribute's frequencies are learned
	commonCount   = 5    // occurrences from which a value is listed
	ownRecords    = 2    // of those, how many are taken to be one customer's own: others matter
	kinAgree      = 0.25 // how much likelier than chance a household agrees in a category
	leastPeople   = 10000
	peoplePerLoad = 4
)

// Model gives what was learned. What the data could not carry stands as in base.
func (t *Trainer) Model(base *Model) *Model {
	m := &Model{Version: modelVersion, Kinds: map[customer.Kind]*KindModel{}}
	for kind, old := range base.Kinds {
		k := *old
		k.Records = t.records[kind]
		k.Population = max(leastPeople, peoplePerLoad*k.Records)
		if t.settings.Expect > 0 {
			k.Population = t.settings.Expect
		}
		k.Frequencies, k.Attributes = maps.Clone(old.Frequencies), maps.Clone(old.Attributes)
		if k.Attributes == nil {
			k.Attributes = map[string]Levels{}
		}
		m.Records += k.Records
		for name, c := range t.counts[kind] {
			t.learn(kind, &k, name, c)
		}
		m.Kinds[kind] = &k
	}
	t.learnAll(m)
	return m
}

// learn puts the frequencies of one part into the model and scales the chance agreement of its levels.
func (t *Trainer) learn(kind customer.Kind, k *KindModel, name string, c *tally) {
	if c.total < enoughValues {
		return
	}
	attribute, part := t.attributeOf(kind, name)
	if attribute == nil {
		return
	}
	names, freqNames := []string{name, string(attribute.Type) + part}, []string{string(attribute.Type) + part}
	if part == "" {
		names, freqNames = levelNames(attribute), frequencyNames(attribute)[1:]
	}
	var f *Frequencies
	switch roleOf(attribute) {
	case roleID:
		f = c.identities(attribute.SharedBy, k.frequencies(freqNames...).Average)
	case roleDate:
		f = c.dates()
	default:
		f = c.frequencies()
	}
	k.Frequencies[name] = f
	if levels := scaled(k.levels(names...), f.Average); levels != nil && !strings.HasSuffix(name, ".core") {
		k.Attributes[name] = levels
	}
}

// attributeOf finds the attribute of "name.last" or "x.occupation", and its part with the dot.
func (t *Trainer) attributeOf(kind customer.Kind, name string) (*customer.Attribute, string) {
	if id, ok := t.portrait.Lookup(kind, name); ok {
		return t.portrait.Attribute(id), ""
	}
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return nil, ""
	}
	id, ok := t.portrait.Lookup(kind, name[:dot])
	if !ok {
		return nil, ""
	}
	return t.portrait.Attribute(id), name[dot:]
}

// frequencies lists the common values; all others share one cell. A frequency is that among
// other customers: a value met once is not held by anybody else.
func (c *tally) frequencies() *Frequencies {
	f := &Frequencies{Count: c.total, Values: map[string]float64{}}
	var squares square
	var rare, rareKinds int64
	for w, n := range c.words {
		squares.add(n)
		if n < commonCount {
			rare += n
			rareKinds++
			continue
		}
		f.Values[text(w)] = float64(n-ownRecords) / float64(c.total)
	}
	f.Average = squares.over(c.total)
	f.Rare = 1 / float64(c.total)
	if rareKinds > 0 {
		f.Rare = max(float64(rare)/float64(rareKinds)-1, 0.5) / float64(c.total)
	}
	return f
}

// identities learns how often a number of an authority agrees by chance: only values that far
// more customers carry than one may have spellings count. No number is listed.
func (c *tally) identities(sharedBy int, least float64) *Frequencies {
	var squares square
	limit := int64(4 * (sharedBy + 1))
	for _, n := range c.words {
		if n > limit {
			squares.add(n)
		}
	}
	p := max(least, squares.over(c.total))
	return &Frequencies{Count: c.total, Average: p, Rare: p}
}

// dates spreads the years over their days; only days far above that are listed: 1 January of somewhere.
func (c *tally) dates() *Frequencies {
	var squares square
	for _, n := range c.years {
		squares.add(n)
	}
	p := squares.over(c.total) / 365.25
	f := &Frequencies{Count: c.total, Average: p, Rare: p, Values: map[string]float64{}}
	for w, n := range c.words {
		if q := float64(n) / float64(c.total); n >= commonCount && q > 4*p {
			f.Values[text(w)] = q
		}
	}
	return f
}

// square sums squares of counts exactly, so that the order of a map does not matter.
type square struct{ high, low uint64 }

func (s *square) add(n int64) {
	high, low := bits.Mul64(uint64(n), uint64(n))
	var carry uint64
	s.low, carry = bits.Add64(s.low, low, 0)
	s.high += high + carry
}

// over divides by the square of total.
func (s *square) over(total int64) float64 {
	t := float64(total)
	return min(1, (float64(s.high)*(1<<63)*2+float64(s.low))/t/t)
}

// scaled gives the levels for another chance of exact agreement: levels near agreement follow
// it, the last one takes what is left.
func scaled(levels Levels, average float64) Levels {
	exact, ok := levels["exact"]
	if !ok || average <= 0 {
		return nil
	}
	factor := average / exact.U
	out, rest := Levels{}, 1.0
	for key, l := range levels {
		if key == "differs" || key == "changed" {
			continue
		}
		if l.Term > 0 || key == "exact" {
			l.U = max(1e-9, min(0.9, l.U*factor))
		}
		out[key] = l
	}
	for _, key := range sortedKeys(out) {
		rest -= out[key].U
	}
	for _, key := range [...]string{"differs", "changed"} {
		if l, ok := levels[key]; ok {
			l.U = max(0.05, min(l.U, rest))
			if key == "differs" && exact.Term == 0 { // a category: members of a household agree somewhat more often than strangers
				l.U = max(0.02, rest)
				e := out["exact"]
				e.Kin = e.U + kinAgree*(1-e.U)
				out["exact"], l.Kin = e, max(0.02, 1-e.Kin)
			}
			out[key] = l
		}
	}
	return out
}

func sortedKeys(levels Levels) []string { return slices.Sorted(maps.Keys(levels)) }
