package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// now is the present moment of the database, as a person would write it.
func (d *door) now() string {
	d.Helper()
	time.Sleep(2 * time.Millisecond) // the moment is told in microseconds, and differs from the last change's
	return time.Now().UTC().Format(time.RFC3339Nano)
}

func TestTheStoryOfACode(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	start := d.crosswalk()
	a, b := start["crm/3"], start["crm/4"]
	d.ok("pin", b, "phone", "+7 912 000-99-88", "--reason", "told by phone")
	var before, after, then showResult
	d.json(exitOK, nil, &before, "show", b)
	moment := d.now()
	time.Sleep(2 * time.Millisecond)

	var s operateSummary
	var r operateResult
	d.json(exitOK, &s, &r, "merge", a, b, "--keep", a, "--dry-run")
	if s.Merged != 1 || len(r.Preview.Codes) != 2 || len(r.Preview.Shadowed) != 1 || d.crosswalk()["crm/4"] != b {
		t.Fatalf("dry run: %+v %+v", s, r.Preview)
	}
	d.json(exitOK, &s, nil, "merge", a, b, "--keep", a, "--reason", "one passport", "--request", "m1")
	if merged := d.crosswalk(); merged["crm/4"] != a {
		t.Fatalf("merged: %v", merged)
	}
	operation := s.Operation
	d.json(exitOK, &s, &r, "merge", a, b, "--keep", a, "--request", "m1") // the reply was lost
	if !s.Repeated || s.Operation != operation || s.Merged != 1 || len(r.Moved) != 1 {
		t.Fatalf("repeated: %+v %+v", s, r)
	}
	d.ok("load", d.file("crm.csv", crmRows), "-q")
	if reloaded := d.crosswalk(); reloaded["crm/4"] != a {
		t.Fatalf("a reload undid the merge: %v", reloaded)
	}
	d.json(exitOK, nil, &then, "show", "crm/4", "--as-of", moment)
	if then.Code.String() != b || !then.AsOf.Exact || len(then.Members) != 1 || then.Golden.Attributes["phone"][0].Rule != "pinned" {
		t.Fatalf("as of %s: %+v", moment, then)
	}
	d.json(exitOK, &s, &r, "unmerge", b, "--reason", "brothers")
	if back := d.crosswalk(); back["crm/4"] != b || back["crm/3"] != a || s.Restored != 1 || len(r.Preview.Returned) != 1 {
		t.Fatalf("unmerge: %v %+v %+v", back, s, r.Preview)
	}
	d.json(exitOK, nil, &after, "show", b)
	if x, y := before.Golden.Attributes["phone"], after.Golden.Attributes["phone"]; len(x) != len(y) || y[0].Rule != "pinned" {
		t.Errorf("pins: %+v %+v", x, y)
	}
	var told historyResult
	d.json(exitOK, nil, &told, "history", b)
	if len(told.Versions) != 4 || told.Versions[0].Kind != customer.Restored || told.Versions[0].Reason != "brothers" || told.Versions[2].Values[0].Attribute != "phone" {
		t.Errorf("history: %+v", told)
	}
	for _, v := range told.Versions {
		if !v.Exact {
			t.Errorf("version %d is not what was published", v.Version)
		}
	}
	if e := d.json(exitInput, nil, nil, "merge", a, b); e.Code != "decision.contradiction" || !strings.Contains(e.Message, "kartoteka revoke") {
		t.Errorf("%+v", e)
	}
	if text := d.ok("history", a); !strings.Contains(text, "one passport") || !strings.Contains(text, "to "+b) {
		t.Error(text)
	}
	d.ok("verify")
}

