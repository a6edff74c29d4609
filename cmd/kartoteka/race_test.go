//go:build race

package main

import "testing"

// unraced skips a test that computes over many rows and does little else: the race detector makes it
// ten times slower, and smaller tests show it the same code. scripts/test runs these without it.
func unraced(t *testing.T) {
	t.Helper()
	t.Skip("measured without the race detector")
}
