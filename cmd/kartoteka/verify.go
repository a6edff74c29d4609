package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/store"
)

type verifyCommand struct {
	Only    []string `placeholder:"I1,I5" help:"Check these invariants only."`
	Sample  string   `placeholder:"N|P%|all" help:"How many customers are computed again for I5, I8 and I14; else as many as a minute or two allows."`
	Seed    uint64   `placeholder:"N" help:"Seed of the sample; else a new one each time, which is printed."`
	Repair  bool     `help:"Repair what can be repaired without a person, and check again."`
	Brokers []string `placeholder:"HOST:PORT" help:"Read the golden topic back from these brokers for I7; their sign-in is that of the configuration."`
	Prefix  string   `placeholder:"NAME" help:"Prefix of the topics; else the configured one."`
}

func (*verifyCommand) Help() string {
	return `Checks the hub's promises on a live database, within one snapshot and without holding anybody up:

    I1   each live record belongs to exactly one active code
    I2   no active code without a record
    I3   retired codes lead to an active one, never in a circle
    I4   a code is never given twice
    I5   golden records are what their records make
    I6   versions and positions have no holes
    I7   the change log folds to the golden state; with --brokers, the published topic as well
    I8   who is who follows from records, decisions and rules alone
    I9   the log of moves leads each record from its first code to its present one
    I10  decisions hold
    I11  every row that was read is accounted for
    I12  the audit chain is whole, and ends as its signed checkpoints say
    I13  open questions are about active codes
    I14  no refusal became a consent; what a record says hangs on it
    I16  no source was read past what was landed

Each violation names codes and record numbers, never keys or values, and the cure. On a large base I5,
I8 and I14 look at a sample, by a seed that is printed. Exits with 1 if anything is violated.

--repair computes again, and publishes as new versions, what is wrong in golden records, membership and
index, closes void questions, and leaves audit rows of kind repair. The change log and the audit are
never repaired: what is wrong there stays to be seen.

Example:

    $ kartoteka verify
    $ kartoteka verify --only I5,I8 --sample 1% --seed 7 --output json
    $ kartoteka verify --repair`
}

// errViolated says that promises are broken; the result names each.
var errViolated = errors.New("invariants are violated")

type verifySummary struct {
	Checks     int    `json:"checks"`
	Violations int64  `json:"violations"`
	Pending    int64  `json:"pending"` // records that landed and wait to be resolved
	Seed       uint64 `json:"seed"`    // of what was a sample
	Repaired   int64  `json:"repaired,omitempty"`
	// Unwalled says why the database does not keep rows from who does not see them, and the cure.
	Unwalled string  `json:"row_security_missing,omitempty"`
	Seconds  float64 `json:"seconds"`
}

type verifyResult struct {
	Checks   []*customer.Check `json:"checks"`
	Accounts []store.Account   `json:"accounts"`
	Repaired []*customer.Check `json:"repaired,omitempty"` // what was found before the repair
}

func (c *verifyCommand) run(ctx context.Context, a *app) (output, error) {
	wanted, err := wantedChecks(c.Only)
	if err != nil {
		return output{}, err
	}
	sample, err := parseSample(c.Sample)
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		v := &verifier{app: a, hub: h, command: c, sample: sample, wanted: wanted, meter: a.newMeter()}
		defer v.meter.stop()
		if err := v.run(ctx); err != nil {
			return output{}, err
		}
		return v.output()
	})
}

// run checks and, if that is wanted, repairs and checks again.
func (v *verifier) run(ctx context.Context) error {
	start := time.Now()
	if v.summary.Seed = v.command.Seed; v.summary.Seed == 0 {
		v.summary.Seed = uint64(rand.Uint32())
	}
	v.summary.Unwalled = v.hub.unwalled()
	err := v.check(ctx)
	if err == nil && v.command.Repair && v.summary.Violations > 0 {
		err = v.repair(ctx)
	}
	v.meter.stop()
	v.summary.Seconds = time.Since(start).Seconds()
	return err
}

