package main

import (
	"context"
	"fmt"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
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

// answer carries an answer out and closes the question, in one transaction.
func (c *operation) answer(ctx context.Context, a *app, id int64, yes bool) (output, error) {
	c.then = func(ctx context.Context, tx *store.Tx, done *resolve.Done) error {
		word := "rejected"
		if yes {
			word = "approved"
		}
		return tx.AnswerTask(ctx, id, done.Operation, word)
	}
	return c.operate(ctx, a, func(_ *hub, tx *store.Tx) (resolve.Action, error) {
		t, err := tx.TaskAt(ctx, id)
		if err != nil {
			return nil, err
		}
		answer := resolve.Answer{Task: t.Task, Yes: yes}
		if answered, err := c.answeredBefore(ctx, tx); err != nil || answered {
			return answer, err
		}
		if err := answerable(&t); err != nil {
			return nil, err
		}
		if t.Kind == customer.TaskKeyReuse && !yes {
			answer.Former, err = formerRecords(ctx, tx, &t.Task)
		}
		return answer, err
	})
}

// answeredBefore reports whether the request was carried out; the answer to it is given again.
func (c *operation) answeredBefore(ctx context.Context, tx *store.Tx) (bool, error) {
	if c.Request == "" {
		return false, nil
	}
	operation, _, err := tx.Requested(ctx, c.Request)
	return operation != 0, err
}

// formerRecords are those of the customer who had a key before a source gave it to somebody else.
func formerRecords(ctx context.Context, tx *store.Tx, t *customer.Task) ([]customer.RecordID, error) {
	code, err := tx.LastCodeOf(ctx, t.Records[0])
	if err != nil {
		return nil, err
	}
	if code == 0 || code == t.Code {
		return nil, fmt.Errorf("%w: the customer who had the key has no other records; there is nothing to join", resolve.ErrUndecidable)
	}
	return tx.RecordsOf(ctx, []customer.Code{code})
}
