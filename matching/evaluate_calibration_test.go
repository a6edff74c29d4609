package matching

import (
	"math"
	"testing"
)

func TestCalibrationOfHonestProbabilities(t *testing.T) {
	var a, b CalibrationTally
	a.Add(0, 1000, 500)                             // even odds, and half of them are true
	b.Add(Bits(math.Log2(3)), 4000, 3000)           // 0.75
	b.Add(Bits(math.Log2(0.01/0.99))-200, 10000, 0) // below the floor
	b.Add(-100000, 10000, 0)
	a.Merge(&b)
	c := a.Calibration()
	if c.Pairs != 5000 || len(c.Bins) != 2 || c.Error > 0.001 {
		t.Errorf("%+v", c)
	}
	if want := (1000*0.25 + 4000*0.1875) / 5000; math.Abs(c.Brier-want) > 1e-4 {
		t.Errorf("Brier %v, want %v", c.Brier, want)
	}
}

func TestCalibrationShowsBoasting(t *testing.T) {
	var a CalibrationTally
	a.Add(1000, 100, 60)
	a.Add(9000, 100, 60)
	c := a.Calibration()
	if c.Pairs != 200 || math.Abs(c.Error-0.4) > 0.001 || math.Abs(c.Brier-0.4) > 0.001 {
		t.Errorf("%+v", c)
	}
	if last := c.Bins[len(c.Bins)-1]; last.To != 1 || last.Observed != 0.6 {
		t.Errorf("%+v", last)
	}
}

func TestCalibrationOfNothing(t *testing.T) {
	var a CalibrationTally
	if c := a.Calibration(); c.Pairs != 0 || c.Brier != 0 || c.Bins == nil {
		t.Errorf("%+v", c)
	}
}
