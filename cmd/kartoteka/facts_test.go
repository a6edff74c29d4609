package main

import (
	"strings"
	"testing"
)

const loansConfig = `version: 1
portrait: {from: ru}
sources:
  firms:
    from: csv
    with: {file: firms.csv}
    key: id
    kind: organization
    map: {name: name, inn: inn}
  loans:
    from: csv
    with: {file: loans.csv}
    key: id
    kind: person
    map:
      name: name
      birth_date: born
      products: {kind: loan, number: loan, status: state, opened: opened}
      consent: {purpose: marketing, channel: sms, field: sms, yes: ["Y"], no: ["N"]}
      employer: {source: firms, key: firm}
`

func TestShowFacts(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.file("kartoteka.yaml", strings.ReplaceAll(loansConfig, "{file: ", "{file: "+d.dir+"/"))
	d.file("firms.csv", "id,name,inn\nf1,ООО Ромашка,7707083893\n")
	d.file("loans.csv", "id,name,born,loan,state,opened,sms,firm\n"+
		"l1,Ковалёв Александр Петрович,1985-04-12,L-100,open,2024-05-01,Y,f1\n"+
		"l2,Ковалев Александр Петрович,1985-04-12,L-200,closed,2020-05-01,N,\n"+
		"l3,Шевченко Тарас Григорович,1961-03-09,L-300,open,2025-01-01,,f9\n")
	d.ok("run", "-q")
	var r, other showResult
	d.json(exitOK, nil, &r, "show", "loans/l1")
	if len(r.Members) != 2 || len(r.Golden.Products) != 2 || len(r.Golden.Consents) != 1 || r.Golden.Consents[0].Given {
		t.Fatalf("%+v\n%+v", r, r.Golden)
	}
	firm := d.crosswalk()["firms/f1"]
	if len(r.Relations) != 1 || r.Relations[0].Open || r.Relations[0].Code.String() != firm {
		t.Errorf("%+v", r.Relations)
	}
	if d.json(exitOK, nil, &other, "show", "loans/l3"); len(other.Relations) != 1 || !other.Relations[0].Open {
		t.Errorf("%+v", other.Relations)
	}
	if text := d.ok("show", "loans/l3", "-q"); !strings.Contains(text, "(not known to the hub)") {
		t.Error(text)
	}
	text := d.ok("show", "loans/l1", "--lang", "uk", "-q")
	for _, word := range []string{"продукти", "L-200", "зв’язки", firm, "відмова"} {
		if !strings.Contains(text, word) {
			t.Errorf("lacks %q:\n%s", word, text)
		}
	}
}
