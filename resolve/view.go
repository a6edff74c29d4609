package resolve

import (
	"cmp"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// view is what an outcome would do to the codes of a piece.
type view struct {
	*settler
	p        *piece
	steps    *matching.Steps
	clusters []cluster
	parts    map[customer.Code][]int // clusters that hold records of a code, ascending
	keeps    map[customer.Code]int   // cluster that a code stays with
	same     *matching.Forest        // by what persons decided
	first    map[customer.Code]int32 // a record of each code
}

func (s *settler) view(p *piece, result matching.Result, steps *matching.Steps) *view {
	v := &view{settler: s, p: p, steps: steps, clusters: clustersOf(p.records, result), parts: map[customer.Code][]int{},
		keeps: map[customer.Code]int{}, same: matching.NewForest(len(p.records)), first: map[customer.Code]int32{}}
	(&follower{rules: s.rules, codes: s.rows, decisions: p.persons, wishes: s.wishes}).keep(v.clusters)
	for i := range v.clusters {
		if code := v.clusters[i].code; code != 0 {
			v.keeps[code] = i
		}
		for _, rec := range v.clusters[i].members {
			if list := v.parts[rec.Code]; rec.Code != 0 && (len(list) == 0 || list[len(list)-1] != i) {
				v.parts[rec.Code] = append(list, i)
			}
		}
	}
	place := map[customer.RecordID]int32{}
	for i, rec := range p.records {
		place[rec.ID] = int32(i)
		if _, known := v.first[rec.Code]; !known {
			v.first[rec.Code] = int32(i)
		}
	}
	for _, d := range p.persons {
		if d.Kind == customer.Same {
			named := placesOf(place, slices.Concat(d.Left, d.Right))
			for _, at := range named[min(1, len(named)):] {
				v.same.Union(named[0], at)
			}
		}
	}
	return v
}

// splits lists the codes that would part and are to be asked about.
func (v *view) splits(stood []question) []question {
	var out []question
	for _, code := range slices.Sorted(maps.Keys(v.parts)) {
		key := questionKey{customer.HoldTogether, [2]customer.Code{code}}
		if len(v.parts[code]) < 2 || stands(stood, key) || v.splitDecided(code) {
			continue
		}
		q := question{kind: key.kind, codes: key.codes, parts: v.partsOf(code)}
		q.weight = v.weightOfParts(code)
		link := v.rules.Matcher.Link(v.p.records[0].item.Kind)
		if v.asks(v.rules.Policy.Split, &q, link-q.weight, nil) {
			out = append(out, q)
		}
	}
	return out
}

// members gives the records of a code in a cluster.
func (v *view) members(code customer.Code, cluster int) (out []*record) {
	for _, rec := range v.clusters[cluster].members {
		if rec.Code == code {
			out = append(out, rec)
		}
	}
	return out
}

// order lists the clusters of a code, first the one that keeps it.
func (v *view) order(code customer.Code) []int {
	list := slices.Clone(v.parts[code])
	if keeps, is := v.keeps[code]; is {
		slices.SortStableFunc(list, func(x, y int) int {
			switch {
			case x == y:
				return 0
			case x == keeps:
				return -1
			case y == keeps:
				return 1
			}
			return cmp.Compare(x, y)
		})
	}
	return list
}

func (v *view) partsOf(code customer.Code) (out [][]customer.RecordID) {
	for _, c := range v.order(code) {
		out = append(out, recordIDs(v.members(code, c)))
	}
	return out
}

// weightOfParts is the strongest evidence that any two parts of a code are one customer.
func (v *view) weightOfParts(code customer.Code) matching.Weight {
	best := matching.Weight(-1 << 20)
	for i, a := range v.parts[code] {
		for _, b := range v.parts[code][i+1:] {
			best = max(best, v.rules.groupTotal(v.members(code, a), v.members(code, b)))
		}
	}
	return best
}

// splitDecided reports whether persons decided that a code's records are not all one customer.
func (v *view) splitDecided(code customer.Code) bool {
	place := map[customer.RecordID]int32{}
	f := matching.NewForest(len(v.p.records))
	for i, rec := range v.p.records {
		place[rec.ID] = int32(i)
		f.Union(int32(i), v.same.Find(int32(i)))
		if rec.Code == code {
			f.Union(int32(i), v.first[code])
		}
	}
	return slices.ContainsFunc(v.p.persons, func(d customer.Decision) bool {
		if d.Kind != customer.Different {
			return false
		}
		trees := map[int32]bool{}
		for _, at := range placesOf(place, d.Left) {
			trees[f.Find(at)] = true
		}
		return slices.ContainsFunc(placesOf(place, d.Right), func(at int32) bool { return trees[f.Find(at)] })
	})
}

// joins lists the codes that would lose all their records to another and are to be asked about.
func (v *view) joins(stood []question) []question {
	var out []question
	for _, code := range slices.Sorted(maps.Keys(v.parts)) {
		if _, stays := v.keeps[code]; stays {
			continue
		}
		into, other := v.goesTo(code)
		pair := [2]customer.Code{min(code, other), max(code, other)}
		key := questionKey{customer.HoldApart, pair}
		if other == 0 || stands(append(stood, out...), key) || v.joinDecided(code, other) {
			continue
		}
		q := question{kind: key.kind, codes: pair, weight: v.weightOfJoin(into, code, other)}
		for _, c := range pair {
			q.parts = append(q.parts, v.all(c))
		}
		bar := v.rules.Policy.Join
		if v.confirmed(code) || v.confirmed(other) {
			bar = v.rules.Policy.JoinConfirmed
		}
		if v.asks(bar, &q, q.weight, v.alike(code, into)) {
			out = append(out, q)
		}
	}
	return out
}

// alike lists the questions that come to the same as whether a code joins a cluster: whether it joins
// any code there.
func (v *view) alike(code customer.Code, cluster int) (out []questionKey) {
	for _, rec := range v.clusters[cluster].members {
		key := questionKey{customer.HoldApart, [2]customer.Code{min(code, rec.Code), max(code, rec.Code)}}
		if rec.Code != 0 && rec.Code != code && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

// goesTo is the cluster that most records of a code would go to, and the code that it keeps.
func (v *view) goesTo(code customer.Code) (int, customer.Code) {
	best, most := -1, 0
	for _, c := range v.parts[code] {
		if n := len(v.members(code, c)); n > most {
			best, most = c, n
		}
	}
	if best < 0 {
		return best, 0
	}
	return best, v.clusters[best].code
}

// all lists the records that a code has.
func (v *view) all(code customer.Code) (out []customer.RecordID) {
	for _, rec := range v.p.records {
		if rec.Code == code {
			out = append(out, rec.ID)
		}
	}
	return out
}

// joinDecided reports whether what persons decided ties two codes, directly or by way of others.
func (v *view) joinDecided(a, b customer.Code) bool {
	f := matching.NewForest(len(v.p.records))
	for i, rec := range v.p.records {
		f.Union(int32(i), v.same.Find(int32(i)))
		if rec.Code != 0 {
			f.Union(int32(i), v.first[rec.Code])
		}
	}
	return f.Find(v.first[a]) == f.Find(v.first[b])
}

func (v *view) confirmed(code customer.Code) bool {
	return slices.ContainsFunc(v.p.persons, func(d customer.Decision) bool {
		return d.Kind == customer.Confirmed && slices.ContainsFunc(placesOf(v.place, slices.Concat(d.Left, d.Right)), func(at int32) bool {
			return v.records[at].Code == code
		})
	})
}

// weightOfJoin is the total at which the records of two codes came together.
func (v *view) weightOfJoin(cluster int, a, b customer.Code) matching.Weight {
	has := func(list []int32, code customer.Code) bool {
		return slices.ContainsFunc(list, func(at int32) bool { return v.p.records[at].Code == code })
	}
	for i := range v.steps.Joins {
		j := &v.steps.Joins[i]
		if has(j.Left, a) && has(j.Right, b) || has(j.Left, b) && has(j.Right, a) {
			return j.Total
		}
	}
	return v.rules.Matcher.SelfWeight(v.clusters[cluster].members[0].item) // equal contents
}
