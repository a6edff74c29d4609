// Package chaos kills the real program and checks its promises.
//
// A [Run] starts a PostgreSQL server, a broker, and two processes of kartoteka serve; then clients carry out
// a workload that follows from a seed, each operation in a process of its own, while faults that
// follow from the same seed befall all of them. A ledger in another process knows what was
// acknowledged. In the end everything is healed and drained, and all promises are checked, twice: a
// restart lies between.
//
// Read run.go first, then plan.go and steward.go (what is done), faults.go (what befalls it), expect.go (what must
// be there in the end).
package chaos
