package steward

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/phrases"
	"kartoteka/steward/stewardtest"
)

// visitor is a person who looks at pages.
type visitor struct {
	*testing.T
	desk *stewardtest.Desk
	site *Site
	who  *access.Subject
	lang string
}

func visit(t *testing.T) *visitor {
	t.Helper()
	d := stewardtest.New()
	site, err := New(Options{Desk: d, Now: func() time.Time { return stewardtest.Moment }, SignOut: true, People: stewardtest.People{}, Audit: stewardtest.People{}})
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, d, site, &access.Subject{ID: "local:anna", Name: "Анна", Roles: access.Roles(), Via: access.ViaSession}, "ru"}
}

func (v *visitor) do(method, path string, form url.Values, head ...string) (*http.Response, string) {
	v.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", v.lang)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	v.site.Handler().ServeHTTP(w, r.WithContext(access.With(context.Background(), v.who)))
	body, _ := io.ReadAll(w.Body)
	return w.Result(), string(body)
}

func (v *visitor) get(path string) string {
	v.Helper()
	r, body := v.do(http.MethodGet, path, nil)
	if r.StatusCode != http.StatusOK {
		v.Fatalf("%s: %d\n%s", path, r.StatusCode, body)
	}
	return body
}

func (v *visitor) has(body string, want ...string) {
	v.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			v.Errorf("%q is not on the page", w)
		}
	}
}

// everyPage are the pages that anybody with all roles reaches.
func everyPage() []string {
	card := "/customers/" + stewardtest.Anna.String()
	return append(rulePages(), []string{"/tasks/bulk?kind=possible_match", "/sources", "/sources/crm", "/rejects", "/rejects/4", "/quality", "/settings", "/proposals", "/proposals/6", "/settings/users", "/settings/tokens", "/audit", "/audit?of=views", "/customers", "/customers?q=x", card, card + "?at=2026-01-02", card + "/records", card + "/history", card + "/feed", card + "?at=2026-11-20T10:00:00.5Z", card + "/cluster", "/customers/" + stewardtest.Gone.String(), "/tasks", "/tasks?kind=held_join", "/tasks?state=obsolete", "/tasks/17", "/tasks/18", "/tasks/19", "/tasks/20", "/tasks/21", "/me", "/nowhere"}...)
}

func TestKeysDoNotCollide(t *testing.T) {
	if c := collisions(func(c *Command) string { return c.Keys }); len(c) > 0 {
		t.Errorf("%+v", c)
	}
	for _, c := range Commands() {
		if !validChord(strings.ReplaceAll(c.Keys, " ", "~")) || !phrases.En.Has(c.Label) {
			t.Errorf("%+v", c)
		}
	}
}

func TestHelpListsEveryKey(t *testing.T) {
	v := visit(t)
	for _, l := range phrases.Langs() {
		v.lang = string(l)
		body := v.get("/tasks")
		for _, c := range Commands() {
			v.has(body, `data-id="`+c.ID+`"`, l.Sentence(c.Label))
		}
	}
}

func TestKeysAreRemappedAndRefusedWhenTheyCollide(t *testing.T) {
	v := visit(t)
	r, _ := v.do("POST", "/me/keys", url.Values{"task.same": {"KeyY"}})
	cookie := r.Header.Get("Set-Cookie")
	if r.StatusCode != http.StatusSeeOther || !strings.Contains(cookie, "KeyY") {
		t.Fatalf("%d %s", r.StatusCode, cookie)
	}
	_, body := v.do("GET", "/tasks/17", nil, "Cookie", strings.SplitN(cookie, ";", 2)[0])
	v.has(body, `&#34;task.same&#34;,&#34;keys&#34;:&#34;KeyY&#34;`)
	if r, body := v.do("POST", "/me/keys", url.Values{"task.same": {"KeyG"}}); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%d", r.StatusCode)
	} else {
		v.has(body, "role=\"alert\"")
	}
}

