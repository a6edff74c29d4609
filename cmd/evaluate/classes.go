package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"kartoteka/matching"
)

// class is how the records of one class of look-alikes fared.
type class struct {
	name             string
	records          int
	people           map[int32]bool
	same, alike      int64 // pairs within groups: of one person; of two who look alike
	missed, confused int64 // of them, those in different clusters; those in one
	others           int64 // pairs with people of another group that were joined, which is no look-alike's fault
}

// classesOf counts errors by class, in the order of their names.
func classesOf(c *clustering) []*class {
	var out []*class
	by := map[string]*class{}
	members := map[int32][]int32{}
	for i, name := range c.class {
		k := by[name]
		if k == nil {
			k = &class{name: name, people: map[int32]bool{}}
			by[name] = k
			out = append(out, k)
		}
		k.records++
		k.people[c.truth[i]] = true
		members[c.group[i]] = append(members[c.group[i]], int32(i))
	}
	for _, list := range members {
		by[c.class[list[0]]].count(c, list)
	}
	for f := range matching.Faults(c.clusters, c.truth, nil) {
		if f.False && c.group[f.A] != c.group[f.B] {
			by[c.class[f.A]].others++
			by[c.class[f.B]].others++
		}
	}
	slices.SortFunc(out, func(x, y *class) int { return strings.Compare(x.name, y.name) })
	return out
}

func (k *class) count(c *clustering, group []int32) {
	for i, x := range group {
		for _, y := range group[:i] {
			together := c.clusters[x] == c.clusters[y]
			if c.truth[x] == c.truth[y] {
				k.same++
				if !together {
					k.missed++
				}
				continue
			}
			k.alike++
			if together {
				k.confused++
			}
		}
	}
}

// writeClasses prints the error rates of people who look alike.
func writeClasses(w io.Writer, list []*class) {
	_, _ = fmt.Fprintf(w, "\n%-20s %7s %8s %11s %8s %7s %11s %7s %7s %7s\n", "people who look alike", "people", "records",
		"alike pairs", "joined", "rate", "true pairs", "missed", "rate", "others")
	for _, k := range list {
		_, _ = fmt.Fprintf(w, "%-21s %7d %8d %11d %8d %7s %11d %7d %7s %7d\n", k.name, len(k.people), k.records,
			k.alike, k.confused, rate(k.confused, k.alike), k.same, k.missed, rate(k.missed, k.same), k.others)
	}
}

func rate(n, of int64) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(of))
}
