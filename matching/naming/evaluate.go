package naming

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"kartoteka/customer"
)

// Case is a pair of names with the answer.
type Case struct {
	A, B string
	Kind customer.Kind // "" to let it be guessed
	Same bool
}

// Quality is how well scores tell right from wrong.
type Quality struct {
	Cases          int     `json:"cases"`
	BestF1         float64 `json:"best_f1"` // over all thresholds
	Precision      float64 `json:"precision"`
	Recall         float64 `json:"recall"`
	Threshold      float64 `json:"threshold"`      // where F1 is best
	RecallAtP95    float64 `json:"recall_at_p95"`  // the highest recall where precision is still 0.95
	F1AtVerdict    float64 `json:"f1_at_possible"` // with "possible" and "same" as one bearer
	PrecisionSame  float64 `json:"precision_of_same"`
	PrecisionOther float64 `json:"precision_of_different"`
}

// EvaluateCases compares every pair and measures the scores. The results come in the order of the cases.
func EvaluateCases(cases []Case) (Quality, []Result) {
	results := make([]Result, len(cases))
	scored := make([]scored, len(cases))
	for i, c := range cases {
		results[i] = Compare(c.A, c.B, c.Kind)
		scored[i].score, scored[i].right = results[i].Bits, c.Same
	}
	q := quality(scored)
	q.verdicts(cases, results)
	return q, results
}

type scored struct {
	score float64
	right bool
}

func quality(list []scored) Quality {
	slices.SortStableFunc(list, func(x, y scored) int { return cmp.Compare(y.score, x.score) })
	all := 0
	for _, s := range list {
		all += count(s.right)
	}
	q := Quality{Cases: len(list)}
	found := 0
	for i, s := range list {
		found += count(s.right)
		if i+1 < len(list) && list[i+1].score == s.score {
			continue
		}
		p, r := share(found, i+1), share(found, all)
		if f := f1(p, r); f > q.BestF1 {
			q.BestF1, q.Precision, q.Recall, q.Threshold = f, p, r, s.score
		}
		if p >= 0.95 {
			q.RecallAtP95 = max(q.RecallAtP95, r)
		}
	}
	return q
}

// verdicts measures the verdicts as they are given.
func (q *Quality) verdicts(cases []Case, results []Result) {
	var total, right [3]int
	all := 0
	for i, r := range results {
		v := slices.Index([]Verdict{Different, Possible, Same}, r.Verdict)
		total[v]++
		right[v] += count(cases[i].Same)
		all += count(cases[i].Same)
	}
	found := right[1] + right[2]
	q.F1AtVerdict = f1(share(found, total[1]+total[2]), share(found, all))
	q.PrecisionSame, q.PrecisionOther = share(right[2], total[2]), share(total[0]-right[0], total[0])
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func share(part, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
}

func f1(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// WordPair is one word in two scripts.
type WordPair struct{ Latin, Cyrillic string }

// WordQuality is how well words of another script are found.
type WordQuality struct {
	Queries     int     `json:"queries"`
	Candidates  int     `json:"candidates"`
	Top1        float64 `json:"top1"`          // share of queries whose nearest word is right
	RecallAtP95 float64 `json:"recall_at_p95"` // right answers above the score where precision is still 0.95, of all queries
	// The same two halves of the queries: those at even and at odd places.
	Top1Halves [2]float64 `json:"top1_halves"`
}

// EvaluateWords looks for the Cyrillic word of each of the Latin words that a sample of the
// pairs gives: queries of them, among the Cyrillic words of the queries and of a second sample
// of pool pairs. Samples are those that Python's random.Random(5) draws, so that figures compare
// with those of other tools. An answer is right if it occurs among the pairs.
func EvaluateWords(pairs []WordPair, queries, pool int) WordQuality {
	draw := newDice(5)
	asked := sample(draw, pairs, min(queries, len(pairs)))
	right := map[WordPair]bool{}
	for _, p := range pairs {
		right[p] = true
	}
	var list []string
	for _, p := range append(sample(draw, pairs, min(pool, len(pairs))), asked...) {
		list = append(list, p.Cyrillic)
	}
	answers, n := nearestOf(asked, NewWords(list))
	out := WordQuality{Queries: len(asked), Candidates: n}
	found := make([]scored, len(asked))
	for i, a := range answers {
		found[i] = scored{a.confidence(), right[WordPair{asked[i].Latin, a.Word}]}
		out.Top1 += share(count(found[i].right), len(asked))
		out.Top1Halves[i%2] += share(count(found[i].right), (len(asked)+1-i%2)/2)
	}
	out.RecallAtP95 = quality(found).RecallAtP95 * out.Top1
	return out
}

func nearestOf(asked []WordPair, w *Words) (answers []Nearest, n int) {
	answers = make([]Nearest, len(asked))
	workers := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for k := range workers {
		wait.Go(func() {
			for i := k; i < len(asked); i += workers {
				answers[i] = w.Nearest(asked[i].Latin)
			}
		})
	}
	wait.Wait()
	return answers, len(w.list)
}
