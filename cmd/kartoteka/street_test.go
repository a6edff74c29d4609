package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"kartoteka/demo"
	"kartoteka/failpoint/raced"
	"kartoteka/matching"
)

// street writes a street of households with its truth.
func street(t *testing.T, households int, seed uint64) (records, truth string) {
	t.Helper()
	var rows, told bytes.Buffer
	if err := demo.Street(&rows, &told, households, seed); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	records, truth = filepath.Join(dir, "street.csv"), filepath.Join(dir, "truth.csv")
	for path, text := range map[string][]byte{records: rows.Bytes(), truth: told.Bytes()} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return records, truth
}

// TestStreetJoinsNobody matches 1,000 households of father and son of one name, mother and twins,
// all with one phone, by numbers learned from the street itself: for the street as the whole
// population, as match evaluate does, and for four times as many people, as a first load does.
func TestStreetJoinsNobody(t *testing.T) {
	raced.Skip(t)
	households, seeds := 1000, []uint64{1, 2, 3, 4, 5}
	if testing.Short() {
		households, seeds = 300, seeds[:2]
	}
	for _, seed := range seeds {
		records, told := street(t, households, seed)
		e, err := prepareEvaluation(context.Background(), &app{out: io.Discard, err: io.Discard}, records, "record_id", nil, "")
		if err != nil {
			t.Fatal(err)
		}
		truth, err := (&evaluateCommand{Truth: told}).readTruth(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, times := range []int64{1, 4} {
			t.Run(fmt.Sprintf("seed=%d/times=%d", seed, times), func(t *testing.T) {
				e.expect(t, times*int64(len(truth)))
				result := e.partition(e.rules.matcher)
				q := matching.Evaluate(result.Cluster, truth, nil)
				t.Logf("recall %.4f", q.Recall)
				if wrong := q.PairsFound - q.PairsRight; wrong > e.birthdays(truth) {
					t.Errorf("%d wrong pairs, %d could be excused", wrong, e.birthdays(truth))
				}
				if q.Recall < 0.9 {
					t.Errorf("recall %.4f", q.Recall)
				}
			})
		}
	}
}

// birthdays counts the pairs of different people with one phone who were born on one day of different
// years: one in 365 sons has the birthday of his father, and with his name as well a slip in the
// year is as good an explanation.
func (e *evaluation) birthdays(truth []int32) (pairs int64) {
	groups := map[string][]int{}
	text := func(i int, name string) string {
		s := &e.standards[i]
		id, _ := e.conf.Portrait.Lookup(s.Kind, name)
		for _, v := range s.Values {
			if v.Attribute == id {
				return v.Standard
			}
		}
		return ""
	}
	for i := range truth {
		if date := text(i, "birth_date"); len(date) == len("2006-01-02") {
			key := text(i, "phone") + date[4:]
			for _, j := range groups[key] {
				if truth[i] != truth[j] && date != text(j, "birth_date") {
					pairs++
				}
			}
			groups[key] = append(groups[key], i)
		}
	}
	return pairs
}

// expect compiles the rules anew for a population of a size.
func (e *evaluation) expect(t *testing.T, population int64) {
	t.Helper()
	var model matching.Model
	if err := json.Unmarshal([]byte(e.rules.stored.Model), &model); err != nil {
		t.Fatal(err)
	}
	rules, err := compileRuleset(e.conf, storedRuleset{Country: e.stored.Country, Expect: population}, &model, 1)
	if err != nil {
		t.Fatal(err)
	}
	e.rules = rules
}
