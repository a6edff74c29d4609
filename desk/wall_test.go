package desk

import (
	"context"
	"errors"
	"testing"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/resolve"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

func migrated(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url, golden.NewPermutation)
	if err == nil {
		s.Close()
	}
	return err
}

const ours, foreign = customer.Code(1), customer.Code(2)

// twoCustomers opens a desk over two customers, each known to one source.
func twoCustomers(t *testing.T) *Desk {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.New(t, migrated), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Use(&customer.Portrait{})
	err = s.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), `
			INSERT INTO source (name) VALUES ('ours'), ('theirs');
			INSERT INTO run (source) VALUES (1);
			INSERT INTO record (id, source, key, state, revision, landed, fingerprint, run, code, home) SELECT k, k, 'key', 'live', 1, 1, 0, 1, k, k FROM generate_series(1, 2) k;
			INSERT INTO body (record, revision, run, op, raw) SELECT id, 1, 1, 'upsert', '{}' FROM record;
			INSERT INTO golden (code, serial, kind, state, version, document)
				SELECT code, code, 'person', 'active', 1, '{"state":"active","kind":"person"}' FROM record;
			INSERT INTO change (position, code, version, epoch, kind, operation, fields, moved, hash, at) SELECT code, code, 1, 1, 'created', 1, '{}', '', '', now() FROM golden;
			INSERT INTO task (kind, code, records) SELECT 'doubt', code, '{}' FROM golden;
			INSERT INTO reject (run, source, place, code, reason, raw) SELECT 1, s, '{}', 'x', 'x', '' FROM generate_series(1, 2) s`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Store: s, Portrait: &customer.Portrait{}})
}

// TestTheDatabaseAnswersForAPolicyThatIsForgotten plants the fault that the second wall is for: what reads forgets
// to ask what the subject sees. The database still gives nothing of others, and all that is asked for of one's own.
func TestTheDatabaseAnswersForAPolicyThatIsForgotten(t *testing.T) {
	t.Parallel()
	d := twoCustomers(t)
	ctx := access.With(t.Context(), &access.Subject{ID: "local:anna", Roles: []access.Role{access.Steward}, Sources: []customer.Source{"ours"}})
	for code, want := range map[customer.Code]int{ours: 1, foreign: 0} {
		err := d.look(ctx, access.ReadTasks, func(s *sight) error {
			s.view = access.View{} // the fault
			for name, count := range map[string]func() (int, error){
				"golden":  func() (int, error) { m, err := s.tx.Documents(ctx, []customer.Code{code}); return len(m), err },
				"records": func() (int, error) { l, err := s.tx.WrittenOf(ctx, code, 0, 9); return len(l), err },
				"history": func() (int, error) { l, err := s.tx.Happenings(ctx, code, 9); return len(l), err },
				"tasks":   func() (int, error) { l, err := s.tx.Tasks(ctx, store.TaskFilter{Code: code}, 9); return len(l), err },
			} {
				if n, err := count(); err != nil || n != want {
					t.Errorf("%s of code %d: %d rows, not %d: %v", name, code, n, want, err)
				}
			}
			rows, err := s.tx.ListRejects(ctx, store.RejectFilter{}, 9)
			if len(rows) != 1 || rows[0].Source != "ours" {
				t.Errorf("%d rejects are seen, not the one of the source", len(rows))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestNobodyReadsNothing is a request that lost its subject on the way to the database.
func TestNobodyReadsNothing(t *testing.T) {
	t.Parallel()
	d := twoCustomers(t)
	err := d.options.Store.InScope(t.Context(), Scope(t.Context()), func(tx *store.Tx) error {
		m, err := tx.Documents(t.Context(), []customer.Code{ours, foreign})
		if len(m) != 0 {
			t.Errorf("nobody sees %d customers", len(m))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	steward := &access.Subject{ID: "local:anna", Roles: []access.Role{access.Steward}, Sources: []customer.Source{"ours"}}
	if _, err := d.Customer(access.With(t.Context(), steward), resolve.Who{Code: foreign}, CustomerOptions{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("a customer of others is %v, not unknown", err)
	}
}
