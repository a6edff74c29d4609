package matching

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"kartoteka/customer"
)

// sampled is an item kept for learning, with the keys by which it was chosen, and all its keys.
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
		if k := m.Kinds[kind]; k.Duplicates == 0 && k.Records > 0 {
			k.AsShipped = maps.Clone(k.AsShipped)
			if k.AsShipped == nil {
				k.AsShipped = map[string]string{}
			}
			k.AsShipped["duplicates"] = fmt.Sprintf("fewer than %d pairs that a strict blocking rule brings together", leastMatches)
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
	if t.pinned[kind] {
		return
	}
	people := s.records
	if t.settings.Expect > 0 {
		people = float64(t.settings.Expect)
	}
	t.teach(m, kind, func(rules *kindRules, k *KindModel) {
		k.Rules = s.choose(rules, k, f.meetingsOf(len(rules.rules), f.mostOpen(people, t.settings.BlockLimit)), people, t.settings.BlockLimit)
	})
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
