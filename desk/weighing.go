package desk

import (
	"context"
	"math"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/store"
)

// weighings is how many questions are weighed at a time.
const weighings = 200

// weighQueue finds out of possible matches what all records of both customers say together. A question is
// raised by its strongest pair of records, for that is all that a turn reaches; but where the other
// records tell the customers apart it is hardly worth a person's time, and goes to the end.
func (d *Desk) weighQueue(ctx context.Context) error {
	var done int64
	err := d.inTx(ctx, access.ReadTasks, func(s *sight) (err error) {
		done, err = s.weighSome()
		return err
	})
	return d.weighedUpTo(done, err)
}

// Weigh weighs the next questions. A hub that serves does so by itself, so that nobody waits for it.
func (d *Desk) Weigh(ctx context.Context) error {
	var done int64
	err := d.options.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		s := &sight{ctx: ctx, desk: d, tx: tx}
		if s.rules, err = d.rulesOf(ctx, tx); err == nil {
			done, err = s.weighSome()
		}
		return err
	})
	return d.weighedUpTo(done, err)
}

// weighedUpTo remembers, once it is committed, up to which change all questions are weighed.
func (d *Desk) weighedUpTo(position int64, err error) error {
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.weighed = position
	return nil
}

// weighSome weighs the dearest questions that are not, and tells up to which change all are then.
func (s *sight) weighSome() (position int64, err error) {
	s.desk.mu.Lock()
	since := s.desk.weighed
	s.desk.mu.Unlock()
	if s.rules == nil {
		return since, nil
	}
	list, position, err := s.tx.Unweighed(s.ctx, since, weighings)
	if err != nil || len(list) == 0 {
		return position, err
	}
	items, err := s.itemsOf(list)
	if err != nil {
		return since, err
	}
	together, loss := make([]int32, len(list)), make([]float64, len(list))
	for i := range list {
		u := &list[i]
		together[i] = matching.Between(s.rules.Matcher, items[u.Codes[0]], items[u.Codes[1]])
		loss[i] = u.Loss * chance(together[i]) / chance(u.Weight)
	}
	return position, s.tx.Weighed(s.ctx, list, together, loss)
}

// chance turns bits into a probability.
func chance(w matching.Weight) float64 { return 1 / (1 + math.Exp2(-float64(w)/100)) }

// togetherMembers is how many records of a customer are weighed.
const togetherMembers = 64

func (s *sight) itemsOf(list []store.Unweighed) (map[customer.Code][]*matching.Item, error) {
	var codes []customer.Code
	for i := range list {
		codes = append(codes, list[i].Codes[:]...)
	}
	records, err := s.tx.StandardsOf(s.ctx, codes, togetherMembers)
	if err != nil {
		return nil, err
	}
	members, err := s.weigh(records)
	out := map[customer.Code][]*matching.Item{}
	for i := range members {
		out[members[i].Code] = append(out[members[i].Code], members[i].item)
	}
	return out, err
}
