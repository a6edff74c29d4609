package chaos_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kartoteka/chaos"
	"kartoteka/failpoint"
	"kartoteka/store/embedded"
)

func TestMain(m *testing.M) {
	chaos.Ledger()
	dir, err := os.MkdirTemp("", "kt-chaos-programs-")
	if err != nil {
		panic(err)
	}
	programs = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// seeds are those that every test run tries; make chaos tries others, for longer.
var seeds = []uint64{1, 2, 3}

// elsewhere are the areas of failpoints that only verbs pass which the workload has not; tests of the verbs reach them.
var elsewhere = []string{"restore.", "repair.", "back."}

// Three short runs keep all promises, and together they reach every failpoint.
func TestSeeds(t *testing.T) {
	binary := program(t, "")
	reached := map[string]int{}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := run(t, chaos.Options{Seed: seed, Length: 6 * time.Second, Binary: binary})
			t.Log(r)
			for name, n := range r.Reached {
				reached[name] += n
			}
			if !r.Passed() {
				t.Errorf("promises were broken; again: %s", r.Reproducer)
			}
		})
	}
	for _, p := range failpoint.Points {
		area := p.Name[:strings.IndexByte(p.Name, '.')+1]
		if reached[p.Name] == 0 && !slices.Contains(elsewhere, area) && !t.Failed() {
			t.Errorf("no process passed %s", p.Name)
		}
	}
}

// Two processes serve one database and publish to a real broker; whichever publishes is killed, while
// clients load.
func TestTwoServes(t *testing.T) {
	broker := os.Getenv("KARTOTEKA_TEST_KAFKA")
	if broker == "" {
		t.Skip("no Kafka broker: start one with scripts/kafka-local/kafka-local and set KARTOTEKA_TEST_KAFKA=HOST:PORT")
	}
	r := run(t, chaos.Options{Seed: 4, Length: 6 * time.Second, Binary: program(t, ""), Faults: []string{chaos.Kill}, Brokers: []string{broker}})
	t.Log(r)
	if !r.Passed() || r.Faults[chaos.Kill] == 0 {
		t.Errorf("promises were broken, or nobody was killed; again: %s", r.Reproducer)
	}
}

// Each planted bug is found.
func TestPlantedBugsAreFound(t *testing.T) {
	if os.Getenv("KARTOTEKA_SLOW") == "" {
		t.Skip("slow: set KARTOTEKA_SLOW=1, or run make chaos-selftest")
	}
	for _, p := range chaos.Plants {
		t.Run(p.Tag, func(t *testing.T) {
			r, err := chaos.Find(t.Context(), p, folder(t), program(t, p.Tag), 5, 10*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(r)
		})
	}
}

// program builds the program, once for each set of tags.
func program(t *testing.T, tags string) string {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	if built[tags] == "" {
		path := filepath.Join(programs, "kartoteka"+tags)
		if err := chaos.Build(t.Context(), path, tags); err != nil {
			t.Fatal(err)
		}
		built[tags] = path
	}
	return built[tags]
}

var (
	mu       sync.Mutex
	programs string // the folder of those that are built
	built    = map[string]string{}
)

// run carries out a run; a failed one leaves its folder behind.
func run(t *testing.T, o chaos.Options) *chaos.Report {
	t.Helper()
	dir := folder(t)
	o.Dir = filepath.Join(dir, "run")
	r, err := chaos.Run(t.Context(), o)
	if err != nil && strings.Contains(err.Error(), embedded.ErrMissing.Error()) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, r)
	}
	return r
}

// folder makes one that the database server's own user may enter; it is left behind if something is in it.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kt-chaos-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
