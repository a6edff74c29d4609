package main

import (
	"context"

	"kartoteka/desk"
)

type decideCommand struct {
	Decision  string   `arg:"" enum:"same,different" placeholder:"same|different" help:"What is decided."`
	Customers []string `arg:"" name:"customer" placeholder:"CODE|SOURCE/KEY" help:"Two or more source records, or codes, which stand for all their records."`
	operation
}

func (*decideCommand) Help() string {
	return `Decides that records are one customer (same), or that no two of those named are (different). A
decision outranks the machine until it is revoked. One that contradicts decisions made before is
refused, and the chain that contradicts is named.

Example:

    $ kartoteka decide same crm/1042 billing/77 --reason "same passport, seen by the branch"
    $ kartoteka decide different crm/1042 crm/1043 --dry-run`
}

func (c *decideCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "judge", Decision: c.Decision, Customers: c.Customers})
}
