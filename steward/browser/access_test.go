package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pages are all of the workbench, as somebody who may do everything sees them.
func (h *hub) pages(t testing.TB) []string {
	t.Helper()
	code := h.person(t, 5, 12, 0)
	list := []string{"/tasks", "/tasks?kind=over_merge", "/tasks?code=0000", "/tasks/" + h.openOnes(t)[0], "/customers", "/customers?q=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0", "/customers?q=qqqqqqqq",
		"/customers/" + code, "/customers/" + code + "/records", "/customers/" + code + "/history", "/customers/" + code + "/feed", "/customers/" + code + "/cluster",
		"/proposals", "/me", "/nowhere", "/sources", "/sources/core-banking", "/runs/1", h.plan(t), "/rejects", "/quality", "/settings", "/settings/users", "/settings/tokens", "/audit"}
	var there []string
	for _, path := range list {
		if status, _ := h.ask(t, "root", http.MethodGet, path, "", "Accept", "text/html"); status == http.StatusOK || path == "/nowhere" || strings.Contains(path, "code=0000") {
			there = append(there, path)
		} else {
			t.Logf("%s: %d, not looked at", path, status)
		}
	}
	return there
}

// plan has a change of the rules worked out, and gives its page.
func (h *hub) plan(t testing.TB) string {
	t.Helper()
	var p struct {
		ID    int64
		State string
	}
	_, text := h.ask(t, "root", http.MethodPost, "/v1/plans", `{"settings":"costs: {false_merge: 4}","reason":"a look"}`, "X-Hub-CSRF", "1", "Idempotency-Key", "pages")
	if err := json.Unmarshal([]byte(text), &p); err != nil || p.ID == 0 {
		t.Fatalf("%v %.300s", err, text)
	}
	for range 120 {
		if h.get(t, "root", fmt.Sprintf("/v1/plans/%d", p.ID), &p); p.State != "asked" {
			break
		}
		time.Sleep(250 * time.Millisecond)
	}
	return fmt.Sprintf("/settings/plans/%d", p.ID)
}

// openOnes are questions that nobody has answered, put off or claimed.
func (h *hub) openOnes(t testing.TB) (out []string) {
	t.Helper()
	var page struct{ Rows []task }
	h.get(t, "root", "/v1/tasks?limit=100", &page)
	for _, x := range page.Rows {
		if x.State == "open" && x.Pending == "" && x.Skipped == nil && x.Claim == nil {
			out = append(out, fmt.Sprint(x.ID))
		}
	}
	if len(out) == 0 {
		t.Fatal("no open question is left")
	}
	return out
}

// violation is a rule of axe that a page breaks.
type violation struct{ ID, Help, Where string }

// axe runs the rules of WCAG 2.2 AA; only names one of them.
func (p *tab) axe(script, only string) []violation {
	p.Helper()
	which := `{runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}}`
	if only != "" {
		which = `{runOnly: [` + quote(only) + `]}`
	}
	if !eval[bool](p, "!!window.axe") {
		eval[bool](p, script+";true")
	}
	return eval[[]violation](p, `axe.run(`+which+`).then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Where: v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.html.slice(0, 160) + ' ' + ((n.any[0] || {}).message || '')).join(' | ')})))`)
}

// W28: axe finds nothing on any page, in any language, light or dark.
func TestAxeFindsNothing(t *testing.T) {
	h := theHub(t)
	t.Parallel()
	script, err := os.ReadFile(filepath.Join(h.modules, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	pages := h.pages(t)
	for _, lang := range []string{"en", "ru", "uk"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p, door := h.tab(t, reader(lang)), h.tab(t, "")
			p.prefer("lang=" + lang + "&theme=light")
			door.prefer("lang=" + lang + "&theme=light")
			for _, path := range pages {
				p.visit(path)
				p.clean(string(script), lang, path)
			}
			door.visit("/signin")
			door.clean(string(script), lang, "/signin")
		})
	}
}

