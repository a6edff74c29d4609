package golden

import (
	"cmp"
	"slices"

	"kartoteka/customer"
)

// pin is a steward's value, resolved against the portrait.
type pin struct {
	value     customer.Value
	operation int64
}

// pinsOf resolves the pins of a kind; those of attributes that the portrait no longer has,
// or of facts, say nothing.
func pinsOf(p *customer.Portrait, kind customer.Kind, pins []customer.Pin) []pin {
	var out []pin
	for _, x := range pins {
		id, known := p.Lookup(kind, x.Attribute)
		if !known || p.Attribute(id).Type.IsFact() {
			continue
		}
		x.Value.Attribute = id
		out = append(out, pin{value: x.Value, operation: x.Operation})
	}
	slices.SortFunc(out, func(a, b pin) int {
		return cmp.Or(cmp.Compare(b.operation, a.operation), cmp.Compare(a.value.Kind, b.value.Kind),
			cmp.Compare(a.value.Standard, b.value.Standard))
	})
	return out
}

// applyPins adds the attribute's pins to the candidates and takes out what they suppress.
func (b *builder) applyPins(a *customer.Attribute) {
	for i := range b.pins {
		x := &b.pins[i]
		switch {
		case x.value.Attribute != a.ID:
		case !x.value.Verdict.Usable():
			b.candidates = slices.DeleteFunc(b.candidates, func(c candidate) bool {
				return c.pin == nil && x.suppresses(a, c.value)
			})
		case !suppressed(b.pins[:i], a, &x.value):
			b.candidates = append(b.candidates, candidate{value: &x.value, pin: x, place: i})
		}
	}
}

// suppressed reports whether one of the pins, all of them later, takes out v.
func suppressed(pins []pin, a *customer.Attribute, v *customer.Value) bool {
	return slices.ContainsFunc(pins, func(x pin) bool {
		return x.value.Attribute == a.ID && !x.value.Verdict.Usable() && x.suppresses(a, v)
	})
}

// suppresses reports whether a pin without a usable value takes out v.
func (x *pin) suppresses(a *customer.Attribute, v *customer.Value) bool {
	if a.By == "kind" && x.value.Kind != v.Kind {
		return false
	}
	return x.value.Standard == "" || x.value.Standard == v.Standard
}
