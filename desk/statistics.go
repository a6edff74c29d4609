package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// Statistics is the state of the hub in numbers, none of which is about one customer.
type Statistics struct {
	At time.Time `json:"at"`
	// Counted is when records, customers, duplicates, sizes, sources and overlaps were counted; Counting says
	// that they are being counted for the first time, and are not here yet.
	Counted    time.Time `json:"counted,omitzero"`
	Counting   bool      `json:"counting,omitempty"`
	Records    int64     `json:"records"`   // live
	Customers  int64     `json:"customers"` // active codes
	Duplicates int64     `json:"duplicates"`
	// Sizes counts customers by their number of records, ascending.
	Sizes []SizeCount `json:"sizes"`
	// Sources are the sources by name, Overlaps the sets of sources that share most customers.
	Sources  []SourceShare     `json:"sources"`
	Overlaps []Overlap         `json:"overlaps"`
	Queue    Numbers           `json:"queue"`
	Kinds    []store.TaskCount `json:"kinds"`
	Ages     store.Ages        `json:"ages"`
	Days     []store.TaskDay   `json:"days"`    // the last two weeks
	Weights  []WeightCount     `json:"weights"` // of open questions, ascending
	Review   Reviewed          `json:"review"`
}

// SizeCount is how many customers have so many records; beyond [maxSize] all together.
type SizeCount struct {
	Records   int64 `json:"records"` // at least, for the last one
	Customers int64 `json:"customers"`
}

// SourceShare is what a source has of the customers.
type SourceShare struct {
	Source    customer.Source `json:"source"`
	Customers int64           `json:"customers"`
	// Only are the customers whom no other source has.
	Only int64 `json:"only"`
}

// Overlap is how many customers are in exactly these sources.
type Overlap struct {
	Sources   []string `json:"sources"`
	Customers int64    `json:"customers"`
}

// WeightCount is how many open questions have so much evidence.
type WeightCount struct {
	Bits  int   `json:"bits"` // rounded down
	Tasks int64 `json:"tasks"`
}

// Reviewed is what became of people's answers in the last 30 days.
type Reviewed struct {
	Given   int64 `json:"given"`
	Undone  int64 `json:"undone"`
	Refused int64 `json:"refused"`
	Failed  int64 `json:"failed"`
	// AskedTwice are the questions that two persons answered, Agreed those with one answer.
	AskedTwice int64   `json:"asked_twice"`
	Agreed     int64   `json:"agreed"`
	Agreement  float64 `json:"agreement"` // share of the agreed; 0 if nobody was asked twice
	Awaiting   int64   `json:"awaiting"`
}

const (
	maxSize     = 20
	maxOverlaps = 30
	statDays    = 14
	reviewDays  = 30
)

// Statistics counts. What needs every record is counted once a minute at most, and of large hubs so that it takes
// a hundredth of the time; whoever asks meanwhile gets what was counted last.
func (d *Desk) Statistics(ctx context.Context) (*Statistics, error) {
	return d.statistics(ctx, longest)
}

// Glance is Statistics for who does not wait: what needs every record is left out where it is not counted yet.
func (d *Desk) Glance(ctx context.Context) (*Statistics, error) { return d.statistics(ctx, glance) }

func (d *Desk) statistics(ctx context.Context, patience time.Duration) (*Statistics, error) {
	out := &Statistics{At: d.options.Now().UTC()}
	return out, d.look(ctx, access.ReadStats, func(s *sight) error {
		return s.counting(func(s *sight) error { return out.count(s, patience) })
	})
}

func (x *Statistics) count(s *sight, patience time.Duration) error {
	mixtures, at, known, err := s.mixtures(patience)
	if err != nil {
		return err
	}
	if x.Counting = !known; known {
		x.Counted = at.UTC()
	}
	x.mix(mixtures)
	if x.Kinds, err = s.tx.TaskCounts(s.ctx); err != nil {
		return err
	}
	if x.Queue, err = s.numbers(x.Kinds); err != nil {
		return err
	}
	if x.Ages, err = s.tx.TaskAges(s.ctx); err != nil {
		return err
	}
	if x.Days, err = s.tx.TaskDays(s.ctx, s.zone(), statDays); err != nil {
		return err
	}
	weights, err := s.tx.TaskWeights(s.ctx)
	if err != nil {
		return err
	}
	for _, bits := range slices.Sorted(maps.Keys(weights)) {
		x.Weights = append(x.Weights, WeightCount{bits, weights[bits]})
	}
	proposals, err := s.tx.ProposalCounts(s.ctx, reviewDays)
	x.Review = reviewed(proposals)
	return err
}

func (s *sight) zone() string { return cmp.Or(s.desk.options.TimeZone, "UTC") }

// mixtures are who has whom, counted over every record.
func (s *sight) mixtures(patience time.Duration) (list []store.Mixture, at time.Time, ok bool, err error) {
	d := s.desk
	return d.counted.get(s.ctx, "", patience, d.options.Now, func(ctx context.Context) (list []store.Mixture, err error) {
		err = d.options.Store.Snapshot(ctx, func(tx *store.Tx) error {
			list, err = tx.Mixtures(ctx)
			return err
		})
		return list, err
	})
}

// mix sums up who has whom.
func (x *Statistics) mix(list []store.Mixture) {
	sizes, sources, overlaps := map[int64]int64{}, map[string]*SourceShare{}, map[string]*Overlap{}
	for i := range list {
		m := &list[i]
		x.Records += m.Records * m.Customers
		x.Customers += m.Customers
		sizes[min(m.Records, maxSize)] += m.Customers
		key := strings.Join(m.Sources, "\n")
		if overlaps[key] == nil {
			overlaps[key] = &Overlap{Sources: m.Sources}
		}
		overlaps[key].Customers += m.Customers
		for _, name := range m.Sources {
			if sources[name] == nil {
				sources[name] = &SourceShare{Source: customer.Source(name)}
			}
			sources[name].Customers += m.Customers
			if len(m.Sources) == 1 {
				sources[name].Only += m.Customers
			}
		}
	}
	x.Duplicates = x.Records - x.Customers
	for _, n := range slices.Sorted(maps.Keys(sizes)) {
		x.Sizes = append(x.Sizes, SizeCount{n, sizes[n]})
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		x.Sources = append(x.Sources, *sources[name])
	}
	for _, key := range slices.Sorted(maps.Keys(overlaps)) {
		x.Overlaps = append(x.Overlaps, *overlaps[key])
	}
	slices.SortStableFunc(x.Overlaps, func(a, b Overlap) int { return cmp.Compare(b.Customers, a.Customers) })
	x.Overlaps = x.Overlaps[:min(len(x.Overlaps), maxOverlaps)]
}

func reviewed(n map[customer.ProposalState]int64) (r Reviewed) {
	for _, count := range n {
		r.Given += count
	}
	r.Undone, r.Refused, r.Failed, r.Awaiting = n[customer.ProposalUndone], n[customer.ProposalRefused], n[customer.ProposalFailed], n[customer.ProposalAwaiting]
	r.Agreed = n[customer.ProposalAgreed]
	if r.AskedTwice = r.Agreed + n[customer.ProposalDisputed]; r.AskedTwice > 0 {
		r.Agreement = float64(r.Agreed) / float64(r.AskedTwice)
	}
	return r
}
