// Package config turns one YAML file into validated settings.
//
// The file says what a company intends: its portrait of a customer, its sources, its costs.
// It is read strictly and every fault in it is reported at once, each with its line, its
// path and its cure. What a connector reads of its own stays a node that its kind decodes.
package config
