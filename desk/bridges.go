package desk

import "kartoteka/customer"

// bridges marks the pairs without which the records would fall apart: Tarjan's walk over the pairs that
// hold records together, by themselves or by a decision.
func bridges(g *Graph) {
	w := &bridgeWalk{graph: g, next: make([][]int, len(g.Nodes)), seen: make([]int, len(g.Nodes)), low: make([]int, len(g.Nodes))}
	for i := range g.Edges {
		if e := &g.Edges[i]; e.Decided == customer.Same || e.Same && e.Decided == "" {
			w.next[e.A], w.next[e.B] = append(w.next[e.A], i), append(w.next[e.B], i)
		}
	}
	for node := range g.Nodes {
		if w.seen[node] == 0 {
			w.visit(node, -1)
		}
	}
}

// bridgeWalk is one walk in depth; seen is when a node was met, low the earliest that it leads back to.
type bridgeWalk struct {
	graph     *Graph
	next      [][]int // edges of each node
	seen, low []int
	clock     int
}

func (w *bridgeWalk) visit(node, by int) {
	w.clock++
	w.seen[node], w.low[node] = w.clock, w.clock
	for _, i := range w.next[node] {
		e := &w.graph.Edges[i]
		other := e.A + e.B - node
		switch {
		case i == by:
		case w.seen[other] != 0:
			w.low[node] = min(w.low[node], w.seen[other])
		default:
			w.visit(other, i)
			w.low[node] = min(w.low[node], w.low[other])
			e.Bridge = w.low[other] > w.seen[node]
		}
	}
}
