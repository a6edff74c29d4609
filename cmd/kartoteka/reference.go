package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kartoteka/customer"
	"kartoteka/store"
)

// reference is what a person names a customer by: a personal code, or a source record.
type reference struct {
	text string // as written: for results, never for errors
	code customer.Code
	ref  customer.Ref // when code is zero
}

// parseReference reads CODE (with or without hyphens) or SOURCE/KEY.
func parseReference(text string) (reference, error) {
	if code, err := customer.ParseCode(text); err == nil {
		return reference{text: text, code: code}, nil
	}
	source, key, is := strings.Cut(text, "/")
	if !is || source == "" || key == "" {
		return reference{}, fmt.Errorf("%w: name a customer by its code or by SOURCE/KEY; %w", errUsage, customer.ErrCode)
	}
	return reference{text: text, ref: customer.Ref{Source: customer.Source(source), Key: key}}, nil
}

func parseReferences(texts []string) ([]reference, error) {
	out := make([]reference, len(texts))
	for i, text := range texts {
		var err error
		if out[i], err = parseReference(text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// String names it in errors: a key may be personal, a source and a code are not.
func (r *reference) String() string {
	if r.code != 0 {
		return r.code.String()
	}
	return "the record of " + string(r.ref.Source)
}

// record finds the source record that is named; nil for a code.
func (r *reference) record(ctx context.Context, tx *store.Tx) (*store.RecordRow, error) {
	if r.code != 0 {
		return nil, nil
	}
	row, err := tx.RecordAt(ctx, r.ref)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; kartoteka find looks for a customer by anything", r, err)
	}
	return &row, nil
}

// withHub opens the hub, does something, and closes it.
func (a *app) withHub(ctx context.Context, f func(*hub) (output, error)) (out output, err error) {
	h, err := a.openHub(ctx)
	if err != nil {
		return output{}, err
	}
	defer func() { err = errors.Join(err, h.close(ctx)) }()
	return f(h)
}

// errEmptyHub says that nothing was loaded yet; the caller loads something.
var errEmptyHub = fmt.Errorf("%w: the hub is empty; kartoteka load FILE fills it", errInput)

// loaded reports whether the hub has a ruleset, so that there is something to read.
func (h *hub) loaded() error {
	if h.rules == nil {
		return errEmptyHub
	}
	return nil
}

// remarkRuleset tells that an explanation is given under another ruleset than the codes were.
func (a *app) remarkRuleset(h *hub) {
	if h.writable() != nil {
		a.remark("note: %v", errRuleset)
	}
}
