package browser

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kartoteka/phrases"
	"kartoteka/steward"
)

// asked is the number of the question that is shown.
func (p *tab) asked() string {
	p.Helper()
	return eval[string](p, "(e => e ? e.dataset.task : '')(document.querySelector('[data-test=task]'))")
}

// leaves waits until another question is shown.
func (p *tab) leaves(task string) {
	p.Helper()
	p.wait(fmt.Sprintf("(e => e && e.dataset.task !== %s)(document.querySelector('[data-test=task]'))", quote(task)))
}

// tabTo presses Tab until something has the focus.
func (p *tab) tabTo(selector string) {
	p.Helper()
	p.sees(selector)
	for range 150 {
		if eval[bool](p, fmt.Sprintf("document.activeElement.matches(%s)", quote(selector))) {
			return
		}
		p.press("Tab")
	}
	p.Fatalf("%s cannot be reached by Tab at %s", selector, p.url())
}

// task is what the API says of a question.
type task struct {
	ID      int64
	State   string
	Pending string
	Skipped *time.Time
	Claim   *struct{ By string }
}

func (h *hub) task(t testing.TB, id string) (out task) {
	t.Helper()
	h.get(t, "root", "/v1/tasks/"+id, &out)
	return out
}

// settled waits until a question is answered and the answer is carried out.
func (h *hub) settled(t testing.TB, id string) {
	t.Helper()
	for deadline := time.Now().Add(patience); h.task(t, id).State != "done"; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("task %s: %+v", id, h.task(t, id))
		}
	}
}

// end is the position of the last change on the feed.
func (h *hub) end(t testing.TB) (position int64) {
	t.Helper()
	for {
		var page struct {
			Changes  []struct{}
			Position int64
		}
		h.get(t, "root", fmt.Sprintf("/v1/changes?after=%d&limit=1000", position), &page)
		if len(page.Changes) == 0 {
			return position
		}
		position = page.Position
	}
}

// A whole session without a mouse: ten decisions of all kinds, an undo, a split, in three layouts.
func TestSessionByKeyboardOnly(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "anna")
	p.visit("/tasks")
	p.sees("[data-test=start]")
	p.press("KeyN")
	p.sees("[data-test=verdicts]")

	var same, different []string
	layout := []string{"en", "ru", "uk"}
	for i, step := range []struct {
		name string
		do   func(layout, id string)
	}{
		{"different", func(l, _ string) { p.pressIn(l, "Digit2") }},
		{"same", func(l, _ string) { p.pressIn(l, "Digit1") }},
		{"not sure, with a reason", func(l, _ string) {
			p.pressIn(l, "Digit3")
			p.wait("document.activeElement.id === 'reason'")
			p.write("спросить отделение")
			p.press("Enter")
		}},
		{"tomorrow", func(l, _ string) { p.pressIn(l, "Digit4") }},
		{"different, with a comment", func(l, _ string) {
			p.pressIn(l, "KeyC")
			p.wait("document.activeElement.id === 'reason'")
			p.write("отец и сын: 1 и 2")
			p.press("Enter")
			p.pressIn(l, "Digit2")
		}},
		{"same, with a value picked", func(l, id string) { p.picks(l); p.pressIn(l, "Digit1") }},
		{"tomorrow by H", func(l, _ string) { p.pressIn(l, "KeyH") }},
		{"onward without an answer", func(l, _ string) { p.pressIn(l, "BracketRight") }},
		{"different", func(l, _ string) { p.pressIn(l, "Digit2") }},
		{"different", func(l, _ string) { p.pressIn(l, "Digit2") }},
	} {
		id := p.asked()
		step.do(layout[i%3], id)
		p.leaves(id)
		if p.count("[data-test=wrong]") > 0 {
			t.Fatalf("%s: %s", step.name, p.text("[data-test=wrong]"))
		}
		switch {
		case strings.HasPrefix(step.name, "same"):
			same = append(same, id)
		case strings.HasPrefix(step.name, "different"):
			different = append(different, id)
		}
	}
	for _, id := range append(slices.Clone(same), different...) {
		h.settled(t, id)
	}
}

// picks chooses the first value that can be chosen and sees it in the preview.
func (p *tab) picks(layout string) {
	p.Helper()
	for range 30 {
		p.pressIn(layout, "KeyJ")
		for range 3 {
			if eval[int](p, "document.querySelectorAll('td.here:not(.preview) input[type=radio]').length") > 0 {
				p.press("Enter")
				p.wait("document.querySelector('tr.here [data-preview] .by')")
				return
			}
			p.press("ArrowRight")
		}
		p.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
	}
	p.Log("this question has nothing to choose from")
}

