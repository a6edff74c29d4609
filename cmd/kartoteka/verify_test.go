package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
	"kartoteka/store/storetest"
)

// messy is a history with all that can happen: duplicates, a merge and a parting by decision, a
// key given to somebody else, a changed row, a reject, a row that is gone.
func messy(ctx context.Context, url string) (err error) {
	if err := migrateHub(ctx, url); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kartoteka-verify")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	later := strings.NewReplacer("3;Иванов Пётр Сергеевич;1979-11-30", "3;Орлова Дарья Павловна;1999-01-05",
		"anna.s@example.ru", "anna.new@example.ru", "5;Шевченко Тарас Григорович;09.03.1988;8 911 777 88 99;taras@example.ru;\n", "").Replace(crmRows + extraRows)
	for name, text := range map[string]string{"crm.csv": crmRows + extraRows, "billing.csv": billingRows, "later.csv": later} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, line := range []string{"load crm.csv billing.csv", "decide same crm/4 billing/b-4 --reason test", "decide different crm/2 billing/b-3", "decide different crm/7 crm/8",
		"load later.csv --source crm --full", "load billing.csv"} {
		var out, errs bytes.Buffer
		args := strings.Fields(line)
		for i, arg := range args {
			if strings.HasSuffix(arg, ".csv") {
				args[i] = filepath.Join(dir, arg)
			}
		}
		lookup := func(name string) (string, bool) { return url, name == "KARTOTEKA_DATABASE_URL" }
		if code := run(ctx, append(args, "--state", dir), &app{out: &out, err: &errs, lookup: lookup}); code != exitOK && code != exitRejects {
			return fmt.Errorf("%s: exit %d: %s%s", line, code, out.String(), errs.String())
		}
	}
	return nil
}

const extraRows = `6;Белова Ольга Юрьевна;07.07.1977;8 495 700 10 20;;
7;Титов Глеб Ильич;17.02.1969;8 905 100 20 30;;
8;Титов Глеб Ильич;17.02.1969;8 905 100 20 30;gleb@example.ru;
9;broken;row;with;far;too;many;cells
`

func messyDoor(t *testing.T) *door {
	t.Helper()
	return &door{t, t.TempDir(), storetest.New(t, messy)}
}

// verify runs the verb and gives the violations by invariant.
func (d *door) verify(want int, args ...string) map[string][]customer.Violation {
	d.Helper()
	var result verifyResult
	d.json(want, nil, &result, append([]string{"verify", "-q"}, args...)...)
	found := map[string][]customer.Violation{}
	for _, c := range result.Checks {
		if c.Violated > 0 {
			found[c.Invariant] = c.Violations
		}
	}
	return found
}

func (d *door) query(sql string, into ...any) {
	d.Helper()
	conn, err := pgx.Connect(d.Context(), d.url)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = conn.Close(d.Context()) }()
	if err := conn.QueryRow(d.Context(), sql).Scan(into...); err != nil {
		d.Fatalf("%s: %v", sql, err)
	}
}

