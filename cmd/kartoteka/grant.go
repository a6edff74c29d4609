package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/standardize"
	"kartoteka/store"
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
	who, err := parseWho([]string{c.Customer})
	if err != nil {
		return output{}, err
	}
	var at customer.Instant
	if c.At != "" {
		if at, err = parseMoment(c.At, time.Time{}); err != nil {
			return output{}, err
		}
	}
	return c.operate(ctx, a, func(h *hub, _ *store.Tx) (resolve.Action, error) {
		address, err := contactPoint(h, c.Address)
		return resolve.Grant{Customer: who[0], Consent: customer.Consent{Purpose: strings.TrimSpace(c.Purpose), Channel: strings.TrimSpace(c.Channel), Address: address, At: at}}, err
	})
}

// contactPoint standardizes a phone number or an address for mail.
func contactPoint(h *hub, text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	p := h.rules.conf.Portrait
	z := standardize.New(p, h.rules.company)
	want := customer.TypePhone
	if strings.Contains(text, "@") {
		want = customer.TypeEmail
	}
	for _, a := range p.Of(customer.Person) {
		if a.Type != want {
			continue
		}
		s, _ := z.Row(&customer.Mapped{Kind: customer.Person, Values: []customer.RawValue{{Attribute: a.ID, Text: text}}})
		if v := s.Of(a.ID); len(v) == 1 && v[0].Verdict.Usable() {
			return v[0].Standard, nil
		}
	}
	return "", fmt.Errorf("%w: --address is no phone number and no e-mail address", errUsage)
}
