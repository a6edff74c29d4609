package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// errSettled says that somebody else has settled a proposal meanwhile.
var errSettled = errors.New("settled")

// CarryOut does what was held long enough, in the order in which it was wanted. Whatever process asks
// first does it, once; one that cannot be done any more gives its question back. An error says that
// the hub cannot do anything at present.
func (d *Desk) CarryOut(ctx context.Context) error {
	var due []int64
	if err := d.options.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.DueProposals(ctx)
		return err
	}); err != nil {
		return err
	}
	for _, id := range due {
		if _, err := d.carryOut(ctx, id); err != nil && !final(err) {
			return err
		}
	}
	return nil
}

// final reports whether an error will be the same tomorrow: the world is another one than it was.
func final(err error) bool {
	for _, e := range []error{errSettled, ErrTask, ErrInvalid, ErrUnknown, ErrKinds, access.ErrForbidden, resolve.ErrStale, resolve.ErrNothing,
		resolve.ErrUndecidable, resolve.ErrContradiction, resolve.ErrRequest} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// carryOut does what is held, as its author, and settles it in the same transaction.
func (d *Desk) carryOut(ctx context.Context, id int64) (*Operated, error) {
	var p customer.Proposal
	if err := d.options.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		p, err = tx.ProposalAt(ctx, id)
		return err
	}); err != nil {
		return nil, err
	}
	who := &access.Subject{}
	if err := json.Unmarshal([]byte(p.Subject), who); err != nil {
		return nil, err
	}
	u, err := d.keptUndertaking(&p)
	if err != nil {
		return nil, err
	}
	out, err := d.operate(access.With(ctx, who), u)
	switch {
	case err == nil && out.Repeated: // it was done and not settled, which one transaction rules out, or its request was carried out otherwise
		p.State, p.Operation = customer.ProposalDone, out.Operation
	case err == nil, errors.Is(err, errSettled), !final(err):
		return out, err
	default:
		p.State, p.Reason = customer.ProposalFailed, reasonOf(err)
	}
	return out, errors.Join(err, d.options.Store.InTx(ctx, func(tx *store.Tx) error {
		now, err := tx.ProposalAt(ctx, id)
		if err != nil || now.State != customer.ProposalHeld {
			return err
		}
		return tx.SettleProposal(ctx, &p)
	}))
}

// reasonOf is a key that says why a proposal failed; errors name codes, but not for long enough.
func reasonOf(err error) string {
	for e, key := range map[error]string{resolve.ErrStale: "stale", ErrTask: "closed", resolve.ErrContradiction: "contradiction", resolve.ErrNothing: "nothing", access.ErrForbidden: "forbidden"} {
		if errors.Is(err, e) {
			return key
		}
	}
	return "impossible"
}

// keptUndertaking is what a proposal undertakes when it is carried out.
func (d *Desk) keptUndertaking(p *customer.Proposal) (*undertaking, error) {
	u, err := d.wanted(p)
	if err != nil {
		return nil, err
	}
	u.kept = p
	if p.Reviewer != "" {
		u.order.Reason = fmt.Sprintf("%s [approved by %s]", u.order.Reason, p.Reviewer)
	}
	if u.order.Request == "" {
		u.order.Request = fmt.Sprintf("proposal %d", p.ID)
	}
	action, then := u.action, u.then
	u.action = func(s *sight) (resolve.Action, error) {
		now, err := s.tx.ProposalAt(s.ctx, p.ID)
		if err == nil && now.State != customer.ProposalHeld {
			err = errSettled
		}
		if err != nil {
			return nil, err
		}
		return action(s)
	}
	u.then = func(s *sight, done *resolve.Done) error {
		if then != nil {
			if err := then(s, done); err != nil {
				return err
			}
		}
		settled := *p
		settled.State, settled.Operation = customer.ProposalDone, done.Operation
		return s.tx.SettleProposal(s.ctx, &settled)
	}
	return u, nil
}

// wanted reads what a proposal is about.
func (d *Desk) wanted(p *customer.Proposal) (*undertaking, error) {
	var x intent
	err := json.Unmarshal([]byte(p.Intent), &x)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: proposal %d was about a customer who was erased", ErrUnknown, p.ID)
	case x.Verdict != nil:
		return d.answering(p.Task, x.Verdict)
	case x.Order != nil:
		return d.operating(*x.Order)
	}
	return nil, fmt.Errorf("%w: proposal %d", ErrUnknown, p.ID)
}

