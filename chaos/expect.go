package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// expectation is what the ledger says must be there in the end.
type expectation struct {
	writes   map[string][]*write // by SOURCE/KEY, in the order of invocation
	requests map[string][]*write // by request
	erased   map[string][]*write // by SOURCE/KEY
	pinned   map[string][]*write // by number
	unpinned map[string][]*write // by number
}

// write is one operation's effect on one record, or one sending of a request. Times are places in the ledger.
type write struct {
	op             int
	token          string // the last one; "" is a deletion
	times          int    // that the operation writes the record
	invoked, ended int
	outcome        string
}

// expect reads the ledger.
func expect(entries []Entry) *expectation {
	e := &expectation{writes: map[string][]*write{}, requests: map[string][]*write{},
		erased: map[string][]*write{}, pinned: map[string][]*write{}, unpinned: map[string][]*write{}}
	open := map[int][]*write{} // by operation
	for now, entry := range entries {
		switch entry.Event {
		case "invoked":
			for ref, tokens := range entry.What.Writes {
				w := &write{op: entry.Op, token: tokens[len(tokens)-1], times: len(tokens), invoked: now, ended: len(entries), outcome: unknown}
				e.writes[ref] = append(e.writes[ref], w)
				open[entry.Op] = append(open[entry.Op], w)
			}
			for _, of := range []struct {
				in   map[string][]*write
				name string
			}{{e.requests, entry.What.Request}, {e.erased, entry.What.Erases}, {e.pinned, entry.What.Pins}, {e.unpinned, entry.What.Unpins}} {
				if of.name != "" {
					w := &write{op: entry.Op, invoked: now, ended: len(entries), outcome: unknown}
					of.in[of.name] = append(of.in[of.name], w)
					open[entry.Op] = append(open[entry.Op], w)
				}
			}
		case ok, failed, unknown:
			for _, w := range open[entry.Op] {
				w.ended, w.outcome = now, entry.Event
			}
		}
	}
	return e
}

// allowed tells whether a token may be a record's last: its write did not fail, and none that was
// acknowledged began after it had ended.
func (e *expectation) allowed(ref, token string) bool {
	if erased := e.erased[ref]; oneOf(erased, isOK) { // never to come back
		return token == ""
	} else if token == "" && oneOf(erased, perhaps) {
		return true
	}
	writes := e.writes[ref]
	begun := -1 // of the last acknowledged write
	for _, w := range writes {
		if w.outcome == ok {
			begun = max(begun, w.invoked)
		}
	}
	if token == "" && begun < 0 {
		return true
	}
	return slices.ContainsFunc(writes, func(w *write) bool { return w.token == token && w.outcome != failed && w.ended > begun })
}

// present is what the hub holds.
type present struct {
	tokens    map[string][]string // by SOURCE/KEY of live records
	revisions map[string]int      // how often a record was written, by SOURCE/KEY
	requests  map[string]int      // how many operations have a request
	pins      map[string]int      // how many pins in force have a number
}

// compare lists what was acknowledged and is lost, what nobody asked for, and what happened twice.
func (e *expectation) compare(p *present) (faults []string) {
	for _, ref := range slices.Sorted(maps.Keys(e.writes)) {
		token := strings.Join(p.tokens[ref], " and ")
		if !e.allowed(ref, token) {
			faults = append(faults, fmt.Sprintf("%s has %q; it was written by %s", ref, token, history(e.writes[ref])))
		}
		most := 0
		for _, w := range e.writes[ref] {
			most += w.times
		}
		if n := p.revisions[ref]; n > most {
			faults = append(faults, fmt.Sprintf("%s was written %d times instead of %d at most", ref, n, most))
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(p.tokens)) {
		if e.writes[ref] == nil {
			faults = append(faults, fmt.Sprintf("%s has %v; nobody wrote it", ref, p.tokens[ref]))
		}
	}
	for _, number := range slices.Sorted(maps.Keys(e.pinned)) {
		if fault := stays(e.pinned[number], e.unpinned[number], p.pins[number]); fault != "" {
			faults = append(faults, "the pin of "+number+" "+fault)
		}
	}
	for _, request := range slices.Sorted(maps.Keys(e.requests)) {
		if fault := once(e.requests[request], p.requests[request]); fault != "" {
			faults = append(faults, "request "+request+" "+fault)
		}
	}
	return faults
}

func isOK(w *write) bool    { return w.outcome == ok }
func perhaps(w *write) bool { return w.outcome != failed }

func oneOf(writes []*write, is func(*write) bool) bool { return slices.ContainsFunc(writes, is) }

// stays tells what is wrong with a number that n pins in force have.
func stays(pinned, unpinned []*write, n int) string {
	at, taken := -1, -1 // when the pin was acknowledged first, and the last begin of what took it back
	for _, w := range slices.Backward(pinned) {
		if isOK(w) {
			at = w.ended
		}
	}
	for _, w := range unpinned {
		if isOK(w) {
			taken = max(taken, w.invoked)
		}
	}
	switch {
	case n > 1:
		return fmt.Sprintf("is there %d times", n)
	case n == 0 && at >= 0 && !oneOf(unpinned, perhaps):
		return "was acknowledged and is lost"
	case n == 1 && at >= 0 && taken > at:
		return "was taken back and is there"
	case n == 1 && !oneOf(pinned, perhaps):
		return "was refused and is there"
	}
	return ""
}

// once tells what is wrong with a request that has n operations.
func once(sendings []*write, n int) string {
	switch {
	case n > 1:
		return fmt.Sprintf("was carried out %d times", n)
	case n == 0 && oneOf(sendings, isOK):
		return "was acknowledged and is lost"
	case n == 1 && !oneOf(sendings, perhaps):
		return "was refused and carried out"
	}
	return ""
}

// history tells of the last writes of a record.
func history(writes []*write) string {
	var out []string
	for _, w := range writes[max(0, len(writes)-6):] {
		out = append(out, fmt.Sprintf("operation %d %s: %q", w.op, w.outcome, w.token))
	}
	return strings.Join(out, ", ")
}
