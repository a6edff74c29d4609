package matching

import (
	"flag"
	"fmt"
	"sort"
)

var show = flag.Int("show", 0, "how many patterns of missed and of wrong pairs of a labeled set to print")

// patterns prints what the pairs have in common that the clustering got wrong.
func (o *outcome) patterns(l *loaded) {
	type pattern struct {
		n       int
		example string
		total   int64
	}
	missed, wrong := map[string]*pattern{}, map[string]*pattern{}
	note := func(into map[string]*pattern, i, j int) {
		why := o.rules.Explain(o.items[i], o.items[j])
		key := describe(why)
		if len(why.Rules) == 0 {
			key += " (no rule)"
		}
		p := into[key]
		if p == nil {
			p = &pattern{example: fmt.Sprint(l.raw[i], "\n      ", l.raw[j], "\n      ", why.Total, " kin ", why.Kinship)}
			into[key] = p
		}
		p.n++
		p.total += int64(why.Total)
	}
	byTruth, byCluster := map[string][]int{}, map[int32][]int{}
	for i, id := range l.ids {
		byTruth[l.truth[id]] = append(byTruth[l.truth[id]], i)
		byCluster[o.result.Cluster[i]] = append(byCluster[o.result.Cluster[i]], i)
	}
	for _, g := range byTruth {
		for i := range g {
			for _, j := range g[i+1:] {
				if o.result.Cluster[g[i]] != o.result.Cluster[j] && o.items[g[i]].Kind == o.items[j].Kind {
					note(missed, g[i], j)
				}
			}
		}
	}
	for _, g := range byCluster {
		for i := range g {
			for _, j := range g[i+1:] {
				if l.truth[l.ids[g[i]]] != l.truth[l.ids[j]] {
					note(wrong, g[i], j)
				}
			}
		}
	}
	for title, m := range map[string]map[string]*pattern{"MISSED": missed, "WRONG": wrong} {
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		sort.Slice(keys, func(i, j int) bool {
			return m[keys[i]].n > m[keys[j]].n || m[keys[i]].n == m[keys[j]].n && keys[i] < keys[j]
		})
		fmt.Println("==", title, len(keys), "patterns")
		for _, k := range keys[:min(*show, len(keys))] {
			fmt.Printf("%5d  avg %d  %s\n      %s\n", m[k].n, m[k].total/int64(m[k].n), k, m[k].example)
		}
	}
}
