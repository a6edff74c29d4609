package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/desk"
	"kartoteka/golden"
	"kartoteka/store"
)

// TestPlanAndApply changes the threshold and back.
func TestPlanAndApply(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	before := d.crosswalk()
	next := filepath.Join(d.dir, "next.json")
	var planned planSummary
	var applied applySummary
	if d.json(exitOK, &planned, nil, "plan", "--out", next); planned.Records != 9 || planned.Changes.Events != 0 {
		t.Fatalf("under the same ruleset: %+v", planned)
	}
	// Another configuration is another ruleset: the hub is read-only until a plan is applied.
	d.file("kartoteka.yaml", "version: 1\nportrait: {from: ru}\nmatching: {bits: {link: 60}}\n")
	if e := d.json(exitSurroundings, nil, nil, "load", filepath.Join(d.dir, "crm.csv")); e.Code != "ruleset.changed" {
		t.Fatalf("%+v", e)
	}
	d.json(exitSurroundings, nil, nil, "decide", "same", "crm/1", "crm/2")
	d.json(exitOK, nil, nil, "show", "crm/1")
	if e := d.json(exitInput, nil, nil, "apply", next); e.Code != "plan.refused" {
		t.Errorf("another ruleset than was planned: %+v", e)
	}
	if d.json(exitOK, &planned, nil, "plan", "--out", next); planned.Changes.Created == 0 || planned.Changes.Moved == 0 {
		t.Fatalf("%+v", planned)
	}
	if diff := cmp.Diff(before, d.crosswalk()); diff != "" {
		t.Fatal("the plan changed something: ", diff)
	}
	if e := d.json(exitInput, nil, nil, "apply", next, "--brake", "0"); e.Code != "plan.refused" || !strings.Contains(e.Message, "brake") {
		t.Errorf("%+v", e)
	}
	d.json(exitOK, &applied, nil, "apply", next, "--brake", "100")
	if apart := d.crosswalk(); apart["crm/1"] == apart["billing/b-1"] || applied.Changes != planned.Changes || applied.Changes != applied.Planned {
		t.Fatalf("%+v\n%+v", planned, applied)
	}
	if e := d.json(exitInput, nil, nil, "apply", next, "--brake", "100"); e.Code != "plan.refused" {
		t.Errorf("a second time: %+v", e)
	}
	d.json(exitOK, nil, nil, "load", filepath.Join(d.dir, "crm.csv"), "--source", "crm")
	d.json(exitOK, nil, nil, "verify")
	d.file("kartoteka.yaml", "version: 1\nportrait: {from: ru}\n")
	d.json(exitOK, &planned, nil, "plan", "--train", "--out", next)
	d.json(exitOK, &applied, nil, "apply", next, "--brake", "100")
	if applied.Changes.Joined == 0 {
		t.Errorf("%+v", applied)
	}
	if diff := cmp.Diff(before, d.crosswalk()); diff != "" {
		t.Error(diff)
	}
}

// TestPlanLabeled measures both models on a labeled file.
func TestPlanLabeled(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	labeled := d.file("labeled.csv", "record_id,name,birth,phone\n1,Иванов Иван Петрович,01.02.1980,+79161234501\n2,Иванов И. П.,01.02.1980,+79161234501\n3,Сидорова Анна Львовна,03.04.1990,+79161234503\n")
	truth := d.file("truth.csv", "record_id,entity_id\n1,a\n2,a\n3,b\n")
	var p desk.Plan
	d.json(exitOK, nil, &p, "plan", "--labeled", labeled+","+truth)
	if len(p.Labeled) != 1 || p.Labeled[0].After.F1 != 1 || p.Labeled[0].Before != p.Labeled[0].After {
		t.Errorf("%+v", p.Labeled)
	}
	if e := d.json(exitInput, nil, nil, "plan", "--labeled", labeled); e.Code != "usage" {
		t.Errorf("%+v", e)
	}
}

// TestPlanEdited refuses what kartoteka plan did not write.
func TestPlanEdited(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	next := filepath.Join(d.dir, "next.json")
	d.json(exitOK, nil, nil, "plan", "--out", next)
	text, err := os.ReadFile(next)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"edited":   strings.Replace(string(text), `"codes_created": 0`, `"codes_created": 1`, 1),
		"cut":      string(text[:len(text)/2]),
		"version":  strings.Replace(string(text), `"version": 1`, `"version": 9`, 1),
		"no plan":  "[]",
		"no bytes": "",
	} {
		d.file("bad.json", content)
		if e := d.json(exitInput, nil, nil, "apply", filepath.Join(d.dir, "bad.json")); e.Code != "input" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	d.json(exitInput, nil, nil, "apply", filepath.Join(d.dir, "absent.json"))
}

// TestApplyGoesOn: a run that was cut off is finished by the same command, and until then nobody
// else changes codes.
func TestApplyGoesOn(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	before := d.crosswalk()
	next := filepath.Join(d.dir, "next.json")
	d.file("kartoteka.yaml", "version: 1\nportrait: {from: ru}\nmatching: {bits: {link: 60}}\n")
	var planned planSummary
	d.json(exitOK, &planned, nil, "plan", "--out", next)
	p, err := readPlan(next)
	if err != nil {
		t.Fatal(err)
	}
	// What a process leaves that dies right after it closed the lane.
	s, err := store.Open(t.Context(), d.url, golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.InLaneOf(t.Context(), p.ID, false, func(tx *store.Tx) error { return tx.BeginApplying(t.Context(), p.ID, p.Ruleset) }); err != nil {
		t.Fatal(err)
	}
	if err := s.InLane(t.Context(), func(*store.Tx) error { return nil }); !errors.Is(err, store.ErrApplying) || !store.Temporary(err) {
		t.Error(err)
	}
	if e := d.json(exitSurroundings, nil, nil, "decide", "same", "crm/1", "crm/2"); e.Code != "plan.applying" {
		t.Errorf("%+v", e)
	}
	var applied applySummary
	d.json(exitOK, &applied, nil, "apply", next)
	if !applied.Resumed || applied.Changes != planned.Changes {
		t.Errorf("%+v", applied)
	}
	if err := s.InLane(t.Context(), func(*store.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
	if d.crosswalk()["crm/1"] == before["billing/b-1"] && d.crosswalk()["billing/b-1"] == before["billing/b-1"] {
		t.Error("nothing changed")
	}
	d.json(exitOK, nil, nil, "verify")
}
