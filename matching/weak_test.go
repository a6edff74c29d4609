package matching

import (
	"bytes"
	"encoding/csv"
	"os"
	"testing"

	"kartoteka/demo"
	"kartoteka/failpoint/raced"
	"kartoteka/standardize"
)

// wholes is how the questions about doubtful wholes fare on a labeled set, one a cluster.
type wholes struct {
	customers  int
	asked      int // questions
	right      int // whose cut parts more pairs of different customers than of one
	over, told int // clusters of several customers with several records each, and those asked about
}

func (o *outcome) wholes(l *loaded) wholes {
	weakest, members, people := map[int32]*Weak{}, map[int32]map[string]int{}, map[string]bool{}
	for i := range o.result.Weak {
		w := &o.result.Weak[i]
		if c := o.result.Cluster[w.Left[0]]; weakest[c] == nil || w.Total < weakest[c].Total {
			weakest[c] = w
		}
	}
	for i, c := range o.result.Cluster {
		who := l.truth[l.ids[i]]
		if people[who] = true; members[c] == nil {
			members[c] = map[string]int{}
		}
		members[c][who]++
	}
	n := wholes{customers: len(people), asked: len(weakest)}
	for c, in := range members {
		several := 0
		for _, records := range in {
			several += min(1, records/2)
		}
		w := weakest[c]
		if w != nil && l.parts(w) {
			n.right++
		}
		if several > 1 {
			n.over++
			if w != nil {
				n.told++
			}
		}
	}
	return n
}

// parts reports whether a cut parts more pairs of different customers than of one.
func (l *loaded) parts(w *Weak) bool {
	right := 0
	for _, x := range w.Left {
		for _, y := range w.Right {
			if l.truth[l.ids[x]] == l.truth[l.ids[y]] {
				right++
			}
		}
	}
	return 2*right < len(w.Left)*len(w.Right)
}

// A third of the questions about doubtful wholes must be worth the asking, and they must be few.
func TestDoubtfulWholesAreWorthAsking(t *testing.T) {
	if testing.Short() || raced.Enabled {
		t.Skip("slow")
	}
	var all wholes
	count := func(name string, l *loaded) {
		n := l.run(t, DefaultSettings()).wholes(l)
		t.Logf("%-22s %6d customers: %3d asked (%.1f per 1,000), %3d right; of %3d such clusters %3d asked about", name, n.customers, n.asked,
			1000*float64(n.asked)/float64(n.customers), n.right, n.over, n.told)
		if most := 2 + n.customers/50; n.asked > most {
			t.Errorf("%s: %d questions about %d customers, want at most %d", name, n.asked, n.customers, most)
		}
		all = wholes{all.customers + n.customers, all.asked + n.asked, all.right + n.right, all.over + n.over, all.told + n.told}
	}
	if os.Getenv("KARTOTEKA_SLOW") == "" {
		count(datasets[0].name, datasets[0].load(t)) // the others take minutes
		return
	}
	count("demo", invented(t, func(records, truth *bytes.Buffer) error { return demo.BigCSV(records, truth, 20000, 20261121) }))
	count("look-alikes", invented(t, func(records, truth *bytes.Buffer) error { return demo.LookAlikes(records, truth, 150, 20261121) }))
	for _, d := range datasets {
		count(d.name, d.load(t))
	}
	t.Logf("all: %d asked, precision %.2f, recall %.2f", all.asked, share(int64(all.right), int64(all.asked)), share(int64(all.told), int64(all.over)))
	if 3*all.right < all.asked {
		t.Errorf("%d of %d questions are right, want a third", all.right, all.asked)
	}
}

// invented loads a set that is made up.
func invented(t *testing.T, write func(records, truth *bytes.Buffer) error) *loaded {
	var records, truth bytes.Buffer
	if err := write(&records, &truth); err != nil {
		t.Fatal(err)
	}
	d := dataset{fields: []string{"name.last last_name", "name.first first_name", "name.patronymic patronymic", "birth_date birth_date",
		"phone phone", "email email", "inn inn", "address.city city", "address address"}}
	l := &loaded{portrait: ruPortrait(t), truth: map[string]string{}}
	known, rows := table(t, &truth), table(t, &records)
	for _, row := range known[1:] {
		l.truth[row[0]] = row[1]
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	z := standardize.New(l.portrait, standardize.Settings{Country: "RU"})
	for _, row := range rows[1:] {
		standard, _ := z.Row(d.mapped(l.portrait, column, row))
		l.ids, l.sources, l.standards = append(l.ids, row[0]), append(l.sources, ""), append(l.standards, standard)
	}
	return l
}

func table(t *testing.T, in *bytes.Buffer) [][]string {
	all, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWholeWeightIsBelowWhatTheBestPairsSay(t *testing.T) {
	for _, c := range []struct {
		name                       string
		total, mean, against, link Weight
		asked                      bool
	}{
		{"all agree", 900, 800, 0, 158, false},
		{"one pair carries the join and all others differ", 200, -1000, 0, 158, true},
		{"the best pairs agree, birth dates and numbers differ", 400, 100, -900, 158, true},
		{"a contradiction that much outweighs", 2000, 1500, -500, 158, false},
		{"a false merge costs no more than a missed one", 200, -1000, -500, 0, false},
		{"a dear false merge is asked about sooner", 500, 200, -200, 432, true},
	} {
		if got := wholeWeight(c.total, c.mean, c.against) < worthAsking(c.link); got != c.asked {
			t.Errorf("%s: asked is %v, want %v", c.name, got, c.asked)
		}
	}
}

func TestAgainstCountsWhatNoPairAgreesIn(t *testing.T) {
	ev := noEvidence
	ev[0], ev[1], ev[2], ev[MaxComparisons+1] = 1200, -300, -250, -900
	if got := against(&ev); got != -550 {
		t.Errorf("against is %d, want -550: the rival explanation is none", got)
	}
	groups := []group{{nodes: []int32{0, 1}, firm: []Firm{{Attribute: 1, Value: 7}}}, {nodes: []int32{2}, firm: []Firm{{Attribute: 1, Value: 7}}}}
	with := &Item{listed: &listed{Firm: groups[0].firm}}
	items := []*Item{with, with, with}
	k := &contraction{partition: &partition{items: items}, part: part{nodes: []int32{0, 1, 2}}}
	if !k.allShareFirm(&groups[0], &groups[1]) {
		t.Error("records of one number are asked about")
	}
	items[1] = &Item{listed: &listed{}}
	if k.allShareFirm(&groups[0], &groups[1]) {
		t.Error("a record without the number counts as having it")
	}
}
