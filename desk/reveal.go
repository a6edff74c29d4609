package desk

import (
	"context"
	"fmt"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
)

// Revealed is the whole value of an attribute that is shown by a hint.
type Revealed struct {
	Code      customer.Code   `json:"code"`
	Attribute string          `json:"attribute"`
	Values    []string        `json:"values"`  // the golden ones
	Records   []RevealedValue `json:"records"` // what the source records say, the first of them
}

// RevealedValue is what one source record says.
type RevealedValue struct {
	Record   customer.RecordID `json:"record"`
	Raw      string            `json:"raw"`
	Standard string            `json:"standard"`
}

// Reveal shows an attribute whole that the subject sees by a hint, once, for a reason; it is audited
// and counted before anything is shown.
func (d *Desk) Reveal(ctx context.Context, who resolve.Who, attribute, reason string) (*Revealed, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > maxReason {
		return nil, invalid("say in up to %d bytes why you need the value", maxReason)
	}
	out := &Revealed{Attribute: attribute, Values: []string{}, Records: []RevealedValue{}}
	if err := d.explain(ctx, access.Reveal, func(s *sight) error { return out.read(s, who) }); err != nil {
		return nil, err
	}
	if d.options.Audit != nil {
		if err := d.options.Audit.Revealed(ctx, access.From(ctx), out.Code, attribute, reason); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *Revealed) read(s *sight, who resolve.Who) error {
	code, err := s.code(who)
	if err != nil {
		return err
	}
	row, err := s.follow(code, nil)
	if err != nil {
		return err
	}
	r.Code = row.Code
	id, known := s.portrait().Lookup(row.Kind, r.Attribute)
	if !known || s.view.Of(row.Kind, r.Attribute) == access.Absent {
		return invalid("%s has no attribute of this name", row.Kind.An())
	}
	documents, err := s.tx.Documents(s.ctx, []customer.Code{row.Code})
	if err != nil {
		return err
	}
	d := documents[row.Code]
	if d == nil || d.State != customer.CodeActive {
		return fmt.Errorf("code %s: %w", row.Code, ErrUnknown)
	}
	r.Values = append(r.Values, standardsOf(d.Attributes[r.Attribute])...)
	records, err := s.tx.StandardsOf(s.ctx, []customer.Code{row.Code}, sideRecords)
	for i := range records {
		for _, v := range records[i].Standard.Of(id) {
			r.Records = append(r.Records, RevealedValue{records[i].ID, v.Raw, v.Standard})
		}
	}
	return err
}