func TestVerifyFindsNothingInAMessyHistory(t *testing.T) {
	t.Parallel()
	d := messyDoor(t)
	for _, sample := range []string{"200", "0", "3"} {
		if found := d.verify(exitOK, "--sample", sample); len(found) > 0 {
			t.Errorf("sample %s: %v", sample, found)
		}
	}
	var merged, removed, reused, rejected, decided int
	d.query(`SELECT (SELECT count(*) FROM golden WHERE state = 'retired' AND successor IS NOT NULL), (SELECT count(*) FROM golden WHERE state = 'retired' AND successor IS NULL),
		(SELECT count(*) FROM record WHERE incarnation > 1), (SELECT count(*) FROM reject), (SELECT count(*) FROM decision)`, &merged, &removed, &reused, &rejected, &decided)
	if merged == 0 || removed == 0 || reused == 0 || rejected == 0 || decided < 2 {
		t.Errorf("the history lacks something: %d merged, %d removed, %d reused, %d rejected, %d decisions", merged, removed, reused, rejected, decided)
	}
	out := d.ok("verify", "-q", "--only", "i5,I12")
	if strings.Count(out, " ok, ") != 2 || !strings.Contains(out, "0 violations, 0 records pending") {
		t.Error(out)
	}
	if code, _, errs := d.run("verify", "--only", "I99"); code != exitInput || !strings.Contains(errs, "I99") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// corruptions breaks one row each; the statement returns whom that is about: a code, a record
// and a place, or null.
var corruptions = []struct {
	name string
	want string // the invariants that name it
	sql  string
}{
	{"a deleted record keeps a code", "I1",
		`UPDATE record SET code = (SELECT min(code) FROM golden WHERE state = 'active') WHERE id = (SELECT min(id) FROM record WHERE state = 'deleted') RETURNING code, id, null`},
	{"a live record without code", "I1 I5",
		`WITH x AS (SELECT min(id) AS id, code FROM record WHERE state = 'live' GROUP BY code HAVING count(*) > 1 ORDER BY id LIMIT 1)
			UPDATE record r SET code = null FROM x WHERE r.id = x.id RETURNING null, r.id, null`},
	{"a live record of a retired code", "I1 I5",
		`WITH x AS (SELECT min(id) AS id, code FROM record WHERE state = 'live' GROUP BY code HAVING count(*) > 1 ORDER BY id LIMIT 1)
			UPDATE record r SET code = (SELECT min(code) FROM golden WHERE state = 'retired') FROM x WHERE r.id = x.id RETURNING r.code, r.id, null`},
	{"an active code loses its last record", "I2",
		`WITH x AS (SELECT code FROM record WHERE state = 'live' GROUP BY code HAVING count(*) = 1 ORDER BY code LIMIT 1)
			UPDATE record r SET code = null, state = 'deleted' FROM x WHERE r.code = x.code RETURNING x.code, null, null`},
	{"a successor that leads back", "I3 I5",
		`UPDATE golden SET successor = code WHERE code = (SELECT min(code) FROM golden WHERE successor IS NOT NULL) RETURNING code, null, null`},
	{"another successor than the log says", "I3",
		`UPDATE change SET successor = (SELECT max(g.code) FROM golden g WHERE g.state = 'active' AND g.code <> change.successor) WHERE successor IS NOT NULL RETURNING code, null, null`},
	{"a code of another serial", "I4",
		`UPDATE golden SET serial = serial + 1000000 WHERE code = (SELECT max(code) FROM golden) RETURNING code, null, null`},
	{"a code created twice", "I4 I12",
		`UPDATE change SET kind = 'created' WHERE position = (SELECT max(position) FROM change WHERE version > 1 AND kind = 'updated') RETURNING code, null, 'operation ' || operation`},
	{"a value changed in a golden record", "I5 I12",
		`UPDATE golden SET document = replace(document, 'Александр', 'Алексей') WHERE state = 'active' AND document LIKE '%Александр%' RETURNING code, null, null`},
	{"a golden record of the wrong kind", "I5",
		`UPDATE golden SET kind = 'organization' WHERE code = (SELECT min(code) FROM golden WHERE state = 'active') RETURNING code, null, null`},
	{"a history of other records", "I5",
		`UPDATE history h SET refs = '{"name":[[999999,1]]}' FROM golden g WHERE g.code = h.code AND g.version = h.version AND g.code = (SELECT min(code) FROM golden WHERE state = 'active') RETURNING h.code, null, null`},
	{"a retired code with values", "I5 I12",
		`UPDATE golden SET document = (SELECT document FROM golden WHERE state = 'active' ORDER BY code LIMIT 1) WHERE code = (SELECT min(code) FROM golden WHERE state = 'retired') RETURNING code, null, null`},
	{"a history row taken out", "I6",
		`DELETE FROM history WHERE (code, version) IN (SELECT code, version FROM history ORDER BY code LIMIT 1) RETURNING code, null, null`},
	{"a change taken out", "I6 I12",
		`DELETE FROM change WHERE position = (SELECT min(c.position) FROM change c JOIN golden g USING (code) WHERE c.version < g.version) RETURNING code, null, 'operation ' || operation`},
	{"an epoch that falls", "I6",
		`UPDATE change c SET epoch = 2 WHERE position = (SELECT min(c.position) FROM change c JOIN golden g USING (code) WHERE c.version < g.version) RETURNING code, null, null`},
	{"positions that the log lacks", "I6",
		`UPDATE hub SET last_position = last_position + 5 RETURNING null, null, 'hub'`},
	{"a state that the log does not say", "I7",
		`UPDATE golden SET state = 'erased' WHERE code = (SELECT min(code) FROM golden WHERE state = 'retired' AND successor IS NULL) RETURNING code, null, null`},
	{"a feed ahead of the log", "I7",
		`INSERT INTO feed_cursor (name, position) VALUES ('feed.kafka', 1000000) RETURNING null, null, 'feed feed.kafka'`},
	{"a record of another customer", "I5 I8",
		`UPDATE record SET code = (SELECT max(code) FROM golden WHERE state = 'active') WHERE id = (SELECT r.id FROM record r JOIN record o ON o.code = r.code AND o.id <> r.id
			WHERE r.code <> (SELECT max(code) FROM golden WHERE state = 'active') ORDER BY r.id LIMIT 1) RETURNING code, id, null`},
	{"a record in another node", "I8",
		`UPDATE record SET node = node + 2 WHERE id = (SELECT min(id) FROM record WHERE state = 'live') RETURNING null, id, null`},
	{"a component cut in two", "I8",
		`UPDATE golden SET component = code WHERE code = (SELECT max(code) FROM golden WHERE component < code) RETURNING code, null, null`},
	{"a key taken out of the index", "I8",
		`WITH k AS (DELETE FROM block WHERE (key, sig, node) IN (SELECT b.key, b.sig, b.node FROM block b JOIN record r ON r.node = b.node WHERE r.state = 'live' AND b.sig = 0 ORDER BY r.id LIMIT 1) RETURNING node)
			SELECT null::bigint, min(r.id), null::text FROM record r JOIN k USING (node)`},
	{"a shared value taken out of the index", "I8",
		`WITH k AS (DELETE FROM block WHERE (key, sig, node) IN (SELECT b.key, b.sig, b.node FROM block b JOIN record r ON r.node = b.node WHERE r.state = 'live' AND b.sig <> 0
			AND NOT EXISTS (SELECT FROM block o WHERE o.key = b.key AND o.sig = b.sig AND o.node <> b.node) ORDER BY r.id LIMIT 1) RETURNING node)
			SELECT null::bigint, min(r.id), null::text FROM record r JOIN k USING (node)`},
	{"a decision that does not hold", "I8 I10",
		`WITH p AS (SELECT min(id) AS a, max(id) AS b FROM record WHERE state = 'live' GROUP BY code HAVING count(*) > 1 ORDER BY code LIMIT 1),
			d AS (INSERT INTO decision (kind, operation) VALUES ('different', 1) RETURNING id),
			m AS (INSERT INTO decision_record SELECT d.id, x.record, x.side FROM d, p, LATERAL (VALUES (p.a, false), (p.b, true)) AS x(record, side))
			SELECT null::bigint, a, null::text FROM p`},
	{"a row that was read and lost", "I11",
		`UPDATE run SET read = read + 1 WHERE id = 1 RETURNING null, null, 'run 1'`},
	{"a revision that was counted and is gone", "I11",
		`DELETE FROM body WHERE (record, revision) IN (SELECT b.record, b.revision FROM body b JOIN record r ON r.id = b.record WHERE b.revision < r.revision ORDER BY b.record LIMIT 1) RETURNING null, record, null`},
	{"a reject that is gone", "I11",
		`DELETE FROM reject WHERE id = (SELECT min(id) FROM reject) RETURNING null, null, 'run ' || run`},
	{"an audit row altered", "I12", `UPDATE op SET actor = 'nobody' WHERE id = 2 RETURNING null, null, 'operation 2'`},
	{"an audit row taken out", "I12", `DELETE FROM op WHERE id = 2 RETURNING null, null, 'operation 3'`},
	{"the last audit row taken out", "I12", `DELETE FROM op WHERE id = (SELECT max(id) FROM op) RETURNING null, null, 'hub'`},
	{"an audit row put in", "I12",
		`INSERT INTO op SELECT max(id) + 1, 'resolve', 'hub', '', null, now(), sha256(''), sha256('') FROM op RETURNING null, null, 'operation ' || id`},
	{"audit rows in another order", "I12",
		`WITH x AS (UPDATE op SET id = -id WHERE id IN (1, 2)) SELECT null::bigint, null::bigint, 'operation 1'`},
	{"a change with another hash", "I12", `UPDATE change SET hash = sha256('') WHERE position = 1 RETURNING null, null, 'operation 1'`},
	{"a change of another operation", "I12",
		`UPDATE change SET operation = 2 WHERE position = 1 RETURNING code, null, 'operation 2'`},
	{"an open question about a retired code", "I13",
		`INSERT INTO task (kind, code) SELECT 'possible_match', min(code) FROM golden WHERE state = 'retired' RETURNING code, null, null`},
}

func TestVerifyNamesCorruption(t *testing.T) {
	t.Parallel()
	for _, c := range corruptions {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := messyDoor(t)
			var code, record *int64
			var place *string
			d.query(c.sql, &code, &record, &place)
			if c.name == "audit rows in another order" {
				d.query(`WITH x AS (UPDATE op SET id = 3 + id WHERE id < 0) SELECT 1`, new(int))
			}
			found := d.verify(exitFailed)
			var named []string
			for id := range found {
				named = append(named, id)
			}
			slices.SortFunc(named, func(a, b string) int { return len(a)*100 + int(a[len(a)-1]) - len(b)*100 - int(b[len(b)-1]) })
			if diff := cmp.Diff(c.want, strings.Join(named, " ")); diff != "" {
				t.Fatalf("%s\n%v", diff, found)
			}
			checkNamed(t, found, code, record, place)
		})
	}
}

