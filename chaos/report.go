package chaos

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Report is what a run did and found.
type Report struct {
	Seed       uint64                    `json:"seed"`
	Reproducer string                    `json:"reproducer"`
	Seconds    float64                   `json:"seconds"`
	Operations map[string]map[string]int `json:"operations"` // by kind and outcome
	Faults     map[string]int            `json:"faults"`     // that befell
	Fired      map[string]int            `json:"fired"`      // orders of failpoints that were carried out
	Reached    map[string]int            `json:"reached"`    // failpoints, by processes that passed them
	Skipped    []string                  `json:"skipped"`    // faults that are not possible here
	Checked    map[string]int            `json:"checked"`    // how much the last checks looked at
	Violations []Violation               `json:"violations"`
	Dir        string                    `json:"dir,omitempty"` // ledger, files, logs and database of a failed run

	mu  sync.Mutex
	err error
}

// Violation is a promise that was broken.
type Violation struct {
	Check string `json:"check"`
	What  string `json:"what"`
}

func newReport(o Options) *Report {
	return &Report{Seed: o.Seed, Reproducer: fmt.Sprintf("make chaos SEED=%d MINUTES=%.2g FAULTS=%s", o.Seed, o.Length.Minutes(), strings.Join(o.Faults, ",")),
		Operations: map[string]map[string]int{}, Faults: map[string]int{}, Fired: map[string]int{}, Reached: map[string]int{}, Checked: map[string]int{}, Dir: o.Dir}
}

// Passed reports whether all promises were kept.
func (r *Report) Passed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.Violations) == 0
}

func (r *Report) add(v Violation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Violations = append(r.Violations, v)
}

func (r *Report) must(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, err)
}

func (r *Report) failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err != nil
}

func (r *Report) count(kind, outcome string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Operations[kind] == nil {
		r.Operations[kind] = map[string]int{}
	}
	r.Operations[kind][outcome]++
}

func (r *Report) fault(kind string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Faults[kind]++
}

func (r *Report) checked(what string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Checked[what] = n
}

// ended notes which points a process passed, and gives the order that it carried out.
func (r *Report) ended(c *child) (fired string) {
	reached, fired := c.points()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Compact(slices.Sorted(slices.Values(reached))) {
		r.Reached[name]++
	}
	if fired != "" {
		r.Fired[fired]++
	}
	return fired
}

// String is the report in a few lines.
func (r *Report) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "seed %d, %.0f s\n", r.Seed, r.Seconds)
	for _, kind := range slices.Sorted(maps.Keys(r.Operations)) {
		fmt.Fprintf(&out, "  %-10s %v\n", kind, r.Operations[kind])
	}
	fmt.Fprintf(&out, "  faults     %v; not possible here: %v\n  failpoints %d passed, fired %v\n  checked    %v\n",
		r.Faults, r.Skipped, len(r.Reached), r.Fired, r.Checked)
	for _, v := range r.Violations {
		fmt.Fprintf(&out, "VIOLATION of %s: %s\n", v.Check, v.What)
	}
	if len(r.Violations) > 0 {
		fmt.Fprintf(&out, "all that happened is in %s; again: %s\n", r.Dir, r.Reproducer)
	}
	return out.String()
}
