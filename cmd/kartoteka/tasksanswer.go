package main

import (
	"context"

	"kartoteka/desk"
)

type tasksApproveCommand struct {
	Task int64 `arg:"" placeholder:"ID" help:"Number of the question."`
	operation
}

func (*tasksApproveCommand) Help() string {
	return `Answers a question with yes: what it proposes is done. The answer is a decision, which outranks the machine
until it is revoked: a held join becomes "the same", a held split "different". kartoteka tasks show says what
yes and no mean for a question. An answer that contradicts decisions made before is refused with the chain.

Example:

    $ kartoteka tasks approve 17 --reason "same passport, seen by the branch"
    $ kartoteka tasks approve 17 --dry-run`
}

func (c *tasksApproveCommand) run(ctx context.Context, a *app) (output, error) {
	return c.answer(ctx, a, c.Task, true)
}

type tasksRejectCommand struct {
	Task int64 `arg:"" placeholder:"ID" help:"Number of the question."`
	operation
}

func (*tasksRejectCommand) Help() string {
	return `Answers a question with no: things stay as they are, for good. The answer is a decision, which outranks the
machine until it is revoked, so that the same is not asked again.

Example:

    $ kartoteka tasks reject 17 --reason "father and son" --request desk-2026-11-22-17`
}

func (c *tasksRejectCommand) run(ctx context.Context, a *app) (output, error) {
	return c.answer(ctx, a, c.Task, false)
}

// answer carries an answer out.
func (c *operation) answer(ctx context.Context, a *app, id int64, yes bool) (output, error) {
	return c.ordered(ctx, a, func(h *hub, o desk.Order) (*desk.Operated, error) {
		done, err := h.desk().Answer(ctx, id, desk.Verdict{Approve: yes, Reason: o.Reason, Request: o.Request, Expect: o.Expect, DryRun: o.DryRun})
		if err != nil {
			return nil, err
		}
		return done.Operated, nil
	})
}
