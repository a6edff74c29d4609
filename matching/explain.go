package matching

import "kartoteka/customer"

// Why explains the weight of a pair. Total is exactly the sum of Prior, the weights of
// Comparisons and Kinship, in hundredths of a bit.
type Why struct {
	Kind        customer.Kind `json:"kind"`
	Comparisons []Compared    `json:"comparisons"` // those that found something
	Prior       Weight        `json:"prior"`
	// Kinship is what the other explanation takes away: two members of one household, two
	// companies of one owner. 0: one customer explains the agreement better.
	Kinship Weight   `json:"kinship"`
	Total   Weight   `json:"total"`
	Link    Weight   `json:"link"` // what Total must reach
	Vetoes  []string `json:"vetoes,omitempty"`
	Rules   []string `json:"rules,omitempty"`   // blocking rules that make this pair a candidate
	Generic []string `json:"generic,omitempty"` // attributes with a value that too many customers share: it weighs nothing
}

// Compared is one comparison of a pair; its weight is the sum of its steps, bounded.
type Compared struct {
	Name   string `json:"name"`
	Weight Weight `json:"weight"`
	Steps  []Step `json:"steps"`
}

// Step is one part of a comparison: its level, the chances behind it, and the values in the
// folded form in which they were compared.
type Step struct {
	Part   string  `json:"part,omitempty"` // last, first, city, ...; "" when there is only one
	Level  string  `json:"level"`
	M      float64 `json:"m"`
	U      float64 `json:"u"`
	Kin    float64 `json:"kin"`              // chance of it in a household
	Rarity Weight  `json:"rarity,omitempty"` // bits that the frequency of the value adds or takes
	Weight Weight  `json:"weight"`
	Left   string  `json:"left,omitempty"`
	Right  string  `json:"right,omitempty"`
}

// trace collects steps. A nil trace collects nothing.
type trace struct{ steps []Step }

// note gives the finding of a level and remembers it with the words that were compared.
func (t *trace) note(part string, l *level, rx, ry int16, x, y word) finding {
	if t == nil {
		return l.at(rx, ry)
	}
	return t.say(part, l, rx, ry, x, y)
}

// say is note for texts.
func (t *trace) say(part string, l *level, rx, ry int16, x, y string) finding {
	f := l.at(rx, ry)
	if t != nil {
		t.steps = append(t.steps, Step{Part: part, Level: l.key, M: l.M, U: l.U, Kin: l.Kin, Rarity: f.weight - l.weight, Weight: f.weight, Left: x, Right: y})
	}
	return f
}

// Explain tells why a pair of one kind weighs what [Ruleset.Compare] and [Ruleset.Total] say.
func (r *Ruleset) Explain(a, b *Item) Why {
	k := r.of(a.Kind)
	var ev Evidence
	r.Compare(a, b, &ev)
	why := Why{Kind: a.Kind, Prior: k.prior, Link: k.link, Total: r.Total(a.Kind, &ev)}
	for i := range k.comparisons {
		weight, seen := k.weightOf(&ev, i)
		if !seen {
			continue
		}
		var t trace
		k.comparisons[i].compare(a, b, &t)
		why.Comparisons = append(why.Comparisons, Compared{k.comparisons[i].name, weight, t.steps})
	}
	why.Kinship = why.Total - k.prior - sumOf(ev[:MaxComparisons])
	why.Vetoes, why.Rules, why.Generic = r.vetoes(a, b), k.rulesMet(a, b), r.generic(a, b)
	return why
}

// weightOf is the weight of a comparison, that of the patronymic included.
func (k *kindRules) weightOf(ev *Evidence, place int) (weight Weight, seen bool) {
	if ev[place] != Missing {
		weight, seen = Weight(ev[place]), true
	}
	if k.name != nil && place == k.nameAt && ev[patronymicPlace] != Missing {
		weight, seen = weight+Weight(ev[patronymicPlace]), true
	}
	return weight, seen
}

// vetoes names the attributes that a customer holds one of and of which a and b have different ones.
func (r *Ruleset) vetoes(a, b *Item) []string {
	var out []string
	for i := range r.portrait.Attributes {
		id := customer.AttributeID(i)
		x, y := firmOf(a, id), firmOf(b, id)
		if len(x) > 0 && len(y) > 0 && Vetoed(sortedFirm(x), sortedFirm(y)) {
			out = append(out, r.portrait.Attributes[i].Name)
		}
	}
	return out
}

func firmOf(it *Item, id customer.AttributeID) []Firm {
	var out []Firm
	for _, f := range it.Firm {
		if f.Attribute == id {
			out = append(out, f)
		}
	}
	return out
}

func (k *kindRules) rulesMet(a, b *Item) []string {
	met := make([]bool, len(k.rules))
	for i := range a.Keys {
		for j := range b.Keys {
			if a.Keys[i].Hash == b.Keys[j].Hash && a.Emits(i) && b.Emits(j) {
				met[a.Keys[i].Rule] = true
			}
		}
	}
	var out []string
	for i, yes := range met {
		if yes {
			out = append(out, k.rules[i].name)
		}
	}
	return out
}

func (r *Ruleset) generic(a, b *Item) []string {
	silent := map[customer.AttributeID]bool{}
	for _, it := range [...]*Item{a, b} {
		for i, s := range it.Shared {
			if it.Generic>>i&1 != 0 {
				silent[s.Attribute] = true
			}
		}
	}
	var out []string
	for i := range r.portrait.Attributes {
		if silent[customer.AttributeID(i)] {
			out = append(out, r.portrait.Attributes[i].Name)
		}
	}
	return out
}
