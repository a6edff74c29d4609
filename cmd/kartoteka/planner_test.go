package main

import (
	"testing"
	"time"
)

// TestAFailingPlanRestsLongerEachTime keeps a plan that cannot be worked on from being tried each second.
func TestAFailingPlanRestsLongerEachTime(t *testing.T) {
	last := time.Duration(0)
	for failed := 1; failed < 100; failed++ {
		now := restAfter(failed)
		if now < last || now < 2*look || now > longestRest {
			t.Errorf("%d failures: %v after %v", failed, now, last)
		}
		last = now
	}
	if last != longestRest {
		t.Errorf("%v", last)
	}
}
