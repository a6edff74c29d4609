package main

import (
	"context"

	"kartoteka/resolve"
	"kartoteka/store"
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
	records, err := parseRecords([]string{c.Record})
	if err != nil {
		return output{}, err
	}
	to, err := parseWho([]string{c.To})
	if err != nil {
		return output{}, err
	}
	return c.operate(ctx, a, func(*hub, *store.Tx) (resolve.Action, error) {
		return resolve.Relocate{Record: records[0], To: to[0]}, nil
	})
}
