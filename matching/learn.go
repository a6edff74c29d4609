package matching

import (
	"bytes"
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"kartoteka/customer"
)

// What a model knows of pairs is learned without labels (Fellegi and Sunter 1969; Winkler 1988,
// 2000): the chances of the levels among strangers (u) from pairs taken at random, those among
// records of one customer (m) by expectation and maximization, in rounds over different blocking
// rules: within the pairs that one rule brings together, whatever the rule itself compares is
// left out. Besides one customer and chance there is a third explanation of a pair, the
// household; without it families would teach that given names differ.

// Limits of learning.
const (
	sampleBlock  = 40     // larger blocks teach nothing
	samplePairs  = 10_000 // of one rule
	settlePairs  = 2_000  // the same, to settle
	settleRounds = 2
	rounds       = 12
	leastMatches = 100  // expected pairs of one customer from which a rule teaches
	belief       = 100  // pairs that the numbers held before are worth
	leastM       = 1e-4 // no level is impossible
	strayed      = 64   // how many times larger or smaller than shipped a learned number may be
	firmStrayed  = 2    // the same, where there are families, for what tells a family apart
	fewKin       = 0.05 // members of one household for each pair of one customer up to which there are no families to speak of,
	manyKin      = 0.3  // and from which there are
)

// sampled is an item kept for learning, with the keys by which it was chosen and the rules it has keys of.
type sampled struct {
	it   *Item
	keys []Key
	all  []Key // of all rules
}

// sample holds the items to pair, and strangers.
type sample struct {
	items     []sampled
	strangers []*Item
	fraction  float64    // of the keys of each rule that were looked at
	joined    [][]joined // pairs of strict rules, by rule
	records   float64    // distinct ones, out of which the sample was taken
}

// teaches reports whether a rule is strict enough to bring mostly pairs worth learning from.
func (r *rule) teaches(plans []plan) bool {
	points := 0
	for _, p := range r.parts {
		points += strictness(plans[p.attribute].role, p.derived)
	}
	return points >= strict
}

// strict is the strictness that a rule needs to teach.
const strict = 4

// strictness says roughly how much agreement on a part of a rule is worth.
func strictness(of role, derived string) int {
	switch derived {
	case "both", "core", "flat":
		return 4
	case "sounds", "local", "last7", "house":
		return 3
	case "last", "last.sound", "day", "street", "postcode":
		return 2
	case "first", "patronymic", "year", "city", "token", "heads", "head", "tail":
		return 1
	case "":
		switch of {
		case roleDate:
			return 3
		case roleText:
			return 2
		}
		return 4
	}
	return 0
}

// observation is one step of a pair: where it counts and how likely it is by chance and in a household.
type observation struct {
	table, level int16
	chance, kin  float32 // natural logarithms
}

// learner learns the levels of one kind.
type learner struct {
	rules  *kindRules
	model  *KindModel
	firm   float64          // 0: no families, 1: families abound
	names  []string         // of tables, as in the model
	index  map[string]int16 // table by comparison and part
	place  map[*level]observation
	levels [][]string  // keys of the levels by table
	m      [][]float64 // chances in the making
	low    [][]float64 // and their bounds
	high   [][]float64
	taught [][]float64 // expected pairs by level
	trace  trace
}

func newLearner(rules *kindRules, model *KindModel, firm float64) *learner {
	return &learner{rules: rules, model: model, firm: firm, index: map[string]int16{}, place: map[*level]observation{}, trace: trace{light: true}}
}

// learnLevels replaces the m of a kind's levels by what the sample teaches.
func (l *learner) learnLevels(s *sample) {
	lessons := make([]*learner, len(s.joined))
	inParallel(len(s.joined), func(place int) {
		if len(s.joined[place]) >= leastMatches {
			lessons[place] = newLearner(l.rules, l.model, l.firm)
			lessons[place].session(&l.rules.rules[place], s.joined[place], s)
		}
	})
	for _, other := range lessons {
		if other != nil {
			l.absorb(other)
		}
	}
	learned := l.store(nil)
	if len(learned) < len(l.names) {
		l.settle(s, learned)
		l.store(learned)
	}
}

// absorb adds what another learner of the same kind was taught.
func (l *learner) absorb(other *learner) {
	for t, name := range other.names {
		if at := l.table(other.split(name)); at >= 0 {
			for i, n := range other.taught[t] {
				l.taught[at][i] += n
			}
		}
	}
}

