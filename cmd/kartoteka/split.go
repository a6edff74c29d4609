package main

import (
	"context"

	"kartoteka/desk"
)

type splitCommand struct {
	Code    string   `arg:"" placeholder:"CODE" help:"The customer that is two."`
	Records []string `required:"" placeholder:"SOURCE/KEY" help:"The records that are another customer, separated by commas; may repeat."`
	operation
}

func (*splitCommand) Help() string {
	return `Takes records out of a customer: they are one customer of their own from then on, with a code of their
own. What stays keeps its code. A code that these records had before comes back; else a new one is given.

Example:

    $ kartoteka split 4815-1623-4208 --records crm/1043,billing/78 --reason "father and son" --dry-run`
}

func (c *splitCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "split", Code: c.Code, Records: c.Records})
}
