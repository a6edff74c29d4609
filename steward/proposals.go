package steward

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// proposalsBody is the page of what waits for another person.
type proposalsBody struct {
	Rows   []desk.Pending
	State  string
	Mine   bool
	After  string
	Before string
	Me     string
	May    bool // the reader may approve what others want
}

func (s *Site) proposals(w http.ResponseWriter, r *http.Request) error {
	list, is := s.options.Desk.(Proposals)
	if !is {
		return customer.ErrUnknown
	}
	q := r.URL.Query()
	f := s.frame(r, "proposals", "steward.nav.proposals")
	b := proposalsBody{State: one(q.Get("state"), "held", "awaiting", "done", "undone", "refused", "failed"), Mine: q.Get("mine") != "", Me: f.Who.ID, May: s.options.Policy.Can(f.Who, access.Approve)}
	page, err := list.Pendings(r.Context(), desk.PendingFilter{State: customer.ProposalState(b.State), Mine: b.Mine, Limit: 50}, q.Get("after"))
	if err != nil {
		return err
	}
	b.Rows = page.Rows
	b.After, b.Before = turns(q, page.Next)
	return s.show(w, r, http.StatusOK, "proposals", f, b)
}

// proposal shows what would be done if it were approved.
func (s *Site) proposal(w http.ResponseWriter, r *http.Request) error {
	list, is := s.options.Desk.(Proposals)
	id, err := taskID(r)
	if err != nil || !is {
		return customer.ErrUnknown
	}
	done, err := list.Proposed(r.Context(), id)
	if err != nil {
		return err
	}
	f := s.frame(r, "proposals", "steward.nav.proposals")
	b := newOperate(f.Lang, s.options.Desk.Portrait(), 0, &desk.Order{}, done)
	b.Waits = done.Pending
	b.MayApprove = s.options.Policy.Can(f.Who, access.Approve) && done.Pending != nil && done.Pending.By != f.Who.ID
	return s.show(w, r, http.StatusOK, "proposal", f, b)
}

// settle approves, refuses or takes back what waits.
func (s *Site) settle(w http.ResponseWriter, r *http.Request) error {
	list, is := s.options.Desk.(Proposals)
	id, err := taskID(r)
	if err != nil || !is {
		return customer.ErrUnknown
	}
	switch r.FormValue("act") {
	case "approve", "refuse":
		_, err = list.Approve(r.Context(), id, r.FormValue("act") == "approve", r.FormValue("reason"))
	case "undo":
		_, err = list.Undo(r.Context(), id)
	default:
		err = desk.ErrInvalid
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/proposals", http.StatusSeeOther)
	return nil
}

// comment notes what somebody says about a question.
func (s *Site) comment(w http.ResponseWriter, r *http.Request) error {
	list, is := s.options.Desk.(Proposals)
	id, err := taskID(r)
	if err != nil || !is {
		return customer.ErrUnknown
	}
	if text := strings.TrimSpace(r.FormValue("text")); text != "" {
		if err := list.Comment(r.Context(), id, text); err != nil {
			return err
		}
	}
	t, err := s.options.Desk.Task(r.Context(), id)
	if err != nil {
		return err
	}
	return s.goTo(w, r, t, nil)
}

// takeBack undoes an answer that waits, or revokes the operation that it became, and shows the
// question again.
func (s *Site) takeBack(w http.ResponseWriter, r *http.Request) error {
	operation, proposal := number(r.FormValue("operation")), number(r.FormValue("proposal"))
	list, is := s.options.Desk.(Proposals)
	var err error
	switch {
	case proposal > 0 && is:
		_, err = list.Undo(r.Context(), proposal)
	case operation > 0:
		f := s.frame(r, "tasks", "steward.tasks.title")
		order := desk.Order{Deed: desk.Deed{Action: "revoke", Operation: operation}, Reason: f.say("steward.undo.reason"), Request: "undo-" + text(operation)}
		_, err = s.options.Desk.Operate(r.Context(), order)
	default:
		err = desk.ErrInvalid
	}
	if err != nil {
		return err
	}
	t, err := s.options.Desk.Task(r.Context(), number(r.FormValue("task")))
	if err != nil {
		return err
	}
	return s.goTo(w, r, t, nil)
}

// undoFor is what can be taken back of an answer.
func (s *Site) undoFor(f *frame, task int64, verdict string, done *desk.Answered) *undo {
	u := &undo{Task: task, verdict: verdict, Word: f.say("steward.undo.said", task, f.say("steward.said."+verdict))}
	if done.Operated == nil {
		return u
	}
	if done.Done != nil {
		u.Operation = done.Operation
	}
	if p := done.Pending; p != nil {
		u.Proposal, u.Operation = p.ID, 0
		if p.Due != nil {
			u.Seconds = max(1, int(p.Due.Sub(s.options.Now()).Seconds()))
		}
		u.Awaits = p.State == customer.ProposalAwaiting
	}
	return u
}

// undoOf reads what can be taken back from the address of a page.
func (s *Site) undoOf(r *http.Request, f *frame) *undo {
	q := r.URL.Query()
	u := &undo{Operation: number(q.Get("did")), Proposal: number(q.Get("wants")), Task: number(q.Get("was")), verdict: one(q.Get("word"), verdictSame, verdictDifferent), Awaits: q.Get("awaits") != ""}
	if u.Operation+u.Proposal == 0 || u.verdict == "" || !s.options.Policy.Can(f.Who, access.AnswerTask) {
		return nil
	}
	u.Word = f.say("steward.undo.said", u.Task, f.say("steward.said."+u.verdict))
	return u
}

func (u *undo) query() string {
	q := url.Values{"was": {text(u.Task)}, "word": {u.verdict}}
	if u.Operation > 0 {
		q.Set("did", text(u.Operation))
	}
	if u.Proposal > 0 {
		q.Set("wants", text(u.Proposal))
	}
	if u.Awaits {
		q.Set("awaits", strconv.FormatBool(true))
	}
	return q.Encode()
}
