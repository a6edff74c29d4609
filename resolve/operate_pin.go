package resolve

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kartoteka/customer"
)

// PinValue fixes a golden value. A value that is not usable suppresses: with a Standard that value,
// without one all of the attribute.
type PinValue struct {
	Code      customer.Code
	Attribute string
	Value     customer.Value // standardized by the caller
}

// Kind implements [Action].
func (PinValue) Kind() string { return "pin" }

func (p PinValue) intent() string {
	return p.Code.String() + "\n" + p.Attribute + "\n" + p.Value.Verdict.String()
}

func (p PinValue) plan(o *operation) error {
	row, err := o.active(p.Code)
	if err != nil {
		return err
	}
	id, err := o.attribute(row.Kind, p.Attribute)
	if err != nil {
		return err
	}
	v := p.Value
	v.Attribute = id
	for _, old := range row.Pins {
		if old.Attribute == p.Attribute && old.Value.Kind == v.Kind && old.Value.Standard == v.Standard && old.Value.Verdict.Usable() == v.Verdict.Usable() {
			return fmt.Errorf("%w: the %s of code %s is pinned to this by operation %d", ErrNothing, p.Attribute, p.Code, old.Operation)
		}
	}
	o.judged.Pins = []customer.Pin{{ID: -1, Code: p.Code, Attribute: p.Attribute, Value: v, Operation: o.number}}
	return o.rebuild(p.Code)
}

// attribute finds an attribute that golden values have.
func (o *operation) attribute(kind customer.Kind, name string) (customer.AttributeID, error) {
	p := o.rules.Portrait
	id, known := p.Lookup(kind, name)
	if !known || p.Attribute(id).Type.IsFact() {
		var names []string
		for _, a := range p.Of(kind) {
			if !a.Type.IsFact() {
				names = append(names, a.Name)
			}
		}
		return 0, fmt.Errorf("%w: %s has no value of this name; it has %s", ErrUndecidable, kind.An(), strings.Join(names, ", "))
	}
	return id, nil
}

// Unpin takes back pins of an attribute. They may hang on a retired code, where they only wait.
type Unpin struct {
	Code      customer.Code
	Attribute string
	Standard  string // of the pinned value; "" for all of the attribute
}

// Kind implements [Action].
func (Unpin) Kind() string { return "unpin" }

func (u Unpin) intent() string { return u.Code.String() + "\n" + u.Attribute }

func (u Unpin) plan(o *operation) error {
	row, err := o.code(u.Code)
	if err != nil {
		return err
	}
	for _, p := range row.Pins {
		if p.Attribute == u.Attribute && (u.Standard == "" || p.Value.Standard == u.Standard) {
			o.judged.Revoked.Pins = append(o.judged.Revoked.Pins, p.ID)
		}
	}
	if len(o.judged.Revoked.Pins) == 0 {
		return fmt.Errorf("%w: no such value of code %s is pinned", ErrNothing, u.Code)
	}
	return o.rebuild(u.Code)
}

// Grant keeps a consent that the customer gave now, when its records share a code.
type Grant struct {
	Customer Who
	Consent  customer.Consent // Given; an At of zero is now
}

// Kind implements [Action].
func (Grant) Kind() string { return "grant" }

func (g Grant) intent() string {
	return spellWho([]Who{g.Customer}) + g.Consent.Purpose + "\n" + g.Consent.Channel
}

func (g Grant) plan(o *operation) error {
	row, err := o.codeOf(g.Customer)
	if err != nil {
		return err
	}
	c := g.Consent
	if c.At.IsZero() {
		c.At = o.order.Now
	}
	c.Given, c.At = true, c.At.UTC().Truncate(time.Microsecond) // what a database keeps
	switch {
	case strings.TrimSpace(c.Purpose) == "":
		return fmt.Errorf("%w: say what the consent is for", ErrUndecidable)
	case c.At.IsZero() || !o.order.Now.IsZero() && c.At.After(o.order.Now):
		return fmt.Errorf("%w: a consent has a date, and none in the future", ErrUndecidable)
	}
	ids, err := o.members(row.Code)
	if err != nil {
		return err
	}
	records, err := o.base.Records(o.ctx, ids)
	if err != nil {
		return err
	}
	slices.SortFunc(records, func(x, y Record) int { return int(x.ID - y.ID) })
	grant := &customer.Grant{Consent: c}
	for i := range records {
		grant.Records, grant.Revisions = append(grant.Records, records[i].ID), append(grant.Revisions, records[i].Revision)
	}
	o.decide(customer.Decision{Kind: customer.Granted, Left: grant.Records, Grant: grant})
	return o.rebuild(row.Code)
}
