package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/customer"

	"github.com/google/go-cmp/cmp"
)

func customerOf(t *testing.T, phone string, willing bool) []byte {
	t.Helper()
	d := customer.Document{Kind: customer.Person, Attributes: map[string][]customer.DocumentValue{"name": {{Value: "Ковалёв"}}, "phone": {{Value: phone}}},
		Consents: []customer.Consent{{Purpose: "marketing", Given: willing}}, Members: []customer.DocumentMember{{Source: "crm", Key: "k-1", Record: 1}}}
	text, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func viewed(t *testing.T) Options {
	t.Helper()
	p, err := customer.NewPortrait([]customer.Attribute{{Kind: customer.Person, Name: "name", Type: customer.TypePersonName},
		{Kind: customer.Person, Name: "phone", Type: customer.TypePhone}, {Kind: customer.Person, Name: "consent", Type: customer.TypeConsent}})
	if err != nil {
		t.Fatal(err)
	}
	return Options{Portrait: p, Views: map[string]access.View{
		"marketing": {Only: []string{"phone"}, Where: access.Where{Consent: &access.ConsentWhere{Purpose: "marketing"}}},
		"desk":      {AllBut: []string{"phone"}}}}
}

// follower is a consumer over HTTP: a table by code.
type follower map[string]struct {
	Epoch, Version int64
	text           string
}

func (f follower) apply(t *testing.T, golden []json.RawMessage) {
	t.Helper()
	for _, text := range golden {
		var d customer.Document
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		code := d.Code.String()
		known := f[code]
		if d.Epoch < known.Epoch || d.Epoch == known.Epoch && d.Version <= known.Version {
			continue
		}
		known.Epoch, known.Version, known.text = d.Epoch, d.Version, string(text)
		f[code] = known
	}
}

func fetch(t *testing.T, h http.Handler, path string, into any) {
	t.Helper()
	w := get(t, h, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatal(err)
	}
}

// A consumer that begins with a snapshot, while everything changes, and goes on with the changes
// ends with what the hub has.
func TestSnapshotThenChangesIsTheHub(t *testing.T) {
	for seed := range int64(10) {
		m, random := newMemory(), rand.New(rand.NewSource(seed))
		change := func() {
			s := State{Code: customer.WithCheckDigit(1 + random.Int63n(40)), State: customer.CodeActive, Document: customerOf(t, fmt.Sprint(random.Int()), true)}
			switch random.Intn(6) {
			case 0:
				s.State, s.Document = customer.CodeErased, nil
			case 1:
				s.State, s.Document, s.Successor = customer.CodeRetired, nil, alice
			}
			m.commit(s, customer.Updated)
		}
		for range 60 {
			change()
		}
		h, table := open(m, Options{}).Handler(), follower{}
		var first, page Snapshot
		for next := ""; ; next = page.Next {
			page = Snapshot{}
			fetch(t, h, "/v1/snapshot?limit=7&next="+next, &page)
			if first.Position == 0 {
				first = page
			}
			if page.Position != first.Position {
				t.Fatalf("position %d, then %d", first.Position, page.Position)
			}
			table.apply(t, page.Golden)
			change()
			change()
			if page.Next == "" {
				break
			}
		}
		for after := first.Position; ; {
			var changes Page
			fetch(t, h, fmt.Sprintf("/v1/changes?golden=true&limit=3&after=%d", after), &changes)
			table.apply(t, changes.Golden)
			if len(changes.Changes) == 0 {
				break
			}
			after = changes.Position
		}
		if len(table) != len(m.states) {
			t.Errorf("%d codes of %d", len(table), len(m.states))
		}
		for code, s := range m.states {
			want, _, err := (*reader)(nil).text(&s)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), table[code.String()].text); diff != "" {
				t.Errorf("%s: %s", code, diff)
			}
		}
	}
}

func TestViewsHideWhatTheyShould(t *testing.T) {
	m := newMemory()
	m.commit(State{Code: alice, State: customer.CodeActive, Document: customerOf(t, "+79010000001", true)}, customer.Created)
	m.commit(State{Code: bob, State: customer.CodeActive, Document: customerOf(t, "+79010000002", false)}, customer.Created)
	h := open(m, viewed(t)).Handler()
	for _, c := range []struct {
		name, path string
		status     int
		has, lacks []string
	}{
		{"Snapshot", "/v1/snapshot?view=marketing", 200, []string{"+79010000001", alice.String()}, []string{"Ковалёв", "+79010000002", bob.String(), "k-1"}},
		{"OtherSnapshot", "/v1/snapshot?view=desk", 200, []string{"Ковалёв", bob.String(), "k-1"}, []string{"+7901"}},
		{"Golden", "/v1/golden/" + alice.String() + "?view=marketing", 200, []string{"+79010000001"}, []string{"Ковалёв"}},
		{"HiddenGolden", "/v1/golden/" + bob.String() + "?view=marketing", 404, []string{"unknown"}, []string{"7901"}},
		{"Changes", "/v1/changes?golden=true&view=marketing", 200, []string{`"kind":"hidden"`, `"state":"hidden"`, `"changed":["phone"]`, "+79010000001"}, []string{"Ковалёв", "+79010000002", "k-1"}},
		{"NamesOfChanges", "/v1/changes?view=desk", 200, []string{alice.String()}, []string{`"phone"`}},
		{"UnknownView", "/v1/snapshot?view=all", 400, []string{"there are desk, marketing"}, nil},
		{"BadToken", "/v1/snapshot?next=x", 400, []string{"the page before"}, nil},
		{"BadGolden", "/v1/changes?golden=maybe", 400, []string{"golden is true or false"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := get(t, h, c.path)
			if w.Code != c.status {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			for _, text := range c.has {
				if !strings.Contains(w.Body.String(), text) {
					t.Errorf("no %s in %s", text, w.Body)
				}
			}
			for _, text := range c.lacks {
				if strings.Contains(w.Body.String(), text) {
					t.Errorf("%s in %s", text, w.Body)
				}
			}
		})
	}
}

func TestChangesAreStreamed(t *testing.T) {
	m := family()
	ctx, stop := context.WithCancel(t.Context())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() {
		served <- open(m, Options{Ping: 20 * time.Millisecond, Timeout: time.Second, MaxWait: 100 * time.Millisecond}).Serve(ctx, listener)
	}()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/v1/changes?golden=true", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Last-Event-ID", "3")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	next := func(prefix string) string {
		t.Helper()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), prefix) {
				return lines.Text()
			}
		}
		t.Fatalf("the stream ended before %s", prefix)
		return ""
	}
	if id := next("id:"); id != "id: 4" {
		t.Errorf("the first is %s", id)
	}
	next("id: 5")
	next(": alive") // longer than every time-out of an ordinary request
	time.Sleep(1500 * time.Millisecond)
	m.commit(State{Code: alice, State: customer.CodeActive}, customer.Updated)
	next("id: 6")
	if data := next("data:"); !strings.Contains(data, `"kind":"updated"`) || !strings.Contains(data, `"golden":{"code":"`+alice.String()) {
		t.Error(data)
	}
	stop()
	for lines.Scan() { // the stream ends with the server
		continue
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
