package desk

import (
	"cmp"
	"context"
	"slices"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/matching"
)

// Bounds of a graph: of more records there is only the table.
const (
	graphNodes = 60
	graphEdges = 400
)

// Graph shows how the records of a customer hang together.
type Graph struct {
	Code  customer.Code `json:"code"`
	Count int           `json:"count"` // of records
	// TooLarge says that there are too many for a graph; Records pages through them.
	TooLarge bool            `json:"too_large,omitempty"`
	Link     matching.Weight `json:"link"` // what a pair must reach to be one customer, hundredths of a bit
	Nodes    []GraphNode     `json:"nodes"`
	Edges    []GraphEdge     `json:"edges"` // the strongest first
}

// GraphNode is a record.
type GraphNode struct {
	Record customer.RecordID `json:"record"`
	Source customer.Source   `json:"source"`
	Key    string            `json:"key"`
	Home   customer.Code     `json:"home,omitzero"` // its first code
	Values []NamedValue      `json:"values,omitempty"`
}

// GraphEdge is what two records say about each other; A and B are places in Nodes.
type GraphEdge struct {
	A     int             `json:"a"`
	B     int             `json:"b"`
	Total matching.Weight `json:"total"` // hundredths of a bit
	Same  bool            `json:"same"`  // by itself the pair is held to be one customer
	// Bridge says that without this pair the records would fall apart into two groups.
	Bridge  bool                  `json:"bridge,omitempty"`
	Vetoes  []string              `json:"vetoes,omitempty"` // attributes of which they have different values, and one only is possible
	Decided customer.DecisionKind `json:"decided,omitempty"`
}

// Graph shows the records of an active customer and what each pair of them weighs.
func (d *Desk) Graph(ctx context.Context, code customer.Code) (g *Graph, err error) {
	err = d.explain(ctx, access.ReadHistory, func(s *sight) error {
		if err := s.sees(code); err != nil {
			return err
		}
		row, err := s.follow(code, nil)
		if err != nil {
			return err
		}
		g, err = s.graph(row.Code)
		return err
	})
	return shown(ctx, d, g, err, access.ReadHistory, func(g *Graph) []customer.Code { return only(g.Code) })
}

func (s *sight) graph(code customer.Code) (*Graph, error) {
	g := &Graph{Code: code, Nodes: []GraphNode{}, Edges: []GraphEdge{}}
	ids, err := s.tx.RecordsOf(s.ctx, []customer.Code{code})
	if g.Count = len(ids); err != nil || g.Count == 0 {
		return g, err
	}
	if g.Count > graphNodes {
		g.TooLarge = true
		return g, nil
	}
	_, members, err := s.loaded(ids)
	if err != nil {
		return nil, err
	}
	for i := range members {
		g.Nodes = append(g.Nodes, s.node(&members[i]))
	}
	decisions, err := s.tx.Decisions(s.ctx, ids)
	if err != nil {
		return nil, err
	}
	g.Link = s.rules.Matcher.Link(members[0].item.Kind)
	g.Edges = s.edges(members, decisions)
	bridges(g)
	return g, nil
}

func (s *sight) node(w *weighed) GraphNode {
	n := GraphNode{Record: w.ID, Source: w.Ref.Source, Key: w.Ref.Key, Home: w.Home}
	if !s.view.Shows(access.Members) {
		n.Source, n.Key = "", ""
	}
	for _, a := range s.portrait().Of(w.item.Kind) {
		values := w.Standard.Of(a.ID)
		if len(values) == 0 || len(n.Values) == shownValues || !values[0].Verdict.Usable() {
			continue
		}
		if text := s.view.Text(s.portrait(), w.item.Kind, a.Name, values[0].Standard); text != "" {
			text, _ = clip(text)
			n.Values = append(n.Values, NamedValue{a.Name, text})
		}
	}
	return n
}

// edges weighs each pair; of those that say nothing for one customer only contradictions stay.
func (s *sight) edges(members []weighed, decisions []customer.Decision) []GraphEdge {
	out := []GraphEdge{}
	for i := range members {
		for j := i + 1; j < len(members); j++ {
			a, b := &members[i], &members[j]
			e := GraphEdge{A: i, B: j, Decided: decidedOf(decisions, a.ID, b.ID)}
			if a.item.Kind == b.item.Kind {
				why := s.rules.Matcher.Explain(a.item, b.item)
				e.Total, e.Same, e.Vetoes = why.Total, why.Same(), s.openOnly(a.item.Kind, why.Vetoes)
			}
			if e.Total > 0 || len(e.Vetoes) > 0 || e.Decided != "" {
				out = append(out, e)
			}
		}
	}
	slices.SortStableFunc(out, func(x, y GraphEdge) int { return cmp.Compare(y.Total, x.Total) })
	return out[:min(len(out), graphEdges)]
}

func (s *sight) openOnly(kind customer.Kind, names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return s.view.Of(kind, name) == access.Absent })
}

// decidedOf is what a person decided about two records, "" for nothing.
func decidedOf(decisions []customer.Decision, a, b customer.RecordID) customer.DecisionKind {
	for _, d := range decisions {
		both := append(slices.Clone(d.Left), d.Right...)
		switch {
		case d.Kind == customer.Same && slices.Contains(both, a) && slices.Contains(both, b):
			return customer.Same
		case d.Kind == customer.Different && (slices.Contains(d.Left, a) && slices.Contains(d.Right, b) || slices.Contains(d.Left, b) && slices.Contains(d.Right, a)):
			return customer.Different
		}
	}
	return ""
}
