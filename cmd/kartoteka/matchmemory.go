package main

import (
	"runtime"
	"runtime/debug"
)

// How much memory an item takes, and what a partition needs for it, in bytes; about.
const (
	itemBytes      = 500
	partitionBytes = 300
)

// quiet keeps the collector off. The zero quiet has not begun.
type quiet struct {
	begun   bool
	percent int
	limit   int64 // the user's own, which is never raised
}

// begin collects the garbage that there is and lets the collector rest while work makes about so
// many bytes that stay and next to no garbage: looking for garbage meanwhile would cost time and,
// because it begins late, room for as much again. If far more comes, it looks after all. It may
// begin anew before it ends.
func (q *quiet) begin(bytes int64) {
	debug.FreeOSMemory() // what is free lies in pieces that large lists would not fit into
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if !q.begun {
		q.begun, q.percent, q.limit = true, debug.SetGCPercent(-1), debug.SetMemoryLimit(-1)
	}
	debug.SetMemoryLimit(min(q.limit, int64(m.HeapInuse)+2*bytes+1<<28))
}

// end lets the collector work as before.
func (q *quiet) end() {
	if q.begun {
		debug.SetMemoryLimit(q.limit)
		debug.SetGCPercent(q.percent)
		q.begun = false
	}
}
