// Package mapping finds out what the columns of a source mean, by their names and by what their values look like.
//
// [Infer] proposes a mapping with reasons; [Compile] turns a mapping, proposed or written
// by hand, into a [Mapper] that gives rows their meaning. Both are pure: no I/O, no clock.
package mapping
