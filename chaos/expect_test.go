package chaos

import (
	"strings"
	"testing"
)

// entry is short for a line of the ledger.
func entry(event string, op int, writes ...string) Entry {
	e := Entry{Event: event, Op: op}
	if event == "invoked" {
		e.What = &Op{ID: op, Writes: map[string][]string{}}
		for i := 0; i < len(writes); i += 2 {
			e.What.Writes[writes[i]] = append(e.What.Writes[writes[i]], writes[i+1])
		}
	}
	return e
}

func TestExpectation(t *testing.T) {
	one, two := entry("invoked", 1, "crm/1", "a"), entry("invoked", 2, "crm/1", "b")
	for _, tc := range []struct {
		name   string
		ledger []Entry
		has    string // "" is nothing
		want   string // part of the fault; "" is none
	}{
		{"AcknowledgedIsThere", []Entry{one, entry(ok, 1)}, "a", ""},
		{"AcknowledgedIsLost", []Entry{one, entry(ok, 1)}, "", `crm/1 has ""`},
		{"OlderIsThere", []Entry{one, entry(ok, 1), two, entry(ok, 2)}, "a", `crm/1 has "a"`},
		{"UnknownHappened", []Entry{one, entry(ok, 1), two, entry(unknown, 2)}, "b", ""},
		{"UnknownDidNotHappen", []Entry{one, entry(ok, 1), two, entry(unknown, 2)}, "a", ""},
		{"UnknownThatNeverEnded", []Entry{one, entry(ok, 1), two}, "b", ""},
		{"UnknownOfBefore", []Entry{one, entry(unknown, 1), two, entry(ok, 2)}, "a", `crm/1 has "a"`},
		{"AtOnceEitherMayBeLast", []Entry{one, two, entry(ok, 1), entry(ok, 2)}, "a", ""},
		{"FailedHappened", []Entry{one, entry(failed, 1)}, "a", `crm/1 has "a"`},
		{"NobodyWroteIt", nil, "a", "nobody wrote it"},
		{"Invented", []Entry{one, entry(ok, 1)}, "c", `crm/1 has "c"`},
		{"DeletionIsKept", []Entry{one, entry(ok, 1), entry("invoked", 2, "crm/1", ""), entry(ok, 2)}, "", ""},
		{"DeletionIsLost", []Entry{one, entry(ok, 1), entry("invoked", 2, "crm/1", ""), entry(ok, 2)}, "a", `crm/1 has "a"`},
		{"LastRowOfAFileCounts", []Entry{entry("invoked", 1, "crm/1", "a", "crm/1", "b"), entry(ok, 1)}, "a", `crm/1 has "a"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := &present{tokens: map[string][]string{}}
			if tc.has != "" {
				p.tokens["crm/1"] = []string{tc.has}
			}
			got := strings.Join(expect(tc.ledger).compare(p), "\n")
			if (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestWrittenTwice(t *testing.T) {
	e := expect([]Entry{entry("invoked", 1, "crm/1", "a"), entry(ok, 1)})
	p := &present{tokens: map[string][]string{"crm/1": {"a"}}, revisions: map[string]int{"crm/1": 2}}
	if faults := e.compare(p); len(faults) != 1 || !strings.Contains(faults[0], "2 times instead of 1") {
		t.Error(faults)
	}
	p.tokens["crm/1"] = []string{"a", "a"}
	if faults := e.compare(p); len(faults) != 2 {
		t.Errorf("one record in two codes: %v", faults)
	}
}

func TestRequestsHappenOnce(t *testing.T) {
	sent := func(outcomes ...string) (out []*write) {
		for _, o := range outcomes {
			out = append(out, &write{outcome: o})
		}
		return out
	}
	for _, tc := range []struct {
		name     string
		sendings []*write
		n        int
		fault    bool
	}{
		{"Once", sent(ok), 1, false},
		{"RepeatedOnce", sent(unknown, ok), 1, false},
		{"Twice", sent(unknown, ok), 2, true},
		{"Lost", sent(ok), 0, true},
		{"UnknownEither", sent(unknown), 0, false},
		{"RefusedAndCarriedOut", sent(failed), 1, true},
	} {
		if got := once(tc.sendings, tc.n); (got != "") != tc.fault {
			t.Errorf("%s: %q", tc.name, got)
		}
	}
}

func TestErasedStaysErased(t *testing.T) {
	erased := func(outcome string) *expectation {
		e := expect([]Entry{entry("invoked", 1, "vault/1", "a"), entry(ok, 1), {Event: "invoked", Op: 2, What: &Op{Erases: "vault/1"}},
			entry(outcome, 2), entry("invoked", 3, "vault/1", "b"), entry(ok, 3)})
		return e
	}
	for _, tc := range []struct {
		outcome, has string
		allowed      bool
	}{{ok, "", true}, {ok, "b", false}, {unknown, "", true}, {unknown, "b", true}, {failed, "", false}, {failed, "b", true}} {
		if got := erased(tc.outcome).allowed("vault/1", tc.has); got != tc.allowed {
			t.Errorf("%s, then %q: allowed %v", tc.outcome, tc.has, got)
		}
	}
}

func TestPinsStay(t *testing.T) {
	at := func(invoked, ended int, outcome string) *write {
		return &write{invoked: invoked, ended: ended, outcome: outcome}
	}
	for _, tc := range []struct {
		name             string
		pinned, unpinned []*write
		n                int
		fault            bool
	}{
		{"Stays", []*write{at(0, 1, ok)}, nil, 1, false},
		{"Lost", []*write{at(0, 1, ok)}, nil, 0, true},
		{"UnknownEither", []*write{at(0, 1, unknown)}, nil, 0, false},
		{"TakenBack", []*write{at(0, 1, ok)}, []*write{at(2, 3, ok)}, 0, false},
		{"TakenBackAndThere", []*write{at(0, 1, ok)}, []*write{at(2, 3, ok)}, 1, true},
		{"AtOnce", []*write{at(0, 3, ok)}, []*write{at(1, 2, ok)}, 1, false},
		{"PerhapsTakenBack", []*write{at(0, 1, ok)}, []*write{at(2, 3, unknown)}, 0, false},
		{"Refused", []*write{at(0, 1, failed)}, nil, 1, true},
		{"Twice", []*write{at(0, 1, ok)}, nil, 2, true},
	} {
		if got := stays(tc.pinned, tc.unpinned, tc.n); (got != "") != tc.fault {
			t.Errorf("%s: %q", tc.name, got)
		}
	}
}
