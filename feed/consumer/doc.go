// Package consumer is the reference consumer of the golden topic: it keeps a table equal to it.
//
// The topic repeats itself, and a compacted topic may end with an older message for a
// while; so a row is replaced by a greater (epoch, version) only. Positions are stored
// together with the rows, so a crash repeats work but never loses or doubles anything.
package consumer
