package main

import (
	"context"

	"kartoteka/desk"
)

type revokeCommand struct {
	What string `arg:"" name:"operation" placeholder:"OPERATION" help:"The operation, as kartoteka history shows it."`
	operation
}

func (*revokeCommand) Help() string {
	return `Takes back what a person decided by an operation: decisions, pinned values, chosen codes, consents
granted. The machine then decides anew. To part what was joined, use kartoteka unmerge: it also keeps the
machine from joining it again.

Example:

    $ kartoteka revoke 218 --reason "decided by mistake" --dry-run`
}

func (c *revokeCommand) run(ctx context.Context, a *app) (output, error) {
	number, err := parseOperation(c.What)
	if err != nil {
		return output{}, err
	}
	return c.operate(ctx, a, desk.Deed{Action: "revoke", Operation: number})
}
