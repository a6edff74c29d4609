package feed

import (
	"context"
	"sync/atomic"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
)

// leader publishes while it holds the lease.
type leader struct {
	d       *Dispatcher
	lease   Lease
	ctx     context.Context // ends with the lease
	cancel  context.CancelCauseFunc
	renewed chan struct{} // closed when renewing has ended
	until   atomic.Int64  // nanoseconds: the lease is ours until then
	sender  sender

	published int64 // position that the lease stands at
	sent      int64 // position up to which this leader has sent everything once
	reached   int64 // position up to which the database knows that this leader may send
	takeover  int64 // changes up to here may have been sent by the leader before
	// unsettled codes may still be overtaken by an older message on its way; their present
	// state is sent again at the time that stands here. While there are any, the published
	// position stays where it was, so that whoever comes next sends them again.
	unsettled map[customer.Code]time.Time
	moved     map[customer.RecordID]time.Time // the same for crosswalk rows
	doubt     bool                            // a send ended without an answer
	parkedNow map[customer.Code]bool          // codes parked since a request to send again was taken up

	told, stood Control // what the control topic says, and where the hub stood at first
	toldAt      time.Time
}

// lead reads window after window until the lease or the context ends.
func (l *leader) lead() error {
	if !l.lease.Clean {
		last, err := l.d.log.Last(l.ctx)
		if err != nil {
			return err
		}
		if l.takeover = last; l.lease.Reach > 0 {
			l.takeover = min(last, l.lease.Reach)
		}
	}
	for {
		n, err := l.window()
		if err == nil {
			err = l.settle()
		}
		again := false
		if err == nil {
			again, err = l.resend()
		}
		if err == nil && l.settled() {
			err = l.advance()
		}
		if err == nil {
			err = l.testify()
		}
		if err == nil && n < l.d.options.Window && !again {
			err = l.wait()
		}
		if err != nil {
			return context.Cause(l.ctx)
		}
	}
}

func (l *leader) settled() bool { return len(l.unsettled)+len(l.moved) == 0 }

func (l *leader) advance() error {
	if l.published == l.sent {
		return nil
	}
	if err := failpoint.Pass("feed.advance"); err != nil {
		return l.fail(err)
	}
	if err := l.d.leases.Advance(l.ctx, l.lease, l.sent); err != nil {
		return l.fail(err)
	}
	l.published = l.sent
	l.d.status.published.Store(l.sent)
	return l.fail(failpoint.Pass("feed.advanced"))
}

// wait returns when there may be new changes or something to settle.
func (l *leader) wait() error {
	timer := time.NewTimer(l.d.options.Poll)
	defer timer.Stop()
	select {
	case <-l.ctx.Done():
		return l.ctx.Err()
	case <-l.d.options.Wake:
	case <-timer.C:
	}
	return nil
}

// valid reports whether the lease outlasts one more attempt, so that a leader that was
// overtaken has nothing on its way.
func (l *leader) valid() error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	if time.Now().Add(l.d.options.ProduceTimeout).UnixNano() > l.until.Load() {
		l.cancel(ErrLeaseLost)
		return ErrLeaseLost
	}
	return nil
}

// renew prolongs the lease three times in its life; it ends the leader's context when that
// did not succeed until the lease ran out.
func (l *leader) renew() {
	defer close(l.renewed)
	ttl := l.d.options.LeaseTime
	for sleep(l.ctx, ttl/3) == nil {
		started := time.Now()
		err := l.d.leases.Renew(l.ctx, l.lease, ttl)
		switch {
		case err == nil:
			l.until.Store(started.Add(ttl).UnixNano())
		case time.Now().UnixNano() > l.until.Load() || isLost(err):
			l.cancel(ErrLeaseLost)
			return
		}
	}
}

// resign gives the lease back, if it is still there.
func (l *leader) resign() {
	clean := l.settled() && l.sent == l.published && !l.doubt && l.takeover <= l.sent
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), l.d.options.ProduceTimeout)
	defer cancel()
	l.leave(ctx)
	l.cancel(nil)
	<-l.renewed
	if err := l.d.leases.Release(ctx, l.lease, clean); err != nil && !isLost(err) {
		l.d.options.Logger.Warn("feed role not given back; it runs out by itself", "error", err)
	}
	_ = failpoint.Pass("feed.resigned") // too late to fail
}
