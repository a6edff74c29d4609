package store

import (
	"context"
	"encoding/json"
	"fmt"

	"kartoteka/customer"
)

// pinsOf is a column with the active pins of a code as JSON, null if it has none.
func pinsOf(code string) string {
	return `(SELECT json_agg(json_build_object('id', p.id, 'attribute', p.attribute, 'operation', p.operation, 'value', p.value::json)
		ORDER BY p.operation, p.id) FROM pin p WHERE p.code = ` + code + ` AND p.revoked IS NULL)`
}

// pinnedValue is the stored form of a pin's value.
type pinnedValue struct {
	Verdict      customer.Verdict `json:"verdict"`
	Kind         string           `json:"kind,omitempty"`
	Raw          string           `json:"raw,omitempty"`
	Standard     string           `json:"standard,omitempty"`
	Parts        []string         `json:"parts,omitempty"`
	Alternatives []string         `json:"alternatives,omitempty"`
	Note         string           `json:"note,omitempty"`
}

func encodePin(v *customer.Value) (string, error) {
	text, err := json.Marshal(pinnedValue{v.Verdict, v.Kind, v.Raw, v.Standard, v.Parts, v.Alternatives, v.Note})
	return string(text), err
}

func decodePins(code customer.Code, text []byte) ([]customer.Pin, error) {
	if text == nil {
		return nil, nil
	}
	var list []struct {
		ID        int64
		Attribute string
		Operation int64
		Value     pinnedValue
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("pins of code %s: %w", code, err)
	}
	out := make([]customer.Pin, len(list))
	for i, p := range list {
		v := p.Value
		out[i] = customer.Pin{ID: p.ID, Code: code, Attribute: p.Attribute, Operation: p.Operation, Value: customer.Value{Verdict: v.Verdict, Kind: v.Kind,
			Raw: v.Raw, Standard: v.Standard, Parts: v.Parts, Alternatives: v.Alternatives, Note: v.Note}}
	}
	return out, nil
}

// grantsByRecord returns the active grants by the first record that each names.
func (tx *Tx) grantsByRecord(ctx context.Context) (map[customer.RecordID][]customer.Grant, error) {
	decisions, err := tx.decisions(ctx, `AND d.kind = 'granted'`)
	out := map[customer.RecordID][]customer.Grant{}
	for _, d := range decisions {
		if d.Grant != nil {
			out[d.Left[0]] = append(out[d.Left[0]], *d.Grant)
		}
	}
	return out, err
}
