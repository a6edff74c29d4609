package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
)

type planCommand struct {
	Model   string   `placeholder:"FILE" xor:"model" help:"Model to use from then on."`
	Train   bool     `xor:"model" help:"Train a new model on the records of the hub."`
	Labeled []string `sep:"none" placeholder:"RECORDS,TRUTH" help:"Labeled file and its truth, on which the models before and after are measured; may repeat."`
	Out     string   `placeholder:"FILE" help:"Where the plan is written; else into STATE/plans."`
	Reason  string   `placeholder:"TEXT" help:"Why; kept with the operations."`
}

func (*planCommand) Help() string {
	return `Computes in memory what would change under the ruleset that this program, its configuration and the model
give: codes made, joined, split and restored, values, events, questions, the riskiest joins. It writes a file and
nothing else; kartoteka apply carries it out. Without --model or --train the hub keeps its model, or takes the one
that the configuration names. Values stay as they were read; where the new program reads them otherwise, load the
sources again after it.

With --labeled the model of the hub and the new one are measured on a file whose truth is known (record_id,entity_id);
a plan that is worse there is refused by apply unless told otherwise. What stewards decided is compared as well.

Example:

    $ kartoteka plan --train --reason "four times as many customers as at first"
    $ kartoteka plan --model ru-2027.json --labeled branch.csv,branch_truth.csv --out next.json`
}

// plan is a change of the ruleset with what it would do, as it is saved.
type plan struct {
	Version  int              `json:"version"`
	ID       string           `json:"id"`
	Made     time.Time        `json:"made"`
	Actor    string           `json:"actor"`
	Reason   string           `json:"reason,omitempty"`
	Before   string           `json:"ruleset_before"`
	After    string           `json:"ruleset_after"`
	Position int64            `json:"position"` // of the change log
	Records  int              `json:"records"`
	Waiting  int64            `json:"records_waiting"` // landed, to be resolved after it
	Codes    int64            `json:"codes"`           // active before it
	Tally    customer.Tally   `json:"changes"`
	Tasks    int              `json:"questions"`
	Agreed   int              `json:"decisions_agreed"` // with the machine, of those decided
	Decided  int              `json:"decisions"`
	Risky    []resolve.Join   `json:"riskiest_joins,omitempty"`
	Labeled  []labeledResult  `json:"labeled,omitempty"`
	Ruleset  customer.Ruleset `json:"ruleset"`
}

// planVersion is the version of the form of plan files.
const planVersion = 1

type planSummary struct {
	ID      string         `json:"plan"`
	File    string         `json:"file"`
	Records int            `json:"records"`
	Codes   int64          `json:"codes"`
	Churn   float64        `json:"churn"` // share of the codes that are joined, split or removed
	Changes customer.Tally `json:"changes"`
	Worse   bool           `json:"worse"` // on a labeled file
	Seconds float64        `json:"seconds"`
}

func (c *planCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		start := time.Now()
		m := a.newMeter()
		p, err := c.make(ctx, a, h, m)
		m.stop()
		if err != nil {
			return output{}, err
		}
		file := c.Out
		if file == "" {
			file = filepath.Join(h.state, "plans", p.ID+".json")
		}
		if err := p.save(file); err != nil {
			return output{}, err
		}
		s := planSummary{ID: p.ID, File: file, Records: p.Records, Codes: p.Codes, Churn: p.churn(), Changes: p.Tally, Worse: p.worse(), Seconds: time.Since(start).Seconds()}
		return output{summary: s, result: p.told(), human: func(w io.Writer) error { return p.write(w, file, s.Seconds) }}, nil
	})
}

// make computes the plan over one state of the database.
func (c *planCommand) make(ctx context.Context, a *app, h *hub, m *meter) (*plan, error) {
	p := &plan{Version: planVersion, Made: time.Now().UTC().Truncate(time.Second), Actor: actor(), Reason: c.Reason}
	err := h.Snapshot(ctx, func(tx *store.Tx) error {
		row, err := tx.Hub(ctx)
		if err != nil {
			return err
		}
		population, err := livePopulation(ctx, h, tx)
		if err != nil {
			return err
		}
		rules, err := c.ruleset(h, row, population)
		if err != nil {
			return err
		}
		if p.Labeled, err = c.measure(ctx, a, h, rules); err != nil {
			return err
		}
		p.Before, p.After, p.Position, p.Records, p.Ruleset = row.RulesetHash, rules.stored.Hash, row.LastPosition, population.Len(), rules.stored
		return p.foresee(ctx, tx, rules, population, m)
	})
	if err != nil {
		return nil, err
	}
	if p.Waiting, err = h.CountWaiting(ctx); err != nil {
		return nil, err
	}
	p.ID, err = p.identify()
	return p, err
}

