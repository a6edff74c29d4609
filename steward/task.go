package steward

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
)

// taskOptions are what is shown beside a question.
type taskOptions struct {
	undo  *undo
	stale *desk.Stale // an answer was refused because of it
	said  *said       // what was answered
	wrong string      // phrase of what went wrong
	about string      // the hub's words about it
}

// said is an answer that was not carried out: it is shown again, so that nothing is lost.
type said struct {
	Verdict, Reason string
	Picks           []desk.Pick
}

func (s *Site) task(w http.ResponseWriter, r *http.Request) error {
	id, err := taskID(r)
	if err != nil {
		return err
	}
	t, err := s.options.Desk.Task(r.Context(), id)
	if err != nil {
		return err
	}
	return s.showTask(w, r, http.StatusOK, t, taskOptions{})
}

func taskID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, customer.ErrUnknown
	}
	return id, nil
}

func (s *Site) showTask(w http.ResponseWriter, r *http.Request, status int, t *desk.Task, o taskOptions) error {
	f := s.frame(r, "tasks", "steward.task.title")
	f.Title = f.say("steward.task.title", t.ID)
	f.Path, f.Scope = "/tasks/"+strconv.FormatInt(t.ID, 10), scopeTask
	if f.Undo = o.undo; f.Undo == nil {
		f.Undo = s.undoOf(r, &f)
	}
	b := s.taskBody(&f, t, o)
	var err error
	if b.Assignment, err = s.assignment(r, &f, t); err != nil {
		return err
	}
	return s.show(w, r, status, "task", f, b)
}

// approves tells what the verdict of a key means for a kind of question: one customer is a yes to a
// join and a no to a split.
func approves(kind customer.TaskKind, verdict string) bool {
	same := verdict == verdictSame
	switch kind {
	case customer.TaskOverMerge, customer.TaskHeldSplit, customer.TaskKeyReuse:
		return !same
	}
	return same
}

// The verdicts of the first two keys.
const (
	verdictSame      = "same"
	verdictDifferent = "different"
)

// answer takes a person's verdict and goes on to the next question.
func (s *Site) answer(w http.ResponseWriter, r *http.Request) error {
	id, err := taskID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	form := r.PostForm
	switch verdict := form.Get("verdict"); verdict {
	case "skip":
		return s.skip(w, r, id)
	case verdictSame, verdictDifferent:
		return s.decide(w, r, id, said{verdict, form.Get("reason"), picks(form)})
	}
	t, err := s.options.Desk.Task(r.Context(), id)
	if err != nil {
		return err
	}
	return s.showTask(w, r, http.StatusBadRequest, t, taskOptions{wrong: "steward.task.choose", said: &said{Reason: form.Get("reason"), Picks: picks(form)}})
}

// picks are the values that were chosen: pick.ATTRIBUTE=VALUE; one that was typed outweighs one that
// was chosen.
func picks(form url.Values) (out []desk.Pick) {
	for key, values := range form {
		name, is := strings.CutPrefix(key, "pick.")
		if !is || len(values) == 0 || values[0] == "" {
			continue
		}
		value := values[0]
		if typed := strings.TrimSpace(form.Get("edit." + name)); typed != "" {
			value = typed
		}
		out = append(out, desk.Pick{Attribute: name, Value: value})
	}
	for key, values := range form {
		if name, is := strings.CutPrefix(key, "edit."); is && form.Get("pick."+name) == "" && strings.TrimSpace(values[0]) != "" {
			out = append(out, desk.Pick{Attribute: name, Value: strings.TrimSpace(values[0])})
		}
	}
	return out
}

