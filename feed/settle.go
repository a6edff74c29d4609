package feed

import (
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
)

// A message whose sending failed may still be on its way and arrive behind a newer one.
// Kafka would then keep the older one, because compaction keeps the last offset. So after a
// failure, and after another leader ended without saying that all is settled, the present
// state of everything in question is sent once more when nothing can be on its way any longer.

func (l *leader) unsettle(codes []customer.Code) {
	at := time.Now().Add(l.d.options.Settle)
	for _, code := range codes {
		l.unsettled[code] = at
	}
}

func (l *leader) postpone(records []customer.RecordID) {
	at := time.Now().Add(l.d.options.Settle)
	for _, id := range records {
		l.moved[id] = at
	}
}

// settle sends again whatever has waited long enough.
func (l *leader) settle() error {
	if l.sent < l.takeover {
		return nil
	}
	now := time.Now()
	for chunk := range slices.Chunk(due(l.unsettled, now), l.d.options.Window) {
		if err := l.settleCodes(chunk); err != nil {
			return l.fail(err)
		}
	}
	for chunk := range slices.Chunk(due(l.moved, now), l.d.options.Window) {
		if err := l.settleRecords(chunk); err != nil {
			return l.fail(err)
		}
	}
	return nil
}

func due[K customer.Code | customer.RecordID](waiting map[K]time.Time, now time.Time) []K {
	var out []K
	for k, at := range waiting {
		if !at.After(now) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func (l *leader) settleCodes(codes []customer.Code) error {
	if err := failpoint.Pass("feed.settle"); err != nil {
		return err
	}
	states, err := l.d.log.States(l.ctx, codes)
	if err != nil {
		return err
	}
	known := slices.DeleteFunc(slices.Clone(codes), func(c customer.Code) bool { return states[c].Code == 0 })
	now := time.Now()
	uncertain, err := l.sendStates(statesJob{codes: known, states: states, at: func(customer.Code) time.Time { return now }})
	if err != nil {
		return err
	}
	if uncertain {
		l.unsettle(codes)
		return nil
	}
	for _, code := range codes {
		delete(l.unsettled, code)
	}
	return nil
}

func (l *leader) settleRecords(ids []customer.RecordID) error {
	records, err := l.d.log.Records(l.ctx, ids)
	if err != nil {
		return err
	}
	uncertain, err := l.sendRecords(&customer.Change{Position: l.sent, At: time.Now()}, records)
	if err != nil {
		return err
	}
	if uncertain {
		l.postpone(ids)
		return nil
	}
	for _, id := range ids {
		delete(l.moved, id)
	}
	return nil
}
