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
	Kinship Weight `json:"kinship"`
	// Chance and Household are the totals that each rival explanation alone would leave; Total is
	// the smaller one. Household is nil where there is no such explanation.
	Chance    Weight   `json:"against_chance"`
	Household *Weight  `json:"against_household,omitempty"`
	Total     Weight   `json:"total"`
	Link      Weight   `json:"link"` // what Total must reach
	Vetoes    []string `json:"vetoes,omitempty"`
	Rules     []string `json:"rules,omitempty"`   // blocking rules that make this pair a candidate
	Generic   []string `json:"generic,omitempty"` // attributes with a value that too many customers share: it weighs nothing
}

// Same reports whether the pair by itself is held to be one customer.
func (w *Why) Same() bool { return w.Total >= w.Link && len(w.Vetoes) == 0 }

// Compared is one comparison of a pair; its weight is the sum of its steps, bounded.
type Compared struct {
	Name      string `json:"name"`
	Weight    Weight `json:"weight"`
	Household Weight `json:"household"` // the same against two members of a household
	Steps     []Step `json:"steps"`
}

// Step is one part of a comparison: its level, the chances behind it, and the values that were
// compared: in folded form by [Ruleset.Explain], as written by [Ruleset.ExplainWritten].
type Step struct {
	Part      string  `json:"part,omitempty"` // last, first, city, ...; "" when there is only one
	Level     string  `json:"level"`
	M         float64 `json:"m"`
	U         float64 `json:"u"`
	Kin       float64 `json:"kin"`              // chance of it in a household
	Rarity    Weight  `json:"rarity,omitempty"` // bits that the frequency of the value adds or takes
	Weight    Weight  `json:"weight"`
	Household Weight  `json:"household"` // weight against a household
	Left      string  `json:"left,omitempty"`
	Right     string  `json:"right,omitempty"`
	// LeftRead and RightRead say how a value was read, where that is not plain from how it is written.
	LeftRead  string `json:"left_read,omitempty"`
	RightRead string `json:"right_read,omitempty"`
}

// trace collects steps, or only the levels reached. A nil trace collects nothing.
type trace struct {
	steps []Step
	light bool
	marks []mark
}

// mark is a level that was reached, and the bits that the frequency of the value adds or takes.
type mark struct {
	part   string
	level  *level
	rarity Weight
}

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
	switch {
	case t == nil:
	case t.light:
		t.marks = append(t.marks, mark{part, l, f.weight - l.weight})
	default:
		t.steps = append(t.steps, Step{Part: part, Level: l.key, M: l.M, U: l.U, Kin: l.Kin, Rarity: f.weight - l.weight, Weight: f.weight, Household: f.kin, Left: x, Right: y})
	}
	return f
}

// Explain tells why a pair of one kind weighs what [Ruleset.Compare] and [Ruleset.Total] say.
func (r *Ruleset) Explain(a, b *Item) Why {
	k := r.of(a.Kind)
	var ev Evidence
	r.Compare(a, b, &ev)
	why := Why{Kind: a.Kind, Prior: k.prior, Link: k.link, Total: r.Total(a.Kind, &ev), Chance: k.prior + sumOf(ev[:MaxComparisons])}
	if ev[Household] != Missing {
		household := k.prior + sumOf(ev[MaxComparisons:])
		why.Household = &household
	}
	why.Kinship = why.Total - why.Chance
	for i := range k.comparisons {
		if c, seen := k.compared(&ev, i, a, b); seen {
			why.Comparisons = append(why.Comparisons, c)
		}
	}
	why.Vetoes, why.Rules, why.Generic = r.vetoes(a, b), k.rulesMet(a, b), r.generic(a, b)
	return why
}

// compared tells what one comparison found.
func (k *kindRules) compared(ev *Evidence, place int, a, b *Item) (c Compared, seen bool) {
	weight, seen := k.weightOf(ev[:MaxComparisons], place)
	if !seen {
		return c, false
	}
	kin, _ := k.weightOf(ev[MaxComparisons:], place)
	var t trace
	k.comparisons[place].compare(a, b, &t)
	return Compared{k.comparisons[place].name, weight, kin, t.steps}, true
}

// weightOf is the weight of a comparison in one half of the evidence, that of the patronymic included.
func (k *kindRules) weightOf(half []int16, place int) (weight Weight, seen bool) {
	if half[place] != Missing {
		weight, seen = Weight(half[place]), true
	}
	if k.name != nil && place == k.nameAt && half[patronymicPlace] != Missing {
		weight, seen = weight+Weight(half[patronymicPlace]), true
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
