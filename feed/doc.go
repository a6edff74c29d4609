// Package feed publishes the change log to Kafka.
//
// The change log is the outbox: a change is committed together with its golden version, and
// the dispatcher sends it afterwards, at least once and in order per code. Consumers keep
// the greatest (epoch, version) of a code; see package consumer.
package feed