func TestSplitMoveAndGrant(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	code := d.crosswalk()["crm/1"]
	var s operateSummary
	d.json(exitOK, &s, nil, "split", code, "--records", "billing/b-1")
	apart := d.crosswalk()
	if s.Created != 1 || apart["crm/1"] != code || apart["billing/b-1"] == code {
		t.Fatalf("split: %+v %v", s, apart)
	}
	d.json(exitOK, &s, nil, "revoke", strconv.FormatInt(s.Operation, 10))
	d.json(exitOK, &s, nil, "move", "billing/b-4", "--to", "crm/5")
	if joined := d.crosswalk(); joined["billing/b-4"] != joined["crm/5"] {
		t.Fatalf("move: %v", joined)
	}
	moved := strconv.FormatInt(s.Operation, 10)
	d.json(exitOK, nil, nil, "grant", "crm/5", "marketing", "--channel", "sms", "--address", "8 911 777 88 99")
	var shown showResult
	d.json(exitOK, nil, &shown, "show", "crm/5")
	if len(shown.Golden.Consents) != 1 || !shown.Golden.Consents[0].Given || shown.Golden.Consents[0].Address != "+79117778899" {
		t.Errorf("%+v", shown.Golden.Consents)
	}
	if e := d.json(exitInput, nil, nil, "split", shown.Code.String(), "--records", "billing/b-4"); e.Code != "decision.contradiction" {
		t.Errorf("%+v", e)
	}
	d.json(exitOK, nil, nil, "unmerge", moved)
	var parted showResult
	d.json(exitOK, nil, &parted, "show", "crm/5")
	if len(parted.Golden.Consents) != 0 {
		t.Errorf("whose word was it? %+v", parted.Golden.Consents)
	}
	d.json(exitOK, nil, nil, "confirm", code)
	d.json(exitOK, nil, nil, "keep", code)
	d.ok("verify")
}

// TestOperationsRefuse says what becomes of orders that make no sense: each has an answer with a cure.
func TestOperationsRefuse(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	start := d.crosswalk()
	a, b, c := start["crm/3"], start["crm/4"], start["crm/5"]
	unknown := customer.WithCheckDigit(4711).String()
	d.ok("merge", a, b, "--keep", a, "--request", "m1")
	merge := d.operations()
	d.ok("pin", c, "name", "Шевченко Тарас Григорьевич")
	long := strings.Repeat("к", 5*1024)
	for _, tt := range []struct {
		name, code, says string
		args             []string
	}{
		{"MergeWithItself", "decision.impossible", "named twice", []string{"merge", a, a}},
		{"MergeOfOneCustomer", "decision.nothing", "one customer", []string{"merge", "crm/3", "crm/4"}},
		{"MergeOfARetiredCode", "decision.impossible", a, []string{"merge", b, c}},
		{"MergeOfAnUnknownCode", "unknown", unknown, []string{"merge", a, unknown}},
		{"MergeOfNoCode", "usage", "12 digits", []string{"merge", a, "4815"}},
		{"KeepAnother", "decision.impossible", "none of those", []string{"merge", a, c, "--keep", start["crm/1"]}},
		{"StaleVersion", "stale", "at version", []string{"merge", a, c, "--expect", c + ":1"}},
		{"VersionOfTheFuture", "stale", "no version 99", []string{"merge", a, c, "--expect", c + ":99"}},
		{"ExpectIsNoVersion", "usage", "CODE:VERSION", []string{"merge", a, c, "--expect", c}},
		{"RequestOfAnotherOrder", "request.other", "operation", []string{"merge", a, c, "--request", "m1"}},
		{"SplitLeavesNothing", "decision.impossible", "nothing would stay", []string{"split", c, "--records", "crm/5"}},
		{"SplitOfAForeignRecord", "decision.impossible", "belongs to code", []string{"split", a, "--records", "crm/5"}},
		{"SplitNamesARecordTwice", "decision.impossible", "twice", []string{"split", a, "--records", "crm/3,crm/3"}},
		{"SplitOfACode", "usage", "SOURCE/KEY", []string{"split", a, "--records", b}},
		{"MoveToWhereItIs", "decision.nothing", "already", []string{"move", "crm/3", "--to", a}},
		{"MoveOfAnUnknownRecord", "unknown", "record of crm", []string{"move", "crm/99", "--to", a}},
		{"MoveOfALongKey", "decision.impossible", "1000 bytes", []string{"move", "crm/" + long, "--to", a}},
		{"UnmergeOfNoOperation", "unknown", "operation 999", []string{"unmerge", "999"}},
		{"UnmergeOfWhatJoinedNothing", "decision.impossible", "kartoteka revoke", []string{"unmerge", d.next(merge)}},
		{"UnmergeOfAnActiveCode", "decision.impossible", "active", []string{"unmerge", c}},
		{"PinOfNoAttribute", "decision.impossible", "birth_date", []string{"pin", c, "shoe_size", "44"}},
		{"PinOfNoPhone", "usage", "phone", []string{"pin", c, "phone", "nobody"}},
		{"PinTwice", "decision.nothing", "pinned", []string{"pin", c, "name", "Шевченко Тарас Григорьевич"}},
		{"UnpinOfNothing", "decision.nothing", "pinned", []string{"unpin", c, "phone"}},
		{"RevokeOfALoad", "decision.nothing", "decided nothing", []string{"revoke", "1"}},
		{"GrantInTheFuture", "decision.impossible", "future", []string{"grant", c, "marketing", "--at", "2199-01-01"}},
		{"GrantForNothing", "decision.impossible", "what the consent is for", []string{"grant", c, " "}},
		{"GrantToNoContactPoint", "usage", "--address", []string{"grant", c, "marketing", "--address", "nobody"}},
		{"ReasonOfABook", "decision.impossible", "bytes", []string{"keep", c, "--reason", long}},
		{"AsOfNoTime", "usage", "2026-11-22", []string{"show", c, "--as-of", "yesterday"}},
		{"AsOfBeforeTheHub", "unknown", "later", []string{"show", c, "--as-of", "1999-01-01"}},
		{"HistoryOfAnUnknownCode", "unknown", unknown, []string{"history", unknown}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := d.json(exitInput, nil, nil, tt.args...)
			if e == nil || e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
				t.Fatalf("%+v", e)
			}
			if strings.Contains(e.Message, long[:100]) {
				t.Error("the key stands in the error")
			}
		})
	}
	d.ok("unmerge", b)
	if e := d.json(exitInput, nil, nil, "unmerge", merge); e.Code != "decision.nothing" || !strings.Contains(e.Message, "shares no code") {
		t.Errorf("undone twice: %+v", e)
	}
	d.ok("verify")
}

