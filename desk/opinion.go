package desk

import (
	"encoding/json"

	"kartoteka/customer"
	"kartoteka/store"
)

// opinion is what the first of two persons said who are asked the same question.
type opinion struct {
	customer.Proposal
	approve bool
}

func (o *opinion) open() bool { return o.State == customer.ProposalSecond }

// firstOpinion finds the first answer to a question that is, or was, asked twice; nil if it was not
// answered so before.
func (s *sight) firstOpinion(task int64) (*opinion, error) {
	if task == 0 {
		return nil, nil
	}
	list, err := s.tx.Proposals(s.ctx, store.ProposalFilter{Task: task,
		States: []customer.ProposalState{customer.ProposalSecond, customer.ProposalAgreed, customer.ProposalDisputed}}, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var wanted intent
	if err := json.Unmarshal([]byte(list[0].Intent), &wanted); err != nil || wanted.Verdict == nil {
		return nil, err
	}
	return &opinion{list[0], wanted.Verdict.Approve}, nil
}

// secondOpinion compares: who agree are two pairs of eyes, and about a dispute a third person decides.
// It gives what the second answer has to wait for.
func (s *sight) secondOpinion(first *opinion, u *undertaking, state customer.ProposalState) (customer.ProposalState, error) {
	first.State = customer.ProposalAgreed
	if agreed := first.approve == u.intent.Verdict.Approve; !agreed {
		first.State, state = customer.ProposalDisputed, customer.ProposalAwaiting
	} else if state == customer.ProposalAwaiting {
		state = customer.ProposalHeld
	}
	return state, s.tx.SettleProposal(s.ctx, &first.Proposal)
}
