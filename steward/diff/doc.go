// Package diff shows where two written values differ, by the characters that people see.
//
// It is pure. A character is a grapheme cluster (UAX #29), so that й is one however it is
// encoded; what cannot be seen, or looks like something else, is marked with a name for those
// who do not see the mark.
package diff
