// Package standardize turns raw text into comparable values, each with a verdict.
//
// It is pure: no I/O, no clock, no logger, no randomness. The same text, portrait and
// settings always give the same values, on any machine; see [Standardizer.Fingerprint].
package standardize
