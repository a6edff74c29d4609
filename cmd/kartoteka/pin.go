package main

import (
	"context"
	"fmt"
	"strings"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/standardize"
	"kartoteka/store"
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
	code, err := parseCodeArgument(c.Code)
	if err != nil {
		return output{}, err
	}
	if c.Value == "" && !c.Not {
		return output{}, fmt.Errorf("%w: name the value, or say --not to show none", errUsage)
	}
	return c.operate(ctx, a, func(h *hub, tx *store.Tx) (resolve.Action, error) {
		row, err := tx.CodeAt(ctx, code)
		if err != nil {
			return nil, err
		}
		value, err := c.value(h, row.Kind)
		return resolve.PinValue{Code: code, Attribute: c.Attribute, Value: value}, err
	})
}

// value standardizes what is to be pinned; an attribute that there is none of is refused later.
func (c *pinCommand) value(h *hub, kind customer.Kind) (customer.Value, error) {
	if c.Not && c.Value == "" {
		return customer.Value{Verdict: customer.Empty, Kind: c.Kind}, nil
	}
	v, err := standardValue(h, kind, c.Attribute, c.Value, c.Kind)
	if c.Not {
		v.Verdict = customer.Empty
	}
	return v, err
}

// standardValue standardizes one value as a person writes it.
func standardValue(h *hub, kind customer.Kind, attribute, text, sort string) (customer.Value, error) {
	p := h.rules.conf.Portrait
	id, known := p.Lookup(kind, attribute)
	if !known || p.Attribute(id).Type.IsFact() {
		return customer.Value{}, nil
	}
	s, _ := standardize.New(p, h.rules.company).Row(&customer.Mapped{Kind: kind, Values: []customer.RawValue{{Attribute: id, Text: text, Kind: sort}}})
	list := s.Of(id)
	if len(list) != 1 || !list[0].Verdict.Usable() {
		return customer.Value{}, fmt.Errorf("%w: this is no %s that could be used; write one value, as a person would", errUsage, attribute)
	}
	return list[0], nil
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
	code, err := parseCodeArgument(c.Code)
	if err != nil {
		return output{}, err
	}
	return c.operate(ctx, a, func(h *hub, tx *store.Tx) (resolve.Action, error) {
		u := resolve.Unpin{Code: code, Attribute: strings.TrimSpace(c.Attribute)}
		if c.Value == "" {
			return u, nil
		}
		row, err := tx.CodeAt(ctx, code)
		if err != nil {
			return nil, err
		}
		v, err := standardValue(h, row.Kind, u.Attribute, c.Value, "")
		u.Standard = v.Standard
		return u, err
	})
}
