package resolve_test

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kartoteka/customer"
	"kartoteka/resolve"
)

// spelled makes the record whose values the digits choose from the pools: name, date of birth, phone,
// email, INN, address.
func (w *world) spelled(digits string) *customer.Standard {
	m := customer.Mapped{Kind: customer.Person}
	for i, name := range []string{"name", "birth_date", "phone", "email", "inn", "address"} {
		text := pools[name][digits[i]-'0']
		if id, ok := w.portrait.Lookup(customer.Person, name); ok && text != "" {
			m.Values = append(m.Values, customer.RawValue{Attribute: id, Text: text})
		}
	}
	s, _ := w.z.Row(&m)
	return &s
}

// retell plays a written history in memory and checks after each turn of events that nothing is left
// to ask or to do. A step is KEY=DIGITS for a record that comes or changes, -KEY for one that goes,
// turn/N for turns of so many records, KIND/KEY/KEY for a decision, bulk for a run over
// everything whose rules close no keys.
func (w *world) retell(t *rapid.T, policy resolve.Policy, history string) {
	rules, calm := bitingRules(t, 1), calmRules(t)
	rules.Policy, calm.Policy = policy, policy
	m := inMemory{resolve.NewMemory()}
	ref := func(key string) customer.Ref { return customer.Ref{Source: "s", Key: key} }
	decided := int64(0)
	for step := range strings.FieldsSeq(history) {
		key, digits, lands := strings.Cut(step, "=")
		words := strings.Split(step, "/")
		switch {
		case lands:
			m.land(t, ref(key), customer.Upsert, w.spelled(digits))
		case step[0] == '-':
			m.land(t, ref(step[1:]), customer.Delete, nil)
		case words[0] == "turn":
			limit, _ := strconv.Atoi(words[1])
			for m.turn(t, rules, limit) > 0 {
			}
			checkHolds(t, m, rules)
		case words[0] == "bulk":
			m.whole(t, calm)
			checkHolds(t, m, calm)
		default:
			decided++
			m.decide(t, rules, refDecision{decided, customer.DecisionKind(words[0]), ref(words[1]), ref(words[2])})
			checkHolds(t, m, rules)
		}
	}
}

// whole evaluates everything at once, as a large load does.
func (m inMemory) whole(t *rapid.T, rules *resolve.Rules) {
	columns, codec := resolve.NewColumns(rules.Portrait), customer.NewCodec(rules.Portrait)
	for _, rec := range m.Live() {
		columns.Add(rec, codec.Append(nil, rec.Standard), false)
	}
	if _, err := resolve.Whole(ctx, m.Memory, resolve.Bulk{Rules: rules, Population: columns, Decisions: m.AllDecisions(), Operation: resolve.Operation{Kind: "resolve"}}); err != nil {
		t.Fatal(err)
	}
}

// TestEvaluatedAgainItAsksTheSame retells histories after which the same was once asked in other words, or
// only when it was looked at again.
func TestEvaluatedAgainItAsksTheSame(t *testing.T) {
	checks(t, "1")
	ask := resolve.Bar{Ask: true}
	w := newWorld()
	for _, c := range []struct {
		name    string
		policy  resolve.Policy
		history string
	}{
		{"an order leaves what waits to policy", resolve.Policy{Join: ask}, "0=000000 1=000000 4=200000 2=000000 3=241222 turn/2 different/1/4 6=241001 0=630200 -2 turn/1 confirmed/3/6"},
		{"codes follow, and then the question", resolve.Policy{Join: ask}, "5=102210 turn/4 1=430202 turn/2 0=331210 1=011111 6=012131 turn/2 same/0/6 turn/1 1=641030 turn/2 0=441000 -0 -1 turn/2"},
		{"a pair is in doubt but for a hold", resolve.Policy{Split: resolve.Bar{Ask: true, Above: 1500}}, "0=101230 turn/2 3=201000 turn/3 6=002010 turn/1 2=512202 0=031031 turn/4 same/0/6 1=001022 4=333000 7=621112 turn/1 same/0/3 turn/3"},
		{"a code that parts leaves pairs in doubt", resolve.Policy{}, "5=041011 turn/4 1=442231 0=202002 turn/1 4=401032 9=120120 0=132130 6=130211 turn/3 confirmed/4/1 3=121010 3=002222 turn/2"},
		{"codes that a decision comes between", resolve.Policy{}, "1=602231 2=421111 2=103121 turn/3 0=400002 4=242011 turn/2 1=310230 1=220120 3=110112 turn/4 3=312012 9=630231 9=410032 turn/3 different/0/1 0=211211 turn/3"},
		{"a bulk run names the codes that it asks about", resolve.Policy{Join: ask}, "0=043232 turn/1 5=511211 2=230010 -0 9=500220 turn/1 9=110102 8=631110 turn/2 bulk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { w.retell(t, c.policy, c.history) })
		})
	}
}
