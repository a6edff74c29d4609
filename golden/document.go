package golden

import (
	"slices"

	"kartoteka/customer"
)

// Describe writes the golden record into a document: Kind, Attributes, Consents, Products
// and Relations; head and members stay as they are.
func Describe(p *customer.Portrait, g *customer.Golden, d *customer.Document) {
	d.Kind, d.Consents, d.Products, d.Relations = g.Kind, g.Consents, g.Products, g.Relations
	d.Attributes = nil
	if len(g.Values) > 0 {
		d.Attributes = make(map[string][]customer.DocumentValue, len(g.Values))
	}
	for i := 0; i < len(g.Values); {
		a := p.Attribute(g.Values[i].Attribute)
		j := i + 1
		for j < len(g.Values) && g.Values[j].Attribute == a.ID {
			j++
		}
		values := make([]customer.DocumentValue, 0, j-i)
		for ; i < j; i++ {
			values = append(values, describe(a.Type, &g.Values[i]))
		}
		d.Attributes[a.Name] = values
	}
}

func describe(t customer.TypeName, g *customer.GoldenValue) customer.DocumentValue {
	return customer.DocumentValue{Value: g.Standard, Parts: partsOf(t, g.Parts), Kind: g.Kind, Verdict: g.Verdict,
		Source: g.Provenance.Source, Record: g.Provenance.Record, Revision: g.Provenance.Revision,
		Rule: g.Provenance.Rule, Agreement: g.Provenance.Agreement, Observed: g.Observed, RunnersUp: g.RunnersUp}
}

func partsOf(t customer.TypeName, parts []string) map[string]string {
	var out map[string]string
	names := types[t].Parts
	for i, part := range parts {
		if part == "" || i >= len(names) {
			continue
		}
		if out == nil {
			out = make(map[string]string, len(parts))
		}
		out[names[i]] = part
	}
	return out
}

// Changed names the attributes whose values differ between two documents of a code, sorted;
// lineage alone is no change. Facts are named as the portrait names them: "consent",
// "products". A nil document is one without values.
func Changed(p *customer.Portrait, old, new *customer.Document) []string {
	if old == nil {
		old = &customer.Document{}
	}
	if new == nil {
		new = &customer.Document{}
	}
	names := map[string]bool{}
	for name, values := range old.Attributes {
		if !slices.EqualFunc(values, new.Attributes[name], sameValue) {
			names[name] = true
		}
	}
	for name := range new.Attributes {
		if len(old.Attributes[name]) == 0 && len(new.Attributes[name]) > 0 {
			names[name] = true
		}
	}
	changedFacts(p, old, new, names)
	return sortedNames(names)
}

func changedFacts(p *customer.Portrait, old, new *customer.Document, names map[string]bool) {
	kind := new.Kind
	if kind == "" {
		kind = old.Kind
	}
	if !slices.EqualFunc(old.Consents, new.Consents, sameConsent) {
		names[factName(p, kind, customer.TypeConsent, "consent")] = true
	}
	if !slices.Equal(old.Products, new.Products) {
		names[factName(p, kind, customer.TypeProduct, "products")] = true
	}
	only := func(a, b []customer.Relation) {
		for _, r := range a {
			if !slices.Contains(b, r) {
				names[r.Attribute] = true
			}
		}
	}
	only(old.Relations, new.Relations)
	only(new.Relations, old.Relations)
}

// factName is what the portrait calls its first attribute of a type.
func factName(p *customer.Portrait, kind customer.Kind, t customer.TypeName, otherwise string) string {
	for i := range p.Attributes {
		if a := &p.Attributes[i]; a.Kind == kind && a.Type == t {
			return a.Name
		}
	}
	return otherwise
}

func sameConsent(a, b customer.Consent) bool {
	return sameScope(a, b) && a.Given == b.Given && a.At.Equal(b.At)
}

func sameValue(a, b customer.DocumentValue) bool {
	if a.Value != b.Value || a.Kind != b.Kind || len(a.Parts) != len(b.Parts) {
		return false
	}
	for name, part := range a.Parts {
		if b.Parts[name] != part {
			return false
		}
	}
	return true
}

func sortedNames(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for name := range set {
		out = append(out, name)
	}
	slices.Sort(out)
	if len(out) == 0 {
		return nil
	}
	return out
}
