package main

import "testing"

func TestRunLoadsConfiguredSources(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	crm, billing := d.file("crm.csv", crmRows), d.file("billing.csv", billingRows)
	d.file("kartoteka.yaml", "version: 1\nportrait: {from: ru}\nsources:\n  core: {from: csv, with: {file: "+crm+"}}\n  bill: {from: csv, with: {file: "+billing+"}}\n")
	var s loadSummary
	if d.json(exitOK, &s, nil, "run"); s.Read != 9 || s.Accepted != 9 {
		t.Fatalf("%+v", s)
	}
	if codes := d.crosswalk(); codes["core/1"] == "" || codes["core/1"] != codes["bill/b-1"] {
		t.Errorf("%v", codes)
	}
	if d.json(exitOK, &s, nil, "run", "core"); s.Read != 5 || s.Unchanged != 5 {
		t.Errorf("again: %+v", s)
	}
	d.json(exitInput, nil, nil, "run", "nobody")
}
