package resolve

import (
	"errors"
	"strings"
	"testing"

	"kartoteka/customer"
)

func TestContradictions(t *testing.T) {
	type ids = []customer.RecordID
	same := func(id int64, l, r ids) customer.Decision {
		return customer.Decision{ID: id, Kind: customer.Same, Left: l, Right: r}
	}
	apart := func(id int64, l, r ids) customer.Decision {
		return customer.Decision{ID: id, Kind: customer.Different, Left: l, Right: r}
	}
	for _, c := range []struct {
		name   string
		order  Order
		active []customer.Decision
		want   []string // words of the refusal, none: accepted
	}{
		{"NothingDecidedBefore", Order{Kind: customer.Same, Sides: []ids{{1}, {2}}}, nil, nil},
		{"SameTwice", Order{Kind: customer.Same, Sides: []ids{{1}, {2}}}, []customer.Decision{same(5, ids{1}, ids{2})}, nil},
		{"SameAfterDifferent", Order{Kind: customer.Same, Sides: []ids{{1}, {2}}}, []customer.Decision{apart(5, ids{2}, ids{1})},
			[]string{"decision 5", "this decision"}},
		{"DifferentAfterSame", Order{Kind: customer.Different, Sides: []ids{{1}, {2}}}, []customer.Decision{same(5, ids{1}, ids{2})},
			[]string{"this decision holds records 1 and 2 apart", "decision 5 holds 1 and 2 together"}},
		{"ThroughAChain", Order{Kind: customer.Same, Sides: []ids{{1}, {2}}},
			[]customer.Decision{same(5, ids{2}, ids{3}), same(6, ids{3}, ids{4}), apart(7, ids{1}, ids{4})},
			[]string{"decision 7 holds records 1 and 4 apart", "this decision holds 1 and 2 together", "decision 5", "decision 6"}},
		{"WithinOneSide", Order{Kind: customer.Same, Sides: []ids{{1, 2}, {3}}}, []customer.Decision{apart(7, ids{1}, ids{2})},
			[]string{"decision 7"}},
		{"OtherSideOfADifferent", Order{Kind: customer.Same, Sides: []ids{{1}, {2}}}, []customer.Decision{apart(7, ids{1, 2}, ids{3})}, nil},
		{"ThreeSidesApart", Order{Kind: customer.Different, Sides: []ids{{1}, {2}, {3}}}, []customer.Decision{same(9, ids{2}, ids{3})},
			[]string{"decision 9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := contradiction(&c.order, c.active)
			if (err != nil) != (c.want != nil) || err != nil && !errors.Is(err, ErrContradiction) {
				t.Fatalf("%v", err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q lacks %q", err, w)
				}
			}
		})
	}
}
