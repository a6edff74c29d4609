package steward

import (
	"context"
	"math"
	"net/http"
	"slices"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
)

// cluster is the records of a customer and how they hang together.
type cluster struct {
	Rows  []clusterRow
	Count int
	Next  string // of the table, when there are too many records for a graph
	Graph *graph
	Edges []clusterEdge
	How   []string // how the customer came about, sentence by sentence
}

type clusterRow struct {
	Number int
	Ref    string
	Record customer.RecordID
	Source customer.Source
	Key    string
	Home   customer.Code
	Values []desk.NamedValue
}

// clusterEdge is a pair in the table.
type clusterEdge struct {
	A, B  int // numbers of rows
	Bits  float64
	Class string
	Says  []string
}

// graph is the drawing.
type graph struct {
	Width, Height int
	Nodes         []graphNode
	Lines         []graphLine
	Label         string
}

type graphNode struct {
	X, Y, TextX, TextY float64
	Anchor             string
	Number             int
	Record             customer.RecordID
	Text               string
	Class              string
}

type graphLine struct {
	X1, Y1, X2, Y2 float64
	Class, Title   string
}

// Grapher draws who hangs together with whom.
type Grapher interface {
	Graph(ctx context.Context, code customer.Code) (*desk.Graph, error)
}

// Bounds of a drawing and of a page of the table.
const maxLines, clusterPage = 240, 50

func (s *Site) cardCluster(w http.ResponseWriter, r *http.Request) error {
	b, err := s.cardOf(r, "cluster", 0)
	if err != nil {
		return err
	}
	f := s.cardFrame(r, b)
	f.Scope = scopeCluster
	b.Cluster = &cluster{}
	if g, is := s.options.Desk.(Grapher); is {
		drawn, err := g.Graph(r.Context(), b.Present())
		if err != nil {
			return err
		}
		b.Cluster.fill(f.Lang, drawn)
	}
	if len(b.Cluster.Rows) == 0 {
		if err := s.clusterTable(r, b); err != nil {
			return err
		}
	}
	if b.May["customer.history"] && b.Cluster.Graph != nil {
		how, err := s.options.Desk.How(r.Context(), resolve.Who{Code: b.Present()})
		if err != nil {
			return err
		}
		b.Cluster.How = howText(f.Lang, how)
	}
	return s.show(w, r, http.StatusOK, "card", f, b)
}

// clusterTable pages through the records of a customer that is too large to draw.
func (s *Site) clusterTable(r *http.Request, b *cardBody) error {
	after := number(r.URL.Query().Get("after"))
	list, next, err := s.options.Desk.Records(r.Context(), b.Present(), customer.RecordID(after), clusterPage)
	if err != nil {
		return err
	}
	for i := range list {
		x := &list[i]
		row := clusterRow{Number: i + 1, Ref: customer.Ref{Source: x.Source, Key: x.Key}.String(), Record: x.Record, Source: x.Source, Key: x.Key, Home: x.Home}
		for _, v := range x.Values {
			if len(row.Values) < 4 && v.Standard != "" {
				row.Values = append(row.Values, desk.NamedValue{Attribute: v.Attribute, Value: v.Standard})
			}
		}
		b.Cluster.Rows = append(b.Cluster.Rows, row)
	}
	if b.Golden != nil {
		b.Cluster.Count = b.Golden.MemberCount
	}
	if next > 0 {
		b.Cluster.Next = with(r.URL.Query(), "after", text(next))
	}
	return nil
}

func (c *cluster) fill(l phrases.Lang, g *desk.Graph) {
	c.Count = g.Count
	if g.TooLarge {
		return
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		c.Rows = append(c.Rows, clusterRow{Number: i + 1, Ref: customer.Ref{Source: n.Source, Key: n.Key}.String(), Record: n.Record, Source: n.Source, Key: n.Key, Home: n.Home, Values: n.Values})
	}
	for i := range g.Edges {
		c.Edges = append(c.Edges, edgeOf(l, g, &g.Edges[i]))
	}
	c.Graph = drawGraph(l, g, c.Edges)
}

func edgeOf(l phrases.Lang, g *desk.Graph, e *desk.GraphEdge) clusterEdge {
	out := clusterEdge{A: e.A + 1, B: e.B + 1, Bits: bitsOf(e.Total), Class: "weak"}
	if e.Same {
		out.Class = "strong"
		out.Says = append(out.Says, l.Sentence("steward.cluster.same"))
	}
	if e.Bridge && len(g.Nodes) > 2 { // of two records each pair is the only link
		out.Class = "bridge"
		out.Says = append(out.Says, l.Sentence("steward.cluster.bridge"))
	}
	for _, v := range e.Vetoes {
		out.Class = "conflict"
		out.Says = append(out.Says, l.Sentence("why.veto", l.Attribute(v)))
	}
	if e.Decided != "" {
		out.Says = append(out.Says, l.Sentence("why.decision."+string(e.Decided)))
	}
	return out
}

