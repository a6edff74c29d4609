package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kartoteka/access"
	"kartoteka/desk"
	"kartoteka/store"
)

// stewardOf is a person who may answer questions.
func stewardOf(name string) *access.Subject {
	return &access.Subject{ID: "local:" + name, Name: name, Roles: []access.Role{access.Steward}, Via: access.ViaToken}
}

// TestClaimsAreExclusive lets many ask for the next question at once (W01).
func TestClaimsAreExclusive(t *testing.T) {
	t.Parallel()
	c := heldDoor(t).openCounter()
	var queue desk.Queue
	c.fetch(&queue, "GET", "/v1/tasks?limit=200", nil)
	given, mu := map[int64]string{}, sync.Mutex{}
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			who := stewardOf(fmt.Sprint(i))
			task, err := c.desk.Next(access.With(c.Context(), who), desk.TaskFilter{Beyond: true})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case task == nil:
			case given[task.ID] != "":
				t.Errorf("question %d was given to %s and %s", task.ID, given[task.ID], who.ID)
			default:
				given[task.ID] = who.ID
			}
		})
	}
	group.Wait()
	if len(given) != min(20, len(queue.Rows)) {
		t.Errorf("%d of %d questions were given", len(given), len(queue.Rows))
	}
}

// TestLateAndStaleAnswersChangeNothing answers after the claim ran out (W02), to customers that changed
// meanwhile (W03), and twice (W04).
func TestLateAndStaleAnswersChangeNothing(t *testing.T) {
	t.Parallel()
	c := heldDoor(t).openCounter()
	c.who = stewardOf("anna")
	task := c.claimed("held_join", 1)
	answer := fmt.Sprintf("/v1/tasks/%d/answer", task.ID)
	c.pass("2 seconds")
	if p := c.problem("POST", answer, map[string]any{"approve": true, "version": task.Version}); p.Code != "stale" {
		t.Errorf("after the lease: %+v", p)
	}
	c.fetch(&struct{}{}, "POST", fmt.Sprintf("/v1/tasks/%d/claim", task.ID), nil)
	code := task.Code.String()
	c.ok("pin", code, "name", "Кузнецова Анна Ивановна")
	p := c.problem("POST", answer, map[string]any{"approve": true}, "If-Match", `"`+task.Version+`"`, "Idempotency-Key", "k1")
	if p.Code != "stale" || len(p.Changed) != 1 || p.Changed[0].Code.String() != code || strings.Join(p.Changed[0].Fields, " ") != "name" {
		t.Errorf("on old versions: %+v", p)
	}
	var fresh desk.Task
	c.fetch(&fresh, "GET", fmt.Sprintf("/v1/tasks/%d", task.ID), nil)
	var first, again desk.Answered
	body := map[string]any{"approve": true, "version": fresh.Version}
	c.fetch(&first, "POST", answer, body, "Idempotency-Key", "k1")
	c.fetch(&again, "POST", answer, body, "Idempotency-Key", "k1")
	if first.Merged != 1 || first.Repeated || !again.Repeated || again.Operation != first.Operation {
		t.Errorf("sent twice: %+v %+v", first, again)
	}
	if p := c.problem("POST", answer, body); p.Code != "task" && p.Code != "stale" {
		t.Errorf("answered already: %+v", p)
	}
	c.ok("verify")
}

// claimed claims the first question of a kind for some seconds.
func (c *counter) claimed(kind string, seconds int) *desk.Task {
	c.Helper()
	var next struct{ Task *desk.Task }
	c.fetch(&next, "POST", fmt.Sprintf("/v1/tasks/next?kind=%s&lease=%d", kind, seconds), nil)
	if next.Task == nil || next.Task.Claim == nil || !next.Task.Claim.Mine {
		c.Fatalf("%+v", next.Task)
	}
	return next.Task
}

// pass lets claims grow older.
func (c *counter) pass(interval string) {
	c.Helper()
	if err := c.hub.InTx(c.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(c.Context(), `UPDATE task SET claimed_until = claimed_until - $1::interval`, interval)
		return err
	}); err != nil {
		c.Fatal(err)
	}
}

// TestATaskIsShownWhole looks at everything that a person needs to answer.
func TestATaskIsShownWhole(t *testing.T) {
	t.Parallel()
	c := heldDoor(t).openCounter()
	task := c.claimed("held_join", 60)
	if len(task.Sides) != 2 || task.Sides[0].Document == nil || len(task.Sides[1].Records) == 0 || task.Sides[1].Records[0].Raw == nil {
		t.Fatalf("%+v", task.Sides)
	}
	if task.Why == nil || task.Why.Pair == nil || task.Preview == nil || len(task.Preview.Decided) != 1 || task.Impossible != "" {
		t.Errorf("%+v %s", task.Why, task.Impossible)
	}
	sum := task.Why.Pair.Prior + task.Why.Pair.Kinship
	for _, x := range task.Why.Pair.Comparisons {
		sum += x.Weight
	}
	if sum != task.Why.Pair.Total || task.Why.Model == "" || len(task.Why.Pair.Rules) == 0 { // W16
		t.Errorf("%+v", task.Why)
	}
	states := map[string]desk.RowState{}
	for _, row := range task.Rows {
		states[row.Attribute] = row.State
	}
	if states["name"] != desk.Agree || states["phone"] != desk.AgreeGap && states["phone"] != desk.Agree {
		t.Errorf("%+v", states)
	}
	if w := c.ask("GET", fmt.Sprintf("/v1/tasks/%d", task.ID), nil); w.Header().Get("ETag") == "" || w.Code != http.StatusOK {
		t.Error(w.Code, w.Header())
	}
}
