package browser

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// W12, W13: rows say their state in words; switches keep the focus and the place, and are remembered.
func TestTaskPage(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "boris")
	p.takes()
	for _, got := range eval[[]string](p, "[...document.querySelectorAll('[data-test^=row-] th .chip')].map(e => e.textContent.replace(/^\\S+ /, '').trim())") {
		switch got {
		case "agree", "agree, one is missing", "differ", "differ, one is missing":
		default:
			t.Errorf("a row is %q", got)
		}
	}
	p.media("forced-colors", "active")
	if got := p.text("[data-test^=row-] th .chip"); got == "" {
		t.Error("without colors a row says nothing")
	}
	for _, name := range []string{"only", "raw", "latin", "all"} {
		selector := "[data-switch=" + name + "]"
		p.tabTo(selector)
		top := eval[float64](p, "(scrollTo(0, 40), scrollY)")
		p.press("Space")
		p.wait("document.querySelector('" + selector + "').getAttribute('aria-pressed') === 'true'")
		if !eval[bool](p, "document.activeElement.matches('"+selector+"')") || eval[float64](p, "scrollY") != top {
			t.Errorf("%s loses the focus or the place", name)
		}
	}
	p.visit(p.url())
	if got := p.count("[data-switch][aria-pressed=true]"); got != 4 {
		t.Errorf("%d switches are remembered", got)
	}
}

// W14: a chosen value is in the preview at once, with its reason, and nothing is written.
func TestPreviewOfAChoice(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "anna")
	id, about := p.takes()
	if p.count("[data-test^=row-] input[type=radio]") == 0 {
		t.Skip("this question has nothing to choose from")
	}
	before := h.end(t)
	took := eval[float64](p, `new Promise(done => {
		const r = [...document.querySelectorAll('[data-test^=row-] input[type=radio]')].find(r => !r.checked), cell = r.closest('tr').querySelector('[data-preview]'), start = performance.now();
		new MutationObserver(() => { if (cell.querySelector('.by')) requestAnimationFrame(() => done(performance.now() - start)) }).observe(cell, {childList: true, subtree: true});
		r.click();
	})`)
	if took > 300 {
		t.Logf("the preview took %.0f ms; on a quiet machine it is within 300", took)
	}
	if got := p.count("[data-preview] .by"); got == 0 {
		t.Error("the preview says no reason")
	}
	time.Sleep(200 * time.Millisecond)
	if got := h.task(t, id); h.end(t) != before || got.State != "open" || got.Pending != "" {
		t.Errorf("something was written about %s: %+v", about.Code, got)
	}
	h.ask(t, "anna", http.MethodPost, "/v1/tasks/"+id+"/release", "", "X-Hub-CSRF", "1")
}

// W33: a list that is empty, or that one may not see, says why and what to do.
func TestListsSayWhyTheyAreEmpty(t *testing.T) {
	h := theHub(t)
	for _, c := range []struct{ who, path, state string }{
		{"root", "/customers?q=qqqqqqqq", "filtered"},
		{"root", "/tasks?code=0000-0000-0000", "filtered"},
		{"root", "/customers", "first"},
		{"vera", "/audit", "forbidden"},
		{"vera", "/settings/users", "forbidden"},
		{"root", "/nowhere", "filtered"},
	} {
		p := h.tab(t, c.who)
		p.visit(c.path)
		if p.count("main [data-test=state-"+c.state+"]") == 0 && p.count("main .note.bad") == 0 && c.state != "first" {
			t.Errorf("%s: %.300s", c.path, p.text("main"))
		}
	}
}

// W13: a switch keeps focus and place, holds for the next question, and is the person's in every browser.
func TestPreferencesFollowThePerson(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "dina")
	p.visit("/tasks")
	p.press("KeyN")
	p.sees("[data-test=verdicts]")
	p.press("KeyJ")
	eval[bool](p, "(scrollTo(0, 120), true)")
	const place = "scrollY + ' ' + document.activeElement.closest('tr').dataset.row"
	before, id := eval[string](p, place), p.asked()
	p.press("KeyR", "KeyL")
	if after := eval[string](p, place); after != before {
		t.Errorf("from %s to %s", before, after)
	}
	p.press("BracketRight") // the next question was fetched before
	p.leaves(id)
	p.sees(".task.show-raw.show-latin [data-test=switch-raw][aria-pressed=true]")
	other := h.window(t, "dina")
	other.visit("/tasks/" + id)
	other.sees(".task.show-raw.show-latin")
	if got := eval[string](other, "document.cookie"); !strings.Contains(got, "raw") {
		t.Errorf("the other browser's script knows nothing of it: %s", got)
	}
	for _, x := range []string{id, p.asked()} {
		h.ask(t, "dina", http.MethodPost, "/v1/tasks/"+x+"/release", "", "X-Hub-CSRF", "1")
	}
}

// W30, R: no page shows a bare key of a phrase, in any language.
func TestNoPageShowsAKey(t *testing.T) {
	h := theHub(t)
	for _, lang := range []string{"en", "ru", "uk"} {
		h.prefer(t, reader(lang), "lang="+lang)
		for _, path := range h.pages(t) {
			_, text := h.ask(t, reader(lang), http.MethodGet, path, "", "Accept", "text/html")
			for _, bad := range []string{">steward.", ">desk.", ">signin.", "&lt;no value&gt;", "%!"} {
				if _, after, found := strings.Cut(text, bad); found {
					t.Errorf("%s %s: %s%.60s", lang, path, bad, after)
				}
			}
		}
	}
}
