package mapping

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
)

// Fragment writes a mapping as a valid fragment of the configuration: sources.<name> with
// its map, and the extra attributes as additions to the portrait.
func Fragment(p *customer.Portrait, source customer.Source, m *customer.Mapping, extras []customer.Attribute) ([]byte, error) {
	root := object()
	if len(extras) > 0 {
		root.put("portrait", portraitNode(extras))
	}
	sources := object()
	sources.put(string(source), sourceNode(p, m))
	root.put("sources", sources.node)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root.node); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// mapNode is a YAML object that keeps the order of its keys.
type mapNode struct{ node *yaml.Node }

func object() mapNode { return mapNode{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}} }

// inline is an object written in braces.
func inline() mapNode {
	return mapNode{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle}}
}

func (o mapNode) put(key string, value *yaml.Node) {
	if value != nil {
		o.node.Content = append(o.node.Content, textNode(key), value)
	}
}

func (o mapNode) text(key, value string) {
	if value != "" {
		o.put(key, textNode(value))
	}
}

func (o mapNode) texts(key string, list []string) {
	if len(list) > 0 {
		o.put(key, oneOrMany(list))
	}
}

func textNode(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if n.Style == yaml.LiteralStyle { // a column whose name has a line break
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func listNode(list []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, s := range list {
		n.Content = append(n.Content, textNode(s))
	}
	return n
}

func oneOrMany(list []string) *yaml.Node {
	if len(list) == 1 {
		return textNode(list[0])
	}
	return listNode(list)
}

func portraitNode(extras []customer.Attribute) *yaml.Node {
	root := object()
	for _, kind := range customer.Kinds() {
		of := object()
		for _, a := range extras {
			if a.Kind == kind {
				of.put(a.Name, attributeNode(a))
			}
		}
		if len(of.node.Content) > 0 {
			root.put(string(kind), of.node)
		}
	}
	return root.node
}

func attributeNode(a customer.Attribute) *yaml.Node {
	o := inline()
	o.text("type", string(a.Type))
	o.text("holds", string(a.Holds))
	if a.SharedBy > 0 {
		o.put("shared_by", numberNode(a.SharedBy))
	}
	return o.node
}

func numberNode(n int) *yaml.Node {
	node := &yaml.Node{}
	_ = node.Encode(n) // an int always encodes
	return node
}

func sourceNode(p *customer.Portrait, m *customer.Mapping) *yaml.Node {
	o := object()
	o.texts("key", m.Key)
	if m.Kind != nil {
		o.put("kind", kindNode(m.Kind))
	}
	o.text("observed", m.Observed)
	if m.City != "" {
		phones := inline()
		phones.text("area_code_from", m.City)
		o.put("phones", phones.node)
	}
	o.put("map", mapOf(p, m))
	return o.node
}

func kindNode(k *customer.KindRule) *yaml.Node {
	if k.Column == "" {
		return textNode(string(k.Always))
	}
	o := inline()
	o.text("field", k.Column)
	o.texts("person", k.Person)
	o.texts("organization", k.Organization)
	return o.node
}

func mapOf(p *customer.Portrait, m *customer.Mapping) *yaml.Node {
	if m.Standard != "" {
		return textNode(m.Standard)
	}
	o := object()
	var done []string
	for _, fd := range m.Fields {
		if slices.Contains(done, fd.Attribute) {
			continue
		}
		done = append(done, fd.Attribute)
		var all []*yaml.Node
		for _, same := range m.Fields {
			if same.Attribute == fd.Attribute {
				all = append(all, fieldNode(&same))
			}
		}
		o.put(fd.Attribute, listOf(all))
	}
	factNodes(o, p, m)
	return o.node
}

// listOf writes one value bare; of several, each bare column becomes {field: COLUMN}, because a list
// of columns means one value of them all for some types.
func listOf(all []*yaml.Node) *yaml.Node {
	if len(all) == 1 {
		return all[0]
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, v := range all {
		if v.Kind == yaml.ScalarNode {
			o := inline()
			o.put("field", v)
			v = o.node
		}
		n.Content = append(n.Content, v)
	}
	return n
}

func fieldNode(fd *customer.Field) *yaml.Node {
	if len(fd.Columns) == 1 && len(fd.Parts) == 0 && fd.ValueKind == "" && fd.Format == "" && fd.Issued == "" && len(fd.When) == 0 {
		return textNode(fd.Columns[0])
	}
	o := inline()
	switch {
	case len(fd.Parts) > 0 && !repeats(fd.Parts):
		for i, part := range fd.Parts {
			o.text(part, fd.Columns[i])
		}
	case len(fd.Columns) == 1 && len(fd.Parts) == 0:
		o.text("field", fd.Columns[0])
	default:
		o.put("fields", listNode(fd.Columns))
		if len(fd.Parts) > 0 {
			o.put("parts", listNode(fd.Parts))
		}
	}
	o.text("format", fd.Format)
	o.text("kind", fd.ValueKind)
	o.text("issued", fd.Issued)
	if len(fd.When) > 0 {
		o.put("when", whenNode(fd.When))
	}
	return o.node
}

func repeats(list []string) bool {
	for i, s := range list {
		if slices.Contains(list[:i], s) {
			return true
		}
	}
	return false
}

func whenNode(when map[string]string) *yaml.Node {
	o := inline()
	var columns []string
	for column := range when {
		columns = append(columns, column)
	}
	slices.Sort(columns)
	for _, column := range columns {
		o.put(column, textNode(when[column]))
	}
	return o.node
}

func factNodes(o mapNode, p *customer.Portrait, m *customer.Mapping) {
	r := rolesOf(p)
	var consents, products []*yaml.Node
	for _, c := range m.Consents {
		n := inline()
		n.text("purpose", c.Purpose)
		n.texts("channel", c.Channels)
		n.text("field", c.Column)
		n.texts("yes", c.Yes)
		n.texts("no", c.No)
		n.text("at", c.At)
		consents = append(consents, n.node)
	}
	for _, pr := range m.Products {
		n := inline()
		n.text("kind", pr.Kind)
		n.text("number", pr.Number)
		n.text("status", pr.Status)
		n.text("opened", pr.Opened)
		n.text("closed", pr.Closed)
		products = append(products, n.node)
	}
	if names := r.all("consent"); len(consents) > 0 && len(names) > 0 {
		o.put(names[0], listOf(consents))
	}
	if names := r.all("product"); len(products) > 0 && len(names) > 0 {
		o.put(names[0], listOf(products))
	}
	linkNodes(o, m)
}

func linkNodes(o mapNode, m *customer.Mapping) {
	byAttribute := map[string][]*yaml.Node{}
	var order []string
	for _, l := range m.Links {
		n := inline()
		n.text("source", string(l.TargetSource))
		n.text("key", l.TargetKey)
		n.text("role", l.Role)
		n.text("from", l.From)
		n.text("to", l.To)
		if byAttribute[l.Attribute] == nil {
			order = append(order, l.Attribute)
		}
		byAttribute[l.Attribute] = append(byAttribute[l.Attribute], n.node)
	}
	for _, a := range order {
		o.put(a, listOf(byAttribute[a]))
	}
}
