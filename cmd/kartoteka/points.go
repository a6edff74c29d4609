package main

import (
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// pointsPassed counts the places where a crash must lose nothing.
var pointsPassed atomic.Int64

// point kills the process without ceremony at the n-th point that it passes, when
// KARTOTEKA_FAILPOINT is kill@N: the crash tests say so.
func (a *app) point(string) {
	order, ok := a.lookup("KARTOTEKA_FAILPOINT")
	if !ok {
		return
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(order, "kill@"), 10, 64)
	if err == nil && pointsPassed.Add(1) == n {
		_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
	}
}
