package steward

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// How a person likes the pages is kept with the account, is the same in another browser, and is copied
// to where the script reads it; before that, the browser's own counts.
func TestPreferencesAreThePersons(t *testing.T) {
	v := visit(t)
	own := []string{"Cookie", prefsCookie + "=lang%3Duk%26shown%3Draw"}
	_, body := v.do(http.MethodGet, "/tasks/17", nil, own...)
	v.has(body, `<html lang="uk"`, `class="task show-raw"`, " data-prefs")
	r, _ := v.do(http.MethodPost, "/me/prefs", url.Values{"shown": {"only latin"}}, append(own, "X-Fragment", "prefs")...)
	if r.StatusCode != http.StatusNoContent || v.who.Prefs != "lang=uk&shown=only+latin" {
		t.Fatalf("%d %q", r.StatusCode, v.who.Prefs)
	}
	r, body = v.do(http.MethodGet, "/tasks/17", nil, "Cookie", prefsCookie+"=theme%3Ddark")
	v.has(body, `<html lang="uk">`, `class="task show-only show-latin"`)
	if c := r.Header.Get("Set-Cookie"); !strings.Contains(c, "shown%3Donly%2Blatin") {
		t.Errorf("the script's copy: %q", c)
	}
	if r, _ := v.do(http.MethodGet, "/tasks/17", nil, "X-Fragment", "main"); r.Header.Get("Set-Cookie") != "" {
		t.Error("a part that was fetched ahead overwrites what was chosen meanwhile")
	}
	v.do(http.MethodPost, "/me/keys", url.Values{"task.same": {"KeyY"}})
	if !strings.Contains(v.who.Prefs, "task.same") {
		t.Errorf("keys are not kept: %q", v.who.Prefs)
	}
}

// The score is kept back by the hub, not only by a switch.
func TestABlindQuestionHasNoScore(t *testing.T) {
	v := visit(t)
	q := v.desk.Tasks[0]
	q.Blind, q.Bits, q.Loss, q.Why = true, 0, 0, nil
	body := v.get("/tasks/17")
	v.has(body, `data-test="blind"`)
	for _, bad := range []string{`data-test="score"`, `data-test="sentences"`, "proposed", "бит"} {
		if strings.Contains(body[strings.Index(body, "<main"):], bad) {
			t.Errorf("%q is shown", bad)
		}
	}
	v.has(v.get("/tasks"), "веса видны после ответа")
}
