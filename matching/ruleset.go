package matching

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"sync"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// version of the comparisons, keys and folding of this package; it is part of every ruleset's hash.
const version = "matching/2"

// Places of an [Evidence] that are no comparison of their own.
const (
	// patronymicPlace holds the patronymic apart from the rest of the name: in a group of
	// records the one that has none must not hide that two others differ.
	patronymicPlace = MaxComparisons - 2
	// Household is the difference of the priors against a household and against chance; Missing
	// where there is no such other explanation.
	Household = 2*MaxComparisons - 1
	// maxCompared bounds the comparisons of a ruleset.
	maxCompared = patronymicPlace
)

// comparison is one line of compare: a comparator and its place.
type comparison struct {
	comparator
	name string // as in config: "inn + kpp"
}

// comparator compares one attribute, or several correlated ones, of two items. It is pure and
// symmetric; what is missing on either side is no evidence. A trace, if not nil, is told the parts.
type comparator interface {
	compare(a, b *Item, t *trace) finding
}

// Ruleset is everything the answer depends on besides the data. It is safe for use by several goroutines.
type Ruleset struct {
	hash     string
	portrait *customer.Portrait
	kinds    map[customer.Kind]*kindRules
	person   *kindRules
}

// kindRules is the part of a Ruleset about one kind.
type kindRules struct {
	kind        customer.Kind
	seed        uint64
	comparisons []comparison
	name        *nameComparison // the one at nameAt, nil if there is none
	nameAt      int
	rules       []rule
	forms       []form // that the rules name
	plans       []plan // by attribute
	birth       int    // attribute of the signature's year, -1 for none
	sketched    sketched

	prior, kin, link Weight

	lastNames, firstNames, patronymics *rarities
	coreTokens                         *absolute
	sounds                             phonetics
	memos                              *memos
	used                               sync.Pool // of foldings
	named                              string    // attribute of the names
}

// memos remember what was made of the parts of names.
type memos struct {
	last       standardize.Memo[*lastName]
	given      standardize.Memo[*givenName]
	patronymic standardize.Memo[*patronymicName]
}

// Compile makes the ruleset of a portrait. Comparisons and blocking rules that the settings do
// not give are chosen from the portrait. The error names the line of the settings and the cure.
func Compile(p *customer.Portrait, s Settings, m *Model, standardizer string) (*Ruleset, error) {
	r := &Ruleset{portrait: p, kinds: map[customer.Kind]*kindRules{}}
	for _, kind := range customer.Kinds() {
		model := m.Kinds[kind]
		if model == nil {
			return nil, fmt.Errorf("%w: it has no part for kind %s", ErrModel, kind)
		}
		k, err := compileKind(p, kind, s, model)
		if err != nil {
			return nil, fmt.Errorf("matching.%s.%w", kind, err)
		}
		r.kinds[kind] = k
	}
	r.person = r.kinds[customer.Person]
	var err error
	r.hash, err = hashOf(p, s, m, standardizer)
	return r, err
}

// hashOf covers everything that the answer depends on besides the data.
func hashOf(p *customer.Portrait, s Settings, m *Model, standardizer string) (string, error) {
	model, err := m.JSON()
	if err != nil {
		return "", err
	}
	type attribute struct {
		Kind     customer.Kind
		Name     string
		Type     customer.TypeName
		Holds    customer.Holds
		SharedBy int
	}
	var attributes []attribute
	for _, a := range p.Attributes {
		attributes = append(attributes, attribute{a.Kind, a.Name, a.Type, a.Holds, a.SharedBy})
	}
	rest, err := json.Marshal([]any{version, standardizer, attributes, s})
	if err != nil {
		return "", fmt.Errorf("ruleset: %w", err)
	}
	sum := sha256.Sum256(append(rest, model...))
	return hex.EncodeToString(sum[:16]), nil
}

