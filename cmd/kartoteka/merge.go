package main

import (
	"context"
	"fmt"

	"kartoteka/resolve"
	"kartoteka/store"
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
	who, err := parseWho(c.Customers)
	if err != nil {
		return output{}, err
	}
	if len(who) < 2 {
		return output{}, fmt.Errorf("%w: name at least two customers", errUsage)
	}
	m := resolve.Merge{Customers: who}
	if c.Keep != "" {
		if m.Keep, err = parseCodeArgument(c.Keep); err != nil {
			return output{}, err
		}
	}
	return c.operate(ctx, a, func(*hub, *store.Tx) (resolve.Action, error) { return m, nil })
}
