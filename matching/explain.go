package matching

// Why explains the weight of a pair.
type Why struct{}

// Explain tells why a pair weighs what it weighs.
func (r *Ruleset) Explain(a, b *Item) Why { return Why{} }
