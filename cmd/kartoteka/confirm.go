package main

import (
	"context"

	"kartoteka/desk"
)

type confirmCommand struct {
	Code string `arg:"" placeholder:"CODE" help:"The customer that you checked."`
	operation
}

func (*confirmCommand) Help() string {
	return `Says that a person checked a customer: these records are one. The policy join_confirmed tells whether the
machine asks before it joins a confirmed customer with another, and its code goes before others.

Example:

    $ kartoteka confirm 4815-1623-4208 --expect 4815-1623-4208:3`
}

func (c *confirmCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "confirm", Code: c.Code})
}

type keepCommand struct {
	Code string `arg:"" placeholder:"CODE" help:"The code that is to survive."`
	operation
}

func (*keepCommand) Help() string {
	return `Chooses a code to survive: when its customer is joined with others, by a person or the machine, this code
stays and the others lead to it. Of two chosen codes the one chosen last stays.

Example:

    $ kartoteka keep 4815-1623-4208 --reason "printed on the card"`
}

func (c *keepCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "keep", Code: c.Code})
}
