package main

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/pipelines"
	"kartoteka/standardize"
)

// population is the records of a file in memory: packed while the model is learned, then as
// items. It is read and made by several workers. Once it is compiled, the collector rests until
// it is partitioned.
type population struct {
	*found
	workers  int
	trainers []*matching.Trainer
	texts    []*matching.Texts // by worker
	summary  clusterSummary
	rules    *ruleset
	quiet    quiet

	mutex   sync.Mutex
	pieces  []*packed // by number
	entries []matching.Entry
}

// packed is a piece of records.
type packed struct {
	*matching.Packed
	keys   string
	ends   []uint32 // of keys
	worker int      // who packed it
}

func newPopulation(f *found, workers int) *population {
	p := &population{found: f, workers: workers}
	for range workers {
		p.trainers = append(p.trainers, matching.NewTrainer(f.conf.Portrait, f.conf.Matching))
		p.texts = append(p.texts, matching.NewTexts())
	}
	return p
}

func (p *population) len() int { return len(p.entries) }

// read reads an input, shows it to the trainers and keeps it packed.
func (p *population) read(ctx context.Context, in *pipelines.Input) error {
	company := p.conf.Company
	if company.Country == "" {
		company.Country = p.stored.Country
	}
	reader, err := pipelines.Open(ctx, in, p.conf.Portrait, company, "", p.workers)
	if err != nil {
		return err
	}
	defer reader.Close() //nolint:errcheck // read only
	defer standardize.Forget()
	return reader.Stream(ctx, func(w int, piece *pipelines.Piece) error {
		p.keep(w, piece)
		return nil
	})
}

func (p *population) keep(w int, piece *pipelines.Piece) {
	x := &packed{ends: make([]uint32, len(piece.Rows)), worker: w}
	x.Packed = p.trainers[w].AddPacked(p.texts[w], len(piece.Rows), func(i int) *customer.Standard { return &piece.Rows[i].Standard })
	end := 0
	for i := range piece.Rows {
		end += len(piece.Rows[i].Ref.Key)
		x.ends[i] = uint32(end)
	}
	var keys strings.Builder
	keys.Grow(end)
	for i := range piece.Rows {
		_, _ = keys.WriteString(piece.Rows[i].Ref.Key)
	}
	x.keys = keys.String()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for len(p.pieces) <= piece.Number {
		p.pieces = append(p.pieces, nil)
	}
	p.pieces[piece.Number] = x
	p.summary.Rejected += piece.Rejected
	p.summary.Filtered += piece.Filtered
}

// compile fixes the ruleset and makes the items.
func (p *population) compile(modelFile string) error {
	model, err := readModel(modelFile, p.conf)
	if err != nil {
		return err
	}
	n := 0
	starts := make([]int, len(p.pieces))
	for i, x := range p.pieces {
		starts[i] = n
		n += x.Len()
	}
	p.stored.Expect = ownSize(n)
	if model == nil {
		for _, t := range p.trainers[1:] {
			p.trainers[0].Merge(t)
		}
		model = p.trainers[0].Model(matching.Shipped())
	}
	p.trainers = nil
	extras := p.stored
	extras.Extras = nil // the configuration has them already
	if p.rules, err = compileRuleset(p.conf, extras, model, 1); err != nil {
		return err
	}
	p.entries = make([]matching.Entry, n)
	p.quiet.begin(int64(n) * itemBytes)
	p.fold(starts)
	p.rules.matcher.Forget()
	p.dropRepeated()
	return nil
}

// ownSize is how many customers a file stands for by itself: as many as it has records, unless
// these are so few that they cannot say how many people bear a name. Then it stands for more, up
// to what a hub expects at least.
func ownSize(records int) int64 {
	const enough, least = 500, 10_000
	n := int64(max(1, records))
	return max(n, min(least, enough*enough/n))
}

// dropRepeated keeps the first record of each key.
func (p *population) dropRepeated() {
	size := 1
	for size < 2*len(p.entries) {
		size *= 2
	}
	slots := make([]int32, size) // places in kept, from 1; 0 is free
	kept := p.entries[:0]
	for _, e := range p.entries {
		at := int(xxhash.Sum64String(e.Ref.Key)) & (size - 1)
		for slots[at] != 0 && kept[slots[at]-1].Ref.Key != e.Ref.Key {
			at = (at + 1) & (size - 1)
		}
		if slots[at] == 0 {
			kept = append(kept, e)
			slots[at] = int32(len(kept))
		}
	}
	p.summary.Repeated = len(p.entries) - len(kept)
	clear(p.entries[len(kept):])
	p.entries = kept
}

// fold makes the items, and lets go what they are made of. A worker begins with the pieces of one
// list of texts: what it made of a text it has at hand. When most pieces are gone, the garbage that they
// are is collected: items take the room of the rest of them.
func (p *population) fold(starts []int) {
	taken := make([]atomic.Bool, len(p.pieces))
	var done atomic.Int64
	gone := int64(len(p.pieces) * 3 / 4)
	var wg sync.WaitGroup
	for w := range p.workers {
		wg.Go(func() {
			folder := p.rules.matcher.NewFolder()
			for _, own := range [...]bool{true, false} {
				for i, x := range p.pieces {
					if (x.worker == w) == own && taken[i].CompareAndSwap(false, true) {
						x.fold(folder, p.entries[starts[i]:])
						x.Packed, x.keys, x.ends = nil, "", nil
						if done.Add(1) == gone {
							runtime.GC()
						}
					}
				}
			}
		})
	}
	wg.Wait()
	p.pieces, p.texts = nil, nil
}

// fold makes the entries of a piece.
func (x *packed) fold(folder *matching.Folder, to []matching.Entry) {
	from := uint32(0)
	for i, end := range x.ends {
		to[i] = matching.Entry{Ref: customer.Ref{Source: "file", Key: x.keys[from:end]}, Item: folder.Item(x.Texts, x.Row(i))}
		from = end
	}
}

// partition finds who is who.
func (p *population) partition() matching.Result {
	p.countGeneric()
	p.quiet.begin(int64(len(p.entries)) * partitionBytes)
	defer p.quiet.end()
	settings := p.rules.rules.Settings
	return matching.Partition(p.rules.matcher, p.entries, nil, matching.Limits{Block: settings.BlockLimit, Component: settings.ComponentLimit, Weighed: runtime.GC}, runtime.GOMAXPROCS(0))
}

func (p *population) countGeneric() {
	items := make([]*matching.Item, len(p.entries))
	for i := range p.entries {
		items[i] = p.entries[i].Item
	}
	matching.CountGeneric(items)
}