// drawGraph puts the records on a circle, the strongly connected beside each other: the same records
// always give the same picture.
func drawGraph(l phrases.Lang, g *desk.Graph, edges []clusterEdge) *graph {
	n := len(g.Nodes)
	if n == 0 {
		return nil
	}
	radius := math.Max(90, float64(n)*9.5)
	out := &graph{Width: int(2*radius) + 400, Height: int(2*radius) + 84, Label: l.Sentence("steward.cluster.label", n, len(edges))}
	cx, cy := float64(out.Width)/2, float64(out.Height)/2
	if n == 1 {
		radius = 0
	}
	sources := map[customer.Source]int{}
	at := make([]graphNode, n)
	for place, i := range orderOf(g) {
		angle := 2*math.Pi*float64(place)/float64(n) - math.Pi/2
		x := &g.Nodes[i]
		if _, seen := sources[x.Source]; !seen {
			sources[x.Source] = len(sources)
		}
		node := graphNode{X: round1(cx + radius*math.Cos(angle)), Y: round1(cy + radius*math.Sin(angle)), Number: i + 1, Record: x.Record, Text: clip(string(x.Source)+"/"+x.Key, 24), Class: []string{"", "b", "c", "d"}[sources[x.Source]%4], Anchor: "start"}
		node.TextX, node.TextY = round1(node.X+18*math.Cos(angle)), round1(node.Y+18*math.Sin(angle)+4)
		if math.Cos(angle) < -0.1 {
			node.Anchor = "end"
		} else if math.Abs(math.Cos(angle)) <= 0.1 {
			node.Anchor = "middle"
			node.TextY = round1(node.Y + 26*math.Sin(angle) + 4)
		}
		at[i] = node
	}
	out.Nodes = at
	for i := range edges {
		e := &edges[i]
		if len(out.Lines) < maxLines && (e.Class != "weak" || e.Bits > 0) {
			a, b := at[e.A-1], at[e.B-1]
			out.Lines = append(out.Lines, graphLine{a.X, a.Y, b.X, b.Y, e.Class, itoa(e.A) + " – " + itoa(e.B) + ": " + signed(l, e.Bits)})
		}
	}
	slices.Reverse(out.Lines) // the strongest on top
	return out
}

// orderOf walks from record to record over the strongest pair that leads to a new one.
func orderOf(g *desk.Graph) []int {
	n := len(g.Nodes)
	weight := make([][]int32, n)
	for i := range weight {
		weight[i] = make([]int32, n)
	}
	for _, e := range g.Edges {
		weight[e.A][e.B], weight[e.B][e.A] = e.Total, e.Total
	}
	seen, order := make([]bool, n), []int{0}
	seen[0] = true
	for len(order) < n {
		last, best := order[len(order)-1], -1
		for j := range n {
			if !seen[j] && (best < 0 || weight[last][j] > weight[last][best]) {
				best = j
			}
		}
		seen[best] = true
		order = append(order, best)
	}
	return order
}

// howText tells how a customer came about.
func howText(l phrases.Lang, h *desk.How) []string {
	var out []string
	for i := range h.Steps {
		s := &h.Steps[i]
		left, right := refs(s.Left), refs(s.Right)
		switch {
		case len(s.Right) == 0:
			out = append(out, capital(l.Sentence("how.equal", left)))
		case s.Decided:
			out = append(out, capital(l.Sentence("how.decided", left, right)))
		case s.Total != nil && s.Needed != nil:
			out = append(out, l.Sentence("how.join", left, right)+" ("+l.Sentence("steward.cluster.step", signed(l, bitsOf(*s.Total)), signed(l, bitsOf(*s.Needed)))+")")
		}
	}
	for i := range h.Apart {
		a := &h.Apart[i]
		out = append(out, capital(l.Sentence("steward.cluster.apart", refs(a.Others), signed(l, bitsOf(a.Total)))))
	}
	return out
}

func refs(list []string) string {
	if len(list) > 4 {
		return clip(list[0], 40) + ", " + clip(list[1], 40) + ", … +" + itoa(len(list)-2)
	}
	out := ""
	for i, x := range list {
		if i > 0 {
			out += ", "
		}
		out += clip(x, 40)
	}
	return out
}
