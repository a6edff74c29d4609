package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/access"
	"kartoteka/desk"
)

// acts is what the policy is asked about each operation of the API; "" is open to everybody.
var acts = map[string]access.Act{
	"healthz": "", "readyz": "", "metrics": access.ReadMetrics,
	"settings": access.ReadSettings, "plans": access.ReadSettings, "plan-shown": access.ReadSettings, "plan": access.Plan, "plan-drop": access.Plan, "plan-apply": access.Apply,
	"golden": access.ReadCustomer, "crosswalk": access.ReadCustomer, "changes": access.ReadChanges, "snapshot": access.ReadChanges,
	"match": access.Search, "match-post": access.Search,
	"customer-card": access.ReadCustomer, "customer-records": access.ReadCustomer, "customer-history": access.ReadHistory, "customer-feed": access.ReadHistory,
	"customer-how": access.ReadHistory, "customer-graph": access.ReadHistory, "customer-reveal": access.Reveal, "why": access.ReadHistory, "whatif": access.ReadHistory,
	"tasks": access.ReadTasks, "task": access.ReadTasks, "stats": access.ReadStats, "proposals": access.ReadTasks,
	"task-next": access.AnswerTask, "task-claim": access.AnswerTask, "task-release": access.AnswerTask, "task-skip": access.AnswerTask, "task-answer": access.AnswerTask,
	"task-comment": access.AnswerTask, "task-assign": access.Approve, "tasks-bulk": access.Bulk,
	"users": access.ReadAudit, "user-add": access.ManageUsers, "user-reset": access.ManageUsers, "user-disable": access.ManageUsers, "user-enable": access.ManageUsers,
	"user-roles": access.ManageUsers, "tokens": access.ManageTokens, "token-add": access.ManageTokens, "token-revoke": access.ManageTokens,
	"operate": access.Merge, "sources": access.ReadSources, "source": access.ReadSources, "runs": access.ReadSources, "run": access.ReadSources,
	"source-records": access.WriteRecords, "rejects": access.ReadRejects, "reject": access.ReadRejects, "reject-replay": access.ReplayRejects,
}

// unsettled are operations about proposals, of which there are none here.
var unsettled = []string{"proposal", "proposal-undo", "proposal-approve", "proposal-refuse", "batch-undo", "batch-approve", "batch-refuse"}

const secretNumber = "526317984689"

// TestNobodySeesBeyondThePolicy asks every operation as every role: who may not gets 403, and a secret value
// is in no answer but that of reveal (R24, R25).
func TestNobodySeesBeyondThePolicy(t *testing.T) {
	t.Parallel()
	c := secretDoor(t).openCounter()
	c.staff()
	var p *access.Policy
	examples := c.examples()
	secret := c.crosswalk()["tax/1"]
	for _, id := range []string{"golden", "customer-card", "customer-records", "customer-history", "customer-feed", "customer-how", "customer-graph"} { // about the customer with the number
		e := examples[id]
		e[1] = strings.Replace(e[1], strings.Split(strings.TrimPrefix(e[1], "/v1/golden/"), "/")[0], secret, 1)
		examples[id] = [3]string{e[0], strings.Split(e[1], "?")[0], e[2]}
	}
	examples["customer-card"] = [3]string{"GET", "/v1/golden/" + secret + "/card?records=9"}
	examples["why"] = [3]string{"GET", "/v1/why?a=tax/1&b=tax/2"}
	examples["whatif"] = [3]string{"POST", "/v1/whatif", `{"a":"tax/1","b":"tax/2","unset":["phone"]}`}
	examples["match"] = [3]string{"GET", "/v1/match?text=Ковалёв+Александр"}
	for _, role := range access.Roles() {
		for path, item := range c.api.Described().Paths {
			for _, op := range []*huma.Operation{item.Get, item.Post} {
				if op == nil || contains(unsettled, op.OperationID) {
					continue
				}
				act, known := acts[op.OperationID]
				if !known {
					t.Fatalf("%s: the matrix does not say which act %s is", op.OperationID, path)
				}
				c.who = &access.Subject{ID: "local:" + string(role), Roles: []access.Role{role}, Via: access.ViaSession}
				e := examples[op.OperationID]
				w := c.ask(e[0], e[1], e[2])
				if allowed := act == "" || p.Can(c.who, act); allowed == (w.Code == http.StatusForbidden) {
					t.Errorf("%s as %s: %d %.200s", op.OperationID, role, w.Code, w.Body)
				}
				if strings.Contains(w.Body.String(), secretNumber) {
					t.Errorf("%s shows %s a secret number", op.OperationID, role)
				}
			}
		}
	}
}

func contains(list []string, s string) bool {
	return strings.Contains(" "+strings.Join(list, " ")+" ", " "+s+" ")
}

// TestMaskedValuesCannotBeGuessed searches by a masked number, supposes it, and asks within a scope (R25).
func TestMaskedValuesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	c := secretDoor(t).openCounter()
	code := c.crosswalk()["tax/1"]
	c.who = &access.Subject{ID: "local:vera", Roles: []access.Role{access.Viewer}, Via: access.ViaSession}
	var found struct{ Candidates []desk.Found }
	if c.fetch(&found, "GET", "/v1/match?inn="+secretNumber, nil); len(found.Candidates) != 0 {
		t.Errorf("found by a number that is masked: %+v", found)
	}
	c.who = stewardOf("anna")
	if p := c.problem("POST", "/v1/whatif", `{"a":"tax/1","b":"tax/2","set":["inn=`+secretNumber+`"]}`); p.Code != "invalid" || strings.Contains(p.Detail, secretNumber) {
		t.Errorf("supposed: %+v", p)
	}
	var shown desk.Revealed
	c.fetch(&shown, "POST", "/v1/golden/"+code+"/reveal", `{"attribute":"inn","reason":"a call from the tax office"}`)
	if len(shown.Values) != 1 || shown.Values[0] != secretNumber {
		t.Errorf("%+v", shown)
	}
	c.who.Sources = append(c.who.Sources, "broken")
	for _, path := range []string{"/v1/golden/" + code, "/v1/golden/" + code + "/card", "/v1/golden/" + code + "/history", "/v1/golden/" + code + "/graph", "/v1/crosswalk/tax/1", "/v1/why?a=tax/1&b=tax/2"} {
		if p := c.problem("GET", path, nil); p.Status != http.StatusNotFound {
			t.Errorf("%s outside of the scope: %+v", path, p)
		}
	}
	if p := c.problem("POST", "/v1/operations", fmt.Sprintf(`{"action":"confirm","code":%q}`, code)); p.Status != http.StatusNotFound {
		t.Errorf("%+v", p)
	}
	var all desk.Queue
	if c.fetch(&all, "GET", "/v1/tasks?limit=200", nil); len(all.Rows) != 0 {
		for _, row := range all.Rows {
			if w := c.ask("GET", fmt.Sprintf("/v1/golden/%s", row.Code), nil); w.Code != http.StatusOK {
				t.Errorf("a question about somebody unseen: %+v", row)
			}
		}
	}
}
