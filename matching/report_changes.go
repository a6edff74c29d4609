package matching

import (
	"cmp"
	"slices"
)

// ClusterChange is what happens to clusters that share records, by the places of their records.
type ClusterChange struct {
	Kind          ChangeKind
	Before, After [][]int32 // each cluster ascending, clusters by their first record
}

// ChangeKind says how clusters change.
type ChangeKind string

// The kinds of changes.
const (
	ChangeJoined ChangeKind = "joined" // several clusters become one
	ChangeSplit  ChangeKind = "split"  // one cluster becomes several
	ChangeMoved  ChangeKind = "moved"  // several clusters become several others
)

// Records counts the records of a change.
func (c *ClusterChange) Records() (n int) {
	for _, list := range c.Before {
		n += len(list)
	}
	return n
}

// CompareClusters lists what changes from one partition of records to another, those with most
// records first.
func CompareClusters(before, after []int32) []ClusterChange {
	f := NewForest(len(before))
	for _, labels := range [2][]int32{before, after} {
		first := map[int32]int32{}
		for i, l := range labels {
			if at, seen := first[l]; seen {
				f.Union(at, int32(i))
			} else {
				first[l] = int32(i)
			}
		}
	}
	touched := map[int32][]int32{}
	for i := range before {
		root := f.Find(int32(i))
		touched[root] = append(touched[root], int32(i))
	}
	var out []ClusterChange
	for _, records := range touched {
		if c := changeOf(records, before, after); c.Kind != "" {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(x, y ClusterChange) int {
		return cmp.Or(cmp.Compare(y.Records(), x.Records()), cmp.Compare(x.Before[0][0], y.Before[0][0]))
	})
	return out
}

func changeOf(records, before, after []int32) ClusterChange {
	c := ClusterChange{Before: grouped(records, before), After: grouped(records, after)}
	switch b, a := len(c.Before), len(c.After); {
	case b == 1 && a == 1:
	case a == 1:
		c.Kind = ChangeJoined
	case b == 1:
		c.Kind = ChangeSplit
	default:
		c.Kind = ChangeMoved
	}
	return c
}

// grouped splits ascending records by their labels.
func grouped(records, labels []int32) (out [][]int32) {
	at := map[int32]int{}
	for _, r := range records {
		i, seen := at[labels[r]]
		if !seen {
			i = len(out)
			at[labels[r]] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], r)
	}
	return out
}
