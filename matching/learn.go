package matching

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
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
		maps.Copy(learned, l.store(learned))
	}
	l.refuse(learned)
}

// refuse names what the sample could not teach.
func (l *learner) refuse(learned map[int]bool) {
	l.model.AsShipped = map[string]string{}
	for i := range l.rules.comparisons {
		name, _, _ := strings.Cut(l.rules.comparisons[i].name, " + ")
		if !slices.ContainsFunc(l.names, func(table string) bool { return table == name || strings.HasPrefix(table, name+".") }) {
			l.model.AsShipped[name] = fmt.Sprintf("fewer than %d pairs worth comparing have it", leastMatches)
		}
	}
	for t, name := range l.names {
		if !learned[t] {
			l.model.AsShipped[name] = fmt.Sprintf("%.0f pairs of one customer show it; %d are needed", sum(l.taught[t]), leastMatches)
		}
	}
}

func sum(list []float64) (n float64) {
	for _, x := range list {
		n += x
	}
	return n
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
		if sum(l.taught[t]) < leastMatches || but[t] {
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
