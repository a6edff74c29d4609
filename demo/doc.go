// Package demo writes one invented population, with its truth, as the files of several systems.
//
// Nobody in it is real: names are composed of common given names and productive suffixes,
// identity numbers have right check digits but lie in ranges that are given to nobody, and
// mobile phones use unassigned codes. Everything is a function of the seed: a person is
// computed from its number, so files of any size are written without holding the population.
package demo