// foresee evaluates f and counts what would change.
func (p *plan) foresee(ctx context.Context, tx *store.Tx, rules *ruleset, population *resolve.Columns, m *meter) error {
	b, err := p.bulk(ctx, tx, rules, population, m)
	if err != nil {
		return err
	}
	f, err := resolve.Foresee(ctx, tx, b)
	if err != nil {
		return err
	}
	p.Tally, p.Tasks, p.Risky, p.Agreed, p.Decided = f.Tally, f.Tasks, f.Risky, f.Agreed, f.Decided
	p.Codes, err = tx.CountCodes(ctx)
	return err
}

// bulk is the order for evaluating everything under the plan's ruleset.
func (p *plan) bulk(ctx context.Context, tx *store.Tx, rules *ruleset, population *resolve.Columns, m *meter) (resolve.Bulk, error) {
	decisions, err := tx.AllDecisions(ctx)
	return resolve.Bulk{Rules: rules.rules, Population: population, Decisions: decisions, Rebuild: true,
		Operation: resolve.Operation{Kind: "apply", Actor: p.Actor, Reason: strings.TrimSpace("plan " + p.ID + " " + p.Reason)},
		Progress:  func(stage string, done, total int) { m.show(stage, int64(done), int64(total)) }}, err
}

// livePopulation reads all live records as they are resolved.
func livePopulation(ctx context.Context, h *hub, tx *store.Tx) (*resolve.Columns, error) {
	population := resolve.NewColumns(h.rules.conf.Portrait)
	err := tx.LiveRecordsEncoded(ctx, func(rec customer.Record, standard []byte) { population.Add(rec, standard, false) })
	return population, err
}

// ruleset compiles what the program and the configuration give, with the model that was asked for.
func (c *planCommand) ruleset(h *hub, row store.Hub, population *resolve.Columns) (*ruleset, error) {
	extra, err := readStored(row.Ruleset)
	if err != nil {
		return nil, err
	}
	model, err := readModel(c.Model, h.conf)
	switch {
	case err != nil:
		return nil, err
	case c.Train:
		extra.Expect = max(10_000, 4*int64(population.Len()))
		model, err = trainOn(h, population)
	case model == nil:
		model, err = matching.ReadModel([]byte(row.Model))
	}
	if err != nil {
		return nil, err
	}
	return compileRuleset(h.conf, extra, model, row.Epoch)
}

// trainOn learns from all records, in an order that does not depend on the database.
func trainOn(h *hub, population *resolve.Columns) (*matching.Model, error) {
	type place struct {
		ref customer.Ref
		at  int
	}
	order := make([]place, population.Len())
	var rec resolve.Record
	for i := range order {
		if err := population.Read(i, &rec); err != nil {
			return nil, err
		}
		order[i] = place{rec.Ref, i}
	}
	slices.SortFunc(order, func(x, y place) int {
		return cmp.Or(cmp.Compare(x.ref.Source, y.ref.Source), cmp.Compare(x.ref.Key, y.ref.Key), cmp.Compare(x.at, y.at))
	})
	trainer := matching.NewTrainer(h.rules.conf.Portrait, h.rules.conf.Matching)
	for _, p := range order {
		if err := population.Read(p.at, &rec); err != nil {
			return nil, err
		}
		trainer.Add(rec.Standard)
	}
	return trainer.Model(matching.Shipped()), nil
}

// labeledResult is how the models before and after do on a labeled file.
type labeledResult struct {
	Records string           `json:"records"`
	Before  matching.Quality `json:"before"`
	After   matching.Quality `json:"after"`
}

// measurablyWorse is the loss of F1 on a labeled file from which on a plan is worse.
const measurablyWorse = 0.003

// measure evaluates both models on the labeled files.
func (c *planCommand) measure(ctx context.Context, a *app, h *hub, after *ruleset) ([]labeledResult, error) {
	before, err := matching.ReadModel([]byte(h.row.Model))
	if err != nil {
		return nil, err
	}
	next, err := matching.ReadModel([]byte(after.stored.Model))
	if err != nil {
		return nil, err
	}
	var out []labeledResult
	for _, pair := range c.Labeled {
		records, truthFile, named := strings.Cut(pair, ",")
		if !named {
			return nil, fmt.Errorf("%w: --labeled wants RECORDS,TRUTH", errUsage)
		}
		e, err := prepareEvaluation(ctx, a, records, "record_id", nil, "")
		if err != nil {
			return nil, err
		}
		truth, err := (&evaluateCommand{Truth: truthFile, ID: "record_id"}).readTruth(e)
		if err != nil {
			return nil, err
		}
		r := labeledResult{Records: filepath.Base(records)}
		for model, quality := range map[*matching.Model]*matching.Quality{before: &r.Before, next: &r.After} {
			if err := e.use(model); err != nil {
				return nil, err
			}
			*quality = matching.Evaluate(e.partition(e.rules.matcher).Cluster, truth, nil)
		}
		out = append(out, r)
	}
	return out, nil
}
