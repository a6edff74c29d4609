package main

import (
	"cmp"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kartoteka/demo"
	"kartoteka/failpoint/raced"
	"kartoteka/matching"
)

// TestExplanationsAddUp explains many pairs of the demo population, and of the labeled Russian
// set where it is: those that look alike and strangers.
func TestExplanationsAddUp(t *testing.T) {
	raced.Skip(t)
	labeled, err := filepath.Abs("../../../shared/data/ru_customers_dev_12k/records.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	pairs := 10_000
	if testing.Short() {
		pairs = 1000
	}
	t.Chdir(t.TempDir())
	written, err := demo.Generate(demo.Options{Dir: ".", People: 300, Payer: 30})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range written.Files {
		t.Run(filepath.Base(f.Path), func(t *testing.T) { addUp(t, f.Path, "", pairs/10) })
	}
	t.Run("ru_customers_dev_12k", func(t *testing.T) {
		if _, err := os.Stat(labeled); err != nil {
			t.Skip("the labeled set is not here")
		}
		addUp(t, labeled, "record_id", pairs)
	})
}

// addUp explains pairs of a file: half of them neighbors by what they are known by.
func addUp(t *testing.T, path, id string, pairs int) {
	t.Helper()
	e, err := prepareEvaluation(context.Background(), &app{out: io.Discard, err: io.Discard}, path, id, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	order := make([]int32, len(e.entries))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(e.entries[x].Item.Signature().Compare(e.entries[y].Item.Signature()), cmp.Compare(x, y))
	})
	dice := rand.New(rand.NewPCG(1, 2))
	explained := 0
	for n := range pairs {
		i := dice.IntN(len(order))
		j := min(i+1+dice.IntN(3), len(order)-1)
		if n%2 == 0 {
			j = dice.IntN(len(order))
		}
		x, y := order[i], order[j]
		if x == y || e.entries[x].Item.Kind != e.entries[y].Item.Kind {
			continue
		}
		explained++
		checkSum(t, e, x, y)
	}
	t.Logf("%d pairs", explained)
}

func checkSum(t *testing.T, e *evaluation, x, y int32) {
	t.Helper()
	a, b := e.entries[x].Item, e.entries[y].Item
	why := e.rules.matcher.ExplainWritten(a, b, &e.standards[x], &e.standards[y])
	var ev matching.Evidence
	e.rules.matcher.Compare(a, b, &ev)
	sum, household := why.Prior+why.Kinship, matching.Weight(0)
	for i := range why.Comparisons {
		sum += why.Comparisons[i].Weight
		household += why.Comparisons[i].Household
	}
	lesser := why.Chance
	if why.Household != nil {
		lesser = min(lesser, *why.Household)
	}
	if want := e.rules.matcher.Total(a.Kind, &ev); why.Total != want || sum != want || lesser != want {
		t.Errorf("rows %d and %d: the explanation sums to %d, total %d, the lesser rival %d, the engine says %d", x, y, sum, why.Total, lesser, want)
	}
	if why.Household != nil && why.Prior+matching.Weight(ev[matching.Household])+household != *why.Household {
		t.Errorf("rows %d and %d: the evidence against a household does not add up", x, y)
	}
}
