package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what should come at once: machines of tests are busy.
const patience = 20 * time.Second

// tab is a person at a browser of their own.
type tab struct {
	testing.TB
	hub *hub
	ctx context.Context
	who string
}

// tab opens a browser window of a person with a session; "" has none. Pages are as delivered, in English.
func (h *hub) tab(t testing.TB, who string) *tab {
	t.Helper()
	p := h.window(t, who)
	p.prefer("lang=en&theme=light")
	return p
}

// window opens a browser window that knows nothing of what its person prefers.
func (h *hub) window(t testing.TB, who string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(h.browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &tab{TB: t, hub: h, ctx: ctx, who: who}
	p.size(1280, 900)
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: leaving}); err != nil {
		t.Fatal(err)
	}
	if who != "" {
		p.cookie(sessionCookie, h.people[who].Value, true)
	}
	return p
}

func (p *tab) cookie(name, value string, secure bool) {
	p.Helper()
	params := network.SetCookieParams{Name: name, Value: value, URL: strings.Replace(p.hub.address, "http:", "https:", 1) + "/", Path: "/"}
	if secure {
		params.Secure, params.HTTPOnly = new(true), new(true)
	} else {
		params.URL = p.hub.address + "/"
	}
	if _, err := chromedp.Call(p.ctx, network.SetCookie, params); err != nil {
		p.Fatal(err)
	}
}

// prefer sets language, theme and the like, as the menu does: in the browser, and with the account of
// who is signed in. What is not named is as delivered.
func (p *tab) prefer(text string) {
	p.Helper()
	p.cookie("kartoteka_prefs", strings.NewReplacer("=", "%3D", "&", "%26").Replace(text), false)
	if p.who != "" {
		p.hub.prefer(p, p.who, text)
	}
}

func (p *tab) size(width, height int64) {
	p.Helper()
	if err := chromedp.Do(p.ctx, chromedp.EmulateViewport(width, height)); err != nil {
		p.Fatal(err)
	}
}

// media sets a feature like prefers-color-scheme.
func (p *tab) media(name, value string) {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: name, Value: value}}}); err != nil {
		p.Fatal(err)
	}
}

// visit opens a path and returns the status.
func (p *tab) visit(path string) int {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 3*patience)
	defer cancel()
	r, err := chromedp.Run(ctx, chromedp.NavigateResponse(p.hub.address+path))
	if err != nil {
		p.Fatalf("%s: %v", path, err)
	}
	p.wait("document.readyState === 'complete'")
	return int(r.Status)
}

// eval evaluates a script.
func eval[T any](p *tab, script string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%.200s: %v", script, err)
	}
	return v
}

// wait waits until a script is true. A page that goes away in the meantime is no failure.
func (p *tab) wait(script string) {
	p.Helper()
	if !p.becomes(script, patience) {
		p.Fatalf("%s waits in vain for %s at %s:\n%.1500s", p.who, script, p.url(), p.text("body"))
	}
}

func (p *tab) becomes(script string, within time.Duration) bool {
	for deadline := time.Now().Add(within); ; time.Sleep(15 * time.Millisecond) {
		ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!("+script+")"))
		if err == nil && ok {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// sees waits for an element that is shown.
func (p *tab) sees(selector string) {
	p.Helper()
	p.wait(fmt.Sprintf("(e => e && e.getClientRects().length)(document.querySelector(%s))", quote(selector)))
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func (p *tab) text(selector string) string {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf("(e => e ? e.innerText : '')(document.querySelector(%s))", quote(selector))))
	if err != nil {
		return err.Error()
	}
	return v
}

func (p *tab) count(selector string) int {
	p.Helper()
	return eval[int](p, fmt.Sprintf("document.querySelectorAll(%s).length", quote(selector)))
}

func (p *tab) url() string {
	v, err := chromedp.Run(p.ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(v, p.hub.address)
}

// write types a text where the focus is, as an input method does.
func (p *tab) write(text string) {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		p.Fatal(err)
	}
}

// fill focuses a field that is shown and types into it.
func (p *tab) fill(selector, text string) {
	p.Helper()
	p.wait(fmt.Sprintf("(e => e && e.getClientRects().length && (e.focus(), e.select && e.select(), document.activeElement === e))(document.querySelector(%s))", quote(selector)))
	p.write(text)
}

// click clicks what is shown, by script: a real click, but without a mouse that must find the place. If it
// leads to another page, that page is there afterwards: a field of the same name on the old one is none.
func (p *tab) click(selector string) {
	p.Helper()
	p.wait(fmt.Sprintf("(e => e && e.getClientRects().length && (e.click(), true))(document.querySelector(%s))", quote(selector)))
	p.arrives()
}

// leaving is set by a page from the moment on at which it is to be another one. Whether a form is sent by
// the page itself is known after all have heard of it.
const leaving = `addEventListener('submit', e => { window.leaving = true; setTimeout(() => { if (e.defaultPrevented || e.target.method === 'dialog') window.leaving = false }) });
navigation.addEventListener('navigate', e => { if (!e.destination.sameDocument && e.downloadRequest === null) window.leaving = true })`

// arrives waits for the page that a click or a key leads to, if it leads to one.
func (p *tab) arrives() {
	p.Helper()
	p.wait("!window.leaving && document.readyState === 'complete'")
}

// ask asks the API as a person's page does.
func (h *hub) ask(t testing.TB, who, method, path, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, h.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if who != "" {
		r.AddCookie(h.people[who])
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// get asks the API and decodes what it says.
func (h *hub) get(t testing.TB, who, path string, into any) {
	t.Helper()
	status, text := h.ask(t, who, http.MethodGet, path, "")
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, status, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%s: %v: %.300s", path, err, text)
	}
}

func (h *hub) prefer(t testing.TB, who, text string) {
	t.Helper()
	form, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"theme", "density", "shown", "guide", "keys"} {
		if !form.Has(key) {
			form.Set(key, "")
		}
	}
	status, said := h.ask(t, who, http.MethodPost, "/me/prefs", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "X-Fragment", "prefs", "X-Hub-CSRF", "1")
	if status != http.StatusNoContent {
		t.Fatalf("%s: %d %.300s", text, status, said)
	}
}

// reader is who reads the pages in a language with all rights: several tabs of one person are in one language.
func reader(lang string) string {
	return map[string]string{"en": "root", "ru": "rita", "uk": "uma"}[lang]
}
