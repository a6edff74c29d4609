package resolve

import (
	"cmp"
	"maps"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// follower lets codes follow clusters by overlap: total and deterministic given the codes that
// the records have, and outside the function f, which knows no codes.
type follower struct {
	rules *Rules
	codes map[customer.Code]*CodeRow // all codes and homes of the records, and where they lead
	mint  func(n int) ([]Minted, error)

	result map[customer.RecordID]customer.Code // the codes after it; nil if nobody asks
	// rebuild builds every golden record again, because the rules changed.
	rebuild bool
	// judged are the codes whose golden record a person's operation changes without moving records.
	judged map[customer.Code]bool
	// wishes are codes that a person's operation wants for records, before overlap decides.
	wishes    []wish
	foreseen  map[customer.RecordID]customer.Code // codes that settling questions led to; beyond all real ones for new ones
	decisions []customer.Decision                 // about the records
	repair    *mending                            // of a repair, else nil

	created, merged, split int
}

// cluster is the records of one customer, and the code that they get.
type cluster struct {
	members   []*record
	component int32
	code      customer.Code
	kind      customer.ChangeKind // what happens to the code; "" for nothing but new members
}

// claim is the part of a code's records that a cluster holds.
type claim struct {
	cluster   int
	code      customer.Code
	records   int
	confirmed int // of them: a person checked that they are one customer
}

// wish is a code that a person's operation wants for most of the records.
type wish struct {
	code    customer.Code
	records []customer.RecordID
}

// assign gives each cluster a code: the one that the operation asks for; else one that a person chose to
// stay, a confirmed one, the one that most of the cluster's records carry, the oldest, each with the cluster
// that claims it first by that order; a cluster left without takes back a
// retired code that led here and is home to most of it, else a new one.
func (f *follower) assign(clusters []cluster) error {
	present, taken := f.keep(clusters)
	var without []int
	for i := range clusters {
		if code := clusters[i].code; code != 0 && f.codes[code] != nil {
			continue
		} else if code != 0 {
			without = append(without, i)
			continue
		}
		if home := f.homeOf(&clusters[i], present, taken); home != 0 {
			clusters[i].code, clusters[i].kind, taken[home] = home, customer.Restored, true
			continue
		}
		without = append(without, i)
	}
	slices.SortStableFunc(without, func(x, y int) int { return cmp.Compare(clusters[x].code, clusters[y].code) })
	minted, err := f.mintFor(len(without))
	for i, m := range minted {
		c := &clusters[without[i]]
		c.code, c.kind = m.Code, customer.Created
		f.codes[m.Code] = &CodeRow{Code: m.Code, Serial: m.Serial}
	}
	return err
}

// keep lets the codes that the records have stay with clusters; those not taken would retire.
func (f *follower) keep(clusters []cluster) (present, taken map[customer.Code]bool) {
	present, taken = map[customer.Code]bool{}, map[customer.Code]bool{}
	f.foresee(clusters, taken)
	claims := f.claims(clusters)
	f.grant(clusters, claims, taken)
	for _, c := range claims {
		present[c.code] = true
		if clusters[c.cluster].code == 0 && !taken[c.code] {
			clusters[c.cluster].code, taken[c.code] = c.code, true
		}
	}
	return present, taken
}

func (f *follower) mintFor(n int) ([]Minted, error) {
	if n == 0 {
		return nil, nil
	}
	f.created += n
	return f.mint(n)
}

func (f *follower) claims(clusters []cluster) []claim {
	var claims []claim
	confirmed := confirmedRecords(f.decisions)
	for i := range clusters {
		first := len(claims)
		for _, rec := range clusters[i].members {
			if rec.Code != 0 {
				claims = count(claims, first, claim{i, rec.Code, 1, confirmed[rec.ID]})
			}
		}
	}
	slices.SortFunc(claims, func(x, y claim) int {
		return cmp.Or(cmp.Compare(f.codes[y.code].Keeper, f.codes[x.code].Keeper), cmp.Compare(min(y.confirmed, 1), min(x.confirmed, 1)),
			cmp.Compare(y.records, x.records), cmp.Compare(f.codes[x.code].Serial, f.codes[y.code].Serial),
			cmp.Compare(x.cluster, y.cluster))
	})
	return claims
}

// count adds one record to the claim of the same code at or after first.
func count(claims []claim, first int, c claim) []claim {
	for i := first; i < len(claims); i++ {
		if claims[i].code == c.code {
			claims[i].records++
			claims[i].confirmed += c.confirmed
			return claims
		}
	}
	return append(claims, c)
}

// homeOf finds a retired code that is home to most of the cluster and led to a code present here, or nowhere.
func (f *follower) homeOf(c *cluster, present, taken map[customer.Code]bool) customer.Code {
	var homes []claim
	for _, rec := range c.members {
		if rec.Home != 0 {
			homes = count(homes, 0, claim{code: rec.Home, records: 1})
		}
	}
	for _, h := range homes {
		row := f.codes[h.code]
		if h.records*2 > len(c.members) && row != nil && row.State == customer.CodeRetired && !taken[h.code] && f.ledHere(row, present) {
			return h.code
		}
	}
	return 0
}

func (f *follower) ledHere(row *CodeRow, present map[customer.Code]bool) bool {
	for hops := 0; row != nil && hops < 1000; hops++ {
		if row.Successor == 0 {
			return row.State == customer.CodeRetired || present[row.Code]
		}
		row = f.codes[row.Successor]
	}
	return false
}

// clustersOf groups records, which are sorted by id, by the result of f.
func clustersOf(records []*record, result matching.Result) []cluster {
	place := make(map[int32]int, len(records))
	var out []cluster
	for i, rec := range records {
		at, known := place[result.Cluster[i]]
		if !known {
			at = len(out)
			place[result.Cluster[i]] = at
			out = append(out, cluster{component: result.Component[i]})
		}
		out[at].members = append(out[at].members, rec)
	}
	return out
}

// follow computes what changes when the records' clusters are as in result.
func (f *follower) follow(records []*record, gone map[customer.RecordID]*record, resolved map[customer.RecordID]bool, result matching.Result, op Operation) (*Effects, error) {
	clusters := clustersOf(records, result)
	if err := f.assign(clusters); err != nil {
		return nil, err
	}
	w := newWriter(f.rules, f.codes, resolved, op)
	w.rebuild, w.repair, w.judged, w.grants = f.rebuild || f.repair != nil, f.repair, f.judged, grantsOf(f.decisions)
	w.families(clusters, gone)
	w.components(clusters)
	for i := range clusters {
		w.cluster(&clusters[i])
	}
	w.gone(gone)
	w.retire()
	f.merged, f.split = w.merged, w.splits
	f.remember(clusters)
	return w.effects, nil
}

func (f *follower) remember(clusters []cluster) {
	if f.result == nil {
		return
	}
	for i := range clusters {
		for _, rec := range clusters[i].members {
			f.result[rec.ID] = clusters[i].code
		}
	}
}

// components names each component by the smallest code in it.
func (w *writer) components(clusters []cluster) {
	for i := range clusters {
		c := &clusters[i]
		if smallest, known := w.component[c.component]; !known || c.code < smallest {
			w.component[c.component] = c.code
		}
	}
}

// families joins clusters and codes that exchange records: each such family that merges or
// splits is an operation of its own.
func (w *writer) families(clusters []cluster, gone map[customer.RecordID]*record) {
	for i := range clusters {
		for _, rec := range clusters[i].members {
			switch {
			case rec.Code == 0:
				w.joined[clusters[i].code] = append(w.joined[clusters[i].code], customer.Moved{Record: rec.ID, To: clusters[i].code})
			case rec.Code != clusters[i].code:
				w.move(rec.Code, clusters[i].code, rec.ID)
			}
			w.before[rec.Code]++
		}
		w.after[clusters[i].code] = &clusters[i]
	}
	for _, id := range sortedIDs(gone) {
		if code := gone[id].Code; code != 0 {
			w.before[code]++
			w.lost[code] = append(w.lost[code], customer.Moved{Record: id, From: code})
		}
	}
	delete(w.before, 0)
	for _, code := range slices.Sorted(maps.Keys(w.lost)) {
		if w.after[code] == nil {
			w.retired = append(w.retired, code)
		}
	}
}

func (w *writer) move(from, to customer.Code, record customer.RecordID) {
	m := customer.Moved{Record: record, From: from, To: to}
	w.lost[from] = append(w.lost[from], m)
	w.won[to] = append(w.won[to], m)
	w.joinFamily(from, to)
}
