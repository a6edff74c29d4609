package matching

import "testing"

func TestEvaluateCountsPairs(t *testing.T) {
	truth := []int32{1, 1, 1, 2, 2, 3}
	for _, c := range []struct {
		name             string
		clusters, sides  []int32
		right, found, is int64
	}{
		{"Perfect", truth, nil, 4, 4, 4},
		{"AllInOne", []int32{1, 1, 1, 1, 1, 1}, nil, 4, 15, 4},
		{"AllApart", []int32{1, 2, 3, 4, 5, 6}, nil, 0, 0, 4},
		{"OneMoved", []int32{1, 1, 2, 2, 2, 3}, nil, 2, 4, 4},
		{"AcrossSidesOnly", truth, []int32{0, 0, 1, 0, 1, 1}, 3, 3, 3},
	} {
		q := Evaluate(c.clusters, truth, c.sides)
		if q.PairsRight != c.right || q.PairsFound != c.found || q.PairsTrue != c.is {
			t.Errorf("%s: right %d found %d true %d, want %d %d %d", c.name, q.PairsRight, q.PairsFound, q.PairsTrue, c.right, c.found, c.is)
		}
	}
}
