package matching

import "kartoteka/customer"

// Ruleset turns standardized records into items, says which pairs are worth comparing and weighs them.
type Ruleset struct{}

// Compile makes the ruleset of a portrait.
func Compile(p *customer.Portrait, s Settings, m *Model, standardizer string) (*Ruleset, error) {
	return &Ruleset{}, nil
}

// Hash identifies the ruleset.
func (r *Ruleset) Hash() string { return "" }

// Item prepares a record for comparison.
func (r *Ruleset) Item(s *customer.Standard) *Item { return &Item{Kind: s.Kind} }

// Compare weighs a pair.
func (r *Ruleset) Compare(a, b *Item, ev *Evidence) {}

// Prior is the weight of two records being one customer before anything is compared.
func (r *Ruleset) Prior(kind customer.Kind) Weight { return 0 }

// Link is the weight from which records are held to be one customer.
func (r *Ruleset) Link(kind customer.Kind) Weight { return 0 }

// Total sums the prior and the evidence.
func (r *Ruleset) Total(kind customer.Kind, ev *Evidence) Weight { return 0 }

// SelfWeight is the total of an item compared with itself.
func (r *Ruleset) SelfWeight(it *Item) Weight { return 0 }

// Rules names the blocking rules of a kind, by Key.Rule.
func (r *Ruleset) Rules(kind customer.Kind) []string { return nil }
