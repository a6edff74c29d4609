// Package matching finds which source records are the same customer, with reasons.
//
// It is pure: records in, edges, components and clusters out. A [Ruleset] turns standardized
// records into items, says which pairs are worth comparing and weighs them (Fellegi–Sunter);
// [Partition] is the function f of the design: nodes, closed keys, generic values, components,
// cap, clustering, vetoes and decisions.
package matching