func (s *Site) decide(w http.ResponseWriter, r *http.Request, id int64, what said) error {
	ctx, form := r.Context(), r.PostForm
	kind := customer.TaskKind(form.Get("kind"))
	v := desk.Verdict{Approve: approves(kind, what.Verdict), Reason: what.Reason, Request: form.Get("request"), Version: form.Get("version"), Pins: what.Picks}
	done, err := s.options.Desk.Answer(ctx, id, v)
	if err != nil {
		return s.refused(w, r, id, what, err)
	}
	f := s.frame(r, "tasks", "steward.tasks.title")
	if !f.Prefs.Guided { // whoever has answered knows how
		f.Prefs.Guided = true
		s.keep(w, r, f.Prefs, "")
	}
	u := s.undoFor(&f, id, what.Verdict, done)
	if r.Header.Get("X-Fragment") == "undo" { // the script has the next question already
		f.Undo = u
		return s.show(w, r, http.StatusOK, "undo", f, nil)
	}
	next, err := s.following(r, desk.TaskFilter{}, 0)
	if err != nil {
		return err
	}
	return s.goTo(w, r, next, u)
}

// refused shows the question again, as it is now, with what was said about it.
func (s *Site) refused(w http.ResponseWriter, r *http.Request, id int64, what said, err error) error {
	l := langOf(r, readPrefs(r))
	o := taskOptions{said: &what, about: told(l, err)}
	if o.about == "" && l == phrases.En {
		o.about = err.Error()
	}
	status := http.StatusUnprocessableEntity
	switch {
	case errors.As(err, &o.stale), errors.Is(err, resolve.ErrStale):
		o.wrong, status = "steward.task.stale", http.StatusConflict
	case errors.Is(err, desk.ErrTask):
		o.wrong, status = "steward.task.taken", http.StatusConflict
	case errors.Is(err, resolve.ErrContradiction):
		o.wrong = "steward.task.contradiction"
	case errors.Is(err, resolve.ErrUndecidable):
		o.wrong = "steward.task.undecidable"
	case errors.Is(err, desk.ErrInvalid):
		o.wrong, status = "steward.task.invalid", http.StatusBadRequest
	default:
		return err
	}
	t, wrong := s.options.Desk.Task(r.Context(), id)
	if wrong != nil {
		return wrong
	}
	return s.showTask(w, r, status, t, o)
}

// skip puts a question off and goes on.
func (s *Site) skip(w http.ResponseWriter, r *http.Request, id int64) error {
	var until time.Time
	if days, err := strconv.Atoi(r.PostForm.Get("days")); err == nil && days > 0 && days < 400 {
		until = s.options.Now().UTC().AddDate(0, 0, days)
	}
	if err := s.options.Desk.Skip(r.Context(), id, r.PostForm.Get("reason"), until); err != nil {
		return s.refused(w, r, id, said{Verdict: "skip", Reason: r.PostForm.Get("reason")}, err)
	}
	if r.Header.Get("X-Fragment") == "undo" { // the script has the next question already
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	next, err := s.following(r, desk.TaskFilter{}, 0)
	if err != nil {
		return err
	}
	return s.goTo(w, r, next, nil)
}

// claim takes a question or holds it longer, and tells until when.
func (s *Site) claim(w http.ResponseWriter, r *http.Request) error {
	id, err := taskID(r)
	if err != nil {
		return err
	}
	c, err := s.options.Desk.Claim(r.Context(), id, lease)
	if err != nil {
		return err
	}
	if r.Header.Get("X-Fragment") == "" {
		http.Redirect(w, r, r.URL.Path[:strings.LastIndexByte(r.URL.Path, '/')], http.StatusSeeOther)
		return nil
	}
	w.Header().Set("X-Until", c.Until.UTC().Format(time.RFC3339))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// release gives a question back.
func (s *Site) release(w http.ResponseWriter, r *http.Request) error {
	id, err := taskID(r)
	if err != nil {
		return err
	}
	if err := s.options.Desk.Release(r.Context(), id); err != nil {
		return err
	}
	http.Redirect(w, r, "/tasks", http.StatusSeeOther)
	return nil
}

// sentence speaks a sentence of the desk with a capital letter.
func sentence(l phrases.Lang, x desk.Sentence) string {
	return codeForm.ReplaceAllString(capital(x.In(l)), "$1\u2011$2\u2011$3")
}

// codeForm is a personal code in a text, which a line must not break.
var codeForm = regexp.MustCompile(`\b(\d{4})-(\d{4})-(\d{4})\b`)
