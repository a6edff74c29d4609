//go:build race

package raced

// Enabled is true where the race detector watches.
const Enabled = true
