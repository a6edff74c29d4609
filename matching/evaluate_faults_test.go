package matching

import (
	"testing"

	"pgregory.net/rapid"
)

func TestFaultsAreWhereClustersAndTruthDisagree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "records")
		label := rapid.SliceOfN(rapid.Int32Range(0, 4), n, n)
		clusters, truth := label.Draw(t, "clusters"), label.Draw(t, "truth")
		var sides []int32
		if rapid.Bool().Draw(t, "sides") {
			sides = label.Draw(t, "side")
		}
		got := map[Fault]int{}
		for f := range Faults(clusters, truth, sides) {
			got[f]++
		}
		want := 0
		for i := range int32(n) {
			for j := range i {
				same, is := clusters[i] == clusters[j], truth[i] == truth[j]
				if same == is || sides != nil && sides[i] == sides[j] {
					continue
				}
				want++
				if got[Fault{j, i, same}] != 1 {
					t.Errorf("pair %d, %d is told %d times", j, i, got[Fault{j, i, same}])
				}
			}
		}
		if len(got) != want {
			t.Errorf("%d faults, want %d", len(got), want)
		}
	})
}

func TestFaultsStopWhenTheyMay(t *testing.T) {
	n := 0
	for range Faults([]int32{0, 0, 1, 1}, []int32{0, 1, 0, 1}, nil) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d faults", n)
	}
}

func TestReasonOfFault(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   Fault
		blocked bool
		total   Weight
		want    FaultReason
	}{
		{"NoRule", Fault{}, false, 900, NotBlocked},
		{"LightPair", Fault{}, true, 399, BelowThreshold},
		{"HeavyPairApart", Fault{}, true, 400, SplitByCluster},
		{"HeavyPairJoined", Fault{False: true}, true, 400, JoinedDirectly},
		{"LightPairJoined", Fault{False: true}, true, 399, JoinedByOthers},
		{"HeavyPairThatNoRuleMet", Fault{False: true}, false, 400, JoinedByOthers},
	} {
		if got := c.fault.Reason(c.blocked, c.total, 400); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
