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
		order  customer.Decision
		active []customer.Decision
		want   []string // words of the refusal, none: accepted
	}{
		{"NothingDecidedBefore", same(-1, ids{1}, ids{2}), nil, nil},
		{"SameTwice", same(-1, ids{1}, ids{2}), []customer.Decision{same(5, ids{1}, ids{2})}, nil},
		{"SameAfterDifferent", same(-1, ids{1}, ids{2}), []customer.Decision{apart(5, ids{2}, ids{1})},
			[]string{"decision 5", "this operation"}},
		{"DifferentAfterSame", apart(-1, ids{1}, ids{2}), []customer.Decision{same(5, ids{1}, ids{2})},
			[]string{"this operation holds records 1 and 2 apart", "decision 5 of operation 0 holds 1 and 2 together"}},
		{"ThroughAChain", same(-1, ids{1}, ids{2}),
			[]customer.Decision{same(5, ids{2}, ids{3}), same(6, ids{3}, ids{4}), apart(7, ids{1}, ids{4})},
			[]string{"decision 7 of operation 0 holds records 1 and 4 apart", "this operation holds 1 and 2 together", "decision 5", "decision 6"}},
		{"WithinOneSide", same(-1, ids{1, 2}, ids{3}), []customer.Decision{apart(7, ids{1}, ids{2})},
			[]string{"decision 7"}},
		{"OtherSideOfADifferent", same(-1, ids{1}, ids{2}), []customer.Decision{apart(7, ids{1, 2}, ids{3})}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := contradiction([]customer.Decision{c.order}, c.active)
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
