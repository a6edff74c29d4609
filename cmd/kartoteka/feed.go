package main

// feedCommand groups the verbs about the change log.
type feedCommand struct {
	Tail   feedTailCommand   `cmd:"" help:"Print the change log."`
	Status feedStatusCommand `cmd:"" help:"Tell how far the change log is published."`
	Verify feedVerifyCommand `cmd:"" help:"Prove from the topics alone that the feed keeps what it promises."`
	Replay feedReplayCommand `cmd:"" help:"Send again what was published."`
	Back   feedBackCommand   `cmd:"" help:"Return the personal codes to the sources."`
	Retry  feedRetryCommand  `cmd:"" help:"Send again what was too large."`
}
