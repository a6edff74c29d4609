package main

// matchReports are the verbs that report on matching from files, without a database.
type matchReports struct {
	Blocks    blocksCommand    `cmd:"" help:"Show what each blocking rule of a file contributes, and the largest blocks."`
	Threshold thresholdCommand `cmd:"" help:"Draw precision and recall over thresholds, the weights of pairs, and how reliable probabilities are."`
	Compare   compareCommand   `cmd:"" help:"List the clusters of a file that would change with another model."`
	Estimate  estimateCommand  `cmd:"" help:"Estimate precision and recall of a file without labels, or from a judged sample."`
}
