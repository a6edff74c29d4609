package resolve

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Forecast is what would happen if a bulk run were carried out.
type Forecast struct {
	Tally customer.Tally
	Tasks int
	// Risky are the joins of codes with the least evidence, weakest first.
	Risky []Join
	// Agreed of the Decided decisions are what the weights of their pairs alone would bring about.
	Agreed, Decided int
	// Parted are some of the codes that records would leave.
	Parted []Parting
	// Weights are the pairs by what they weigh, if the run was asked to tell.
	Weights *matching.WeightReport
}

// Parting is a code that records leave for other customers.
type Parting struct {
	Code    customer.Code `json:"code"`
	Records int           `json:"records"` // that leave
}

// Join is a code that another one takes in.
type Join struct {
	Code      customer.Code `json:"code"`
	Successor customer.Code `json:"successor"`
	Records   int           `json:"records"` // that move
	Weight    int32         `json:"weight"`  // of the strongest pair across, hundredths of a bit
}

// mostRisky bounds the joins that a forecast names.
const mostRisky = 20

// Snapshot is a base of which only codes and open tasks are read.
type Snapshot interface {
	Codes(ctx context.Context, codes []customer.Code) ([]CodeRow, error)
	OpenTasks(ctx context.Context, codes []customer.Code) ([]Task, error)
}

// Foresee computes in memory what a bulk run would change, and writes nothing.
func Foresee(ctx context.Context, base Snapshot, b Bulk) (*Forecast, error) {
	s := &sketch{Snapshot: base}
	w := newWhole(ctx, b, chunkSize, func(_ context.Context, f func(BulkBase) error) error { return f(s) })
	if err := w.do(w.read, w.partition, w.write); err != nil {
		return nil, err
	}
	out := &Forecast{Tally: s.tally, Tasks: s.tasks, Parted: s.parted}
	if w.Weigh {
		r := matching.Block(w.Rules.Matcher, w.entries, w.Rules.limits(), w.Rules.Workers).Weights(nil, nil, w.Rules.Workers)
		out.Weights = &r
	}
	out.Risky = w.risky(s.joins)
	out.Agreed, out.Decided = w.agreed()
	return out, w.ctx.Err()
}

// Weigh tells what the pairs of a population weigh that are compared.
func Weigh(ctx context.Context, rules *Rules, population Population) (*matching.WeightReport, error) {
	w := newWhole(ctx, Bulk{Rules: rules, Population: population}, chunkSize, nil)
	if err := w.do(w.read); err != nil {
		return nil, err
	}
	items, pointers := make([]*matching.Item, len(w.records)), make([]*record, len(w.records))
	for i := range w.records {
		items[i], pointers[i] = w.records[i].item, &w.records[i]
	}
	matching.CountGeneric(items)
	entries, _ := rules.entries(pointers, nil)
	r := matching.Block(rules.Matcher, entries, rules.limits(), rules.Workers).Weights(nil, nil, rules.Workers)
	return &r, ctx.Err()
}

// Carry evaluates f over a whole population as [Whole] does, but writes in turns, each in a
// transaction of its own: begin takes the index first. Nothing else may change codes meanwhile. A
// run that was cut off is finished by running it again: what is done already differs in nothing.
func Carry(ctx context.Context, b Bulk, begin, turn Transact) (Outcome, error) {
	w := newWhole(ctx, b, turnSize, turn)
	err := w.do(w.read, w.partition, func() error { return begin(ctx, w.reindex) }, w.write)
	return w.outcome, err
}

// sketch is a base that remembers what would be written to it.
type sketch struct {
	Snapshot
	tally  customer.Tally
	tasks  int
	serial int64
	joins  []Join
	parted []Parting
}

// firstSketched is the first of the codes that a sketch makes up: beyond all that can be given.
const firstSketched = 1_000_000_000_000

// Mint implements [Codes].
func (s *sketch) Mint(_ context.Context, n int) ([]Minted, error) {
	out := make([]Minted, n)
	for i := range out {
		s.serial++
		out[i] = Minted{Code: customer.Code(firstSketched + s.serial), Serial: firstSketched + s.serial}
	}
	return out, nil
}

// Write implements [Codes].
func (s *sketch) Write(_ context.Context, e *Effects) error {
	for i := range e.Tasks {
		if e.Tasks[i].ID == 0 {
			s.tasks++
		}
	}
	s.tally.Moved += len(e.Moves)
	for i := range e.Changes {
		c := &e.Changes[i].Change
		s.tally.Count(c)
		if c.Successor != 0 {
			s.joins = append(s.joins, Join{Code: c.Code, Successor: c.Successor, Records: len(c.Moved)})
		}
		if c.Kind == customer.Split && len(s.parted) < mostRisky {
			s.parted = append(s.parted, Parting{Code: c.Code, Records: len(c.Moved)})
		}
	}
	return nil
}

// Reindex implements [BulkBase].
func (s *sketch) Reindex(context.Context, iter.Seq[Indexed], []matching.ClosedKey, []matching.GenericValue) error {
	return nil
}

// risky weighs each join by its strongest pair and keeps the weakest joins.
func (w *whole) risky(joins []Join) []Join {
	of := map[customer.Code][]int32{}
	for _, j := range joins {
		of[j.Code], of[j.Successor] = nil, nil
	}
	for i := range w.records {
		if list, asked := of[w.records[i].Code]; asked && len(list) < mostRisky {
			of[w.records[i].Code] = append(list, int32(i))
		}
	}
	for i := range joins {
		joins[i].Weight = w.strongest(of[joins[i].Code], of[joins[i].Successor])
	}
	slices.SortFunc(joins, func(x, y Join) int {
		return cmp.Or(cmp.Compare(x.Weight, y.Weight), cmp.Compare(x.Code, y.Code))
	})
	return joins[:min(len(joins), mostRisky)]
}

// strongest weighs the pairs across two lists of records.
func (w *whole) strongest(left, right []int32) matching.Weight {
	best := matching.Weight(-1 << 20)
	for _, a := range left {
		for _, b := range right {
			best = max(best, w.weight(a, b))
		}
	}
	return best
}

func (w *whole) weight(a, b int32) matching.Weight {
	var ev matching.Evidence
	m := w.Rules.Matcher
	m.Compare(w.records[a].item, w.records[b].item, &ev)
	return matching.Sum(m.Prior(w.records[a].item.Kind), &ev)
}

// agreed counts the decisions that the weights of their pairs alone would have brought about.
func (w *whole) agreed() (agreed, decided int) {
	if len(w.Decisions) == 0 {
		return 0, 0
	}
	place := map[customer.RecordID]int32{}
	for i := range w.records {
		place[w.records[i].ID] = int32(i)
	}
	for _, d := range w.Decisions {
		left, right := placesOf(place, d.Left), placesOf(place, d.Right)
		if len(left) == 0 || len(right) == 0 || d.Kind != customer.Same && d.Kind != customer.Different {
			continue
		}
		decided++
		link := w.Rules.Matcher.Link(w.records[left[0]].item.Kind)
		if joins := w.strongest(left[:min(len(left), mostRisky)], right[:min(len(right), mostRisky)]) >= link; joins == (d.Kind == customer.Same) {
			agreed++
		}
	}
	return agreed, decided
}