// pairs lists the pairs that one rule brings together, in an order that the records do not
// choose, and the share of the sample's keys that they are.
func (s *sample) pairs(rule uint8, most int) (out [][2]int32, share float64) {
	type member struct {
		key  uint64
		item int32
	}
	var all []member
	for i, x := range s.items {
		for _, k := range x.keys {
			if k.Rule == rule && k.Uses&x.it.Generic == 0 {
				all = append(all, member{k.Hash, int32(i)})
			}
		}
	}
	slices.SortFunc(all, func(x, y member) int { return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.item, y.item)) })
	at := 0
	for at < len(all) && len(out) < most {
		end := at
		for end < len(all) && all[end].key == all[at].key {
			end++
		}
		if end-at <= sampleBlock {
			for i := at; i < end; i++ {
				for j := i + 1; j < end; j++ {
					if s.items[all[i].item].it.Content != s.items[all[j].item].it.Content { // equal records teach nothing but that they were copied
						out = append(out, [2]int32{all[i].item, all[j].item})
					}
				}
			}
		}
		at = end
	}
	return out, float64(at) / float64(max(1, len(all)))
}

// session runs expectation and maximization over the pairs of one rule.
func (l *learner) session(r *rule, pairs []joined, s *sample) {
	seen := l.observeAll(r, pairs, s)
	if len(seen) < leastMatches {
		return
	}
	share := shares{0.3, 0.1, true}
	own := make([][]float64, len(l.m))
	for t := range l.m {
		own[t] = slices.Clone(l.m[t])
	}
	var counts [][]float64
	var expected float64
	for range rounds {
		counts, expected = share.expect(own, seen)
		for t := range own {
			l.believe(t, own[t], counts[t])
		}
	}
	if expected < leastMatches {
		return
	}
	for t := range counts {
		for i, n := range counts[t] {
			l.taught[t][i] += n
		}
	}
}

// shares are the shares of pairs of one customer and of one household among the pairs of a
// session: fixed, or free to be learned.
type shares struct {
	one, kin float64
	free     bool
}

// settle teaches what no rule alone could: pairs of all rules are weighed by all that they show.
func (l *learner) settle(s *sample, learned map[int]bool) {
	met := map[[2]int32]bool{}
	var seen [][]observation
	for place := range l.rules.rules {
		pairs, _ := s.pairs(uint8(place), settlePairs)
		for _, p := range pairs {
			if !met[p] {
				met[p] = true
				seen = append(seen, l.observe(nil, nil, s.items[p[0]].it, s.items[p[1]].it))
			}
		}
	}
	one := duplicates(l.model) / max(2, s.records)
	share := shares{one: one, kin: one * l.model.Kinship}
	for range settleRounds {
		counts, _ := share.expect(l.m, seen)
		for t := range l.m {
			if !learned[t] {
				l.taught[t] = counts[t]
				l.believe(t, l.m[t], counts[t])
			}
		}
	}
}

// observeAll lists the steps of the pairs of a rule, without what the rule fixes. One step alone
// cannot tell a customer from chance; a rule whose pairs mostly have no more teaches nothing.
func (l *learner) observeAll(r *rule, pairs []joined, s *sample) (seen [][]observation) {
	fixed := map[int16]bool{}
	several := 0
	all := make([][]observation, len(pairs))
	for i, p := range pairs {
		all[i] = l.observe(r, fixed, s.items[p.a].it, s.items[p.b].it)
		if len(all[i]) > 1 {
			several++
		}
	}
	if several < max(leastMatches, len(pairs)/10) {
		return nil
	}
	return slices.DeleteFunc(all, func(steps []observation) bool { return len(steps) < 2 })
}

// expect shares out each pair among the three explanations, and counts the levels of pairs of one customer.
func (s *shares) expect(m [][]float64, seen [][]observation) (counts [][]float64, expected float64) {
	logs := make([][]float64, len(m))
	counts = make([][]float64, len(m))
	for t := range m {
		counts[t], logs[t] = make([]float64, len(m[t])), make([]float64, len(m[t]))
		for i, p := range m[t] {
			logs[t][i] = math.Log(p)
		}
	}
	var kins float64
	for _, pair := range seen {
		a, b, c := math.Log(s.one), math.Log(s.kin), math.Log(max(1e-6, 1-s.one-s.kin))
		for _, o := range pair {
			a += logs[o.table][o.level]
			b += float64(o.kin)
			c += float64(o.chance)
		}
		top := max(a, b, c)
		ea, eb, ec := math.Exp(a-top), math.Exp(b-top), math.Exp(c-top)
		p := ea / (ea + eb + ec)
		expected += p
		kins += eb / (ea + eb + ec)
		for _, o := range pair {
			counts[o.table][o.level] += p
		}
	}
	n := float64(len(seen))
	if s.free {
		s.one, s.kin = min(0.98, max(1e-4, expected/n)), min(0.9, max(1e-4, kins/n))
	}
	return counts, expected
}

