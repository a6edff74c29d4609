package store_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// walledCustomers is how many customers TestRLS has: customer k is known to the sources of the bits of k % 8, and its
// record of source s is k*10+s. Sources are 1 bank, 2 shop, 3 club.
const walledCustomers = 16

// seenBy are the customers whom a scope sees.
func seenBy(scope store.Scope) (out []int64) {
	places := map[customer.Source]int{"bank": 0, "shop": 1, "club": 2}
	for k := int64(1); k <= walledCustomers; k++ {
		if scope.Everyone || slices.ContainsFunc(scope.Sources, func(s customer.Source) bool { at, is := places[s]; return is && k%8>>at&1 == 1 }) {
			out = append(out, k)
		}
	}
	return out
}

// fillWalled writes a row of each table about each customer.
const fillWalled = `
	INSERT INTO source (name) VALUES ('bank'), ('shop'), ('club');
	INSERT INTO run (source) VALUES (1);
	INSERT INTO record (id, source, key, state, revision, landed, fingerprint, run, node, code, home)
		SELECT k * 10 + s, s, 'key ' || k, 'live', 1, 1, 0, 1, k, k, k FROM generate_series(1, 16) k, generate_series(1, 3) s WHERE k % 8 >> (s - 1) & 1 = 1;
	INSERT INTO body (record, revision, run, op, raw, standard) SELECT id, 1, 1, 'upsert', '{}', '' FROM record;
	INSERT INTO consent (record, purpose, channel, address, given, at) SELECT id, 'news', '', '', true, now() FROM record;
	INSERT INTO relation (record, attribute, role, target_source, target_key) SELECT id, 'owner', '', 'bank', 'key 1' FROM record;
	INSERT INTO product (record, kind, number, status) SELECT id, 'loan', '1', '' FROM record;
	INSERT INTO move (record, operation, to_code, revision) SELECT id, 1, code, 1 FROM record;
	INSERT INTO golden (code, serial, kind, state, version, document) SELECT DISTINCT code, code, 'person', 'active', 1, '{}' FROM record;
	INSERT INTO golden (code, serial, kind, state, successor, version, document) SELECT code + 1000, code + 1000, 'person', 'retired', code, 1, '{}' FROM golden;
	INSERT INTO history (code, version, refs) SELECT code, 1, '{}' FROM golden;
	INSERT INTO change (position, code, version, epoch, kind, operation, fields, moved, hash, at) SELECT code, code, 1, 1, 'created', 1, '{}', '', '', now() FROM golden;
	INSERT INTO pin (code, attribute, value, operation) SELECT code, 'name', '{}', 1 FROM golden;
	INSERT INTO keeper (code, operation) SELECT code, 1 FROM golden;
	INSERT INTO feed_parked (name, code, position, reason) SELECT 'x', code, 1, '' FROM golden;
	INSERT INTO feed_resend (name, topic, code, after, upto) SELECT 'x', '', code, 0, 1 FROM golden;
	INSERT INTO task (kind, code, other, records) SELECT 'possible_match', code, code + 1000, '{}' FROM golden WHERE code < 1000;
	INSERT INTO task (kind, records) SELECT 'key_reuse', array[min(id)] FROM record GROUP BY code;
	INSERT INTO note (task, author, text) SELECT id, '', 'x' FROM task;
	INSERT INTO proposal (task, state, author, person, subject, intent) SELECT id, 'held', 'somebody', '', '', '' FROM task;
	INSERT INTO decision (kind, operation) SELECT 'granted', 1 FROM golden WHERE code < 1000;
	INSERT INTO decision_record (decision, record, right_side) SELECT d.id, r.id, false FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM decision) d
		JOIN (SELECT code, row_number() OVER (ORDER BY code) n FROM golden WHERE code < 1000) g USING (n) JOIN record r ON r.code = g.code;
	INSERT INTO consent_grant (decision, purpose, channel, address, at) SELECT id, 'news', '', '', now() FROM decision;
	INSERT INTO block (key, node, sig) SELECT DISTINCT node, node, 0 FROM record;
	INSERT INTO op (id, kind, actor, reason, at, digest, hash) VALUES (1, 'resolve', '', '', now(), '', '')`

