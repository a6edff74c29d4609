package steward

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"kartoteka/access"
	"kartoteka/phrases"
)

// prefsCookie keeps how a person likes the pages before anybody signs in, and a copy of what the
// account keeps afterwards; it holds nothing about anybody, and the script writes it too.
const prefsCookie = "kartoteka_prefs"

// prefs are a person's preferences.
type prefs struct {
	Lang    phrases.Lang // "" as the browser asks
	Theme   string       // light, dark, "" as the system has it
	Density string       // compact or ""
	KeysOff bool         // single keys do nothing
	Keys    map[string]string
	Guided  bool     // the first steps were shown
	Shown   []string // switches of the task page that are on
}

// switches of the task page.
// Blind hides the weights, all shows the source records.
var switches = []string{"only", "raw", "latin", "blind", "all"}

// readPrefs takes what the account keeps; of who has none, or has not chosen anything yet, what the browser does.
func readPrefs(r *http.Request) prefs {
	who, text := access.From(r.Context()), prefsOfCookie(r)
	if who.Prefs != "" && !unsent(text, who) {
		text = who.Prefs
	}
	q, err := url.ParseQuery(text)
	if err != nil {
		return prefs{}
	}
	return parsePrefs(q)
}

// unsent tells that the browser's copy has choices of the person that the account has not heard of yet: a
// page was left before they were sent.
func unsent(text string, who *access.Subject) bool {
	q, err := url.ParseQuery(text)
	return err == nil && who.ID != "" && q.Get("new") == who.ID
}

func prefsOfCookie(r *http.Request) string {
	c, err := r.Cookie(prefsCookie)
	if err != nil {
		return ""
	}
	text, err := url.QueryUnescape(c.Value)
	if err != nil {
		return ""
	}
	return text
}

// parsePrefs takes what it knows and drops the rest.
func parsePrefs(q url.Values) prefs {
	p := prefs{Theme: one(q.Get("theme"), "light", "dark"), Density: one(q.Get("density"), "compact"), KeysOff: q.Get("keys") == "off", Guided: q.Get("guide") == "off"}
	p.Lang = phrases.Lang(one(q.Get("lang"), "en", "ru", "uk"))
	for _, s := range switches {
		if slices.Contains(strings.Split(q.Get("shown"), " "), s) {
			p.Shown = append(p.Shown, s)
		}
	}
	p.Keys = map[string]string{}
	for pair := range strings.FieldsSeq(q.Get("map")) {
		if id, chord, ok := strings.Cut(pair, ":"); ok && commandByID(id) != nil && validChord(chord) {
			p.Keys[id] = strings.ReplaceAll(chord, "~", " ")
		}
	}
	return p
}

func one(text string, allowed ...string) string {
	if slices.Contains(allowed, text) {
		return text
	}
	return ""
}

// query is the preferences as the cookie has them.
func (p prefs) query() url.Values {
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	set("lang", string(p.Lang))
	set("theme", p.Theme)
	set("density", p.Density)
	set("shown", strings.Join(p.Shown, " "))
	if p.KeysOff {
		q.Set("keys", "off")
	}
	if p.Guided {
		q.Set("guide", "off")
	}
	var pairs []string
	for i := range commands {
		if chord := p.Keys[commands[i].ID]; chord != "" && chord != commands[i].Keys {
			pairs = append(pairs, commands[i].ID+":"+strings.ReplaceAll(chord, " ", "~"))
		}
	}
	set("map", strings.Join(pairs, " "))
	return q
}

func (p prefs) write(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: prefsCookie, Value: url.QueryEscape(p.query().Encode()), Path: "/", MaxAge: 365 * 24 * 3600,
		SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
}

// keep keeps preferences with the account, if somebody is signed in, and in the browser.
func (s *Site) keep(w http.ResponseWriter, r *http.Request, p prefs, lang phrases.Lang) {
	if r.Header.Get("X-Fragment") == "" { // the script's copy may be newer than what it has sent
		p.write(w, r)
	}
	who := access.From(r.Context())
	if s.options.People == nil || who.Via != access.ViaSession {
		return
	}
	who.Prefs = p.query().Encode() // for the rest of this request
	if err := s.options.People.Prefer(r.Context(), string(lang), who.Prefs); err != nil {
		s.options.Logger.Warn("preferences are not kept", "error", err)
	}
}

// copied brings the browser's copy of what the account keeps up to date, when a whole page is shown:
// the script reads it.
func (s *Site) copied(w http.ResponseWriter, r *http.Request, p prefs) {
	if r.Method == http.MethodGet && unsent(prefsOfCookie(r), access.From(r.Context())) {
		s.keep(w, r, p, "")
		return
	}
	if access.From(r.Context()).Prefs != "" && r.Method == http.MethodGet && r.Header.Get("X-Fragment") == "" && prefsOfCookie(r) != p.query().Encode() {
		p.write(w, r)
	}
}

// on reports whether a switch of the task page is on.
func (p prefs) on(name string) bool { return slices.Contains(p.Shown, name) }

// langOf is the language of a page: as chosen, as the account says, as the browser asks.
func langOf(r *http.Request, p prefs) phrases.Lang {
	if p.Lang != "" {
		return p.Lang
	}
	if l := access.From(r.Context()).Lang; slices.Contains(phrases.Langs(), phrases.Lang(l)) {
		return phrases.Lang(l)
	}
	return phrases.Match(r.Header.Get("Accept-Language"))
}
