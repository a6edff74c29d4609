package main

import (
	"context"

	"kartoteka/desk"
)

type pinCommand struct {
	Code      string `arg:"" placeholder:"CODE" help:"The customer."`
	Attribute string `arg:"" placeholder:"ATTRIBUTE" help:"The attribute, as kartoteka show names it: phone, name, ..."`
	Value     string `arg:"" optional:"" placeholder:"VALUE" help:"The value, as a person would write it."`
	Kind      string `placeholder:"KIND" help:"What sort of value: registration, living, work, ..."`
	Not       bool   `help:"The golden record must not show this value; without one, none of the attribute."`
	operation
}

func (*pinCommand) Help() string {
	return `Fixes a value of the golden record, whatever the sources say. It stays over reloads and changes of rules,
waits while its code is retired, and is back when the code is.

Example:

    $ kartoteka pin 4815-1623-4208 name "Ковалёва Анна Игоревна" --reason "seen the passport"
    $ kartoteka pin 4815-1623-4208 phone "+7 901 123-45-67" --not`
}

func (c *pinCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "pin", Code: c.Code, Attribute: c.Attribute, Value: c.Value, Kind: c.Kind, Not: c.Not})
}

type unpinCommand struct {
	Code      string `arg:"" placeholder:"CODE" help:"The customer; a retired code too."`
	Attribute string `arg:"" placeholder:"ATTRIBUTE" help:"The attribute."`
	Value     string `arg:"" optional:"" placeholder:"VALUE" help:"The pinned value; without it all pinned values of the attribute."`
	operation
}

func (*unpinCommand) Help() string {
	return `Takes a pinned value back: the sources and their rules decide again.

Example:

    $ kartoteka unpin 4815-1623-4208 name`
}

func (c *unpinCommand) run(ctx context.Context, a *app) (output, error) {
	return c.operate(ctx, a, desk.Deed{Action: "unpin", Code: c.Code, Attribute: c.Attribute, Value: c.Value})
}
