package resolve

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"kartoteka/customer"
	"kartoteka/golden"
)

// Recalled is a golden record of a version, built again.
type Recalled struct {
	Document *customer.Document
	// Exact says that it is to the byte what was published then. Otherwise the rules changed since, or
	// content was erased: the values are those of then by reference, without their lineage.
	Exact bool
}

// Recall builds the golden record of a past version again from what is kept by reference, and holds it
// against the hash of what was published.
func (b *Rebuilder) Recall(p *customer.Past) (*Recalled, error) {
	if !p.Active() {
		return b.recallRetired(p), nil
	}
	c := &cluster{code: p.Change.Code}
	for i := range p.Members {
		c.members = append(c.members, &record{Record: p.Members[i]})
	}
	built, head := b.rules.build(c, p.Change.Version, &golden.Decided{Pins: p.Pins, Grants: p.Grants})
	head.Epoch = p.Change.Epoch
	text := b.encoder.Append(nil, built, &head)
	sum := sha256.Sum256(text)
	out := &Recalled{Document: &customer.Document{}, Exact: bytes.Equal(sum[:], p.Hash)}
	if err := json.Unmarshal(text, out.Document); err != nil {
		return nil, fmt.Errorf("version %d of code %s: %w", p.Change.Version, p.Change.Code, err)
	}
	if out.Exact {
		return out, nil
	}
	return out, b.refer(p, built.Kind, out.Document)
}

func (b *Rebuilder) recallRetired(p *customer.Past) *Recalled {
	d := &customer.Document{Code: p.Change.Code, State: customer.CodeRetired, Epoch: p.Change.Epoch, Version: p.Change.Version, Successor: p.Change.Successor}
	if p.Change.Kind == customer.Erased {
		d.State = customer.CodeErased
	}
	sum := sha256.Sum256(golden.AppendJSON(nil, d))
	return &Recalled{d, bytes.Equal(sum[:], p.Hash)}
}

// refer puts the values of then, by reference, into a document whose rules are of now.
func (b *Rebuilder) refer(p *customer.Past, kind customer.Kind, d *customer.Document) error {
	var refs map[string][][]int64
	if err := json.Unmarshal(p.History, &refs); err != nil {
		return fmt.Errorf("history of version %d of code %s: %w", p.Change.Version, p.Change.Code, err)
	}
	g := &customer.Golden{Kind: kind, Consents: d.Consents, Products: d.Products, Relations: d.Relations}
	for _, a := range b.rules.Portrait.Of(kind) {
		for _, ref := range refs[a.Name] {
			if v, known := p.Value(&a, ref); known {
				g.Values = append(g.Values, v)
			}
		}
	}
	golden.Describe(b.rules.Portrait, g, d)
	return nil
}
