package main

import (
	"context"

	"kartoteka/desk"
)

type moveCommand struct {
	Record string `arg:"" placeholder:"SOURCE/KEY" help:"The source record that belongs to somebody else."`
	To     string `required:"" placeholder:"CODE|SOURCE/KEY" help:"The customer whose it is."`
	operation
}

func (*moveCommand) Help() string {
	return `Moves one source record from its customer to another: apart from the one, together with the other, until
that is revoked.

Example:

    $ kartoteka move billing/78 --to 4815-1623-4208 --reason "typo in the contract number" --dry-run`
}

func (c *moveCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "move", Records: []string{c.Record}, To: c.To})
}
