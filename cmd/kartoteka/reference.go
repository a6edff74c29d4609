package main

import (
	"context"
	"errors"
	"fmt"

	"kartoteka/desk"
)

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
var errEmptyHub = fmt.Errorf("%w: %w", errInput, desk.ErrEmpty)

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
		a.remark("note: %v", desk.ErrRuleset)
	}
}
