//go:build !brokenack

package store

// committed is what the server said of a commit. The build tag brokenack plants the bug of not
// listening to it, to show that the chaos suite finds it.
func committed(err error) error { return err }