// checkNamed reports when a violation does not name whom it is about, or has no cure.
func checkNamed(t *testing.T, found map[string][]customer.Violation, code, record *int64, place *string) {
	t.Helper()
	names := code == nil && record == nil && place == nil
	for _, list := range found {
		for i := range list {
			v := &list[i]
			names = names || code != nil && slices.Contains(v.Codes, customer.Code(*code)) ||
				record != nil && slices.Contains(v.Records, customer.RecordID(*record)) || place != nil && v.Place == *place
			if v.What == "" || v.Cure == "" {
				t.Errorf("%+v: what is wrong or its cure is missing", v)
			}
			if text := sentence(v); strings.Contains(text, "example.ru") || strings.Contains(text, "crm/") {
				t.Errorf("%s: names a key or a value", text)
			}
		}
	}
	if !names {
		t.Errorf("nobody is named: %v", found)
	}
}

func TestVerifyWholeNamesCorruption(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a record of another customer", "a record in another node", "a decision that does not hold"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := messyDoor(t)
			at := slices.IndexFunc(corruptions, func(c struct{ name, want, sql string }) bool { return c.name == name })
			var code, record *int64
			var place *string
			d.query(corruptions[at].sql, &code, &record, &place)
			found := d.verify(exitFailed, "--only", "I8", "--sample", "0")
			checkNamed(t, found, code, record, place)
		})
	}
}
