package main

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"kartoteka/api"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/standardize"
	"kartoteka/store"
)

// matcher looks customers up for the API with the ruleset of the database, which may change
// while the hub serves.
type matcher struct {
	hub *hub

	mu    sync.Mutex
	rules *ruleset
}

// Match implements api.Matcher.
func (m *matcher) Match(ctx context.Context, q api.Question) (found []api.Candidate, err error) {
	err = m.hub.InSnapshot(ctx, func(tx *store.Tx) error {
		rules, err := m.current(ctx, tx)
		if err != nil || rules == nil {
			return err
		}
		questions, err := questionsOf(rules, q)
		if err != nil {
			return err
		}
		found, err = candidatesOf(ctx, rules, tx, questions, q.Limit)
		return err
	})
	return found, err
}

// current is the ruleset that the database names; nil before the first load.
func (m *matcher) current(ctx context.Context, tx *store.Tx) (*ruleset, error) {
	hash, err := tx.RulesetHash(ctx)
	if err != nil || hash == "" {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rules != nil && m.rules.stored.Hash == hash {
		return m.rules, nil
	}
	row, err := tx.Hub(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := m.hub.compiled(row)
	if err == nil {
		m.rules = rules
	}
	return rules, err
}

// questionsOf standardizes what is known; it may be about a person and about an organization.
func questionsOf(r *ruleset, q api.Question) ([]resolve.Question, error) {
	z := standardize.New(r.conf.Portrait, r.company)
	var out []resolve.Question
	if q.Text != "" {
		for _, asked := range z.Ask(q.Text) {
			out = append(out, resolve.Question{Known: &asked.Known, Variants: asked.Variants})
		}
	}
	if len(q.Values) == 0 {
		return out, nil
	}
	kinds := customer.Kinds()
	if q.Kind != "" {
		kinds = []customer.Kind{q.Kind}
	}
	known := false
	for _, kind := range kinds {
		mapped := customer.Mapped{Kind: kind}
		for name, values := range q.Values {
			id, is := r.conf.Portrait.Lookup(kind, name)
			if !is {
				continue
			}
			for _, text := range values {
				mapped.Values = append(mapped.Values, customer.RawValue{Attribute: id, Text: text})
			}
		}
		if len(mapped.Values) == 0 {
			continue
		}
		known = true
		slices.SortStableFunc(mapped.Values, func(x, y customer.RawValue) int { return int(x.Attribute) - int(y.Attribute) })
		if s, filtered := z.Row(&mapped); filtered == "" {
			out = append(out, resolve.Question{Known: &s})
		}
	}
	if !known {
		return nil, fmt.Errorf("%w: the portrait has none of these attributes; kartoteka config print shows which there are", api.ErrQuestion)
	}
	return out, nil
}

func candidatesOf(ctx context.Context, r *ruleset, tx *store.Tx, questions []resolve.Question, limit int) ([]api.Candidate, error) {
	var out []api.Candidate
	for _, q := range questions {
		hits, err := resolve.Search(ctx, r.rules, tx, q, limit)
		if err != nil {
			return nil, err
		}
		for _, hit := range hits {
			out = append(out, api.Candidate{Code: hit.Code, Score: bits(hit.Score), Same: hit.Total >= r.matcher.Link(q.Known.Kind)})
		}
	}
	slices.SortStableFunc(out, func(x, y api.Candidate) int { return compareFloats(y.Score, x.Score) })
	return out[:min(len(out), limit)], nil
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// compiled makes the ruleset that a hub's row names, with the configuration at hand.
func (h *hub) compiled(row store.Hub) (*ruleset, error) {
	extra, err := readStored(row.Ruleset)
	if err != nil {
		return nil, err
	}
	model, err := matching.ReadModel([]byte(row.Model))
	if err != nil {
		return nil, fmt.Errorf("model of the database: %w", err)
	}
	return compileRuleset(h.conf, extra, model, row.Epoch)
}