func (p *tab) clean(script, lang, path string) {
	p.Helper()
	for _, v := range p.axe(script, "") {
		p.Errorf("%s %s light: %s: %s: %s", path, lang, v.ID, v.Help, v.Where)
	}
	if got := eval[string](p, "document.documentElement.lang"); got != lang {
		p.Errorf("%s is in %s, not %s", path, got, lang)
	}
	eval[bool](p, "(document.documentElement.dataset.theme = 'dark', true)")
	for _, v := range p.axe(script, "color-contrast") {
		p.Errorf("%s %s dark: %s: %s", path, lang, v.ID, v.Where)
	}
}

// small lists what one aims at that is smaller than 24 by 24, except words in a sentence.
const small = `[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, textarea, [tabindex="0"]')].filter(e => {
	if (e.closest('.hush, [aria-hidden=true], .skip') || e.closest('details:not([open])') && !e.matches('summary') || e.matches('.hush, .skip, [tabindex="-1"]') || !e.getClientRects().length) return false;
	const r = e.getBoundingClientRect(), label = e.closest('label');
	if (getComputedStyle(e).display === 'inline' && e.matches('a')) return false;
	const big = x => x.width >= 23.9 && x.height >= 23.9;
	return !big(r) && !(label && big(label.getBoundingClientRect())) && !(e.closest('td') && e.matches('[type=checkbox]') && big(e.closest('td').getBoundingClientRect()));
}).map(e => { const r = e.getBoundingClientRect(); return e.outerHTML.slice(0, 90) + ' ' + r.width.toFixed(1) + '×' + r.height.toFixed(1) }).slice(0, 8)`

// wide tells what sticks out of a page to the right.
const wide = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')].filter(e => {
	for (let a = e.parentElement; a; a = a.parentElement) if (a.matches('details:not([open])') || /auto|scroll|hidden|clip/.test(getComputedStyle(a).overflowX)) return false;
	return e.getBoundingClientRect().right > innerWidth + 1;
}).map(e => e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right.toFixed(0)).slice(0, 6).concat(['page ' + document.documentElement.scrollWidth])`

// W29: what one aims at is large enough, and no page scrolls sideways, down to 320 pixels.
func TestGeometry(t *testing.T) {
	h := theHub(t)
	t.Parallel()
	p := h.tab(t, "root")
	for _, path := range h.pages(t) {
		p.visit(path)
		for _, width := range []int64{1280, 1024, 768, 320} {
			p.size(width, 900)
			if got := eval[[]string](p, wide); len(got) > 0 {
				t.Errorf("%s at %d scrolls sideways: %s", path, width, strings.Join(got, "; "))
			}
			if got := eval[[]string](p, small); len(got) > 0 {
				t.Errorf("%s at %d has small targets: %s", path, width, strings.Join(got, "; "))
			}
		}
	}
}

// ring tells whether what has the focus shows it, and is not covered.
const ring = `(() => { const e = document.activeElement; if (!e || e === document.body) return '';
	const s = x => { const c = getComputedStyle(x); return c.outlineStyle !== 'none' && parseFloat(c.outlineWidth) >= 2 || c.boxShadow !== 'none' };
	const r = e.getBoundingClientRect(), x = Math.min(Math.max(r.left + r.width / 2, 1), innerWidth - 2), y = Math.min(Math.max(r.top + r.height / 2, 1), innerHeight - 2);
	const name = e.outerHTML.slice(0, 100), hidden = e.matches('.hush');
	const shown = hidden ? [e.parentElement, e.nextElementSibling].some(x => x && s(x)) : s(e);
	if (!shown) return 'no ring: ' + name;
	const top = document.elementFromPoint(x, y), l = e.closest('label');
	if (!hidden && top && !e.contains(top) && !top.contains(e) && !(l && l.contains(top))) return 'covered by ' + top.outerHTML.slice(0, 60) + ': ' + name;
	return '' })()`

// W29: by Tab one always sees where one is.
func TestFocusIsSeen(t *testing.T) {
	h := theHub(t)
	t.Parallel()
	p := h.tab(t, "root")
	p.size(1024, 600)
	for _, path := range h.pages(t) {
		p.visit(path)
		for range 45 {
			p.press("Tab")
			if wrong := eval[string](p, ring); wrong != "" {
				t.Errorf("%s: %s", path, wrong)
				break
			}
			if eval[bool](p, "document.activeElement === document.body") {
				break
			}
		}
	}
}
