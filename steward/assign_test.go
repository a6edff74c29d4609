package steward

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kartoteka/access"
)

// A question is for one person, who finds it; a steward without the right to approve takes and gives back only.
func TestAssignment(t *testing.T) {
	v := visit(t)
	v.has(v.get("/tasks/17"), `data-test="assign-to"`, ">Олег</option>", "<kbd>A</kbd>")
	if r, _ := v.do(http.MethodPost, "/tasks/17/assign", url.Values{"to": {"local:oleg"}}); r.Header.Get("Location") != "/tasks/17" {
		t.Error(r.Status)
	}
	v.has(v.get("/tasks/17"), `<span class="chip" data-test="for">для: Олег</span>`)
	v.has(v.get("/tasks"), "для: local:oleg")
	if body := v.get("/tasks?assigned=1"); strings.Contains(body, `data-test="task-17"`) || !strings.Contains(body, `state-filtered`) {
		t.Error("another's question is among those of anna")
	}

	v.who = &access.Subject{ID: "local:anna", Name: "Анна", Roles: []access.Role{access.Steward}, Via: access.ViaSession}
	if body := v.get("/tasks/17"); strings.Contains(body, `data-test="assign`+`"`) || strings.Contains(body, "Олег</option>") {
		t.Error("a steward may take what is somebody else's")
	}
	v.has(v.get("/tasks/18"), `name="to" value="local:anna"`)
	v.do(http.MethodPost, "/tasks/18/assign", url.Values{"to": {"local:anna"}})
	v.has(v.get("/tasks?assigned=1"), `data-test="task-18"`, "для вас")
	v.has(v.get("/tasks/18"), "Спросят только вас", `name="to" value=""`)
}
