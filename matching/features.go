package matching

// features is what the comparisons of a kind read of an item.
type features struct{}
