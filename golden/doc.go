// Package golden makes the golden record of a customer out of its members.
//
// It is pure: the answer is a function of the set of members, the pins and the rules; the
// order in which members are given, record numbers and landing times never decide. Ties
// end at the standard text, then at (source, key) as bytes.
package golden
