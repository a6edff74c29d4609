package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/store"
)

type verifyCommand struct {
	Only    []string `placeholder:"I1,I5" help:"Check these invariants only."`
	Sample  int      `default:"200" help:"Customers picked at random for I8, with all that might belong to them; 0: everything, in memory."`
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
    I8   who is who follows from records, decisions and rules alone (by sample)
    I10  decisions hold
    I11  every row that was read is accounted for
    I12  the audit chain is whole
    I13  open questions are about active codes

Each violation names codes and record numbers, never keys or values. Exits with 1 if there is any.

Example:

    $ kartoteka verify
    $ kartoteka verify --only I5,I8 --sample 0 --output json`
}

// errViolated says that promises are broken; the result names each.
var errViolated = errors.New("invariants are violated")

type verifySummary struct {
	Checks     int     `json:"checks"`
	Violations int64   `json:"violations"`
	Pending    int64   `json:"pending"` // records that landed and wait to be resolved
	Seconds    float64 `json:"seconds"`
}

type verifyResult struct {
	Checks   []*customer.Check `json:"checks"`
	Accounts []store.Account   `json:"accounts"`
}

func (c *verifyCommand) run(ctx context.Context, a *app) (output, error) {
	wanted, err := wantedChecks(c.Only)
	if err != nil {
		return output{}, err
	}
	if c.Sample < 0 {
		return output{}, fmt.Errorf("%w: --sample is a number of customers, or 0 for everything", errUsage)
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		start := time.Now()
		v := &verifier{app: a, hub: h, command: c, meter: a.newMeter()}
		err := h.InSnapshot(ctx, func(tx *store.Tx) error {
			if err := failpoint.Pass("verify.begun"); err != nil {
				return err
			}
			return v.all(ctx, tx, wanted)
		})
		v.meter.stop()
		if err != nil {
			return output{}, err
		}
		v.summary.Seconds = time.Since(start).Seconds()
		return v.output()
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
	if v.skipped {
		return out, errRuleset
	}
	return out, nil
}

// write prints the checks for people.
func (v *verifier) write(w io.Writer) error {
	for _, c := range v.result.Checks {
		if err := writeCheck(w, c); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d violations, %d records pending, %.1f s\n", v.summary.Violations, v.summary.Pending, v.summary.Seconds)
	return err
}

func writeCheck(w io.Writer, c *customer.Check) error {
	state := "ok"
	switch {
	case c.Violated > 0:
		state = fmt.Sprintf("VIOLATED %d times", c.Violated)
	case c.Skipped != "":
		_, err := fmt.Fprintf(w, "%-4s not checked: %s\n", c.Invariant, c.Skipped)
		return err
	}
	if _, err := fmt.Fprintf(w, "%-4s %s, %d %s checked\n", c.Invariant, state, c.Checked, c.Of); err != nil {
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
