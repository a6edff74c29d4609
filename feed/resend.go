package feed

import (
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
)

// resend carries out a piece of the oldest request to send again; it tells whether there was one.
// Whoever receives a repeat knows it by (epoch, version), or by its position.
func (l *leader) resend() (bool, error) {
	if l.d.options.Resends == nil || l.sent < l.takeover {
		return false, nil
	}
	r, there, err := l.d.options.Resends.NextResend(l.ctx, l.lease.Role)
	if err != nil || !there {
		return false, l.fail(err)
	}
	if err := l.piece(&r); err != nil {
		return false, l.fail(err)
	}
	if err := failpoint.Pass("feed.resent"); err != nil {
		return false, l.fail(err)
	}
	return true, l.fail(l.d.options.Resends.Resent(l.ctx, l.lease, r))
}

// piece sends the next changes of a request. What is not sent yet is left to its turn.
func (l *leader) piece(r *customer.Resend) error {
	if r.Topic == topicSweep {
		return l.sweep(r)
	}
	changes, err := l.asked(r)
	if err != nil {
		return err
	}
	changes = slices.DeleteFunc(changes, func(c customer.Change) bool { return c.Position > min(r.Upto, l.sent) })
	if len(changes) == 0 {
		r.After = r.Upto
		return nil
	}
	clear(l.parkedNow)
	if r.Topic != topicEvents && r.Topic != topicCrosswalk {
		if err := l.statesAgain(r, changes); err != nil {
			return err
		}
	}
	if err := l.rowsAgain(r, changes); err != nil {
		return err
	}
	r.After = changes[len(changes)-1].Position
	return nil
}

func (l *leader) asked(r *customer.Resend) ([]customer.Change, error) {
	if r.Code != 0 {
		return l.d.log.ChangesOf(l.ctx, r.Code, r.After, l.d.options.Window)
	}
	return l.d.log.Changes(l.ctx, r.After, l.d.options.Window)
}

// statesAgain sends the present state of the codes, also of those that move on later.
func (l *leader) statesAgain(r *customer.Resend, changes []customer.Change) error {
	latest := latestOf(changes)
	var codes []customer.Code
	for i := range changes {
		if latest[changes[i].Code] == &changes[i] {
			codes = append(codes, changes[i].Code)
		}
	}
	states, err := l.d.log.States(l.ctx, codes)
	if err != nil {
		return err
	}
	codes = slices.DeleteFunc(codes, func(c customer.Code) bool { return states[c].Code == 0 })
	uncertain, err := l.sendStates(statesJob{codes: codes, states: states, topic: r.Topic, fresh: r.Fresh, at: func(c customer.Code) time.Time { return latest[c].At }})
	if uncertain {
		l.unsettle(codes)
	}
	if err == nil && l.d.options.Unparked != nil {
		l.d.options.Unparked(r.Topic, slices.DeleteFunc(codes, func(c customer.Code) bool { return l.parkedNow[c] }))
	}
	return err
}

// rowsAgain sends crosswalk rows and events.
func (l *leader) rowsAgain(r *customer.Resend, changes []customer.Change) error {
	if r.Topic != "" && r.Topic != topicEvents && r.Topic != topicCrosswalk {
		return nil
	}
	records, err := l.d.log.Records(l.ctx, movedRecords(changes))
	if err != nil {
		return err
	}
	if r.Topic != topicEvents && len(records) > 0 {
		// The present state is told, so it stands for the present end of what was sent.
		uncertain, err := l.sendRecords(&customer.Change{Position: l.sent, Epoch: changes[len(changes)-1].Epoch, At: changes[len(changes)-1].At}, records)
		if uncertain {
			for id := range records {
				l.postpone([]customer.RecordID{id})
			}
		}
		if err != nil {
			return err
		}
	}
	if r.Topic == topicCrosswalk {
		return nil
	}
	return l.events(changes, records)
}
