package main

import (
	"context"
	"fmt"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
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
	who, err := parseWho(c.Customers)
	if err != nil {
		return output{}, err
	}
	if len(who) < 2 {
		return output{}, fmt.Errorf("%w: name at least two customers", errUsage)
	}
	return c.operate(ctx, a, func(*hub, *store.Tx) (resolve.Action, error) {
		return resolve.Judge{Decision: customer.DecisionKind(c.Decision), Sides: who}, nil
	})
}
