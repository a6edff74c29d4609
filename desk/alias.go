package desk

import "kartoteka/store"

// What the store tells as it is.
type (
	// RunRow is one reading of a source.
	RunRow = store.RunRow
	// TaskCount is how many questions of a kind are open.
	TaskCount = store.TaskCount
	// Happening is one version of a code and the operation that brought it about.
	Happening = store.Happening
)
