package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// whom are the customers that a question is about.
type whom struct{ Code, Other string }

// takes leads a person to a question about two customers.
func (p *tab) takes() (id string, about whom) {
	p.Helper()
	for _, id := range p.hub.openOnes(p) {
		p.hub.get(p, "root", "/v1/tasks/"+id, &about)
		if about.Other == "" {
			continue
		}
		if status, _ := p.hub.ask(p, p.who, http.MethodPost, "/v1/tasks/"+id+"/claim", "", "X-Hub-CSRF", "1"); status != http.StatusOK {
			continue
		}
		p.visit("/tasks/" + id)
		p.sees("[data-test=verdicts]")
		return id, about
	}
	p.Fatal("no open question is about two customers")
	return "", about
}

// says types a reason and leaves the field.
func (p *tab) says(reason string) {
	p.Helper()
	p.press("KeyC")
	p.wait("document.activeElement.id === 'reason'")
	p.write(reason)
	p.press("Enter")
	p.wait("document.activeElement.id !== 'reason'")
}

// W03: what changed since is shown, what was typed stays, and one key says it again.
func TestStaleDecision(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "anna")
	id, about := p.takes()
	p.says("звонили, это разные люди")
	if _, err := h.verb("pin", about.Code, "email", "pinned@example.test"); err != nil {
		t.Fatal(err)
	}
	p.press("Digit2")
	p.sees("[data-test=wrong]")
	if got := p.asked(); got != id {
		t.Fatalf("question %s, not %s", got, id)
	}
	if got := plain(p.text("[data-test=wrong]")); !strings.Contains(got, about.Code) || !strings.Contains(got, "mail") {
		t.Errorf("does not say what changed: %s", got)
	}
	if got := eval[string](p, "document.querySelector('#reason').value"); got != "звонили, это разные люди" {
		t.Errorf("what was typed is lost: %q", got)
	}
	eval[bool](p, "(document.activeElement.blur(), true)")
	p.press("Digit2")
	p.leaves(id)
	h.settled(t, id)
}

// plain has ordinary hyphens, where a page has those that a line does not break.
func plain(s string) string { return strings.ReplaceAll(s, "\u2011", "-") }

// W26: a question whose customers became one meanwhile is told to be over, and nothing is done.
func TestCustomerMergedAwayMeanwhile(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "anna")
	id, about := p.takes()
	p.says("разные адреса")
	if _, err := h.verb("merge", about.Code, about.Other); err != nil {
		t.Fatal(err)
	}
	before := h.end(t)
	p.press("Digit2")
	p.wait("(e => e && e.dataset.task === " + quote(id) + ")(document.querySelector('[data-test=task]')) && document.querySelector('[data-test=closed], [data-test=wrong]')")
	if got := h.task(t, id); got.State == "open" {
		t.Errorf("%+v", got)
	}
	if after := h.end(t); after != before {
		t.Errorf("the feed went from %d to %d", before, after)
	}
}

