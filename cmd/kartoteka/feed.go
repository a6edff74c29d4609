package main

// feedCommand groups the verbs about the change log.
type feedCommand struct {
	Tail   feedTailCommand   `cmd:"" help:"Print the change log."`
	Status feedStatusCommand `cmd:"" help:"Tell how far the change log is published."`
}
