// Package proof proves from outside what the feed promises: it reads the topics as a consumer would.
//
// Events are contiguous per code after dropping repeats; the compacted golden topic ends at what
// the events add up to; a retired code leads to a living one; the crosswalk is the membership that
// the golden records state. Memory grows with the number of codes, about 140 bytes each, not with
// the number of messages.
package proof