// check looks at one state of the hub.
func (v *verifier) check(ctx context.Context) error {
	v.result, v.damage, v.skipped = verifyResult{}, damage{}, nil
	v.summary.Checks, v.summary.Violations = 0, 0
	return v.hub.InSnapshot(ctx, func(tx *store.Tx) error {
		if err := failpoint.Pass("verify.begun"); err != nil {
			return err
		}
		return v.all(ctx, tx)
	})
}

// wantedChecks finds the invariants by name.
func wantedChecks(only []string) ([]invariant, error) {
	all := invariants()
	if len(only) == 0 {
		return all, nil
	}
	var out []invariant
	for _, name := range only {
		at := slices.IndexFunc(all, func(i invariant) bool { return strings.EqualFold(i.id, strings.TrimSpace(name)) })
		if at < 0 {
			return nil, fmt.Errorf("%w: %s is no invariant that verify checks; see kartoteka verify --help", errUsage, name)
		}
		if !slices.ContainsFunc(out, func(i invariant) bool { return i.id == all[at].id }) {
			out = append(out, all[at])
		}
	}
	return out, nil
}

func (v *verifier) output() (output, error) {
	out := output{summary: v.summary, result: v.result, human: v.write}
	if v.summary.Violations > 0 {
		return out, fmt.Errorf("%w: %d found; each is named with its cure", errViolated, v.summary.Violations)
	}
	return out, v.skipped
}

// write prints the checks for people.
func (v *verifier) write(w io.Writer) error {
	for _, c := range v.result.Checks {
		if err := writeCheck(w, c, v.summary.Seed); err != nil {
			return err
		}
	}
	if v.summary.Repaired > 0 {
		if _, err := fmt.Fprintf(w, "%d violations were repaired before; the audit has it\n", v.summary.Repaired); err != nil {
			return err
		}
	}
	if v.summary.Unwalled != "" {
		if _, err := fmt.Fprintln(w, v.summary.Unwalled); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d violations, %d records pending, %.1f s\n", v.summary.Violations, v.summary.Pending, v.summary.Seconds)
	return err
}

func writeCheck(w io.Writer, c *customer.Check, seed uint64) error {
	state := "ok"
	switch {
	case c.Violated > 0:
		state = fmt.Sprintf("VIOLATED %d times", c.Violated)
	case c.Skipped != "":
		_, err := fmt.Fprintf(w, "%-4s not checked: %s\n", c.Invariant, c.Skipped)
		return err
	}
	sampled := ""
	if c.SampledOf > 0 {
		sampled = fmt.Sprintf(", a sample of %d codes by seed %d", c.SampledOf, seed)
	}
	if _, err := fmt.Fprintf(w, "%-4s %s, %d %s checked%s\n", c.Invariant, state, c.Checked, c.Of, sampled); err != nil {
		return err
	}
	for i := range c.Violations {
		if _, err := fmt.Fprintf(w, "       %s\n", sentence(&c.Violations[i])); err != nil {
			return err
		}
	}
	if more := c.Violated - int64(len(c.Violations)); more > 0 {
		_, err := fmt.Fprintf(w, "       and %d more\n", more)
		return err
	}
	return nil
}

// sentence names whom a violation is about, what is wrong, and the cure.
func sentence(v *customer.Violation) string {
	var who []string
	if v.Place != "" {
		who = append(who, v.Place)
	}
	for _, code := range v.Codes {
		who = append(who, "code "+code.String())
	}
	for i, id := range v.Records {
		if i == 5 {
			who = append(who, fmt.Sprintf("%d more records", len(v.Records)-i))
			break
		}
		who = append(who, fmt.Sprintf("record %d", id))
	}
	return strings.Join(who, ", ") + ": " + v.What + "; " + v.Cure
}
