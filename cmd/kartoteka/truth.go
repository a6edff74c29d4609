package main

import (
	"fmt"
	"path/filepath"
)

// readTruth gives each record its entity; records without one are entities of their own. What
// the truth says about rows that are not among the records is left out, with a remark.
func (c *evaluateCommand) readTruth(e *evaluation) ([]int32, error) {
	t := truthLines{of: make([]int32, len(e.entries)), entities: map[string]int32{}}
	for i := range t.of {
		t.of[i] = -1
	}
	if err := readCSV(c.Truth, []string{"record_id", "entity_id"}, func(row []string) { t.add(e, row[0], row[1]) }); err != nil {
		return nil, err
	}
	name := filepath.Base(c.Truth)
	switch {
	case t.twice > 0:
		return nil, fmt.Errorf("%w: %s: line %d gives a record a second entity; a record has one", errInput, name, t.twice)
	case len(t.entities) == 0 && t.unknown > 0:
		return nil, fmt.Errorf("%w: %s: none of its %d record_ids is in the records; name the column with --id", errInput, name, t.unknown)
	case len(t.entities) == 0:
		return nil, fmt.Errorf("%w: %s: no record has an entity_id", errInput, name)
	case t.unknown > 0 && e.say != nil:
		e.say("%d of the %d record_ids of %s are not among the records and are left out", t.unknown, t.line-1-t.empty, name)
	}
	next := int32(len(t.entities))
	for i := range t.of {
		if t.of[i] < 0 {
			t.of[i] = next
			next++
		}
	}
	return t.of, nil
}

// truthLines is a truth file as it is read.
type truthLines struct {
	of       []int32 // entity by record; -1: none yet
	entities map[string]int32

	line, twice, unknown, empty int // twice is the first line that contradicts another
}

func (t *truthLines) add(e *evaluation, record, entity string) {
	t.line = max(2, t.line+1) // the header is the first
	at, known := e.place[record]
	switch {
	case entity == "":
		t.empty++
		return
	case !known:
		t.unknown++
		return
	}
	n, seen := t.entities[entity]
	if !seen {
		n = int32(len(t.entities))
		t.entities[entity] = n
	}
	if t.of[at] >= 0 && t.of[at] != n && t.twice == 0 {
		t.twice = t.line
	}
	t.of[at] = n
}
