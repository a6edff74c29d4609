package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kartoteka/customer"
	"kartoteka/desk"
)

// savePlan writes the plan for its owner only: its model holds frequencies of names.
func savePlan(p *desk.Plan, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	return writeFileAs(file, 0o600, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(p)
	})
}

// readPlan reads a plan; one that was edited is refused, as nobody has seen what it would do.
func readPlan(file string) (*desk.Plan, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	p := &desk.Plan{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("%w: %s is no plan that kartoteka plan wrote: %w", errInput, filepath.Base(file), err)
	}
	if p.Version != desk.PlanVersion {
		return nil, fmt.Errorf("%w: %s has version %d of the form, this program writes %d; make the plan again", errInput, filepath.Base(file), p.Version, desk.PlanVersion)
	}
	if id, err := p.Identify(); err != nil || id != p.ID {
		return nil, fmt.Errorf("%w: %s was changed after kartoteka plan wrote it; make the plan again", errInput, filepath.Base(file))
	}
	return p, nil
}

func writePlan(w io.Writer, p *desk.Plan, file string, seconds float64) error {
	if _, err := fmt.Fprintf(w, "plan %s for %d records and %d codes, made in %.1f s: %s\n", p.ID, p.Records, p.Codes, seconds, file); err != nil {
		return err
	}
	if err := writeTally(w, &p.Tally); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "questions %d\nchurn     %.2f %% of the codes are joined, split or removed\n", p.Tasks, 100*p.Churn()); err != nil {
		return err
	}
	if p.Decided > 0 {
		if _, err := fmt.Fprintf(w, "decisions %d of %d would be the machine's own\n", p.Agreed, p.Decided); err != nil {
			return err
		}
	}
	for _, l := range p.Labeled {
		if _, err := fmt.Fprintf(w, "labeled   %s: F1 %.4f → %.4f, precision %.4f → %.4f, recall %.4f → %.4f\n",
			l.Records, l.Before.F1, l.After.F1, l.Before.Precision, l.After.Precision, l.Before.Recall, l.After.Recall); err != nil {
			return err
		}
	}
	for _, j := range p.Risky[:min(len(p.Risky), 5)] {
		if _, err := fmt.Fprintf(w, "risky     %s joins %s with %d records on %.2f bits; see kartoteka why %s %s\n",
			j.Code, j.Successor, j.Records, float64(j.Weight)/100, j.Code, j.Successor); err != nil {
			return err
		}
	}
	return nil
}

func writeTally(w io.Writer, t *customer.Tally) error {
	_, err := fmt.Fprintf(w, `codes     %d made, %d joined into others, %d split, %d restored, %d removed
values    changed for %d customers
records   %d moved to another code
events    %d
`, t.Created, t.Joined, t.Split, t.Restored, t.Removed, t.Values, t.Moved, t.Events)
	return err
}
