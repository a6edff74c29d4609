package main

import (
	"runtime/debug"
	"testing"
)

// TestLoadsThatOverlapLeaveTheCollectorAsItWas ends two loads in the order in which they began.
func TestLoadsThatOverlapLeaveTheCollectorAsItWas(t *testing.T) {
	limit := debug.SetMemoryLimit(-1)
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	var c collector
	first := c.begin()
	second := c.begin()
	first()
	if got := debug.SetGCPercent(200); got != 200 {
		t.Errorf("during a load the percentage is %d", got)
	}
	second()
	if got, back := debug.SetGCPercent(100), debug.SetMemoryLimit(-1); got != 100 || back != limit {
		t.Errorf("afterwards the percentage is %d and the limit %d", got, back)
	}
}
