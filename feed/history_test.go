package feed

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"testing"

	"kartoteka/customer"

	"github.com/segmentio/kafka-go"
)

// committer is what the tests need of a log; feedtest.Log is one.
type committer interface {
	Commit([]customer.Change, []*customer.Document)
	Record(customer.RecordID, Record)
}

// history makes random operations over a few codes and records.
type history struct {
	log    committer
	random *rand.Rand
	states map[customer.Code]customer.CodeState
	at     map[customer.RecordID]customer.Code
	step   int
}

func newHistory(log committer, seed int64) *history {
	return &history{log: log, random: rand.New(rand.NewSource(seed)), states: map[customer.Code]customer.CodeState{}, at: map[customer.RecordID]customer.Code{}}
}

func code(n int) customer.Code { return customer.WithCheckDigit(int64(n) + 1) }

// operate commits one operation: a record moves to a code, whatever that makes of both codes.
func (h *history) operate() {
	h.step++
	id := customer.RecordID(h.random.Intn(8) + 1)
	if _, known := h.at[id]; !known {
		h.log.Record(id, Record{Ref: customer.Ref{Source: "crm", Key: fmt.Sprint("secret-key-", id)}})
	}
	from, to := h.at[id], code(h.random.Intn(5))
	if h.random.Intn(8) == 0 {
		to = 0
	}
	if from == to {
		return
	}
	h.at[id] = to
	moved := []customer.Moved{{Record: id, From: from, To: to}}
	var changes []customer.Change
	var documents []*customer.Document
	for _, c := range []customer.Code{from, to} {
		if c != 0 {
			changes = append(changes, h.change(c, to, moved))
			documents = append(documents, h.document(c))
		}
	}
	h.log.Commit(changes, documents)
}

func (h *history) members(c customer.Code) (n int) {
	for _, at := range h.at {
		if at == c {
			n++
		}
	}
	return n
}

func (h *history) change(c, to customer.Code, moved []customer.Moved) customer.Change {
	before := h.states[c]
	x := customer.Change{Code: c, Operation: int64(h.step), Moved: moved, Fields: []string{"name"}}
	switch {
	case h.members(c) == 0:
		x.Kind, x.Successor, h.states[c] = customer.Merged, to, customer.CodeRetired
	case before == "":
		x.Kind, h.states[c] = customer.Created, customer.CodeActive
	case before == customer.CodeRetired:
		x.Kind, h.states[c] = customer.Restored, customer.CodeActive
	default:
		x.Kind = customer.Updated
	}
	return x
}

func (h *history) document(c customer.Code) *customer.Document {
	d := &customer.Document{State: h.states[c], Kind: customer.Person}
	if d.State == customer.CodeActive {
		d.Attributes = map[string][]customer.DocumentValue{"name": {{Value: fmt.Sprint("Ковалёв ", h.step)}}}
	}
	return d
}

// checkFeed proves I7: events are contiguous per code but for repeats, and what compaction
// leaves of the other topics is the present state.
func checkFeed(t *testing.T, topics Topics, messages func(string) []kafka.Message, states map[customer.Code]State, at map[customer.RecordID]customer.Code) {
	t.Helper()
	checkEvents(t, messages(topics.Events), states)
	last := compacted(messages(topics.Golden))
	if len(last) != len(states) {
		t.Errorf("golden topic ends with %d codes, there are %d", len(last), len(states))
	}
	for code, want := range states {
		var d customer.Document
		m := last[code.String()]
		if err := json.Unmarshal(m.Value, &d); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if d.Epoch != want.Epoch || d.Version != want.Version || d.State != want.State || d.Successor != want.Successor {
			t.Errorf("golden topic ends at %s version %d (%s), present is %d (%s)", code, d.Version, d.State, want.Version, want.State)
		}
	}
	checkCrosswalk(t, messages(topics.Crosswalk), at)
}

func checkEvents(t *testing.T, messages []kafka.Message, states map[customer.Code]State) {
	t.Helper()
	reached := map[customer.Code]int64{}
	for i := range messages {
		var e Event
		if err := json.Unmarshal(messages[i].Value, &e); err != nil {
			t.Fatal(err)
		}
		if e.Version > reached[e.Code]+1 {
			t.Errorf("event %s/%d comes after %d", e.Code, e.Version, reached[e.Code])
		}
		reached[e.Code] = max(reached[e.Code], e.Version)
	}
	for code, s := range states {
		if reached[code] != s.Version {
			t.Errorf("events of %s end at %d, present is %d", code, reached[code], s.Version)
		}
	}
}

func checkCrosswalk(t *testing.T, messages []kafka.Message, at map[customer.RecordID]customer.Code) {
	t.Helper()
	last := compacted(messages)
	for id, want := range at {
		key := "crm/" + customer.KeyHash([]byte("k"), customer.Ref{Source: "crm", Key: fmt.Sprint("secret-key-", id)})
		var x Crosswalk
		if m := last[key]; len(m.Value) > 0 {
			if err := json.Unmarshal(m.Value, &x); err != nil {
				t.Fatal(err)
			}
		}
		if x.Code != want {
			t.Errorf("crosswalk of record %d ends at %s, present is %s", id, x.Code, want)
		}
	}
}
