// Package customer is the words of the hub as types.
//
// It imports the standard library only and holds no rules: what a value means is
// decided by standardize, matching, golden and access, each for its own part.
package customer
