package resolve

import (
	"fmt"
	"slices"

	"kartoteka/customer"
)

// Split takes records out of a customer and makes them one of their own.
type Split struct {
	Code    customer.Code
	Records []customer.Ref // some of the code's records, not all
}

// Kind implements [Action].
func (Split) Kind() string { return "split" }

func (s Split) intent() string { return s.Code.String() + "\n" + spellRefs(s.Records) }

func spellRefs(refs []customer.Ref) string {
	who := make([]Who, len(refs))
	for i, ref := range refs {
		who[i].Ref = ref
	}
	return spellWho(who)
}

func (s Split) plan(o *operation) error {
	if len(s.Records) == 0 {
		return fmt.Errorf("%w: name the records that are another customer", ErrUndecidable)
	}
	if _, err := o.active(s.Code); err != nil {
		return err
	}
	found, err := o.locate(s.Records...)
	if err != nil {
		return err
	}
	leave := make([]customer.RecordID, len(found))
	for i, l := range found {
		if l.Code != s.Code {
			return fmt.Errorf("%w: %s (number %d of those named) belongs to code %s, not to %s", ErrUndecidable, Who{Ref: l.Ref}, i+1, l.Code, s.Code)
		}
		leave[i] = l.ID
	}
	stay, err := o.without(s.Code, leave)
	if err != nil {
		return err
	}
	if len(stay) == 0 {
		return fmt.Errorf("%w: these are all records of code %s; nothing would stay", ErrUndecidable, s.Code)
	}
	o.different(leave, stay)
	if len(leave) > 1 {
		o.same(leave[:1], leave[1:])
	}
	o.wishes = []wish{{s.Code, stay}}
	return nil
}

// without gives the records of a code but for some.
func (o *operation) without(code customer.Code, some []customer.RecordID) ([]customer.RecordID, error) {
	ids, err := o.members(code)
	return slices.DeleteFunc(slices.Clone(ids), func(id customer.RecordID) bool { return slices.Contains(some, id) }), err
}

// Relocate moves one record from its customer to another.
type Relocate struct {
	Record customer.Ref
	To     Who
}

// Kind implements [Action].
func (Relocate) Kind() string { return "move" }

func (r Relocate) intent() string { return spellRefs([]customer.Ref{r.Record}) + spellWho([]Who{r.To}) }

func (r Relocate) plan(o *operation) error {
	found, err := o.locate(r.Record)
	if err != nil {
		return err
	}
	to, err := o.codeOf(r.To)
	if err != nil {
		return err
	}
	rec := found[0]
	if rec.Code == to.Code {
		return fmt.Errorf("%w: %s belongs to code %s already", ErrNothing, Who{Ref: r.Record}, to.Code)
	}
	if err := oneKind([]customer.Kind{rec.Kind, to.Kind}); err != nil {
		return err
	}
	target, err := o.members(to.Code)
	if err != nil {
		return err
	}
	moved := []customer.RecordID{rec.ID}
	rest, err := o.without(rec.Code, moved)
	if err != nil {
		return err
	}
	o.different(moved, rest)
	o.same(moved, target)
	o.wishes = []wish{{to.Code, target}, {rec.Code, rest}}
	return nil
}
