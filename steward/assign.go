package steward

import (
	"context"
	"net/http"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// Assigner gives questions to persons.
type Assigner interface {
	// Assign lets only one person be asked, "" all.
	Assign(ctx context.Context, task int64, to string) error
	Colleagues(ctx context.Context) ([]desk.Colleague, error)
}

// assignment is who a question is for, and to whom the reader may give it.
type assignment struct {
	To     string // account, "" for anybody
	Name   string // of the person, if the reader may know it
	Mine   bool
	People []desk.Colleague // the reader may choose among; none: only themselves
	Me     string
}

// assignment tells who a question is for; nil where nobody can be given it.
func (s *Site) assignment(r *http.Request, f *frame, t *desk.Task) (*assignment, error) {
	list, is := s.options.Desk.(Assigner)
	if !is || t.State != customer.TaskOpen || !s.options.Policy.Can(f.Who, access.AnswerTask) {
		return nil, nil
	}
	a := &assignment{To: t.Assigned, Name: t.Assigned, Mine: t.Assigned == f.Who.ID, Me: f.Who.ID}
	if !s.options.Policy.Can(f.Who, access.Approve) {
		return a, nil
	}
	var err error
	a.People, err = list.Colleagues(r.Context())
	for i := range a.People {
		if a.People[i].ID == a.To {
			a.Name = a.People[i].Name
		}
	}
	return a, err
}

// assign gives a question to a person and shows it again.
func (s *Site) assign(w http.ResponseWriter, r *http.Request) error {
	list, is := s.options.Desk.(Assigner)
	id, err := taskID(r)
	if err != nil || !is {
		return customer.ErrUnknown
	}
	if err := list.Assign(r.Context(), id, r.FormValue("to")); err != nil {
		return err
	}
	t, err := s.options.Desk.Task(r.Context(), id)
	if err != nil {
		return err
	}
	return s.goTo(w, r, t, nil)
}
