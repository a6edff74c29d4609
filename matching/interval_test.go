package matching

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		name          string
		yes, n        float64
		low, estimate float64
		high          float64
	}{
		{"Nothing", 0, 0, 0, 0.5, 1},
		{"None", 0, 10, 0, 0, 0.2775},
		{"All", 10, 10, 0.7225, 1, 1},
		{"Some", 81, 263, 0.2553, 0.3080, 0.3662}, // Newcombe 1998, table I
	} {
		got := Wilson(c.yes, c.n)
		if math.Abs(got.Low-c.low) > 1e-4 || math.Abs(got.Estimate-c.estimate) > 1e-4 || math.Abs(got.High-c.high) > 1e-4 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// Whatever is computed from intervals holds its own estimate.
func TestIntervalsHoldTheirEstimates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Interval {
			n := rapid.Float64Range(0, 1000).Draw(t, name)
			return Wilson(rapid.Float64Range(0, 1).Draw(t, name+" share")*n, n).Times(rapid.Float64Range(0, 1e6).Draw(t, name+" pairs"))
		}
		a, b := draw("a"), draw("b")
		for name, i := range map[string]Interval{"sum": a.Sum(b), "ratio": a.Over(b), "part": PartOf(a, b)} {
			if math.IsNaN(i.Estimate+i.Low) || i.Low > i.Estimate+1e-9 || i.High < i.Estimate-1e-9 || i.Low < -1e-6 {
				t.Fatalf("%s of %+v and %+v: %+v", name, a, b, i)
			}
		}
		if p := PartOf(a, b); p.High > 1+1e-9 {
			t.Fatalf("%+v", p)
		}
	})
}
