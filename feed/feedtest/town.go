package feedtest

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"

	"kartoteka/customer"
	"kartoteka/feed"
)

// Town makes random operations over a few people: records come, change, go, are joined and parted,
// and customers are erased. Its golden records name their members, so the feed can be proved.
type Town struct {
	log    *Log
	random *rand.Rand
	states map[customer.Code]customer.CodeState
	at     map[customer.RecordID]customer.Code
	step   int
}

// Code is the code of a number.
func Code(n int) customer.Code { return customer.WithCheckDigit(int64(n) + 1) }

// NewTown makes a town whose operations go to a log.
func NewTown(log *Log, seed int64) *Town {
	return &Town{log: log, random: rand.New(rand.NewSource(seed)), states: map[customer.Code]customer.CodeState{}, at: map[customer.RecordID]customer.Code{}}
}

// At tells where each record is; 0 is nowhere.
func (t *Town) At() map[customer.RecordID]customer.Code { return t.at }

// Backup is the town and its log as they are now.
func (t *Town) Backup() *Town {
	return &Town{log: t.log.Copy(), random: t.random, states: maps.Clone(t.states), at: maps.Clone(t.at), step: t.step}
}

// Restore takes the town and its log back to a backup.
func (t *Town) Restore(b *Town) {
	for code, s := range t.states { // a code that was taken back is never given again
		if _, known := b.states[code]; !known && s != "" {
			b.states[code] = customer.CodeErased
		}
	}
	t.states, t.at = maps.Clone(b.states), maps.Clone(b.at)
	t.log.Restore(b.log)
}

// Operate commits one operation: some records of a code move to another, are new or deleted; or a
// customer is erased.
func (t *Town) Operate() {
	t.step++
	from, to := Code(t.random.Intn(12)), Code(t.random.Intn(12))
	if t.states[to] == customer.CodeErased || t.states[from] == customer.CodeErased {
		return
	}
	switch members := t.members(from); {
	case t.random.Intn(40) == 0 && len(members) > 0:
		t.erase(from, members)
	case t.random.Intn(6) == 0 && len(members) > 0:
		t.move(from, 0, members[:1])
	case t.random.Intn(3) == 0:
		t.arrive(to)
	case from != to && len(members) > 0:
		t.move(from, to, members[:1+t.random.Intn(len(members))])
	}
}

func (t *Town) members(c customer.Code) (out []customer.RecordID) {
	for id, at := range t.at {
		if at == c {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func (t *Town) arrive(to customer.Code) {
	id := customer.RecordID(len(t.at) + 1)
	t.log.Record(id, feed.Record{Ref: customer.Ref{Source: "crm", Key: fmt.Sprint("secret-key-", id)}})
	t.at[id] = 0
	t.move(0, to, []customer.RecordID{id})
}

func (t *Town) move(from, to customer.Code, ids []customer.RecordID) {
	var moved []customer.Moved
	for _, id := range ids {
		t.at[id] = to
		moved = append(moved, customer.Moved{Record: id, From: from, To: to})
	}
	var changes []customer.Change
	var documents []*customer.Document
	for _, c := range []customer.Code{from, to} {
		if c != 0 {
			changes = append(changes, t.change(c, from, to, moved))
			documents = append(documents, t.document(c))
		}
	}
	t.log.Commit(changes, documents)
}

func (t *Town) change(c, from, to customer.Code, moved []customer.Moved) customer.Change {
	before := t.states[c]
	x := customer.Change{Code: c, Operation: int64(t.step), Moved: moved, Fields: []string{"name"}}
	t.states[c] = customer.CodeActive
	switch {
	case len(t.members(c)) == 0:
		x.Kind, x.Successor, t.states[c] = customer.Removed, to, customer.CodeRetired
		if to != 0 {
			x.Kind = customer.Merged
		}
	case before == "":
		x.Kind = customer.Created
	case before == customer.CodeRetired:
		x.Kind = customer.Restored
	case from == 0 || to == 0:
		x.Kind = customer.Updated
	case c == from:
		x.Kind = customer.Split
	default:
		x.Kind = customer.Merged
	}
	return x
}

func (t *Town) document(c customer.Code) *customer.Document {
	d := &customer.Document{State: t.states[c]}
	if d.State != customer.CodeActive {
		return d
	}
	d.Kind = customer.Person
	d.Attributes = map[string][]customer.DocumentValue{"name": {{Value: fmt.Sprint("Ковалёв ", t.step)}}}
	for _, id := range t.members(c) {
		d.Members = append(d.Members, customer.DocumentMember{Source: "crm", Key: fmt.Sprint("secret-key-", id), Record: id})
	}
	d.MemberCount = len(d.Members)
	return d
}

func (t *Town) erase(c customer.Code, ids []customer.RecordID) {
	x := customer.Change{Code: c, Kind: customer.Erased, Operation: int64(t.step)}
	for _, id := range ids {
		t.at[id] = 0
		x.Moved = append(x.Moved, customer.Moved{Record: id, From: c})
	}
	t.states[c] = customer.CodeErased
	t.log.Commit([]customer.Change{x}, []*customer.Document{nil})
}
