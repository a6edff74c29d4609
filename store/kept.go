//go:build !nolock

package store

// kept are the locks that are taken. The build tag nolock plants the bug of taking none, to show that
// the chaos suite finds it.
func kept(locks []int64) []int64 { return locks }
