// Package raced knows whether the race detector watches.
package raced

import "testing"

// Skip leaves out a test that only computes: the detector makes it ten times slower, and smaller tests
// show it the same code. It is the test's first line: scripts/test looks for it there, and runs these
// tests without the detector.
func Skip(t testing.TB) {
	t.Helper()
	if Enabled {
		t.Skip("runs without the race detector")
	}
}
