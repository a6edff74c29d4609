package main

import (
	"runtime"
	"runtime/debug"
	"sync"
)

// seldom has the collector look for garbage half as often while something is loaded: a load makes
// much of it and keeps little. Loads may overlap.
var seldom collector

// seldomRoom is the memory that a load may take, in bytes; above it the collector looks more often.
const seldomRoom = 1 << 30

type collector struct {
	mu      sync.Mutex
	loads   int
	percent int
	limit   int64 // the user's own, which is never raised
}

// begin returns what ends it.
func (c *collector) begin() (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loads++; c.loads == 1 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.limit = debug.SetMemoryLimit(-1)
		debug.SetMemoryLimit(min(c.limit, 2*int64(m.HeapInuse)+seldomRoom))
		if c.percent = debug.SetGCPercent(200); c.percent != 100 {
			debug.SetGCPercent(c.percent) // somebody chose it
		}
	}
	return c.end
}

func (c *collector) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loads--; c.loads == 0 {
		debug.SetGCPercent(c.percent)
		debug.SetMemoryLimit(c.limit)
	}
}
