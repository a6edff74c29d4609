package main

import (
	"context"

	"kartoteka/desk"
)

type grantCommand struct {
	Customer string `arg:"" placeholder:"CODE|SOURCE/KEY" help:"The customer who gave the consent."`
	Purpose  string `arg:"" placeholder:"PURPOSE" help:"What for: marketing, profiling, ..."`
	Channel  string `placeholder:"CHANNEL" help:"sms, email, phone; without it for every channel."`
	Address  string `placeholder:"PHONE|EMAIL" help:"The contact point; without it for the person."`
	At       string `placeholder:"TIME" help:"When it was given; the default is now."`
	operation
}

func (*grantCommand) Help() string {
	return `Keeps a consent that the customer gave after their records were found to be one customer. It overrules the
refusals of these records that are older, as no source could: across records refusal wins. It counts while these
records share a code: once they are parted it is not known whose word it was. A later refusal overrules it.

Example:

    $ kartoteka grant 4815-1623-4208 marketing --channel sms --address "+7 901 123-45-67" --reason "by phone, call 4711"`
}

func (c *grantCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "grant", Customers: []string{c.Customer}, Purpose: c.Purpose, Channel: c.Channel, Address: c.Address, At: c.At})
}
