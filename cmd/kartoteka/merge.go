package main

import (
	"context"

	"kartoteka/desk"
)

type mergeCommand struct {
	Customers []string `arg:"" name:"customer" placeholder:"CODE|SOURCE/KEY" help:"Two or more customers."`
	Keep      string   `placeholder:"CODE" help:"The code that survives, now and in later joins; else the one of most records, the oldest of equals."`
	operation
}

func (*mergeCommand) Help() string {
	return `Makes customers one. One code survives, the others retire and lead to it for good, unless the merge is
undone. It outranks the machine until it is revoked; kartoteka unmerge undoes it.

Example:

    $ kartoteka merge 4815-1623-4208 1234-5678-9010 --dry-run
    $ kartoteka merge 4815-1623-4208 1234-5678-9010 --keep 4815-1623-4208 --expect 4815-1623-4208:3 --reason "one passport"`
}

func (c *mergeCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "merge", Customers: c.Customers, Survivor: c.Keep})
}
