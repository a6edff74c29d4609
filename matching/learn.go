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

// The chances of the levels for records of one customer (m) are learned by expectation and
// maximization, in rounds over different blocking rules: within the pairs that one rule brings
// together, whatever the rule itself compares is left out. Besides one customer and chance there
// is a third explanation of a pair, the household; without it families would teach that given
// names differ.

// Limits of learning.
const (
	sampleBlock  = 40     // larger blocks teach nothing
	samplePairs  = 25_000 // of one rule
	rounds       = 12
	leastMatches = 100  // expected pairs of one customer from which a rule teaches
	belief       = 200  // pairs that the shipped numbers are worth
	leastM       = 1e-4 // no level is impossible
	strayed      = 8    // how many times larger or smaller than shipped a learned number may be
	firmStrayed  = 2    // the same for what tells a family apart
	familyShare  = 0.1  // share of households among related pairs from which dates begin to tell families apart
)

// sampled is an item kept for learning, with the keys by which it was chosen.
type sampled struct {
	it   *Item
	keys []Key
}

// sample holds the items to pair.
type sample struct{ items []sampled }

// teaches reports whether a rule is strict enough to bring mostly pairs worth learning from.
func (r *rule) teaches() bool {
	for _, p := range r.parts {
		switch p.derived {
		case "first.initial", "patronymic.initial", "initial", "year", "local", "last.sound", "token", "last7":
			return false
		}
	}
	return true
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
	names  []string         // of tables, as in the model
	index  map[string]int16 // table by comparison and part
	levels [][]string       // keys of the levels by table
	m      [][]float64      // chances in the making
	taught [][]float64      // expected pairs by level
	pairs  float64          // of one customer, expected in all sessions
	kins   float64          // of one household
}

// learnLevels replaces the m of a kind's levels by what the sample teaches.
func learnLevels(rules *kindRules, model *KindModel, s *sample) {
	l := &learner{rules: rules, model: model, index: map[string]int16{}}
	slices.SortFunc(s.items, func(x, y sampled) int { return bytes.Compare(x.it.Content[:], y.it.Content[:]) })
	for place := range rules.rules {
		if !rules.rules[place].strict {
			continue
		}
		pairs := s.pairs(uint8(place))
		if len(pairs) < leastMatches {
			continue
		}
		l.session(&rules.rules[place], pairs)
	}
	l.store()
}

// pairs lists the pairs that one rule brings together, in an order that the records do not choose.
func (s *sample) pairs(rule uint8) [][2]*Item {
	type member struct {
		key  uint64
		item int
	}
	var all []member
	for i, x := range s.items {
		for _, k := range x.keys {
			if k.Rule == rule && k.Uses&x.it.Generic == 0 {
				all = append(all, member{k.Hash, i})
			}
		}
	}
	slices.SortFunc(all, func(x, y member) int { return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.item, y.item)) })
	var out [][2]*Item
	for at := 0; at < len(all) && len(out) < samplePairs; {
		end := at
		for end < len(all) && all[end].key == all[at].key {
			end++
		}
		if end-at <= sampleBlock {
			for i := at; i < end; i++ {
				for j := i + 1; j < end; j++ {
					a, b := s.items[all[i].item].it, s.items[all[j].item].it
					if a.Content != b.Content { // equal records teach nothing but that they were copied
						out = append(out, [2]*Item{a, b})
					}
				}
			}
		}
		at = end
	}
	return out
}

// session runs expectation and maximization over the pairs of one rule.
func (l *learner) session(r *rule, pairs [][2]*Item) {
	var seen [][]observation
	for _, p := range pairs {
		if steps := l.observe(r, p[0], p[1]); len(steps) > 1 { // one step alone cannot tell a customer from chance
			seen = append(seen, steps)
		}
	}
	if len(seen) < leastMatches {
		return
	}
	own := make([][]float64, len(l.m))
	for t := range l.m {
		own[t] = slices.Clone(l.m[t])
	}
	one, kin := 0.3, 0.1 // shares of pairs of one customer and of one household
	var counts [][]float64
	var expected float64
	for range rounds {
		counts, expected, one, kin = expect(own, seen, one, kin)
		for t := range own {
			believe(own[t], l.m[t], counts[t])
		}
	}
	if expected < leastMatches {
		return
	}
	l.pairs += expected
	l.kins += kin * float64(len(seen))
	for t := range counts {
		for i, n := range counts[t] {
			l.taught[t][i] += n
		}
	}
}

