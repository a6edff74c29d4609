package main

// matchReports are the verbs that report on matching from files, without a database.
type matchReports struct {
	Blocks blocksCommand `cmd:"" help:"Show what each blocking rule of a file contributes, and the largest blocks."`
}
