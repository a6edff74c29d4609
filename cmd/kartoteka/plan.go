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

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
)

type planCommand struct {
	Model    string   `placeholder:"FILE" xor:"model" help:"Model to use from then on."`
	Train    bool     `xor:"model" help:"Train a new model on the records of the hub."`
	Labeled  []string `sep:"none" placeholder:"RECORDS,TRUTH" help:"Labeled file and its truth, on which the models before and after are measured; may repeat."`
	FileOnly bool     `help:"Take off what plans of the workbench laid over the configuration."`
	Out      string   `placeholder:"FILE" help:"Where the plan is written; else into STATE/plans."`
	Reason   string   `placeholder:"TEXT" help:"Why; kept with the operations."`
}

func (*planCommand) Help() string {
	return `Computes in memory what would change under the ruleset that this program, its configuration and the model
give: codes made, joined, split and restored, values, events, questions, the riskiest joins. It writes a file and
nothing else; kartoteka apply carries it out. Without --model or --train the hub keeps its model, or takes the one
that the configuration names. What a plan of the workbench laid over the configuration stays, unless --file-only
is given. Values stay as they were read; where the new program reads them otherwise, load the
sources again after it.

With --labeled the model of the hub and the new one are measured on a file whose truth is known (record_id,entity_id);
a plan that is worse there is refused by apply unless told otherwise. What stewards decided is compared as well.

Example:

    $ kartoteka plan --train --reason "four times as many customers as at first"
    $ kartoteka plan --model ru-2027.json --labeled branch.csv,branch_truth.csv --out next.json`
}

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
		p, err := h.desk().MakePlan(ctx, c.order(ctx, a, m))
		m.stop()
		if err != nil {
			return output{}, err
		}
		file := c.Out
		if file == "" {
			file = filepath.Join(h.state, "plans", p.ID+".json")
		}
		if err := savePlan(p, file); err != nil {
			return output{}, err
		}
		s := planSummary{ID: p.ID, File: file, Records: p.Records, Codes: p.Codes, Churn: p.Churn(), Changes: p.Tally, Worse: p.Worse(), Seconds: time.Since(start).Seconds()}
		return output{summary: s, result: p.Told(), human: func(w io.Writer) error { return writePlan(w, p, file, s.Seconds) }}, nil
	})
}

// order is what the flags say.
func (c *planCommand) order(ctx context.Context, a *app, m *meter) desk.PlanOrder {
	o := desk.PlanOrder{Change: desk.Change{Model: c.Model, Train: c.Train}, Actor: actor(), Reason: c.Reason, Progress: m.stages(),
		Measure: func(before, after string) ([]desk.LabeledResult, error) { return c.measure(ctx, a, before, after) }}
	if c.FileOnly {
		o.Settings = new(string)
	}
	return o
}

// rulemaker compiles what the program and the configuration give, with the model that is asked for.
func (h *hub) rulemaker(row store.Hub, c desk.Change, population *resolve.Columns) (*desk.Rules, error) {
	extra, err := readStored(row.Ruleset)
	if err != nil {
		return nil, err
	}
	if c.Settings != nil {
		extra.Settings = *c.Settings
	}
	model, err := readModel(c.Model, h.conf)
	switch {
	case err != nil:
		return nil, err
	case c.Train && population != nil:
		extra.Expect = max(10_000, 4*int64(population.Len()))
		model, err = h.trainOn(row, population)
	case model == nil:
		model, err = matching.ReadModel([]byte(row.Model))
	}
	if err != nil {
		return nil, err
	}
	r, err := compileRuleset(h.conf, extra, model, row.Epoch)
	if err != nil {
		return nil, err
	}
	return rulesOf(r), nil
}

// trainOn learns from all records, in an order that does not depend on the database.
func (h *hub) trainOn(row store.Hub, population *resolve.Columns) (*matching.Model, error) {
	extra, err := readStored(row.Ruleset)
	if err != nil {
		return nil, err
	}
	conf, err := config.WithExtras(h.conf, extra.Extras)
	if err != nil {
		return nil, err
	}
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
	trainer := matching.NewTrainer(conf.Portrait, conf.Matching)
	for _, p := range order {
		if err := population.Read(p.at, &rec); err != nil {
			return nil, err
		}
		trainer.Add(rec.Standard)
	}
	return trainer.Model(matching.Shipped()), nil
}

// measure evaluates both models on the labeled files.
func (c *planCommand) measure(ctx context.Context, a *app, model, another string) ([]desk.LabeledResult, error) {
	before, err := matching.ReadModel([]byte(model))
	if err != nil {
		return nil, err
	}
	next, err := matching.ReadModel([]byte(another))
	if err != nil {
		return nil, err
	}
	var out []desk.LabeledResult
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
		r := desk.LabeledResult{Records: filepath.Base(records)}
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
