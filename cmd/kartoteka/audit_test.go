package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/store/checkpoint"
)

// rewriteChain does in SQL what somebody would do who may write everything in the database and has
// read the source.
const rewriteChain = `WITH RECURSIVE row AS (
		SELECT id, int8send(id) || int8send((extract(epoch FROM at) * 1000000)::bigint)
			|| int4send(octet_length(kind)) || convert_to(kind, 'UTF8') || int4send(octet_length(actor)) || convert_to(actor, 'UTF8')
			|| int4send(octet_length(reason)) || convert_to(reason, 'UTF8') || digest AS said FROM op),
	chain AS (
		SELECT id, sha256(said) AS hash FROM row WHERE id = 1
		UNION ALL
		SELECT r.id, sha256(c.hash || r.said) FROM chain c JOIN row r ON r.id = c.id + 1),
	written AS (UPDATE op SET hash = c.hash FROM chain c WHERE c.id = op.id),
	ended AS (UPDATE hub SET chain_head = (SELECT hash FROM chain ORDER BY id DESC LIMIT 1), last_operation = (SELECT max(id) FROM chain))
	SELECT 1`

func (d *door) change(sql string) {
	d.Helper()
	d.query(`WITH x AS (`+sql+` RETURNING 1) SELECT count(*) FROM x`, new(int))
}

func auditVerified(d *door, exit int, more ...string) (s auditVerifySummary, faults []customer.AuditFault) {
	d.Helper()
	var result struct{ Faults []customer.AuditFault }
	d.json(exit, &s, &result, append([]string{"audit", "verify", "-q"}, more...)...)
	return s, result.Faults
}

func TestCheckpointsTellOfARewrittenChain(t *testing.T) {
	t.Parallel()
	d := messyDoor(t)
	safe := filepath.Join(t.TempDir(), "safe.jsonl")
	d.ok("audit", "checkpoint", "--checkpoint", safe)
	d.ok("decide", "different", "crm/6", "crm/7", "--reason", "a test")
	d.ok("audit", "checkpoint", "--checkpoint", safe)
	if s, _ := auditVerified(d, exitOK, "--checkpoint", safe); s.Checkpoints != 4 || s.Rows < 3 {
		t.Errorf("%+v", s)
	}
	if s, _ := auditVerified(d, exitOK, "--quick"); s.Checkpoints != 1 || s.Rows != 0 {
		t.Errorf("%+v", s)
	}
	d.change(`UPDATE op SET actor = 'nobody' WHERE id = 2`)
	if _, faults := auditVerified(d, exitFailed); len(faults) == 0 || faults[0].Operation != 2 || faults[0].Tamper != customer.TamperAltered {
		t.Errorf("%+v", faults)
	}
	d.query(rewriteChain, new(int))
	if _, faults := auditVerified(d, exitFailed); len(faults) != 2 || faults[0].Tamper != customer.TamperRewritten {
		t.Errorf("%+v", faults)
	}
	if found := d.verify(exitFailed, "--only", "I12"); len(found["I12"]) != 2 {
		t.Errorf("%+v", found)
	}
	if code, _, errs := d.run("audit", "checkpoint"); code != exitFailed || !strings.Contains(errs, "nothing is signed") {
		t.Errorf("exit %d: %s", code, errs)
	}
	// Without the state directory's files nothing tells, with the copy it does.
	public := filepath.Join(t.TempDir(), "key.pem")
	text, err := os.ReadFile(filepath.Join(d.dir, "audit", "key.pub.pem"))
	if err != nil || os.WriteFile(public, text, 0o600) != nil || os.RemoveAll(filepath.Join(d.dir, "audit")) != nil {
		t.Fatal(err)
	}
	auditVerified(d, exitOK)
	if _, faults := auditVerified(d, exitFailed, "--checkpoint", safe, "--key", public); len(faults) != 2 {
		t.Errorf("%+v", faults)
	}
}

