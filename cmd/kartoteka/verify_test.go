package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// messyScene is a history with all that can happen: duplicates, a merge and a parting by decision, a
// key given to somebody else, a changed row, a reject, a row that is gone.
var messyScene = scene{
	files: map[string]string{"crm.csv": crmRows + extraRows, "billing.csv": billingRows, "shop.csv": shopRows, "later.csv": strings.NewReplacer(
		"3;Иванов Пётр Сергеевич;1979-11-30", "3;Орлова Дарья Павловна;1999-01-05", "anna.s@example.ru", "anna.new@example.ru",
		"5;Шевченко Тарас Григорович;09.03.1988;8 911 777 88 99;taras@example.ru;\n", "").Replace(crmRows + extraRows)},
	lines: []string{"load crm.csv billing.csv shop.csv", "decide same crm/4 billing/b-4 --reason test", "decide different crm/2 billing/b-3", "decide different crm/7 crm/8",
		"load later.csv --source crm --full", "load billing.csv"},
}

func messy(ctx context.Context, url string) error { return messyScene.play(ctx, url) }

const extraRows = `6;Белова Ольга Юрьевна;07.07.1977;8 495 700 10 20;;
7;Титов Глеб Ильич;17.02.1969;8 905 100 20 30;;
8;Титов Глеб Ильич;17.02.1969;8 905 100 20 30;gleb@example.ru;
9;broken;row;with;far;too;many;cells
`

// shopRows holds consents: one customer who refuses in one record what another one of theirs grants.
const shopRows = `код клиента;ФИО;Дата рождения;Телефон;Согласие на рекламу;Номер договора
s1;Кравцова Полина Олеговна;21.05.1983;8 921 333 44 55;да;Д-1
s2;Кравцова Полина Олеговна;21.05.1983;8 921 333 44 55;нет;Д-2
s3;Лаптев Роман Егорович;02.12.1971;8 921 777 00 11;да;Д-3
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
	for _, sample := range []string{"200", "0", "3", "all", "20%"} {
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
			if diff := cmp.Diff(strings.ReplaceAll(c.want, "!", ""), strings.Join(named, " ")); diff != "" {
				t.Fatalf("%s\n%v", diff, found)
			}
			checkNamed(t, found, code, record, place)
			d.repaired(c.want)
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

// repaired repairs, and reports what is left that should not be, or was repaired in silence.
func (d *door) repaired(want string) {
	d.Helper()
	exit := exitOK
	if strings.Contains(want, "!") {
		exit = exitFailed
	}
	left := d.verify(exit, "--repair")
	for id, violations := range left {
		if !strings.Contains(want, id+"!") {
			d.Errorf("%s is left after the repair: %v", id, violations)
		}
	}
	var repairs int
	if d.query(`SELECT count(*) FROM op WHERE kind = 'repair'`, &repairs); repairs == 0 && exit == exitOK {
		d.Error("the repair left no audit row")
	}
}

// While a plan is applied the answers depend on two rulesets, and nothing is taken for broken.
func TestVerifyWaitsForPlans(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	s := d.store()
	if err := s.InLaneOf(t.Context(), "p1", false, func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE hub SET applying = 'p1', ruleset_hash = ruleset_hash`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var r verifyResult
	if e := d.json(exitSurroundings, nil, &r, "verify"); e.Code != "plan.applying" {
		t.Errorf("%+v", e)
	}
	for _, c := range r.Checks {
		if waits := c.Invariant == "I5" || c.Invariant == "I8"; waits != (c.Skipped != "") || c.Violated > 0 {
			t.Errorf("%+v", c)
		}
	}
	d.json(exitOK, nil, nil, "verify", "--only", "I3")
}