func TestPreferencesStayOnThePage(t *testing.T) {
	v := visit(t)
	r, _ := v.do("POST", "/me/prefs", url.Values{"lang": {"uk"}, "next": {"/tasks/17"}})
	if r.Header.Get("Location") != "/tasks/17" {
		t.Errorf("went to %s", r.Header.Get("Location"))
	}
	_, body := v.do("GET", "/tasks/17", nil, "Cookie", strings.SplitN(r.Header.Get("Set-Cookie"), ";", 2)[0])
	v.has(body, `<html lang="uk"`)
	for _, bad := range []string{"https://example.com/", "//example.com", "/\\example.com", "javascript:x"} {
		if r, _ := v.do("POST", "/me/prefs", url.Values{"next": {bad}}); r.Header.Get("Location") != "/" {
			t.Errorf("%s leads to %s", bad, r.Header.Get("Location"))
		}
	}
}

// TestEveryTextIsTranslated writes pages in a language in which every text of ours is bracketed, and
// looks for letters outside of brackets, values aside.
func TestEveryTextIsTranslated(t *testing.T) {
	v := visit(t)
	tags := regexp.MustCompile(`(?s)<(script|style|svg|bdi|kbd|time|code|dialog|textarea)\b.*?</(script|style|svg|bdi|kbd|time|code|dialog|textarea)>|<span class="code">.*?</span>|<span class="lat".*?</span>|<span class="num".*?</span>|⟦[^⟦⟧]*⟧|<[^>]*>`)
	letters := regexp.MustCompile(`[A-Za-zА-Яа-я]{3,}`)
	for _, path := range everyPage() {
		f := func(f *frame) { f.Lang = phrases.Pseudo }
		v.site.bend = f
		_, body := v.do("GET", path, nil)
		v.site.bend = nil
		body = body[strings.Index(body, "<main"):strings.Index(body, "</main>")]
		for range 4 { // brackets within brackets
			body = tags.ReplaceAllString(body, " ")
		}
		for _, word := range strings.Fields(body) {
			if letters.MatchString(word) && !slices.Contains([]string{"Анна", "Олег", "crm", "billing", "shop", "desk", "desk,", "crm,"}, strings.Trim(word, ",.()")) {
				t.Errorf("%s: %q is not from a catalog", path, word)
			}
		}
	}
}

// TestNothingComesFromElsewhere holds pages to their own policy: no inline code or style, no other host.
func TestNothingComesFromElsewhere(t *testing.T) {
	v := visit(t)
	bad := regexp.MustCompile(`(?i)\son\w+=|\sstyle=|<style|<script>|(src|href|action)="(https?:)?//`)
	for _, path := range everyPage() {
		r, body := v.do("GET", path, nil)
		if found := bad.FindString(body); found != "" {
			t.Errorf("%s has %q", path, found)
		}
		if !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s has no policy", path)
		}
		if len(body) > 150<<10 {
			t.Errorf("%s weighs %d", path, len(body))
		}
	}
}

func TestPagesOfEveryLanguage(t *testing.T) {
	v := visit(t)
	for _, l := range phrases.Langs() {
		v.lang = string(l)
		for _, path := range everyPage() {
			_, body := v.do("GET", path, nil)
			v.has(body, `<html lang="`+string(l)+`"`)
			if strings.Contains(body, "steward.") && regexp.MustCompile(`>[^<]*steward\.[a-z]`).MatchString(body) {
				t.Errorf("%s in %s shows a key", path, l)
			}
		}
	}
}

func TestRowsSayTheirStateInWords(t *testing.T) {
	v := visit(t)
	body := v.get("/tasks/17")
	v.has(body, "≠</span> различается", "=</span> совпадает", "≈</span> совпадает, есть пробел", "похожая буква другого алфавита", "U&#43;0041", "день и месяц переставлены")
}