// W21: within the hold time Z takes an answer back, and nothing of it was ever on the feed.
func TestUndoBeforeItIsCarriedOut(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "anna")
	p.visit("/tasks")
	p.press("KeyN")
	p.sees("[data-test=verdicts]")
	before, id, answered := h.end(t), p.asked(), time.Now()
	p.press("Digit1")
	p.leaves(id)
	p.sees("#undo button")
	got := h.task(t, id)
	p.pressIn("ru", "KeyZ")
	if time.Since(answered) > 4*time.Second {
		t.Skip("the machine stood still for longer than an answer is held")
	}
	if got.State == "done" {
		t.Errorf("carried out at once: %+v", got)
	}
	p.wait("(e => e && e.dataset.task === " + quote(id) + ")(document.querySelector('[data-test=task]'))")
	time.Sleep(5 * time.Second) // longer than the hold
	if got = h.task(t, id); got.State != "open" || got.Pending != "" {
		t.Errorf("%+v", got)
	}
	if after := h.end(t); after != before {
		t.Errorf("the feed went from %d to %d", before, after)
	}
	p.press("Digit2")
	p.leaves(id)
	h.settled(t, id)
}

// W19, W20: a customer is split by its table, without a mouse and without a drag.
func TestSplitByKeyboard(t *testing.T) {
	h := theHub(t)
	code := h.person(t, 4, 9, 1)
	p := h.tab(t, "anna")
	p.visit("/tasks")
	p.pressIn("uk", "Slash")
	p.wait("document.activeElement.id === 'find'")
	p.write(code)
	p.press("Enter")
	p.wait("location.pathname.startsWith('/customers')")
	if !strings.HasPrefix(p.url(), "/customers/") {
		p.tabTo("main a[href='/customers/" + code + "']")
		p.press("Enter")
	}
	p.sees("[data-test=card]")
	p.tabTo("[data-test=tab-cluster]")
	p.press("Enter")
	p.tabTo("[data-test=pick-1]")
	row := eval[string](p, "document.activeElement.value")
	p.press("Space")
	p.wait("document.querySelector('[data-test=pick-1]').checked")
	p.tabTo("[data-test=split]")
	p.press("Enter")
	p.sees("[data-test=confirm]")
	if got := p.text("main"); strings.Count(got, "-") < 4 {
		t.Errorf("the preview does not show both customers: %s", got)
	}
	p.tabTo("[data-test=confirm]")
	p.press("Enter")
	p.sees("[data-test=card]")
	was := code
	var found struct{ Code string }
	for deadline := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		if h.get(t, "root", "/v1/crosswalk/"+row, &found); found.Code != was {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s stays with %s: %s", row, was, p.text("main"))
		}
	}
}

// W07: keys are places on the keyboard, so they work in every layout, and in no field.
func TestKeysInEveryLayout(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "boris")
	p.visit("/tasks")
	p.press("KeyN")
	p.sees("[data-test=verdicts]")
	for _, layout := range []string{"en", "ru", "uk"} {
		for _, c := range []struct{ key, does string }{
			{"KeyD", "only"}, {"KeyR", "raw"}, {"KeyL", "latin"}, {"KeyS", "blind"}, {"KeyO", "all"},
		} {
			pressed := fmt.Sprintf("document.querySelector('[data-switch=%s]').getAttribute('aria-pressed') === 'true'", c.does)
			was := eval[bool](p, pressed)
			p.pressIn(layout, c.key)
			if eval[bool](p, pressed) == was {
				t.Errorf("%s does nothing in %s", c.key, layout)
			}
			p.pressIn(layout, c.key)
		}
		p.pressIn(layout, "Shift+Slash")
		p.wait("document.querySelector('#help').open")
		p.press("Escape")
		p.wait("!document.querySelector('#help').open")
	}
	id := p.asked()
	p.press("KeyC")
	p.wait("document.activeElement.id === 'reason'")
	for _, layout := range []string{"en", "ru", "uk"} {
		p.pressIn(layout, "Digit1", "Digit2", "KeyD", "KeyH", "BracketRight", "KeyZ")
	}
	if got := eval[string](p, "document.querySelector('#reason').value"); got != "12dh]z12връя12врїя" {
		t.Errorf("typed %q", got)
	}
	if p.asked() != id || p.count(".task.show-only") > 0 {
		t.Error("a key acted while a field had the focus")
	}
	h.ask(t, "boris", http.MethodPost, "/v1/tasks/"+id+"/release", "", "X-Hub-CSRF", "1")
}

// W09: the help lists every command of the registry, in the language of the page.
func TestHelpListsTheRegistry(t *testing.T) {
	h := theHub(t)
	p := h.tab(t, "anna")
	for _, lang := range []phrases.Lang{"en", "ru", "uk"} {
		p.prefer("lang=" + string(lang))
		p.visit("/tasks")
		p.press("Shift+Slash")
		p.sees("#help li")
		shown := eval[map[string]string](p, "Object.fromEntries([...document.querySelectorAll('#help li')].map(e => [e.dataset.id, e.querySelector('span').textContent]))")
		for _, c := range steward.Commands() {
			if want := lang.Sentence(c.Label); shown[c.ID] != want {
				t.Errorf("%s %s: %q, not %q", lang, c.ID, shown[c.ID], want)
			}
		}
		if len(shown) != len(steward.Commands()) {
			t.Errorf("%s: %d commands are listed, %d registered", lang, len(shown), len(steward.Commands()))
		}
	}
}
