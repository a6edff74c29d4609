package desk

import (
	"context"
	"slices"

	"kartoteka/access"
)

// Assign lets only one person be asked a question, by the ID of their account; "" lets all. Everybody
// may take one for themselves and give it back; who approves may assign to others.
func (d *Desk) Assign(ctx context.Context, task int64, to string) error {
	if len(to) > maxReason {
		return invalid("that is no account")
	}
	mine := Actor(access.From(ctx))
	if to != "" && to != mine {
		if err := d.canBeAsked(ctx, to); err != nil {
			return err
		}
	}
	return d.inTx(ctx, access.AnswerTask, func(s *sight) error {
		t, err := s.taskAt(task)
		if err != nil {
			return err
		}
		if to != mine && (to != "" || t.Assigned != mine) {
			if err := d.policy.May(s.who, access.Approve); err != nil {
				return err
			}
		}
		return s.tx.AssignTask(ctx, task, to)
	})
}

// canBeAsked fails unless a question may be assigned to an account: one assigned to nobody would never
// be asked.
func (d *Desk) canBeAsked(ctx context.Context, id string) error {
	list, err := d.Colleagues(ctx)
	if err == nil && !slices.ContainsFunc(list, func(c Colleague) bool { return c.ID == id }) {
		err = invalid("no account of that name may answer questions; kartoteka users list shows those that may, as local:LOGIN or oidc:NUMBER")
	}
	return err
}

// Colleague is a person who may be asked questions.
type Colleague struct {
	ID   string `json:"id"` // of the account
	Name string `json:"name"`
}

// Colleagues lists who may be asked questions, for those who may assign them.
func (d *Desk) Colleagues(ctx context.Context) ([]Colleague, error) {
	if err := d.policy.May(access.From(ctx), access.Approve); err != nil {
		return nil, err
	}
	list, err := d.options.Store.Accounts(ctx)
	out := []Colleague{}
	for i := range list {
		a := &list[i]
		who := access.Subject{ID: a.Actor()}
		for _, role := range slices.Concat(a.Roles, a.GroupRoles) {
			who.Roles = append(who.Roles, access.Role(role))
		}
		if !a.Disabled && d.policy.Can(&who, access.AnswerTask) {
			out = append(out, Colleague{who.ID, a.Name})
		}
	}
	return out, err
}
