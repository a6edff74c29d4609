package main

import (
	"errors"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/demo"
	"kartoteka/desk"
)

func TestStatistics(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{Second: 1})
	local := access.With(t.Context(), access.Local("test"))
	before, err := o.desk.Statistics(local)
	if err != nil {
		t.Fatal(err)
	}
	var sum, shares int64
	for _, x := range before.Sizes {
		sum += x.Customers
	}
	for _, x := range before.Overlaps {
		shares += x.Customers
	}
	if before.Customers == 0 || sum != before.Customers || shares != before.Customers || before.Duplicates != before.Records-before.Customers ||
		len(before.Sources) != 4 || before.Queue.Open == 0 || len(before.Days) != 14 || before.Days[13].Opened != before.Queue.Open+before.Days[13].Obsolete {
		t.Errorf("%+v", before)
	}
	o.answer(o.as("anna"), o.next("anna"), true)
	o.answer(o.as("boris"), o.next("boris"), true)
	if o.carryOut(); o.merged() != 1 {
		t.Fatal("not carried out")
	}
	o.now = o.now.Add(time.Hour)
	after, err := o.desk.Statistics(local)
	if err != nil || after.Review.AskedTwice != 1 || after.Review.Agreement != 1 || after.Customers != before.Customers-1 || after.Days[13].Answered != 1 {
		t.Errorf("%+v %v", after, err)
	}
	if _, err := o.desk.Statistics(o.as("eve", access.Viewer)); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("a viewer sees them: %v", err)
	}
	o.door.ok("stats")
}

// A possible match is raised by its strongest pair of records; what the others say puts it where it
// belongs in the queue.
func TestAQuestionIsWeighedByAllRecordsOfBoth(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.file("kartoteka.yaml", "version: 1\nportrait: {from: ru}\n")
	made, err := demo.Generate(demo.Options{Dir: d.dir, People: 300, Payer: 30})
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"load", "-q"}
	for _, f := range made.Files {
		files = append(files, f.Path)
	}
	d.ok(files...)
	var list struct{ Tasks []taskResult }
	d.json(exitOK, nil, &list, "tasks", "--kind", "possible_match", "--limit", "200")
	apart := 0
	for i, task := range list.Tasks {
		switch {
		case task.Together == nil:
			t.Errorf("not weighed: %+v", task)
		case *task.Together < task.Bits-5:
			if apart++; task.Loss > 0.5*list.Tasks[0].Loss {
				t.Errorf("place %d of the queue: %v bits by one pair, %v by all records, loss %v", i, task.Bits, *task.Together, task.Loss)
			}
		}
	}
	if apart == 0 {
		t.Fatalf("no question of %d in which the other records tell the customers apart", len(list.Tasks))
	}
}
