package matching

import (
	"maps"
	"math/bits"
	"slices"
	"strings"

	"kartoteka/customer"
)

// Trainer learns from records what a model knows of values and numbers: frequencies, the
// chance agreement that follows from them, the levels of pairs, and the population. What it learns
// depends neither on the order of the records nor on how often one is repeated: a payer with
// thousands of rows is one customer. It keeps a bounded sample. It is not safe for use by several
// goroutines; give each one its own and [Trainer.Merge] them.
type Trainer struct {
	portrait *customer.Portrait
	settings Settings
	pinned   map[customer.Kind]bool // blocking rules given by the user
	rules    *Ruleset
	lessons  map[customer.Kind]*lesson
	texts    *Texts // of the records that are kept
	passing  *Texts // of records that are looked at
	packing  packing
}

// lesson is what was kept of the records of one kind.
type lesson struct {
	*kindRules
	number    uint32 // of the kind
	records   int64
	contents  *sketch // of distinct records
	customers *bag    // one record for each customer that is known by a number, each content of the others
	related   *bag    // records that share blocking keys
	written   *writtenRules
	values    []spelling // of the record at hand
}

// NewTrainer starts training for a portrait. Settings that cannot be compiled train nothing;
// [Compile] says why.
func NewTrainer(p *customer.Portrait, s Settings) *Trainer {
	pinned := map[customer.Kind]bool{}
	for kind, k := range s.Kinds {
		pinned[kind] = k.Candidates != nil
	}
	s.Kinds = withCatalog(p, s.Kinds)
	t := &Trainer{portrait: p, settings: s, pinned: pinned, lessons: map[customer.Kind]*lesson{}, texts: NewTexts(), passing: NewTexts()}
	rules, err := Compile(p, s, Shipped(), "")
	if err != nil {
		return t
	}
	t.rules = rules
	for kind, k := range rules.kinds {
		t.lessons[kind] = &lesson{kindRules: k, number: uint32(slices.Index(kinds, kind)), written: newWrittenRules(k), contents: newSketch(), customers: newBag(sampleCustomers), related: newBag(sampleRelated)}
	}
	return t
}

// withCatalog makes the rules that training chooses from those of the settings, where the user pins none.
func withCatalog(p *customer.Portrait, kinds map[customer.Kind]KindSettings) map[customer.Kind]KindSettings {
	out := map[customer.Kind]KindSettings{}
	for _, kind := range customer.Kinds() {
		k := kinds[kind]
		if k.Candidates == nil {
			k.Candidates = catalog(kind, p.Of(kind))
		}
		out[kind] = k
	}
	return out
}

// passingTexts is how many texts of records that are looked at are remembered.
const passingTexts = 1 << 14

// Add shows a record, of which nothing is kept but what a sample needs.
func (t *Trainer) Add(s *customer.Standard) {
	if len(t.passing.list) > passingTexts {
		t.passing = NewTexts()
	}
	l := t.lessons[s.Kind]
	if l == nil {
		return
	}
	t.packing.begin(1)
	t.packing.record(l, t.passing, s)
	t.packing.settle(t.passing)
	t.add(t.passing, t.packing.row, t.packing.hashes, true)
}

// AddPacked packs n records and shows them. The sample refers to what was packed.
func (t *Trainer) AddPacked(texts *Texts, n int, record func(int) *customer.Standard) *Packed {
	p := t.Pack(texts, n, record)
	hashes := t.packing.hashes
	for i := range n {
		r := p.Row(i)
		t.add(texts, r, hashes[:len(r)], false)
		hashes = hashes[len(r):]
	}
	return p
}

func (t *Trainer) add(texts *Texts, r Row, hashes []uint64, passing bool) {
	if len(r) == 0 {
		return
	}
	l := t.lessons[kinds[r[0]]]
	l.records++
	l.values = spellings(l.values[:0], r, hashes)
	content, anchor := l.kindRules.hashes(l.values)
	l.contents.add(content)
	least := l.written.least(l.values)
	related := least != noKey && l.related.wants(least)
	if !related && !l.customers.wants(anchor) {
		return
	}
	x := &kept{content, texts, r}
	if passing {
		x.texts, x.row = t.texts, r.moved(texts, t.texts)
	}
	l.customers.offer(anchor, anchor, x)
	if related {
		l.related.offer(content, least, x)
	}
}

// Merge adds what another trainer for the same portrait and settings was shown.
func (t *Trainer) Merge(other *Trainer) {
	for kind, o := range other.lessons {
		l := t.lessons[kind]
		if l == nil {
			continue
		}
		l.records += o.records
		l.contents.merge(o.contents)
		l.customers.merge(o.customers)
		l.related.merge(o.related)
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
	folded := t.foldAll()
	for kind, old := range base.Kinds {
		k := *old
		if l := t.lessons[kind]; l != nil {
			k.Records = l.records
		}
		k.Population = max(leastPeople, peoplePerLoad*k.Records)
		if t.settings.Expect > 0 {
			k.Population = t.settings.Expect
		}
		k.Frequencies, k.Attributes = maps.Clone(old.Frequencies), maps.Clone(old.Attributes)
		if k.Attributes == nil {
			k.Attributes = map[string]Levels{}
		}
		m.Records += k.Records
		if f := folded[kind]; f != nil {
			for _, name := range slices.Sorted(maps.Keys(f.counts)) { // in order: what is learned of one stands in for another
				t.learn(kind, &k, name, f.counts[name])
			}
		}
		m.Kinds[kind] = &k
	}
	t.learnAll(m, folded)
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
		f = c.identities(attribute, int(t.rules.of(kind).plans[attribute.ID].above), k.frequencies(freqNames...).Average)
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
		f.Values[w] = float64(n-ownRecords) / float64(c.total)
	}
	f.Average = squares.over(c.total)
	f.Rare = 1 / float64(c.total)
	if rareKinds > 0 {
		f.Rare = max(float64(rare)/float64(rareKinds)-1, 0.5) / float64(c.total)
	}
	return f
}

// identities learns how often a number agrees by chance, for numbers that several customers may
// share: those that more carry than one customer's variants explain, and no more than make it
// generic. However often a number is repeated, it stays near what its type is worth. No number is listed.
func (c *tally) identities(a *customer.Attribute, above int, shipped float64) *Frequencies {
	var squares square
	for _, signatures := range c.holders {
		SortSignatures(signatures)
		if n := Distinct(signatures); n > 2*(a.SharedBy+1) && n <= above {
			squares.add(int64(n))
		}
	}
	p := min(max(shipped, squares.over(c.total)), shipped*strayed*float64(1+a.SharedBy))
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
			f.Values[w] = q
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
