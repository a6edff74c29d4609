// Command chaos kills the real program for a while and checks its promises; package chaos has the rest.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"kartoteka/chaos"
)

func main() {
	chaos.Ledger()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

type flags struct {
	seed                                   uint64
	minutes                                float64
	faults, tags, program, report, brokers string
	race, hasty, selftest                  bool
}

func read() (f flags) {
	flag.Uint64Var(&f.seed, "seed", 1, "what happens follows from it")
	flag.Float64Var(&f.minutes, "minutes", 1, "of the workload")
	flag.StringVar(&f.faults, "faults", "", "some of "+strings.Join(chaos.Faults, ",")+"; all of them by default")
	flag.StringVar(&f.brokers, "brokers", "", "real Kafka brokers, instead of one in memory")
	flag.StringVar(&f.program, "program", "", "the program, instead of building it")
	flag.StringVar(&f.tags, "tags", "", "build tags of the program, such as those of planted bugs")
	flag.StringVar(&f.report, "report", "", "write the report to this file, as JSON")
	flag.BoolVar(&f.race, "race", false, "build the program with the race detector")
	flag.BoolVar(&f.hasty, "hasty", false, "end with the first broken promise")
	flag.BoolVar(&f.selftest, "selftest", false, "plant bugs, each of which must be found")
	flag.Parse()
	return f
}

func run(ctx context.Context) error {
	f := read()
	dir, err := os.MkdirTemp("", "kt-chaos-")
	if err != nil {
		return err
	}
	defer os.Remove(dir)                         //nolint:errcheck // it stays when something is in it
	if err := os.Chmod(dir, 0o755); err != nil { // the database server's own user must get in
		return err
	}
	if f.selftest {
		return selftest(ctx, dir)
	}
	if f.program == "" {
		f.program = filepath.Join(dir, "kartoteka")
		defer os.Remove(f.program) //nolint:errcheck // nothing depends on it
		var more []string
		if f.race {
			more = []string{"-race"}
		}
		if err := chaos.Build(ctx, f.program, f.tags, more...); err != nil {
			return err
		}
	}
	return trial(ctx, &f, filepath.Join(dir, fmt.Sprint(f.seed)))
}

func trial(ctx context.Context, f *flags, dir string) error {
	r, err := chaos.Run(ctx, chaos.Options{Seed: f.seed, Length: time.Duration(f.minutes * float64(time.Minute)), Binary: f.program, Dir: dir,
		Faults: list(f.faults), Brokers: list(f.brokers), Hasty: f.hasty})
	fmt.Print(r)
	if f.report != "" {
		text, failed := json.MarshalIndent(r, "", "  ")
		err = errors.Join(err, failed, os.WriteFile(f.report, text, 0o644))
	}
	if err == nil && !r.Passed() {
		err = fmt.Errorf("%d violations", len(r.Violations))
	}
	return err
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// selftest plants one bug after the other.
func selftest(ctx context.Context, dir string) error {
	program := filepath.Join(dir, "kartoteka")
	defer os.Remove(program) //nolint:errcheck // nothing depends on it
	for _, p := range chaos.Plants {
		if err := chaos.Build(ctx, program, p.Tag); err != nil {
			return err
		}
		r, err := chaos.Find(ctx, p, dir, program, 6, 12*time.Second)
		if err != nil {
			return err
		}
		fmt.Printf("%-13s found by seed %d: %s: %.150s\n", p.Tag, r.Seed, r.Violations[0].Check, r.Violations[0].What)
	}
	return nil
}