func compileKind(p *customer.Portrait, kind customer.Kind, s Settings, m *KindModel) (*kindRules, error) {
	m, err := m.pinned(p, kind, s.Kinds[kind].Levels)
	if err != nil {
		return nil, err
	}
	k := &kindRules{kind: kind, seed: hashText(0, string(kind)), birth: -1, plans: make([]plan, len(p.Attributes)), sounds: metaphone{}, memos: new(memos)}
	k.prior = -Bits(math.Log2(max(2, float64(population(s, m))/duplicates(m)))) - Bits(m.Caution)
	k.kin = -Bits(math.Log2(m.Kinship)) - Bits(m.KinCaution)
	k.link = linkOf(s)
	if err := k.compileComparisons(p, s, m); err != nil {
		return nil, err
	}
	k.compileSketch()
	return k, k.compileRules(p, s, m)
}

// duplicates is how many other records of its customer a record has.
func duplicates(m *KindModel) float64 {
	if m.Duplicates > 0 {
		return m.Duplicates
	}
	return 1
}

func population(s Settings, m *KindModel) int64 {
	if s.Expect > 0 {
		return s.Expect
	}
	return m.Population
}

// linkOf gives the threshold: as pinned, or from the costs of a false merge and a missed one.
func linkOf(s Settings) Weight {
	if s.LinkBits != nil {
		return Bits(*s.LinkBits)
	}
	if s.FalseMerge <= 0 || s.MissedMerge <= 0 {
		s.FalseMerge, s.MissedMerge = DefaultSettings().FalseMerge, DefaultSettings().MissedMerge
	}
	return Bits(math.Log2(s.FalseMerge / s.MissedMerge))
}

// of gives the rules of a kind; persons are most records.
func (r *Ruleset) of(kind customer.Kind) *kindRules {
	if kind == customer.Person {
		return r.person
	}
	return r.kinds[kind]
}

// Hash identifies the ruleset: rulesets with equal hashes give equal answers.
func (r *Ruleset) Hash() string { return r.hash }

// Prior is the weight of two records being one customer before anything is compared.
func (r *Ruleset) Prior(kind customer.Kind) Weight { return r.of(kind).prior }

// Link is the weight from which two records are held to be one customer.
func (r *Ruleset) Link(kind customer.Kind) Weight { return r.of(kind).link }

// Rules names the blocking rules of a kind, by [Key].Rule.
func (r *Ruleset) Rules(kind customer.Kind) []string {
	k := r.of(kind)
	names := make([]string, len(k.rules))
	for i := range k.rules {
		names[i] = k.rules[i].name
	}
	return names
}

// Compare fills ev with what the comparisons find for two items of one kind. It is symmetric,
// allocates nothing, and leaves generic values aside.
func (r *Ruleset) Compare(a, b *Item, ev *Evidence) {
	r.of(a.Kind).compareInto(a, b, ev)
}

func (k *kindRules) compareInto(a, b *Item, ev *Evidence) {
	*ev = noEvidence
	ev[Household] = int16(bound(k.kin - k.prior))
	for i := range k.comparisons {
		if k.name != nil && i == k.nameAt {
			main, patronymic := k.name.both(a, b, nil)
			main.into(ev, i)
			patronymic.into(ev, patronymicPlace)
			continue
		}
		k.comparisons[i].compare(a, b, nil).into(ev, i)
	}
}

// noEvidence has nothing to say.
var noEvidence = func() (ev Evidence) {
	for i := range ev {
		ev[i] = Missing
	}
	return ev
}()

// into writes a finding to its places.
func (f finding) into(ev *Evidence, place int) {
	if f.seen {
		ev[place], ev[MaxComparisons+place] = int16(bound(f.weight)), int16(bound(f.kin))
	}
}

// maxWeight bounds the weight of one comparison, in hundredths of a bit.
const maxWeight = 6000

func bound(w Weight) Weight { return max(-maxWeight, min(maxWeight, w)) }

// Total is the prior and the evidence together; see [Sum].
func (r *Ruleset) Total(kind customer.Kind, ev *Evidence) Weight { return Sum(r.Prior(kind), ev) }

// SelfWeight is the total of an item compared with itself: how much is known about it.
func (r *Ruleset) SelfWeight(it *Item) Weight {
	var ev Evidence
	r.Compare(it, it, &ev)
	return r.Total(it.Kind, &ev)
}
