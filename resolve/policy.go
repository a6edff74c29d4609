package resolve

import (
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Policy says what may happen, without a person, to codes that exist. It is no part of the ruleset:
// who is who depends on the holds that stand, and policy says which ones are made. The zero Policy
// lets the machine do everything.
type Policy struct {
	Join          Bar // two codes turn out to be one customer
	JoinConfirmed Bar // the same, when a person has confirmed one of them
	Split         Bar // one code turns out to be several customers
}

// Bar says when a person is asked.
type Bar struct {
	Ask bool
	// Above lets the machine act alone from so much evidence; 0: never, if Ask. A join's evidence is
	// the total at which its groups join, a split's how far the total of its parts is below the
	// threshold.
	Above matching.Weight
}

func (b Bar) asks(w matching.Weight) bool { return b.Ask && (b.Above == 0 || w < b.Above) }

// asksAnything reports whether the outcome for records under these decisions may need a person.
func (p *Policy) asksAnything(decisions []customer.Decision) bool {
	return p.Join.Ask || p.Split.Ask || p.JoinConfirmed.Ask && slices.ContainsFunc(decisions, func(d customer.Decision) bool { return d.Kind == customer.Confirmed })
}

// byPerson reports whether an operation is the act of a person, who saw what it leads to. Who erases
// a customer does not see what becomes of others.
func byPerson(op Operation) bool { return op.One && op.Kind != erasure || op.Kind == "decide" }

// ordered reports whether a person gave an operation, knowing what becomes of the codes: nothing new is
// asked then, but what waits for an answer goes on waiting unless this is the answer.
func ordered(op Operation) bool { return byPerson(op) || op.Kind == "apply" || op.Kind == "repair" }
