package steward

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"kartoteka/access"
	"kartoteka/phrases"
)

// renderer holds the pages by language.
type renderer struct {
	pages map[phrases.Lang]map[string]*template.Template
}

// newRenderer parses templates/page.html together with layout.html and the files of parts.
func newRenderer(a *assets) (*renderer, error) {
	out := &renderer{pages: map[phrases.Lang]map[string]*template.Template{}}
	list, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, l := range append(phrases.Langs(), phrases.Pseudo) {
		base, err := template.New("").Funcs(functions(l, a)).ParseFS(files, "templates/layout.html", "templates/part_*.html")
		if err != nil {
			return nil, err
		}
		out.pages[l] = map[string]*template.Template{}
		for _, file := range list {
			name := strings.TrimSuffix(path.Base(file), ".html")
			if name == "layout" || strings.HasPrefix(name, "part_") {
				continue
			}
			page, err := template.Must(base.Clone()).ParseFS(files, file)
			if err != nil {
				return nil, err
			}
			out.pages[l][name] = page
		}
	}
	return out, nil
}

// page is what a template is given.
type page struct {
	frame
	Body any
}

// frame is what every page has around its body.
type frame struct {
	Lang    phrases.Lang
	Prefs   prefs
	Path    string // with its query: where a switch comes back to
	Title   string // spoken
	Section string // of the navigation
	Scope   string // of keys
	Nav     []navItem
	Who     *access.Subject
	SignOut bool
	Kept    bool // preferences are kept with an account
	Version string
	Plain   bool // no navigation: sign-in, setup
	KeyMap  string
	Undo    *undo
}

// undo is what can be taken back.
type undo struct {
	Operation int64
	Proposal  int64 // of an answer that waits
	Awaits    bool  // for another person
	Task      int64
	Word      string // what was said
	verdict   string
	Seconds   int // left, in which nothing has left the hub; 0: it has
}

type navItem struct {
	URL, Label, Section string
	Act                 access.Act
}

var navigation = []navItem{
	{"/tasks", "steward.nav.tasks", "tasks", access.ReadTasks},
	{"/proposals", "steward.nav.proposals", "proposals", access.Approve},
	{"/customers", "steward.nav.customers", "customers", access.Search},
	{"/sources", "steward.nav.sources", "sources", access.ReadSources},
	{"/rejects", "steward.nav.rejects", "rejects", access.ReadRejects},
	{"/quality", "steward.nav.quality", "quality", access.ReadStats},
	{"/settings", "steward.nav.settings", "settings", access.ReadSettings},
	{"/audit", "steward.nav.audit", "audit", access.ReadAudit},
}

// frame fills what is around a body.
func (s *Site) frame(r *http.Request, section, title string) frame {
	p := readPrefs(r)
	f := frame{Prefs: p, Lang: langOf(r, p), Path: r.URL.RequestURI(), Section: section, Who: access.From(r.Context()), SignOut: s.options.SignOut, Kept: s.options.People != nil && access.From(r.Context()).Via == access.ViaSession, Version: s.options.Version}
	if r.Method != http.MethodGet {
		f.Path = "/"
	}
	if s.bend != nil {
		s.bend(&f)
	}
	f.Title = f.say(title)
	for _, n := range navigation {
		if s.options.Policy.Can(f.Who, n.Act) {
			f.Nav = append(f.Nav, n)
		}
	}
	return f
}

// say is a phrase in the page's language.
func (f *frame) say(key string, args ...any) string { return f.Lang.Sentence(key, args...) }

// show writes a page, or the part of it that the script asks for with X-Fragment.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, name string, f frame, body any) error {
	f.KeyMap = keyMap(f.Prefs, f.Scope)
	t := s.render.pages[f.Lang][name]
	if t == nil {
		return fmt.Errorf("no page %s in %s", name, f.Lang)
	}
	s.copied(w, r, f.Prefs)
	part := "layout"
	if r.Header.Get("X-Fragment") != "" {
		part = "fragment"
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, page{f, body}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("Vary", "X-Fragment, Cookie, Accept-Language")
	w.WriteHeader(status)
	_, err := b.WriteTo(w)
	return err
}
