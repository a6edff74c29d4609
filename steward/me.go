package steward

import (
	"net/http"
	"net/url"
	"strings"

	"kartoteka/access"
	"kartoteka/phrases"
)

// setPrefs takes one or more preferences and goes back to the page.
func (s *Site) setPrefs(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	q := readPrefs(r).query()
	for _, key := range []string{"lang", "theme", "density", "keys", "shown", "guide"} {
		if r.PostForm.Has(key) {
			q.Set(key, r.PostForm.Get(key))
		}
	}
	p, lang := parsePrefs(q), phrases.Lang("")
	if r.PostForm.Has("lang") {
		lang = p.Lang
	}
	s.keep(w, r, p, lang)
	if r.Header.Get("X-Fragment") != "" { // the script has done it already
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, back(r.PostForm.Get("next")), http.StatusSeeOther)
	return nil
}

// back gives a path of ours; whatever else is asked for leads home.
func back(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, "\\") {
		return "/"
	}
	return next
}

// meBody is the page about oneself.
type meBody struct {
	Keys  []meKey
	Roles []access.Role
	Acts  []access.Act
	Saved bool
	Clash []string // names of commands whose keys are the same
}

type meKey struct {
	Command
	Now string
	Own bool
}

func (s *Site) me(w http.ResponseWriter, r *http.Request) error {
	f := s.frame(r, "me", "steward.me.title")
	return s.show(w, r, http.StatusOK, "me", f, s.meBody(&f, f.Prefs))
}

func (s *Site) meBody(f *frame, p prefs) meBody {
	b := meBody{Roles: f.Who.Roles}
	for i := range commands {
		c := &commands[i]
		b.Keys = append(b.Keys, meKey{*c, p.keysFor(c), p.keysFor(c) != c.Keys})
	}
	for _, act := range access.Acts() {
		if s.options.Policy.Can(f.Who, act) {
			b.Acts = append(b.Acts, act)
		}
	}
	return b
}

// setKeys takes a person's keys; keys that collide are refused and shown.
func (s *Site) setKeys(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	p := readPrefs(r)
	p.Keys = map[string]string{}
	for i := range commands {
		chord := strings.Join(strings.Fields(r.PostForm.Get(commands[i].ID)), " ")
		if chord != "" && validChord(strings.ReplaceAll(chord, " ", "~")) && r.PostForm.Get("reset") == "" {
			p.Keys[commands[i].ID] = chord
		}
	}
	f := s.frame(r, "me", "steward.me.title")
	if clash := collisions(p.keysFor); len(clash) > 0 {
		body := s.meBody(&f, p)
		for _, c := range clash {
			body.Clash = append(body.Clash, clashText(f.Lang, c))
		}
		return s.show(w, r, http.StatusUnprocessableEntity, "me", f, body)
	}
	s.keep(w, r, p, "")
	http.Redirect(w, r, "/me", http.StatusSeeOther)
	return nil
}

func clashText(l phrases.Lang, c collision) string {
	return l.Sentence("steward.me.clash", strings.Join(KeyNames(c.Keys), " "), l.Sentence(commandByID(c.A).Label), l.Sentence(commandByID(c.B).Label))
}
