package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"kartoteka/matching"
)

// missedPairs counts true pairs in different clusters, by reason.
type missedPairs struct {
	NotBlocked     int64 `json:"not_blocked"`
	BelowThreshold int64 `json:"below_threshold"`
	Split          int64 `json:"split"`
}

// wrongPairs counts untrue pairs in one cluster, by reason.
type wrongPairs struct {
	Direct   int64 `json:"direct"`
	ByOthers int64 `json:"by_others"`
}

// maxFaults bounds the faults that are looked at: the reasons of more are not counted.
const maxFaults = 1_000_000

// fault is a pair that clusters and truth disagree about, with its weight.
type fault struct {
	matching.Fault
	reason matching.FaultReason
	total  matching.Weight
}

// faults lists the missed and the wrong pairs, the most surprising first: those whose own weight
// speaks loudest against the truth.
func (e *evaluation) faults(run matching.Result, truth, sides []int32) []fault {
	closed := map[uint64]bool{}
	for _, k := range run.Closed {
		closed[k.Hash] = true
	}
	var out []fault
	for f := range matching.Faults(run.Cluster, truth, sides) {
		if len(out) == maxFaults {
			break
		}
		out = append(out, e.judge(f, closed))
	}
	slices.SortFunc(out, func(x, y fault) int {
		return cmp.Or(cmp.Compare(y.Surprise(y.total), x.Surprise(x.total)), strings.Compare(e.ids[x.A], e.ids[y.A]), strings.Compare(e.ids[x.B], e.ids[y.B]))
	})
	return out
}

// judge weighs a pair. Records of different kinds are never compared.
func (e *evaluation) judge(f matching.Fault, closed map[uint64]bool) fault {
	a, b := e.entries[f.A].Item, e.entries[f.B].Item
	if a.Kind != b.Kind {
		return fault{Fault: f, reason: f.Reason(false, 0, 0)}
	}
	var ev matching.Evidence
	m := e.rules.matcher
	m.Compare(a, b, &ev)
	total := m.Total(a.Kind, &ev)
	return fault{f, f.Reason(meet(a, b, closed), total, m.Link(a.Kind)), total}
}

func countFaults(list []fault) (missed missedPairs, wrong wrongPairs) {
	for i := range list {
		switch list[i].reason {
		case matching.NotBlocked:
			missed.NotBlocked++
		case matching.BelowThreshold:
			missed.BelowThreshold++
		case matching.SplitByCluster:
			missed.Split++
		case matching.JoinedDirectly:
			wrong.Direct++
		case matching.JoinedByOthers:
			wrong.ByOthers++
		}
	}
	return missed, wrong
}

// faultColumns are the columns of the file of wrong pairs; others may be added behind.
var faultColumns = []string{"verdict", "reason", "left", "right", "bits", "link", "rules", "found", "vetoes", "generic"}

// writeFaults writes the wrong pairs by record id, without values.
func (e *evaluation) writeFaults(path string, list []fault) error {
	return writeFile(path, func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write(faultColumns); err != nil {
			return err
		}
		for i := range list {
			if err := out.Write(e.faultRow(&list[i])); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	})
}

func (e *evaluation) faultRow(f *fault) []string {
	verdict := "missed"
	if f.False {
		verdict = "false"
	}
	a, b := e.entries[f.A].Item, e.entries[f.B].Item
	if a.Kind != b.Kind {
		return []string{verdict, string(f.reason), e.ids[f.A], e.ids[f.B], "", "", "", "different kinds", "", ""}
	}
	why := e.rules.matcher.Explain(a, b)
	return []string{verdict, string(f.reason), e.ids[f.A], e.ids[f.B], signed(why.Total), signed(why.Link), strings.Join(why.Rules, "; "),
		levels(&why), strings.Join(why.Vetoes, "; "), strings.Join(why.Generic, "; ")}
}

// levels tells what the comparisons found: levels and weights, no values.
func levels(why *matching.Why) string {
	var out []string
	for _, c := range why.Comparisons {
		var steps []string
		for _, s := range c.Steps {
			steps = append(steps, strings.TrimSpace(s.Part+" "+s.Level))
		}
		out = append(out, fmt.Sprintf("%s %s (%s)", c.Name, signed(c.Weight), strings.Join(steps, ", ")))
	}
	out = append(out, "prior "+signed(why.Prior))
	if why.Kinship != 0 {
		out = append(out, "kin "+signed(why.Kinship))
	}
	return strings.Join(out, "; ")
}

// signed writes a weight in bits.
func signed(w matching.Weight) string { return fmt.Sprintf("%+.2f", bits(w)) }
