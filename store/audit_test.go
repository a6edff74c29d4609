package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
	"kartoteka/store"
)

// chained makes a chain of ten operations, each with a change.
func chained(t *testing.T) *store.Store {
	t.Helper()
	s := openStore(t)
	for i := range 10 {
		if err := s.InLane(t.Context(), func(tx *store.Tx) error { return tx.Write(t.Context(), oneChange(customer.Code(10+i), 1)) }); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func oneChange(code customer.Code, version int64) *customer.Effects {
	return &customer.Effects{
		Operations: []customer.Operation{{Kind: "test", Actor: "somebody", Reason: fmt.Sprintf("version %d", version)}},
		Codes:      []customer.CodeRow{{Code: code, Serial: int64(code), Kind: customer.Person, State: customer.CodeActive, Version: version, Document: []byte("{}")}},
		Changes:    []customer.LoggedChange{{Change: customer.Change{Code: code, Version: version, Epoch: 1, Kind: customer.Updated}, History: []byte("{}")}},
	}
}

// faults walks the chain.
func faults(t *testing.T, s *store.Store) (out []customer.AuditFault, rows int64) {
	t.Helper()
	err := s.InSnapshot(t.Context(), func(tx *store.Tx) (err error) {
		rows, err = tx.WalkAudit(t.Context(), store.AuditWalk{Fault: func(f customer.AuditFault) { out = append(out, f) }})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, rows
}

// tampers are ways to falsify a chain of ten; sql may be several statements.
var tampers = []struct {
	name string
	sql  []string
	want string // the first fault
}{
	{"nothing", nil, ""},
	{"an actor altered", []string{`UPDATE op SET actor = 'nobody' WHERE id = 4`}, "4 altered"},
	{"a reason altered", []string{`UPDATE op SET reason = '' WHERE id = 1`}, "1 altered"},
	{"a time altered", []string{`UPDATE op SET at = at - interval '1 day' WHERE id = 7`}, "7 altered"},
	{"a hash altered", []string{`UPDATE op SET hash = sha256('x') WHERE id = 5`}, "5 altered"},
	{"the last row altered", []string{`UPDATE op SET kind = 'x' WHERE id = 10`}, "10 altered"},
	{"the last hash altered", []string{`UPDATE op SET hash = sha256('x') WHERE id = 10`}, "10 altered"},
	{"the end altered", []string{`UPDATE hub SET chain_head = sha256('x')`}, "0 altered"},
	{"a row deleted", []string{`DELETE FROM op WHERE id = 3`}, "4 deleted"},
	{"a row deleted with its changes", []string{`DELETE FROM change WHERE operation = 3`, `DELETE FROM op WHERE id = 3`}, "4 deleted"},
	{"the first row deleted", []string{`DELETE FROM op WHERE id = 1`}, "2 deleted"},
	{"three rows deleted", []string{`DELETE FROM op WHERE id BETWEEN 4 AND 6`}, "7 deleted"},
	{"the last row deleted", []string{`DELETE FROM op WHERE id = 10`}, "0 deleted"},
	{"a row deleted and the others moved up", []string{`DELETE FROM op WHERE id = 3`, `UPDATE op SET id = -id WHERE id > 3`, `UPDATE op SET id = -id - 1 WHERE id < 0`}, "3 deleted"},
	{"a row inserted at the end", []string{`INSERT INTO op (id, kind, actor, reason, at, digest, hash) VALUES (11, 'x', 'x', 'x', now(), sha256(''), sha256('x'))`}, "11 unclear"},
	{"a row inserted in between", []string{`UPDATE op SET id = -id WHERE id >= 5`, `UPDATE op SET id = -id + 1 WHERE id < 0`,
		`INSERT INTO op (id, kind, actor, reason, at, digest, hash) VALUES (5, 'x', 'x', 'x', now(), sha256(''), sha256('x'))`}, "5 inserted"},
	{"a row inserted that repeats another", []string{`UPDATE op SET id = -id WHERE id >= 5`, `UPDATE op SET id = -id + 1 WHERE id < 0`,
		`INSERT INTO op (id, kind, actor, reason, at, digest, hash) SELECT 5, kind, actor, reason, at, digest, hash FROM op WHERE id = 4`}, "5 inserted"},
	{"neighbors swapped", []string{`UPDATE op SET id = -id WHERE id IN (4, 5)`, `UPDATE op SET id = 9 + id WHERE id < 0`}, "4 reordered"},
	{"rows far apart swapped", []string{`UPDATE op SET id = -id WHERE id IN (2, 9)`, `UPDATE op SET id = 11 + id WHERE id < 0`}, "2 reordered"},
	{"a row moved to the end", []string{`UPDATE op SET id = 11 WHERE id = 4`}, "5 reordered"},
	{"a change altered", []string{`UPDATE change SET version = 7 WHERE operation = 6`}, "6 changes"},
	{"a change of another operation", []string{`UPDATE change SET operation = 2 WHERE operation = 6`}, "2 changes"},
}

func TestTamperingIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range tampers {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := chained(t)
			err := s.InTx(t.Context(), func(tx *store.Tx) error {
				for _, sql := range c.sql {
					if _, err := tx.Exec(t.Context(), sql); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			found, _ := faults(t, s)
			got := ""
			if len(found) > 0 {
				got = fmt.Sprintf("%d %s", found[0].Operation, found[0].Tamper)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s%+v", diff, found)
			}
		})
	}
}

// A clock that is put back, as far as clocks are put back, leaves the times of the log in their order; after
// one that was far ahead the present time is written again.
func TestAClockThatIsPutBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ ahead, want string }{{"1 hour", "op.at = before.at"}, {"30 years", "op.at < before.at - interval '29 years'"}, {"-1 hour", "op.at > before.at"}} {
		s, ctx := openStore(t), t.Context()
		for version := range int64(2) {
			err := s.InLane(ctx, func(tx *store.Tx) error {
				if err := tx.Write(ctx, oneChange(7, version+1)); err != nil || version > 0 {
					return err
				}
				_, err := tx.Exec(ctx, `UPDATE op SET at = at + '`+c.ahead+`'::interval`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var right bool
		err := s.InTx(ctx, func(tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT `+c.want+` AND op.at = change.at FROM op JOIN op before ON before.id = op.id - 1 JOIN change ON change.operation = op.id`).Scan(&right)
		})
		if err != nil || !right {
			t.Errorf("%s ahead: %v", c.ahead, err)
		}
	}
}

// Sixteen writers at once, as many connections as it takes: the lane makes one chain of them.
func TestSixteenWritersMakeOneChain(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	const writers, each = 16, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				err := s.InLane(t.Context(), func(tx *store.Tx) error {
					return tx.Write(t.Context(), oneChange(customer.Code(10+w), int64(i+1)))
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if found, rows := faults(t, s); len(found) > 0 || rows != writers*each {
		t.Errorf("%d rows, %+v", rows, found)
	}
	var gaps int
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM (SELECT position - lag(position, 1, 0::bigint) OVER (ORDER BY position) AS step,
			at >= lag(at, 1, '-infinity') OVER (ORDER BY position) AS later FROM change) x WHERE step <> 1 OR NOT later`).Scan(&gaps)
	})
	if err != nil || gaps > 0 {
		t.Errorf("%d positions are missing or out of order (%v)", gaps, err)
	}
}

func TestRewrittenChainIsWhole(t *testing.T) {
	t.Parallel()
	s := chained(t)
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Exec(t.Context(), `UPDATE op SET actor = 'nobody' WHERE id = 4`); err != nil {
			return err
		}
		return tx.RewriteChain(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
	if found, _ := faults(t, s); len(found) > 0 {
		t.Errorf("%+v", found)
	}
}