// expect shares out each pair among the three explanations and counts levels of pairs of one customer.
func expect(m [][]float64, seen [][]observation, one, kin float64) (counts [][]float64, expected, newOne, newKin float64) {
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
		a, b, c := math.Log(one), math.Log(kin), math.Log(max(1e-6, 1-one-kin))
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
	return counts, expected, min(0.98, max(1e-4, expected/n)), min(0.9, max(1e-4, kins/n))
}

// believe mixes what was counted with what is held already.
func believe(into, held, counts []float64) {
	var n, whole float64
	for i := range counts {
		n += counts[i]
		whole += held[i]
	}
	for i := range into {
		into[i] = max(leastM, (counts[i]+belief*held[i]/whole)/(n+belief))
	}
}

// observe lists the steps of a pair that the rule does not fix.
func (l *learner) observe(r *rule, a, b *Item) (out []observation) {
	for i := range l.rules.comparisons {
		c := &l.rules.comparisons[i]
		var t trace
		if f := c.compare(a, b, &t); !f.seen {
			continue
		}
		first, _, _ := strings.Cut(c.name, " + ")
		for _, step := range t.steps {
			if l.fixes(r, first, step.Part) {
				continue
			}
			table := l.table(first, step.Part)
			if table < 0 {
				continue
			}
			level := slices.Index(l.levels[table], step.Level)
			if level < 0 {
				continue
			}
			out = append(out, observation{table, int16(level), float32(math.Log(step.U)), float32(math.Log(step.Kin))})
		}
	}
	return out
}

// fixes reports whether a rule compares a part of an attribute itself.
func (l *learner) fixes(r *rule, attribute, part string) bool {
	for i := range r.parts {
		if l.rules.plans[r.parts[i].attribute].name != attribute {
			continue
		}
		switch d := r.parts[i].derived; {
		case part == "", d == "both" && (part == "last" || part == "first"), strings.HasPrefix(d, part):
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
		keys := slices.DeleteFunc(sortedKeys(levels), func(key string) bool { return key == "part" && part == "" || key == "reading" })
		m := make([]float64, len(keys))
		for j, key := range keys {
			m[j] = levels[key].M
		}
		l.names, l.levels, l.m = append(l.names, name), append(l.levels, keys), append(l.m, m)
		l.taught = append(l.taught, make([]float64, len(keys)))
	}
	l.index[name] = i
	return i
}

// Levels that only values of less precision can reach are left out above: they are no rivals of the others.

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

// store writes what was taught into the model.
func (l *learner) store() {
	for t, name := range l.names {
		var n float64
		for _, c := range l.taught[t] {
			n += c
		}
		if n < leastMatches {
			continue
		}
		believed := make([]float64, len(l.m[t]))
		believe(believed, l.m[t], l.taught[t])
		attribute, part := l.split(name)
		levels := maps.Clone(l.levelsOf(attribute, part, name))
		for i, key := range l.levels[t] {
			level := levels[key]
			learned := max(level.M/strayed, min(level.M*l.reach(attribute, part, key), believed[i]))
			level.M = min(1, math.Round(learned*1e5)/1e5)
			levels[key] = level
		}
		l.model.Attributes[name] = levels
	}
}

// reach is how many times larger than shipped a learned number may be. Given name and patronymic
// tell members of a family apart, and data in which families abound must not talk that away; nor
// what the dates of birth say, the more households there are among the pairs.
func (l *learner) reach(attribute, part, key string) float64 {
	switch {
	case key == "sibling", key == "differs" && (part == "first" || part == "patronymic"):
		return firmStrayed
	case key == "differs" && part == "" && l.isDate(attribute):
		families := max(0, min(1, l.kins/(l.kins+l.pairs)/familyShare-1))
		return firmStrayed*families + strayed*(1-families)
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
	rules, err := Compile(t.portrait, t.settings, m, "")
	if err != nil {
		return
	}
	for _, kind := range customer.Kinds() {
		if f := all[kind]; f != nil {
			learnLevels(rules.of(kind), m.Kinds[kind], &sample{f.items})
		}
	}
}