// aboutWhom asks each table for the customers that its rows are about.
var aboutWhom = map[string]string{
	"record": `SELECT code FROM record`, "body": `SELECT record / 10 FROM body`, "consent": `SELECT record / 10 FROM consent`, "relation": `SELECT record / 10 FROM relation`,
	"product": `SELECT record / 10 FROM product`, "move": `SELECT record / 10 FROM move`, "decision_record": `SELECT record / 10 FROM decision_record`,
	"golden": `SELECT code % 1000 FROM golden`, "history": `SELECT code % 1000 FROM history`, "change": `SELECT code % 1000 FROM change`, "pin": `SELECT code % 1000 FROM pin`,
	"keeper": `SELECT code % 1000 FROM keeper`, "feed_parked": `SELECT code % 1000 FROM feed_parked`, "feed_resend": `SELECT code % 1000 FROM feed_resend`,
	"task":          `SELECT coalesce(code, records[1] / 10) FROM task`,
	"note":          `SELECT coalesce(t.code, t.records[1] / 10) FROM note n LEFT JOIN task t ON t.id = n.task`,
	"proposal":      `SELECT coalesce(t.code, t.records[1] / 10) FROM proposal p LEFT JOIN task t ON t.id = p.task`,
	"consent_grant": `SELECT r.record / 10 FROM consent_grant g LEFT JOIN decision_record r USING (decision)`,
	"one code":      `SELECT code FROM golden WHERE code = 6`,
	"one key":       `SELECT code FROM record WHERE source = 2 AND key = 'key 6'`,
	"joined":        `SELECT g.code FROM golden g JOIN record r ON r.code = g.code JOIN body b ON b.record = r.id AND b.revision = r.revision`,
}

func openWalled(t *testing.T) *store.Store {
	t.Helper()
	url := storetest.New(t, migrateLease)
	s, err := store.Open(t.Context(), url, golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if w := s.Wall(); w.Missing != "" {
		t.Fatalf("no wall: %s", w.Missing)
	}
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(t.Context(), fillWalled); return err }); err != nil {
		t.Fatal(err)
	}
	return s
}

// whom asks one question under a scope.
func whom(ctx context.Context, s *store.Store, scope store.Scope, sql string) (out []int64, err error) {
	err = s.InScope(ctx, scope, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT coalesce(whom, -1) FROM (`+sql+`) x (whom) ORDER BY 1`)
		if err == nil {
			out, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		}
		return err
	})
	return out, err
}

// wanted is what a question must answer.
func wanted(name string, scope store.Scope) []int64 {
	seen := seenBy(scope)
	if name == "one code" || name == "one key" {
		return slices.DeleteFunc(seen, func(k int64) bool { return k != 6 })
	}
	return slices.DeleteFunc(seen, func(k int64) bool { return k%8 == 0 }) // known to no source
}

// TestRLS lets two subjects who see some customers, one who sees all and one who sees none ask for everything,
// mixed, over the connections that they share (R26).
func TestRLS(t *testing.T) {
	t.Parallel()
	s := openWalled(t)
	const requests, askers = 10_000, 8
	scopes := []store.Scope{{Sources: []customer.Source{"bank"}}, {Sources: []customer.Source{"shop", "nowhere"}}, {Everyone: true}, {}, {Sources: []customer.Source{"nowhere"}}}
	names := slices.Sorted(maps.Keys(aboutWhom))
	var wg sync.WaitGroup
	for asker := range askers {
		wg.Go(func() {
			chance := rand.New(rand.NewPCG(26, uint64(asker)))
			for range requests / askers {
				name, scope := names[chance.IntN(len(names))], scopes[chance.IntN(len(scopes))]
				got, err := whom(t.Context(), s, scope, aboutWhom[name])
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				if diff := cmp.Diff(wanted(name, scope), got, cmp.Comparer(slices.Equal[[]int64])); diff != "" {
					t.Errorf("%s as %+v sees other customers than it should:\n%s", name, scope, diff)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestTheReadingRoleOwnsNothing looks at what the database says of the role.
func TestTheReadingRoleOwnsNothing(t *testing.T) {
	t.Parallel()
	s := openWalled(t)
	err := s.InScope(t.Context(), store.Scope{Everyone: true}, func(tx *store.Tx) error {
		var role string
		var rights, owns, writes int
		err := tx.QueryRow(t.Context(), `SELECT current_user,
			(SELECT count(*) FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb)),
			(SELECT count(*) FROM pg_class WHERE pg_has_role(current_user, relowner, 'MEMBER')),
			(SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))`).Scan(&role, &rights, &owns, &writes)
		if role != s.Wall().Role || rights+owns+writes != 0 {
			t.Errorf("read as %s: %d rights, %d tables of its own, %d that it may write", role, rights, owns, writes)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// Nothing of it stays on the connection.
	var left string
	if err := s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT current_user || coalesce(current_setting('kartoteka.sources', true), '')`).Scan(&left)
	}); err != nil || left+"_reader" != s.Wall().Role {
		t.Errorf("who writes is %q: %v", left, err)
	}
}

