//go:build race

package connectors_test

// raced: the race detector keeps a shadow of the memory, which is not the connectors'.
const raced = true
