//go:build !race

package connectors_test

const raced = false