// notOfCustomers are tables that are read under a scope and have no rows about customers.
var notOfCustomers = []string{"feed_cursor", "hub", "plan", "run", "schedule", "source"}

// TestEachTableIsBehindTheWall finds a new table that the role may read and that no policy is on.
func TestEachTableIsBehindTheWall(t *testing.T) {
	t.Parallel()
	s := openWalled(t)
	open := map[string]bool{}
	err := s.InScope(t.Context(), store.Scope{}, func(tx *store.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT relname::text, relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) FROM pg_class c
			WHERE relkind IN ('r', 'v', 'm', 'p') AND relnamespace = 'public'::regnamespace AND has_any_column_privilege(oid, 'SELECT')`)
		if err != nil {
			return err
		}
		var table string
		var walled bool
		if _, err = pgx.ForEachRow(rows, []any{&table, &walled}, func() error { open[table] = !walled; return nil }); err != nil {
			return err
		}
		for table, unwalled := range open {
			if unwalled != slices.Contains(notOfCustomers, table) {
				t.Errorf("%s: what is read under a scope has row security, unless it has no rows about customers", table)
			}
			if unwalled {
				continue
			}
			var n int
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s shows nobody %d rows: %v", table, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	personal, _ := store.PersonalMap()
	for table := range personal {
		if _, read := open[table]; !read {
			t.Errorf("%s holds personal data and is not behind the wall", table)
		}
	}
}

// TestOwnProposalsAreSeenWhateverTheyAreAbout is the one exception: what somebody asked for themselves.
func TestOwnProposalsAreSeenWhateverTheyAreAbout(t *testing.T) {
	t.Parallel()
	s := openWalled(t)
	if err := s.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO proposal (state, author, person, subject, intent) VALUES ('held', 'anna', '', '', ''), ('held', 'boris', '', '', '')`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, scope := range []store.Scope{{Who: "anna", Sources: []customer.Source{"bank"}}, {Who: "anna"}} {
		got := ""
		if err := s.InScope(t.Context(), scope, func(tx *store.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT coalesce(string_agg(author, ','), '') FROM proposal WHERE task IS NULL`).Scan(&got)
		}); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint(map[bool]string{true: "anna"}[len(scope.Sources) > 0]); got != want {
			t.Errorf("%+v sees proposals of %q, not of %q", scope, got, want)
		}
	}
}

// TestAHubWhoseRoleMayNotMakeRoles goes on without the wall, says so, and has it once an administrator ran the line.
func TestAHubWhoseRoleMayNotMakeRoles(t *testing.T) {
	t.Parallel()
	url, owner := storetest.New(t, nil), fmt.Sprintf("kt_owner_%d_%d", os.Getpid(), time.Now().UnixNano())
	admin, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	run := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(context.WithoutCancel(t.Context()), sql); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(func() {
		run(`DROP OWNED BY ` + owner + `, ` + owner + `_reader; DROP ROLE ` + owner + `_reader; DROP ROLE ` + owner)
		_ = admin.Close(context.Background())
	})
	run(`CREATE ROLE ` + owner + `; GRANT ALL ON SCHEMA public TO ` + owner)
	for _, cured := range []bool{false, true} {
		s, err := store.Open(t.Context(), url+"&options=-c%20role%3D"+owner, golden.NewPermutation)
		if err != nil {
			t.Fatal(err)
		}
		if !cured {
			if err := s.InTx(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(t.Context(), fillWalled); return err }); err != nil {
				t.Fatal(err)
			}
		}
		w := s.Wall()
		if there := w.Missing == "" && w.Cure == ""; there != cured {
			t.Errorf("cured %t: %+v", cured, w)
		}
		seen, err := whom(t.Context(), s, store.Scope{}, aboutWhom["golden"])
		if err != nil || (len(seen) == 0) != cured {
			t.Errorf("cured %t: nobody sees %d customers: %v", cured, len(seen), err)
		}
		s.Close()
		run(w.Cure)
	}
}
