package desk

import (
	"fmt"
	"strings"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// ParseWho reads CODE (with or without hyphens) or SOURCE/KEY.
func ParseWho(text string) (resolve.Who, error) {
	if code, err := customer.ParseCode(text); err == nil {
		return resolve.Who{Code: code}, nil
	}
	if err := storable(text); err != nil {
		return resolve.Who{}, err
	}
	source, key, is := strings.Cut(text, "/")
	if !is || source == "" || key == "" {
		return resolve.Who{}, fmt.Errorf("%w: name a customer by its code or by SOURCE/KEY; %w", ErrInvalid, customer.ErrCode)
	}
	return resolve.Who{Ref: customer.Ref{Source: customer.Source(source), Key: key}}, nil
}

// record finds the source record that is named; nil for a code.
func (s *sight) record(w resolve.Who) (*store.RecordRow, error) {
	if w.Code != 0 {
		return nil, nil
	}
	row, err := s.tx.RecordAt(s.ctx, w.Ref)
	if err == nil {
		err = s.sees(row.Code)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; kartoteka find looks for a customer by anything", name(w), err)
	}
	return &row, nil
}

// code gives the code that is named, or that the named record belongs to.
func (s *sight) code(w resolve.Who) (customer.Code, error) {
	row, err := s.record(w)
	switch {
	case err != nil:
		return 0, err
	case row == nil:
		return w.Code, s.sees(w.Code)
	case row.Code == 0 && row.State == customer.RecordPending:
		return 0, fmt.Errorf("%s landed and has no code yet: %w; kartoteka load resolves what waits", name(w), ErrUnknown)
	case row.Code == 0:
		return 0, fmt.Errorf("%s was deleted at its source: %w", name(w), ErrUnknown)
	}
	return row.Code, nil
}

// name names it in errors: a key may be personal, a source and a code are not.
func name(w resolve.Who) string {
	if w.Code != 0 {
		return w.Code.String()
	}
	return "the record of " + string(w.Ref.Source)
}
