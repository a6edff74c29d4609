package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Planted is a bug that a build tag plants in the program.
type Planted struct {
	Tag    string
	Means  string   // what the program does wrong
	Faults []string // under which it shows
}

// Plants are the bugs that a run must find. A harness that never fails is no evidence.
var Plants = []Planted{
	{"brokenack", "acknowledges what was not committed", []string{LostReply}},
	{"brokenoutbox", "goes on behind the last position there is, instead of the last it read", []string{Kill, Pause}},
	{"earlyadvance", "moves the feed's position before it has sent", []string{Kill, KafkaDown}},
	{"nolock", "takes no lock of the lane", []string{}},
}

// Find tries seeds until a run of a program with a planted bug breaks a promise, and returns that
// run; none is an error. Dir is where runs are put.
func Find(ctx context.Context, p Planted, dir, binary string, seeds int, length time.Duration) (*Report, error) {
	for seed := range uint64(seeds) {
		o := Options{Seed: 1 + seed, Length: length, Clients: 4, Faults: p.Faults, Hasty: true, Binary: binary, Dir: filepath.Join(dir, fmt.Sprintf("%s-%d", p.Tag, 1+seed))}
		r, err := Run(ctx, o)
		if !r.Passed() {
			return r, os.RemoveAll(o.Dir)
		}
		if err != nil {
			return r, err
		}
	}
	return nil, fmt.Errorf("a program that %s (%s) passed %d runs of %s", p.Means, p.Tag, seeds, length)
}