// Undo takes back what the subject wanted: what is not done yet is not done, and what is done already
// is revoked by an operation of its own.
func (d *Desk) Undo(ctx context.Context, id int64) (*Operated, error) {
	var p customer.Proposal
	err := d.inTx(ctx, access.AnswerTask, func(s *sight) (err error) {
		if p, err = s.tx.ProposalAt(ctx, id); err != nil {
			return err
		}
		if p.Person != s.who.Person() {
			return fmt.Errorf("%w: proposal %d is somebody else's; its author takes it back", access.ErrForbidden, id)
		}
		if !p.State.Open() {
			return nil
		}
		p.State = customer.ProposalUndone
		if err := s.tx.SettleProposal(ctx, &p); err != nil || p.Task == 0 {
			return err
		}
		_, err = s.tx.ClaimOne(ctx, p.Task, Actor(s.who), defaultLease)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case p.State == customer.ProposalUndone:
		return &Operated{Done: &resolve.Done{Kind: "undo"}, Moved: []Moved{}, Pending: pendingOf(&p)}, nil
	case p.State != customer.ProposalDone:
		return nil, fmt.Errorf("%w: proposal %d is %s; there is nothing to take back", resolve.ErrNothing, id, p.State)
	}
	return d.takeBack(ctx, &p)
}

// takeBack undoes what a proposal did: what it joined is parted, or the machine would leave it joined;
// else its decision is revoked.
func (d *Desk) takeBack(ctx context.Context, p *customer.Proposal) (*Operated, error) {
	deed := Deed{Action: "revoke", Operation: p.Operation}
	if err := d.look(ctx, access.AnswerTask, func(s *sight) error {
		x, err := s.tx.Operated(ctx, p.Operation)
		if slices.ContainsFunc(x.Changes, func(c customer.Change) bool { return c.Kind == customer.Merged }) {
			deed.Action = "unmerge"
		}
		return err
	}); err != nil {
		return nil, err
	}
	u, err := d.operating(Order{Deed: deed, Reason: "undone", Request: fmt.Sprintf("undo of proposal %d", p.ID)})
	if err != nil {
		return nil, err
	}
	return d.operate(ctx, u)
}

// Approve lets another person have the last word: yes carries a proposal out, no refuses it and gives
// its question back. Nobody approves what they want themselves, or were asked about before.
func (d *Desk) Approve(ctx context.Context, id int64, yes bool, reason string) (*Operated, error) {
	if len(reason) > maxReason {
		return nil, invalid("a reason has at most %d bytes", maxReason)
	}
	var p customer.Proposal
	if err := d.inTx(ctx, access.Approve, func(s *sight) (err error) {
		if p, err = s.tx.ProposalAt(ctx, id); err != nil {
			return err
		}
		if err := s.mayReview(&p); err != nil {
			return err
		}
		p.Reviewer, p.Reason = s.who.Person(), reason
		p.State = customer.ProposalRefused
		if yes {
			now := d.options.Now().UTC()
			p.State, p.Due = customer.ProposalHeld, &now
		}
		return s.tx.SettleProposal(ctx, &p)
	}); err != nil {
		return nil, err
	}
	if yes {
		return d.carryOut(ctx, id)
	}
	return &Operated{Done: &resolve.Done{Kind: "refuse"}, Moved: []Moved{}, Pending: pendingOf(&p)}, nil
}

func (s *sight) mayReview(p *customer.Proposal) error {
	if p.State != customer.ProposalAwaiting {
		return fmt.Errorf("%w: proposal %d is %s and waits for nobody", resolve.ErrNothing, p.ID, p.State)
	}
	asked := []customer.Proposal{*p}
	if p.Task != 0 {
		if _, err := s.taskAt(p.Task); err != nil {
			return err
		}
		earlier, err := s.tx.Proposals(s.ctx, store.ProposalFilter{Task: p.Task, States: []customer.ProposalState{customer.ProposalDisputed}}, 10)
		if err != nil {
			return err
		}
		asked = append(asked, earlier...)
	}
	for i := range asked {
		if asked[i].Person == s.who.Person() {
			return fmt.Errorf("%w: proposal %d is your own; another person has to approve it", access.ErrForbidden, p.ID)
		}
	}
	return nil
}
