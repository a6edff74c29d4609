//go:build nolock

package store

// kept lets everybody into the lane at once: a planted bug.
func kept([]int64) []int64 { return nil }
