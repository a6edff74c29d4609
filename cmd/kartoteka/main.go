// Command kartoteka is the hub: one binary, one file per verb, and the only place that wires the rooms together.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	// A reader that has seen enough (| head) is an error of writing and no sudden death, which
	// would leave the private database running.
	signal.Ignore(syscall.SIGPIPE)
	go heed(signals, cancel, os.Exit)
	os.Exit(run(ctx, os.Args[1:], &app{out: os.Stdout, err: os.Stderr, lookup: os.LookupEnv}))
}

// heed lets the first signal end the work in order, and the second one at once: nothing that was
// acknowledged is lost either way.
func heed(signals <-chan os.Signal, orderly func(), exit func(int)) {
	<-signals
	orderly()
	if s, ok := (<-signals).(syscall.Signal); ok {
		exit(128 + int(s))
	}
}
