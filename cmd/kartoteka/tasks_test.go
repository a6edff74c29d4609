package main

import (
	"strconv"
	"strings"
	"testing"

	"kartoteka/customer"
)

type tasksEnvelope struct {
	Tasks []taskResult
}

func (d *door) held() []taskResult {
	d.Helper()
	var r tasksEnvelope
	d.json(exitOK, nil, &r, "tasks", "--kind", "held_join", "--kind", "held_split")
	return r.Tasks
}

func TestAnswersToHeldJoins(t *testing.T) {
	t.Parallel()
	d := heldDoor(t)
	held := d.held()
	if len(held) != 2 || held[0].Kind != customer.TaskHeldJoin || held[0].Decision == 0 || held[0].Loss <= 0 {
		t.Fatalf("%+v", held)
	}
	d.ok("verify")
	if at := d.crosswalk(); at["desk/1"] == at["desk/2"] || at["desk/3"] == at["desk/4"] {
		t.Fatalf("joined without a person: %v", at)
	}
	first := d.crosswalk()["desk/1"]
	yes, no := held[0], held[1]
	if text, _ := customer.ParseCode(first); text != yes.Code && text != yes.Other {
		yes, no = no, yes
	}
	id := func(r taskResult) string { return itoa(r.ID) }
	if _, out, _ := d.run("tasks", "show", id(yes)); !strings.Contains(out, "approve") || !strings.Contains(out, "desk/1") {
		t.Errorf("show: %s", out)
	}
	d.json(exitOK, nil, nil, "tasks", "approve", id(yes), "--dry-run")
	if len(d.held()) != 2 {
		t.Error("a dry run closed a question")
	}
	var done operateSummary
	d.json(exitOK, &done, nil, "tasks", "approve", id(yes), "--request", "r1")
	again := done
	if d.json(exitOK, &again, nil, "tasks", "approve", id(yes), "--request", "r1"); !again.Repeated || again.Operation != done.Operation || done.Merged != 1 {
		t.Errorf("sent twice: %+v %+v", done, again)
	}
	if e := d.json(exitInput, nil, nil, "tasks", "approve", id(yes)); e.Code != "task.closed" {
		t.Errorf("answered twice: %+v", e)
	}
	d.json(exitOK, &done, nil, "tasks", "reject", id(no), "--reason", "mother and daughter")
	if done.Changes != 0 {
		t.Errorf("a no changes nothing: %+v", done)
	}
	if left := d.held(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	at := d.crosswalk()
	if at["desk/1"] != at["desk/2"] || at["desk/3"] == at["desk/4"] {
		t.Errorf("%v", at)
	}
	// Nothing is asked again over a reload.
	d.ok("load", "-q", "--source", "late", d.dir+"/late.csv")
	if left := d.held(); len(left) != 0 {
		t.Errorf("asked again: %+v", left)
	}
	d.ok("verify")
	var answered tasksEnvelope
	if d.json(exitOK, nil, &answered, "tasks", "--status", "done"); len(answered.Tasks) < 2 || answered.Tasks[0].Operation == 0 {
		t.Errorf("%+v", answered)
	}
}

func TestQueueStopsAtWhatADayAllows(t *testing.T) {
	t.Parallel()
	d := heldDoor(t)
	var q nextSummary
	var shown taskShown
	d.json(exitOK, &q, &shown, "tasks", "next", "--claim")
	if !q.Found || shown.Claim == nil || q.Capacity != 2 || q.Asked != 2 || q.Unasked != q.Open-2 {
		t.Fatalf("%+v %+v", q, shown)
	}
	d.ok("tasks", "skip", itoa(shown.ID))
	var next taskShown
	if d.json(exitOK, &q, &next, "tasks", "next", "--claim"); next.ID == shown.ID {
		t.Error("what was put off comes first")
	}
	for _, task := range d.held() {
		d.ok("tasks", "reject", itoa(task.ID))
	}
	var nothing *taskShown
	if d.json(exitOK, &q, &nothing, "tasks", "next"); q.Found || q.Answered != 2 || nothing != nil {
		t.Errorf("two were answered and two is what a day allows: %+v", q)
	}
	if e := d.json(exitInput, nil, nil, "tasks", "--kind", "gossip"); e.Code != "usage" {
		t.Errorf("%+v", e)
	}
	if e := d.json(exitInput, nil, nil, "tasks", "show", "999999"); e.Code != "unknown" {
		t.Errorf("%+v", e)
	}
}

// TestDisagreementIsATaskAndNeverAnUndo joins two customers whose tax numbers contradict.
func TestDisagreementIsATaskAndNeverAnUndo(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.ok("load", "-q", d.file("crm.csv", crmRows), d.file("billing.csv", billingRows), d.file("tax.csv",
		"id;ФИО;Дата рождения;ИНН\n1;Ковалёв Александр Петрович;12.04.1985;526317984689\n2;Гусева Марина Львовна;01.02.1951;500100732259\n"))
	d.ok("decide", "same", "tax/1", "tax/2")
	var r tasksEnvelope
	d.json(exitOK, nil, &r, "tasks", "--kind", "disagreement")
	if len(r.Tasks) != 1 || r.Tasks[0].Decision <= 0 {
		t.Fatalf("%+v", r.Tasks)
	}
	if at := d.crosswalk(); at["tax/1"] != at["tax/2"] {
		t.Fatal("undone by the machine")
	}
	d.ok("tasks", "reject", itoa(r.Tasks[0].ID)) // the decision stands
	d.ok("load", "-q", "--source", "tax", d.file("tax2.csv",
		"id;ФИО;Дата рождения;ИНН\n1;Ковалёв Александр Петрович;12.04.1985;526317984689\n2;Гусева Марина Львовна;02.02.1951;500100732259\n"))
	if d.json(exitOK, nil, &r, "tasks", "--kind", "disagreement"); len(r.Tasks) != 0 {
		t.Errorf("asked again: %+v", r.Tasks)
	}
	d.ok("decide", "same", "tax/1", "crm/4")
	d.json(exitOK, nil, &r, "tasks", "--kind", "disagreement")
	for _, task := range r.Tasks {
		d.ok("tasks", "approve", itoa(task.ID)) // taken back
	}
	d.ok("verify")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