// believe mixes what was counted with what is held already.
func (l *learner) believe(table int, into, counts []float64) {
	held := l.m[table]
	var n, whole float64
	for i := range counts {
		n += counts[i]
		whole += held[i]
	}
	for i := range into {
		into[i] = max(l.low[table][i], min(l.high[table][i], (counts[i]+belief*held[i]/whole)/(n+belief)))
	}
}

// observe lists the steps of a pair that the rule, if there is one, does not fix.
func (l *learner) observe(r *rule, fixed map[int16]bool, a, b *Item) (out []observation) {
	for i := range l.rules.comparisons {
		c := &l.rules.comparisons[i]
		l.trace.marks = l.trace.marks[:0]
		if f := c.compare(a, b, &l.trace); !f.seen {
			continue
		}
		for _, step := range l.trace.marks {
			o := l.observation(c, &step)
			if o.table < 0 || l.isFixed(r, fixed, o.table) {
				continue
			}
			o.chance -= float32(step.rarity) * math.Ln2 / 100
			out = append(out, o)
		}
	}
	return out
}

// observation finds where a step counts.
func (l *learner) observation(c *comparison, step *mark) observation {
	o, known := l.place[step.level]
	if known {
		return o
	}
	first, _, _ := strings.Cut(c.name, " + ")
	o = observation{table: l.table(first, step.part), chance: float32(math.Log(step.level.U)), kin: float32(math.Log(step.level.Kin))}
	if o.table >= 0 {
		if o.level = int16(slices.Index(l.levels[o.table], step.level.key)); o.level < 0 {
			o.table = -1
		}
	}
	l.place[step.level] = o
	return o
}

func (l *learner) isFixed(r *rule, fixed map[int16]bool, table int16) bool {
	if r == nil {
		return false
	}
	is, known := fixed[table]
	if !known {
		attribute, part := l.split(l.names[table])
		is = l.fixes(r, attribute, part)
		fixed[table] = is
	}
	return is
}

// fixes reports whether a rule compares a part of an attribute itself.
func (l *learner) fixes(r *rule, attribute, part string) bool {
	for i := range r.parts {
		if l.rules.plans[r.parts[i].attribute].name != attribute {
			continue
		}
		switch d := r.parts[i].derived; {
		case part == "", (d == "both" || d == "sounds" || d == "heads") && (part == "last" || part == "first"), strings.HasPrefix(d, part):
			return true
		case (d == "house" || d == "flat") && (part == "street" || part == "house"), d == "token" || d == "core":
			return true
		}
	}
	return false
}

// table finds the place of a table, by attribute and part; -1: its levels are not learned.
func (l *learner) table(attribute, part string) int16 {
	name := strings.TrimSuffix(attribute+"."+part, ".")
	if i, ok := l.index[name]; ok {
		return i
	}
	i := int16(-1)
	if levels := l.levelsOf(attribute, part, name); levels != nil {
		i = int16(len(l.names))
		// Levels that only values of less precision can reach are left out: they are no rivals of the others.
		keys := slices.DeleteFunc(sortedKeys(levels), func(key string) bool { return key == "part" && part == "" || key == "reading" })
		m, low, high := make([]float64, len(keys)), make([]float64, len(keys)), make([]float64, len(keys))
		for j, key := range keys {
			m[j] = levels[key].M
			low[j], high[j] = max(leastM, m[j]/strayed), min(1, m[j]*l.reach(attribute, part, key))
		}
		l.names, l.levels, l.m = append(l.names, name), append(l.levels, keys), append(l.m, m)
		l.low, l.high, l.taught = append(l.low, low), append(l.high, high), append(l.taught, make([]float64, len(keys)))
	}
	l.index[name] = i
	return i
}

// levelsOf finds the levels that the comparisons were made of.
func (l *learner) levelsOf(attribute, part, name string) Levels {
	if part == "order" || part == "branch" || part == "gender" || part == "form" {
		return nil
	}
	for i := range l.rules.plans {
		pl := &l.rules.plans[i]
		if pl.name != attribute || pl.role == roleNone {
			continue
		}
		if part == "" {
			return l.model.levels(pl.levels...)
		}
		return l.model.levels(name, pl.family+"."+part)
	}
	return nil
}

// store writes what was taught into the model, and gives the tables of which enough was.
func (l *learner) store(but map[int]bool) map[int]bool {
	stored := map[int]bool{}
	for t := range l.names {
		n := 0.0
		for _, c := range l.taught[t] {
			n += c
		}
		if n < leastMatches || but[t] {
			continue
		}
		stored[t] = true
		believed := make([]float64, len(l.m[t]))
		l.believe(t, believed, l.taught[t])
		copy(l.m[t], believed)
		l.change(t, func(i int, level *Level) { level.M = min(1, math.Round(believed[i]*1e5)/1e5) })
	}
	return stored
}

