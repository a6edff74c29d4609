package steward

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kartoteka/desk"
	"kartoteka/steward/stewardtest"
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
	v.do(http.MethodGet, "/tasks/17", nil, "Cookie", prefsCookie+"=shown%3Draw%26new%3Dlocal%253Aanna") // left before it was sent
	if v.who.Prefs != "shown=raw" {
		t.Errorf("%q", v.who.Prefs)
	}
	if r, _ := v.do(http.MethodGet, "/tasks/17", nil, "X-Fragment", "main"); r.Header.Get("Set-Cookie") != "" {
		t.Error("a part that was fetched ahead overwrites what was chosen meanwhile")
	}
	v.do(http.MethodPost, "/me/keys", url.Values{"task.same": {"KeyY"}})
	if !strings.Contains(v.who.Prefs, "task.same") {
		t.Errorf("keys are not kept: %q", v.who.Prefs)
	}
}

// A nickname is told as one, and weights that differ by the time of weighing say of which time they are.
func TestSmallWords(t *testing.T) {
	v := visit(t)
	q, all := v.desk.Tasks[0], -2.4
	q.Rows[0].Sides[1][0].Value, q.Bits, q.Together = "Ковалева Аня", 10.1, &all
	v.has(v.get("/tasks/17"), "Аня — краткая форма имени Анна", "(в очереди: &#43;10,1)", "по всем записям вместе: −2,4")
	v.has(v.get("/tasks"), "&#43;10,1<br>", "все: −2,4")
}

// W32: what is found stands by name on demand.
func TestFoundByName(t *testing.T) {
	v := visit(t)
	body := v.get("/customers?q=x&sort=name")
	v.has(body, `aria-sort="ascending"`, `href="?q=x" data-test="by-score"`, `href="?q=x&amp;sort=name" aria-current="true" data-test="by-name"`)
	if v.desk.Asked.Sort != desk.ByName || v.desk.Asked.Lang != "ru" {
		t.Errorf("%+v", v.desk.Asked)
	}
}

// The feed's tab tells of each version where it went, and leads to the customer as of it.
func TestFeedOfACustomer(t *testing.T) {
	v := visit(t)
	card := "/customers/" + stewardtest.Anna.String()
	body := v.get(card + "/feed")
	v.has(body, "bank.customer.events.v1", `data-test="version-7"`, "ещё не отправлена", ">отправлена<", "?at=2026-11-20T09:30:00Z", "телефон, электронная почта")
	v.has(v.get(card+"?at=2026-11-20T09:30:00Z"), `value="2026-11-20"`)
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
