package desk

import (
	"context"
	"math"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
)

// weighings is how many questions are weighed before the queue is shown.
const weighings = 200

// weighQueue finds out of possible matches what all records of both customers say together. A question is
// raised by its strongest pair of records, for that is all that a turn reaches; but where the other
// records tell the customers apart it is hardly worth a person's time, and goes to the end.
func (d *Desk) weighQueue(ctx context.Context) error {
	return d.inTx(ctx, access.ReadTasks, func(s *sight) error {
		if s.rules == nil {
			return nil
		}
		list, err := s.tx.Unweighed(ctx, weighings)
		if err != nil || len(list) == 0 {
			return err
		}
		items, err := s.itemsOf(list)
		if err != nil {
			return err
		}
		for i := range list {
			u := &list[i]
			together := matching.Between(s.rules.Matcher, items[u.Codes[0]], items[u.Codes[1]])
			if err := s.tx.Weighed(ctx, u, together, u.Loss*chance(together)/chance(u.Weight)); err != nil {
				return err
			}
		}
		return nil
	})
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
	all := make([]resolve.Record, len(records))
	copy(all, records)
	members, err := s.weigh(all)
	out := map[customer.Code][]*matching.Item{}
	for i := range members {
		out[members[i].Code] = append(out[members[i].Code], members[i].item)
	}
	return out, err
}