func TestPoisonDoesNoHarm(t *testing.T) {
	long := strings.Repeat("Я", 5<<20)
	for _, poison := range []string{"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "=HYPERLINK(\"http://x\")", "\u202eanna\u202c", long, "\xff\xfe", "", "{{.}}", "a\x00b"} {
		v := visit(t)
		task := v.desk.Tasks[0]
		task.Customers[0].Values[0].Value = poison
		task.Sides[0].Document.Attributes["name"][0].Value = poison
		task.Rows[0].Sides[0][0].Value = poison
		task.Sides[1].Records[0].Values[0].Raw, task.Sides[1].Records[0].Key = poison, poison
		task.Why.Pair.Comparisons[0].Steps[0].Left = poison
		v.desk.Found[0].Values[0].Value = poison
		for _, path := range everyPage() {
			r, body := v.do("GET", path, nil)
			if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") || len(body) > 400<<10 || r.StatusCode >= 500 {
				t.Errorf("%.20q does harm at %s (%d, %d bytes)", poison, path, r.StatusCode, len(body))
			}
			if path == "/tasks" && strings.Count(body, "data-test=\"task-") < 4 {
				t.Errorf("%.20q hides rows", poison)
			}
		}
	}
}

func TestWhoMayNotAnswerSeesNoButtons(t *testing.T) {
	v := visit(t)
	v.who = &access.Subject{ID: "local:vera", Roles: []access.Role{access.Auditor}}
	body := v.get("/tasks/17")
	if strings.Contains(body, `data-test="same"`) || strings.Contains(body, "data-answerable") {
		t.Error("buttons are shown")
	}
}

// W33: each list says why there is nothing and what to do, in each of its states; that of loading stands
// ready beside every page.
func TestListsHaveTheirStates(t *testing.T) {
	status := map[string]int{"error": http.StatusInternalServerError, "forbidden": http.StatusForbidden}
	v := visit(t)
	for _, s := range stewardtest.States() {
		t.Run(s.List+"/"+s.Name, func(t *testing.T) {
			v.T, v.site.options.Desk = t, s.Desk
			r, body := v.do("GET", s.Path, nil)
			if want := max(status[s.Name], http.StatusOK); r.StatusCode != want || strings.Contains(body, "EOF") {
				t.Errorf("%d, not %d", r.StatusCode, want)
			}
			v.has(body, `data-test="state-`+s.Name+`"`, `<template id="waiting"><div class="skeleton"`, `data-test="top"`)
			if s.Name == "error" {
				v.has(body, `href="`+strings.ReplaceAll(s.Path, "&", "&amp;")+`"`) // to try again
			}
		})
	}
}

func TestAssetsAreAddressedByContent(t *testing.T) {
	v := visit(t)
	body := v.get("/tasks")
	for _, url := range regexp.MustCompile(`/assets/[^"]+`).FindAllString(body, -1) {
		if r, _ := v.do("GET", url, nil); r.StatusCode != http.StatusOK || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %s", url, r.StatusCode, r.Header.Get("Cache-Control"))
		}
	}
	if r, _ := v.do("GET", "/assets/steward.css", nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("%d", r.StatusCode)
	}
}

func TestSignInShowsWhatItWasGiven(t *testing.T) {
	v := visit(t)
	w := httptest.NewRecorder()
	v.site.SignIn(w, httptest.NewRequest("GET", "/signin", nil), SignForm{Local: true, Login: "anna", Next: "/tasks/17", ErrorKey: "steward.error.limit", Provider: "Corporate", ProviderURL: "/signin/oidc"})
	v.has(w.Body.String(), `value="anna"`, `value="/tasks/17"`, "Sign in with Corporate", `role="alert"`)
	w = httptest.NewRecorder()
	v.site.Setup(w, httptest.NewRequest("GET", "/setup", nil), SignForm{Token: "t0", Min: 12})
	v.has(w.Body.String(), `value="t0"`, `minlength="12"`)
}
