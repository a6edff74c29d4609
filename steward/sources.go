package steward

import (
	"math"
	"net/http"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
)

// sourcesBody is the page of the sources.
type sourcesBody struct {
	Sources []desk.Source
}

func (s *Site) loads() (Loads, error) {
	if l, is := s.options.Desk.(Loads); is {
		return l, nil
	}
	return nil, customer.ErrUnknown
}

func (s *Site) sources(w http.ResponseWriter, r *http.Request) error {
	l, err := s.loads()
	if err != nil {
		return err
	}
	var b sourcesBody
	if b.Sources, err = l.Sources(r.Context()); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "sources", s.frame(r, "sources", "steward.nav.sources"), b)
}

// sourceBody is the page of one source with its readings.
type sourceBody struct {
	*desk.Source
	Runs          *desk.Runs
	Columns       []desk.ReadColumn
	Before, After string
	MayRejects    bool
}

func (s *Site) source(w http.ResponseWriter, r *http.Request) error {
	l, err := s.loads()
	if err != nil {
		return err
	}
	name, q := customer.Source(r.PathValue("name")), r.URL.Query()
	f := s.frame(r, "sources", "steward.nav.sources")
	b := sourceBody{MayRejects: s.options.Policy.Can(f.Who, access.ReadRejects)}
	if b.Source, err = l.Source(r.Context(), name); err != nil {
		return err
	}
	if b.Runs, err = l.Runs(r.Context(), name, q.Get("after"), 30); err != nil {
		return err
	}
	b.After, b.Before = turns(q, b.Runs.Next)
	if b.Columns, err = l.Understood(r.Context(), b.Source); err != nil {
		return err
	}
	f.Title = string(name)
	return s.show(w, r, http.StatusOK, "source", f, b)
}

// runBody is the page of one reading.
type runBody struct {
	*desk.Reading
	Running    bool
	Took       string
	MayRejects bool
}

func (s *Site) run(w http.ResponseWriter, r *http.Request) error {
	l, err := s.loads()
	if err != nil {
		return err
	}
	id, err := taskID(r)
	if err != nil {
		return err
	}
	f := s.frame(r, "sources", "steward.nav.sources")
	b := runBody{MayRejects: s.options.Policy.Can(f.Who, access.ReadRejects)}
	if b.Reading, err = l.Run(r.Context(), id); err != nil {
		return err
	}
	end := s.options.Now()
	if b.Finished != nil {
		end = *b.Finished
	}
	b.Running, b.Took = b.State == "running", took(f.Lang, end.Sub(b.Started))
	f.Title = f.say("steward.run.title", id)
	return s.show(w, r, http.StatusOK, "run", f, b)
}

// took is how long something lasted.
func took(l phrases.Lang, d time.Duration) string {
	if d < time.Minute {
		return l.Sentence("steward.run.seconds", math.Round(d.Seconds()*10)/10)
	}
	return l.Sentence("steward.run.minutes", int64(d.Minutes()), int64(d.Seconds())%60)
}

// rejectsBody is the page of what could not become records.
type rejectsBody struct {
	*desk.Rejects
	Source, Code  string
	Run           int64
	All           bool
	Before, After string
	MayReplay     bool
	MayReveal     bool
	Filtered      bool
}

func (s *Site) rejects(w http.ResponseWriter, r *http.Request) error {
	l, err := s.loads()
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f := s.frame(r, "rejects", "steward.nav.rejects")
	f.Scope = scopeList
	b := rejectsBody{Source: q.Get("source"), Code: q.Get("code"), Run: number(q.Get("run")), All: q.Get("all") != "", MayReplay: s.options.Policy.Can(f.Who, access.ReplayRejects)}
	b.Filtered = b.Source != "" || b.Code != "" || b.Run > 0
	if b.Rejects, err = l.Rejects(r.Context(), desk.RejectFilter{Source: customer.Source(b.Source), Run: b.Run, Code: b.Code, Open: !b.All, Limit: 50}, q.Get("after")); err != nil {
		return err
	}
	b.After, b.Before = turns(q, b.Next)
	return s.show(w, r, http.StatusOK, "rejects", f, b)
}

// rejectBody is one reject, to be mended and sent again.
type rejectBody struct {
	*desk.Reject
	MayReplay, MayReveal bool
	Received             *desk.Received
	Wrong                string
}

func (s *Site) reject(w http.ResponseWriter, r *http.Request) error {
	return s.showReject(w, r, http.StatusOK, rejectBody{}, r.FormValue("reason"))
}

func (s *Site) showReject(w http.ResponseWriter, r *http.Request, status int, b rejectBody, reason string) error {
	l, err := s.loads()
	if err != nil {
		return err
	}
	id, err := taskID(r)
	if err != nil {
		return err
	}
	f := s.frame(r, "rejects", "steward.nav.rejects")
	b.MayReplay, b.MayReveal = s.options.Policy.Can(f.Who, access.ReplayRejects), s.options.Policy.Can(f.Who, access.Reveal)
	if b.Reject, err = l.Reject(r.Context(), id, reason); err != nil {
		return err
	}
	f.Path = "/rejects/" + text(id)
	return s.show(w, r, status, "reject", f, b)
}

// replay sends a mended row again.
func (s *Site) replay(w http.ResponseWriter, r *http.Request) error {
	l, err := s.loads()
	if err != nil {
		return err
	}
	id, err := taskID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	var cells []desk.Cell
	names, texts := r.PostForm["column"], r.PostForm["text"]
	for i := range min(len(names), len(texts)) {
		cells = append(cells, desk.Cell{Column: strings.TrimSpace(names[i]), Text: texts[i]})
	}
	done, err := l.Replay(r.Context(), id, cells)
	if err != nil {
		if status, _ := failure(err); status == http.StatusBadRequest || status == http.StatusUnprocessableEntity {
			return s.showReject(w, r, status, rejectBody{Wrong: wrong(langOf(r, readPrefs(r)), err)}, r.PostForm.Get("reason"))
		}
		return err
	}
	return s.showReject(w, r, http.StatusOK, rejectBody{Received: done}, r.PostForm.Get("reason"))
}