func TestCheckpointsTellOfAShorterChain(t *testing.T) {
	t.Parallel()
	d := messyDoor(t)
	d.ok("audit", "checkpoint")
	d.change(`DELETE FROM change WHERE operation = (SELECT max(id) FROM op)`)
	d.change(`DELETE FROM op WHERE id = (SELECT max(id) FROM op)`)
	d.query(rewriteChain, new(int))
	if _, faults := auditVerified(d, exitFailed); len(faults) != 1 || faults[0].Tamper != customer.TamperDeleted {
		t.Errorf("%+v", faults)
	}
}

// A restore ends a history: what was signed of it after that point is no fault, what was signed
// before it still has to hold.
func TestCheckpointsOfAnEndedHistory(t *testing.T) {
	t.Parallel()
	hash := func(n int64) []byte { return []byte{byte(n)} }
	key, err := checkpoint.Key(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mark := func(operation, epoch int64, what []byte) checkpoint.Mark {
		return checkpoint.Sign(key, customer.AuditHead{AuditMark: customer.AuditMark{Operation: operation, Hash: what}, Epoch: epoch, At: time.Unix(1, 0)}, nil)
	}
	lost := []byte("lost")
	for _, c := range []struct {
		name        string
		marks       []checkpoint.Mark
		held, ended int
		faults      int
	}{
		{"all hold", []checkpoint.Mark{mark(2, 1, hash(2)), mark(6, 2, hash(6))}, 2, 0, 0},
		{"signed after the backup was taken", []checkpoint.Mark{mark(2, 1, hash(2)), mark(5, 1, lost), mark(6, 1, lost), mark(7, 2, hash(7)), mark(9, 1, lost)}, 2, 3, 0},
		{"another chain before the restore", []checkpoint.Mark{mark(3, 1, lost)}, 0, 0, 1},
		{"another chain in the new epoch", []checkpoint.Mark{mark(6, 2, lost)}, 0, 0, 1},
		{"taken out in the new epoch", []checkpoint.Mark{mark(8, 2, lost)}, 0, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			trail := auditTrail{marks: c.marks, head: customer.AuditHead{Epoch: 2}}
			for n := int64(1); n <= 7; n++ {
				kind := "resolve"
				if n == 5 {
					kind = "restore"
				}
				trail.row(customer.AuditMark{Operation: n, Hash: hash(n)}, kind)
			}
			for i := range trail.marks {
				trail.missing(&trail.marks[i])
			}
			if trail.held != c.held || trail.ended != c.ended || len(trail.faults) != c.faults {
				t.Errorf("%d held, %d ended, %+v", trail.held, trail.ended, trail.faults)
			}
		})
	}
}

func TestAuditList(t *testing.T) {
	t.Parallel()
	d := messyDoor(t)
	list := func(args ...string) []customer.AuditRow {
		var result struct{ Operations []customer.AuditRow }
		d.json(exitOK, nil, &result, append([]string{"audit", "list", "-q"}, args...)...)
		return result.Operations
	}
	all := list()
	if len(all) < 5 || all[0].Operation < all[1].Operation {
		t.Fatalf("%+v", all)
	}
	resolved := 0
	for i := range all {
		if all[i].Kind == "resolve" {
			resolved++
		}
	}
	if got := list("--kind", "resolve"); len(got) != resolved || resolved == 0 {
		t.Errorf("%d resolved, listed %d", resolved, len(got))
	}
	if got := list("--actor", "nobody"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := list("--since", "2099-01-01"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := list("--since", "24h", "--limit", "2"); len(got) != 2 {
		t.Errorf("%+v", got)
	}
	if got := list("--before", "3"); len(got) != 2 || got[0].Operation != 2 {
		t.Errorf("%+v", got)
	}
	code := all[len(all)-1].Codes[0]
	for _, row := range list("--code", code.String()) {
		if row.Changes == 0 {
			t.Errorf("%+v", row)
		}
	}
	if text := d.ok("audit", "list", "-q", "--kind", "resolve"); !strings.Contains(text, "resolve") {
		t.Error(text)
	}
	for _, wrong := range [][]string{{"--since", "yesterday"}, {"--code", "123"}, {"--limit", "0"}} {
		if code, _, _ := d.run(append([]string{"audit", "list"}, wrong...)...); code != exitInput {
			t.Errorf("%v: exit %d", wrong, code)
		}
	}
}
