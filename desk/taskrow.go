package desk

import (
	"math"
	"strconv"

	"kartoteka/customer"
	"kartoteka/store"
)

// taskRows shows questions with the customers that they are about.
func (s *sight) taskRows(rows []store.TaskRow) ([]TaskRow, error) {
	var codes []customer.Code
	for i := range rows {
		codes = append(codes, rows[i].Code, rows[i].Other)
	}
	documents, err := s.tx.Documents(s.ctx, codes)
	if err != nil {
		return nil, err
	}
	out := make([]TaskRow, len(rows))
	for i := range rows {
		out[i] = s.taskRow(&rows[i])
		for _, code := range []customer.Code{rows[i].Code, rows[i].Other} {
			if d := s.view.Apply(s.portrait(), documents[code]); d != nil {
				out[i].Customers = append(out[i].Customers, Brief{d.Code, d.Kind, s.shortly(d)})
			}
		}
	}
	return out, nil
}

func (s *sight) taskRow(t *store.TaskRow) TaskRow {
	key, second := "task."+string(t.Kind), t.Other.String()
	if t.Kind == customer.TaskDisagreement {
		second = strconv.FormatInt(t.Decision, 10)
	}
	row := TaskRow{ID: t.ID, Kind: t.Kind, State: t.State, Code: t.Code, Other: t.Other, Decision: t.Decision, Bits: float64(t.Weight) / 100,
		Loss: math.Round(t.Loss*100) / 100, Records: len(t.Records), Opened: t.Opened.UTC(), Skipped: t.Skipped, SkipReason: t.SkipReason, Snoozed: t.Snoozed,
		Closed: t.Closed, Reason: t.Reason, Operation: t.Operation, Pending: t.Pending, Assigned: t.Assigned, Comments: t.Comments,
		Question: Sentence{key, []string{t.Code.String(), second}}, Approve: Sentence{Key: key + ".approve"}, Reject: Sentence{Key: key + ".reject"}}
	if t.Together != nil {
		together := float64(*t.Together) / 100
		row.Together = &together
	}
	if s.desk.options.Review.hides(s.who, t.ID, t.State) {
		row.Blind, row.Bits, row.Loss, row.Together = true, 0, 0, nil
	}
	if t.Pending == customer.ProposalSecond {
		row.Pending = "" // who gives a second opinion is not told that it is one
	}
	if t.ClaimedBy != "" && t.ClaimedUntil != nil {
		row.Claim = &Claim{t.ClaimedBy, t.ClaimedBy == Actor(s.who), t.ClaimedUntil.UTC()}
	}
	return row
}
