package matching

import (
	"math"
	"slices"
	"strings"
)

// observation is one step of a pair: where it counts and how likely it is by chance and in a household.
type observation struct {
	table, level int16
	chance, kin  float32 // natural logarithms
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
	n, whole := sum(counts), sum(held)
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
