package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kartoteka/customer"
)

// ErrForbidden says that the policy does not let the subject do it; the caller answers 403. The
// message names the act and the roles that may.
var ErrForbidden = errors.New("not allowed")

// Policy decides who may do what and who sees what. The nil and the zero Policy are the built-in one.
type Policy struct {
	rights map[Role]Rights
}

// NewPolicy takes the rights of some roles from the configuration; the others keep theirs.
func NewPolicy(rights map[Role]Rights) *Policy { return &Policy{rights: rights} }

// Rights gives what a role may and sees.
func (p *Policy) Rights(r Role) Rights {
	if p != nil {
		if own, configured := p.rights[r]; configured {
			return own
		}
	}
	return builtIn[r]
}

// May returns nil if the subject may do it, else an error that wraps [ErrForbidden].
func (p *Policy) May(s *Subject, act Act) error {
	if s != nil {
		if s.Scopes != nil && !slices.Contains(s.Scopes, act) {
			return &Denied{Act: act, Scopes: true}
		}
		for _, r := range s.Roles {
			if slices.Contains(p.Rights(r).May, act) {
				return nil
			}
		}
	}
	return &Denied{Act: act, Roles: p.whoMay(act)}
}

// Denied is an [ErrForbidden] with what was asked for and who may.
type Denied struct {
	Act    Act
	Roles  []Role
	Scopes bool // a role may, the token may not
}

// Error implements error.
func (d *Denied) Error() string {
	if d.Scopes {
		return fmt.Sprintf("%v: %s is not in the scopes of this token; make one with it", ErrForbidden, d.Act)
	}
	names := []string{"no role"}
	for i, r := range d.Roles {
		names = append(names[:min(i, len(names))], string(r))
	}
	return fmt.Sprintf("%v: %s is for %s; ask an admin for the role", ErrForbidden, d.Act, strings.Join(names, ", "))
}

// Unwrap makes it an ErrForbidden.
func (d *Denied) Unwrap() error { return ErrForbidden }

// Can reports whether the subject may do it, for pages that show or leave out a button.
func (p *Policy) Can(s *Subject, act Act) bool { return p.May(s, act) == nil }

func (p *Policy) whoMay(act Act) (out []Role) {
	for _, r := range Roles() {
		if slices.Contains(p.Rights(r).May, act) {
			out = append(out, r)
		}
	}
	return out
}

// View gives what the subject sees of customers. Who has several roles sees what any of them sees.
// A token whose scopes name [Reveal] sees the secret values whole: a program has no one to type
// a reason, the one who made the token gave it. So does the command line, which has the database.
func (p *Policy) View(s *Subject, portrait *customer.Portrait) View {
	if s == nil || len(s.Roles) == 0 {
		return View{Only: []string{""}}
	}
	v := View{Where: Where{Sources: s.Sources}}
	if s.Via == ViaCLI || s.Via == ViaOpen {
		return v
	}
	whole := s.Via == ViaToken && slices.Contains(s.Scopes, Reveal) && p.Can(s, Reveal)
	for i := range portrait.Attributes {
		a := &portrait.Attributes[i]
		switch best := p.best(s, a); {
		case best == Absent:
			v.AllBut = append(v.AllBut, fieldOf(a))
		case best == Hint && (!whole || a.Sensitivity != customer.Secret):
			v.Masked = append(v.Masked, fieldOf(a))
		}
	}
	if p.lowest(s, Members) == Absent {
		v.AllBut = append(v.AllBut, Members)
	}
	return v
}

// best is how the subject sees an attribute by the kindest of its roles.
func (p *Policy) best(s *Subject, a *customer.Attribute) Sight {
	best := Absent
	for _, r := range s.Roles {
		if sight := p.Rights(r).sight(a); sight > best && p.reads(r) {
			best = sight
		}
	}
	return best
}

// reads reports whether a role sees customers anywhere: in cards, tasks, history or rejects.
func (p *Policy) reads(r Role) bool {
	return slices.ContainsFunc(p.Rights(r).May, func(a Act) bool {
		return a == ReadCustomer || a == Search || a == ReadHistory || a == ReadTasks || a == ReadChanges || a == Export
	})
}

func (p *Policy) lowest(s *Subject, name string) Sight {
	for _, r := range s.Roles {
		if p.reads(r) && !listed(p.Rights(r).Hide, name) {
			return Whole
		}
	}
	return Absent
}

func (r Rights) sight(a *customer.Attribute) Sight {
	switch {
	case listed(r.Hide, a.Name):
		return Absent
	case r.Mask == nil && a.Sensitivity == customer.Secret, listed(r.Mask, a.Name):
		return Hint
	}
	return Whole
}

func listed(list []string, name string) bool {
	return slices.Contains(list, Everything) || slices.Contains(list, name)
}

// MayWrite returns nil if the subject may fix the golden value of an attribute: it may pin, a role
// of its sees the attribute, and that role's list of what it writes, if there is one, names it.
func (p *Policy) MayWrite(s *Subject, attribute string) error {
	if err := p.May(s, Pin); err != nil {
		return err
	}
	for _, r := range s.Roles {
		rights := p.Rights(r)
		if slices.Contains(rights.May, Pin) && !listed(rights.Hide, attribute) && (rights.Write == nil || listed(rights.Write, attribute)) {
			return nil
		}
	}
	return fmt.Errorf("%w: values of %s are not written by your roles; an admin changes access.roles", ErrForbidden, attribute)
}