// change writes the levels of a table anew.
func (l *learner) change(table int, to func(i int, level *Level)) {
	name := l.names[table]
	attribute, part := l.split(name)
	levels := maps.Clone(l.levelsOf(attribute, part, name))
	for i, key := range l.levels[table] {
		level := levels[key]
		to(i, &level)
		levels[key] = level
	}
	l.model.Attributes[name] = levels
}

// reach is how many times larger than shipped a learned number may be. Given name and patronymic
// tell members of a family apart, and data in which families abound must not talk that away; nor
// what the dates of birth say.
func (l *learner) reach(attribute, part, key string) float64 {
	if key == "sibling" || key == "differs" && (part == "first" || part == "patronymic" || part == "" && l.isDate(attribute)) {
		return firmStrayed*l.firm + strayed*(1-l.firm)
	}
	return strayed
}

func (l *learner) isDate(attribute string) bool {
	return slices.ContainsFunc(l.rules.plans, func(pl plan) bool { return pl.name == attribute && pl.role == roleDate })
}

// split takes "name.last" or "x.occupation" apart.
func (l *learner) split(name string) (attribute, part string) {
	for i := range l.rules.plans {
		if l.rules.plans[i].name == name {
			return name, ""
		}
	}
	at := strings.LastIndexByte(name, '.')
	return name[:at], name[at+1:]
}

// learnAll learns the levels of every kind.
func (t *Trainer) learnAll(m *Model, all map[customer.Kind]*folded) {
	for _, kind := range customer.Kinds() {
		f := all[kind]
		if f == nil {
			continue
		}
		s := t.lessons[kind].sampleOf(f)
		if !t.teach(m, kind, func(rules *kindRules, k *KindModel) {
			s.join(rules)
			newLearner(rules, k, 1).learnChance(s.strangers)
		}) {
			return
		}
		held, firm := m.Kinds[kind], 1.0
		for pass := range 2 {
			k := *held
			k.Attributes = maps.Clone(held.Attributes)
			m.Kinds[kind] = &k
			if !t.learnKind(m, kind, s, firm) {
				return
			}
			families := k.families()
			if pass > 0 || families >= firm {
				break
			}
			firm = families
		}
		if k := m.Kinds[kind]; kind == customer.Person {
			k.KinCaution = round3(max(0.01, k.KinCaution*k.families()))
		}
		t.chooseRules(m, kind, s, f)
	}
}

// families says from 0 to 1 how much families abound.
func (k *KindModel) families() float64 {
	return max(0, min(1, (k.Kinship-fewKin)/(manyKin-fewKin)))
}

// learnKind learns what pairs of one customer say, and how many there are.
func (t *Trainer) learnKind(m *Model, kind customer.Kind, s *sample, firm float64) bool {
	return t.teach(m, kind, s.countDuplicates) &&
		t.teach(m, kind, func(rules *kindRules, k *KindModel) { newLearner(rules, k, firm).learnLevels(s) }) &&
		t.teach(m, kind, s.countDuplicates)
}

// teach takes one step with the rules that follow from what is known so far; false: they cannot be compiled.
func (t *Trainer) teach(m *Model, kind customer.Kind, step func(*kindRules, *KindModel)) bool {
	rules, err := Compile(t.portrait, t.settings, m, "")
	if err == nil {
		step(rules.of(kind), m.Kinds[kind])
	}
	return err == nil
}

// chooseRules chooses the blocking rules of a kind, unless the user pins them.
func (t *Trainer) chooseRules(m *Model, kind customer.Kind, s *sample, f *folded) {
	rules, err := Compile(t.portrait, t.settings, m, "")
	if err != nil || t.pinned[kind] {
		return
	}
	of := rules.of(kind)
	people := 4 * s.records
	if t.settings.Expect > 0 {
		people = float64(t.settings.Expect)
	}
	m.Kinds[kind].Rules = s.choose(of, m.Kinds[kind], f.meetingsOf(len(of.rules)), people, t.settings.BlockLimit)
}

// sampleOf gives the items to pair, in an order that the records do not choose.
func (l *lesson) sampleOf(f *folded) *sample {
	slices.SortFunc(f.items, func(x, y sampled) int { return bytes.Compare(x.it.Content[:], y.it.Content[:]) })
	slices.SortFunc(f.strangers, func(x, y *Item) int { return bytes.Compare(x.Content[:], y.Content[:]) })
	items := make([]*Item, len(f.items))
	for i := range f.items {
		items[i] = f.items[i].it
	}
	CountGeneric(items)
	return &sample{items: f.items, strangers: f.strangers, fraction: float64(l.related.bound) / math.MaxUint64, records: l.contents.distinct()}
}