// W01: whoever asks for the next question gets one that nobody else has.
func TestClaimsAreExclusive(t *testing.T) {
	h := theHub(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	owner := map[int64]string{}
	for range 3 {
		for _, who := range []string{"anna", "boris", "root"} {
			wg.Go(func() {
				status, text := h.ask(t, who, http.MethodPost, "/v1/tasks/next", "{}", "X-Hub-CSRF", "1", "Content-Type", "application/json")
				var got struct{ Task *task }
				if err := json.Unmarshal([]byte(text), &got); status != http.StatusOK || err != nil || got.Task == nil {
					t.Errorf("%s: %d %.200s", who, status, text)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				if other := owner[got.Task.ID]; other != "" && other != who {
					t.Errorf("%s and %s both have %d", who, other, got.Task.ID)
				}
				owner[got.Task.ID] = who
			})
		}
	}
	wg.Wait()
	for id, who := range owner {
		p := h.tab(t, map[string]string{"anna": "boris", "boris": "anna", "root": "anna"}[who])
		p.visit(fmt.Sprintf("/tasks/%d", id))
		p.sees("[data-test=taken]")
		if p.count("[data-test=verdicts]") > 0 {
			t.Error("who does not have a question can answer it")
		}
		break
	}
	for id, who := range owner {
		h.ask(t, who, http.MethodPost, fmt.Sprintf("/v1/tasks/%d/release", id), "", "X-Hub-CSRF", "1")
	}
}

// A double click is one answer, and not one to the next question too.
func TestDoubleClickAnswersOnce(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "anna")
	id, _ := p.takes()
	eval[bool](p, "(b => { b.click(); b.click(); return true })(document.querySelector('[data-test=different]'))")
	p.leaves(id)
	next := p.asked()
	h.settled(t, id)
	if got := h.task(t, next); got.State != "open" || got.Pending != "" {
		t.Errorf("the next question was answered too: %+v", got)
	}
	h.ask(t, "anna", http.MethodPost, "/v1/tasks/"+next+"/release", "", "X-Hub-CSRF", "1")
}

// offline takes the network away, or gives it back.
func (p *tab) offline(away bool) {
	p.Helper()
	_, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: away, DownloadThroughput: -1, UploadThroughput: -1}}})
	if err == nil {
		_, err = chromedp.Call(p.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: away, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if err != nil {
		p.Fatal(err)
	}
}

// A decision that meets no connection is kept with what was typed, and sent when there is one again.
func TestLostConnection(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "anna")
	id, _ := p.takes()
	p.says("нет связи, но решение есть")
	p.offline(true)
	p.press("Digit2")
	p.sees("#pending button")
	kept := eval[string](p, "localStorage.getItem('kartoteka.kept')")
	if decoded, _ := url.QueryUnescape(kept); !strings.Contains(decoded, "нет связи, но решение есть") {
		t.Errorf("not kept: %s", kept)
	}
	if got := h.task(t, id); got.State != "open" || got.Pending != "" {
		t.Errorf("%+v", got)
	}
	p.offline(false)
	h.settled(t, id)
	p.wait("document.querySelector('#pending').hidden && !localStorage.getItem('kartoteka.kept')")
}

// A decision whose session has ended waits in the browser until its person has signed in again.
func TestExpiredSessionKeepsTheDecision(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "dina")
	id, _ := p.takes()
	p.says("сессия кончилась")
	if _, err := chromedp.Call(p.ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: sessionCookie, URL: h.address}); err != nil {
		t.Fatal(err)
	}
	p.press("Digit2")
	p.sees("#pending a")
	p.click("#pending a")
	p.fill("[name=login]", "dina")
	p.fill("[name=password]", password)
	p.press("Enter")
	p.wait("location.pathname.startsWith('/tasks')")
	h.settled(t, id)

	// W: who is locked out is out at once, with what they hold.
	if _, err := h.verb("users", "disable", "dina", "--reason", "left"); err != nil {
		t.Fatal(err)
	}
	if status, _ := h.ask(t, "dina", http.MethodGet, "/v1/tasks", "", "Accept", "application/json"); status != http.StatusUnauthorized {
		t.Errorf("a disabled person's session: %d", status)
	}
	p.visit("/tasks")
	p.sees("[data-test=signin]")
}

// A form of another site does nothing, though the browser sends the cookie.
func TestForgedForm(t *testing.T) {
	h := theHub(t)
	id := h.openOnes(t)[0]
	form := url.Values{"verdict": {"same"}, "kind": {"review_pair"}}.Encode()
	for _, header := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}, {}} {
		status, _ := h.ask(t, "anna", http.MethodPost, "/tasks/"+id+"/answer", form, append(header, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")...)
		if status != http.StatusForbidden {
			t.Errorf("%v: %d", header, status)
		}
	}
	if got := h.task(t, id); got.State != "open" || got.Pending != "" {
		t.Errorf("%+v", got)
	}
}
