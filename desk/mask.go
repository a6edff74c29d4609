package desk

import (
	"slices"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
)

// shows tells whether the subject sees an attribute, and whether by a hint only.
func (s *sight) shows(kind customer.Kind, attribute string) (visible, masked bool) {
	sight := s.view.Of(kind, attribute)
	return sight != access.Absent, sight == access.Hint
}

// whole reports whether the view keeps nothing back.
func (s *sight) whole() bool {
	return len(s.view.Only) == 0 && len(s.view.AllBut) == 0 && len(s.view.Masked) == 0
}

// conceal takes the names of attributes that the subject does not see out of a history.
func (s *sight) conceal(list []store.Happening) {
	for i := range list {
		list[i].Fields = s.view.Names(list[i].Fields)
	}
}

// maskWhy takes the values that the subject does not see whole out of an explanation. The weights
// stay: they say how much agrees, not what.
func (s *sight) maskWhy(w *matching.Why) {
	if s.whole() || w == nil {
		return
	}
	for i := range w.Comparisons {
		c := &w.Comparisons[i]
		for name := range strings.SplitSeq(c.Name, " + ") {
			visible, masked := s.shows(w.Kind, name)
			if visible && !masked {
				continue
			}
			for j := range c.Steps {
				s.maskStep(w.Kind, name, &c.Steps[j], visible)
			}
		}
	}
}

func (s *sight) maskStep(kind customer.Kind, attribute string, x *matching.Step, visible bool) {
	x.LeftRead, x.RightRead = "", ""
	x.Rarity = 0 // how frequent a value is may tell which one
	if !visible {
		x.Left, x.Right = "", ""
		return
	}
	if x.Part != "" {
		x.Left, x.Right = hideAll(x.Left), hideAll(x.Right)
		return
	}
	x.Left, x.Right = s.view.Text(s.portrait(), kind, attribute, x.Left), s.view.Text(s.portrait(), kind, attribute, x.Right)
}

func hideAll(text string) string {
	if text == "" {
		return ""
	}
	return access.Hidden
}

// maskPreview shows of what an operation changes what the subject sees: customers that it does not
// see are left out.
func (s *sight) maskPreview(p *resolve.Preview) error {
	if p == nil || s.whole() && !s.bounded() {
		return nil
	}
	var active []customer.Code
	for i := range p.Codes {
		active = append(active, p.Codes[i].Code)
	}
	seen, err := s.seenOrRetired(p, active)
	if err != nil {
		return err
	}
	p.Codes = slices.DeleteFunc(p.Codes, func(c resolve.CodePreview) bool { return !seen[c.Code] })
	for i := range p.Codes {
		c := &p.Codes[i]
		c.Before, c.After = s.view.Apply(s.portrait(), c.Before), s.view.Apply(s.portrait(), c.After)
		c.Fields = s.view.Names(c.Fields)
	}
	hidden := func(x resolve.PinPreview) bool { return !seen[x.Code] || !s.view.Shows(x.Attribute) }
	p.Shadowed, p.Returned = slices.DeleteFunc(p.Shadowed, hidden), slices.DeleteFunc(p.Returned, hidden)
	return nil
}

// seenOrRetired tells which codes of a preview the subject sees, before or after.
func (s *sight) seenOrRetired(p *resolve.Preview, codes []customer.Code) (map[customer.Code]bool, error) {
	out := map[customer.Code]bool{}
	if !s.bounded() {
		for _, code := range codes {
			out[code] = true
		}
		return out, nil
	}
	within, err := s.visible(codes)
	for i := range p.Codes {
		c := &p.Codes[i]
		out[c.Code] = within[c.Code] || s.inDocument(c.Before) || s.inDocument(c.After)
	}
	return out, err
}

// inDocument reports whether the subject sees a customer as a document tells of it.
func (s *sight) inDocument(d *customer.Document) bool {
	return d != nil && d.State == customer.CodeActive && s.view.Apply(s.portrait(), d) != nil
}