// operations gives the number of the newest operation.
func (d *door) operations() string {
	d.Helper()
	var told historyResult
	d.json(exitOK, nil, &told, "history", "crm/3")
	return strconv.FormatInt(told.Versions[0].Operation, 10)
}

func (d *door) next(operation string) string {
	n, err := parseOperation(operation)
	if err != nil {
		d.Fatal(err)
	}
	return strconv.FormatInt(n+1, 10)
}

// TestMachineMergesCanBeUndone joins two customers by a record that makes the machine sure.
func TestMachineMergesCanBeUndone(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	rows := "id;ФИО;Дата рождения;Телефон;E-mail\n1;Ковалёв Александр Петрович;12.04.1985;8 (901) 123-45-67;\n2;Александр;;;kovalev@example.ru\n"
	d.ok("load", d.file("crm.csv", rows), d.file("billing.csv", billingRows), "-q")
	before := d.crosswalk()
	if before["crm/1"] == before["crm/2"] {
		t.Skip("the two are one from the start")
	}
	d.ok("load", d.file("shop.csv", "id;ФИО;Дата рождения;Телефон;E-mail\n9;Ковалёв Александр Петрович;12.04.1985;8 (901) 123-45-67;kovalev@example.ru\n"), "-q")
	if after := d.crosswalk(); after["crm/1"] != after["crm/2"] {
		t.Skip("the new row joins nobody")
	}
	retired := before["crm/1"]
	if d.crosswalk()["crm/1"] == retired {
		retired = before["crm/2"]
	}
	d.ok("unmerge", retired, "--reason", "father and son")
	if back := d.crosswalk(); back["crm/1"] != before["crm/1"] || back["crm/2"] != before["crm/2"] {
		t.Fatalf("%v, before %v", back, before)
	}
	d.ok("load", d.file("crm2.csv", rows), "--source", "crm", "-q")
	if again := d.crosswalk(); again["crm/1"] == again["crm/2"] {
		t.Error("a reload joined them again")
	}
}

var _ = func(tx *store.Tx) resolve.Desk { return tx } // the store is a desk
