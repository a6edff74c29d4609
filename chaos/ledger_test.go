package chaos

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestLedgerKeepsWhatItAnswered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	l, err := openLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.note(entry("invoked", 7, "crm/1", "a")); err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Process.Kill(); err != nil { // what it answered is on disk
		t.Fatal(err)
	}
	_ = l.close()
	if err := l.note(entry(ok, 7)); err == nil {
		t.Error("a ledger that is gone took a line")
	}
	entries, err := readLedger(path)
	if err != nil || len(entries) != 1 || entries[0].Op != 7 || entries[0].What.Writes["crm/1"][0] != "a" {
		t.Errorf("%+v %v", entries, err)
	}
}

// One seed is one workload.
func TestPlanFollowsFromItsSeed(t *testing.T) {
	make := func() (out []Op) {
		p := newPlan(5, t.TempDir(), &chances{Faults})
		for range 60 {
			op, err := p.next()
			if err != nil {
				t.Fatal(err)
			}
			copied := *op
			copied.Args, copied.File, copied.Dir, copied.Plan = append([]string{}, op.Args...), "", "", ""
			for i, a := range copied.Args {
				if filepath.IsAbs(a) {
					copied.Args[i] = filepath.Base(a)
				}
			}
			out = append(out, copied)
		}
		return out
	}
	if diff := cmp.Diff(make(), make(), cmpopts.IgnoreUnexported(Op{})); diff != "" {
		t.Error(diff)
	}
}
