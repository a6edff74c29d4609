package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"kartoteka/config"
	"kartoteka/connectors"
	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/matching"
	"kartoteka/pipelines"
	"kartoteka/pipelines/mapping"
	"kartoteka/resolve"
	"kartoteka/store"
)

type loadCommand struct {
	Files       []string `arg:"" name:"file" placeholder:"FILE" help:"Files with customers; what they are is found out from their content."`
	Source      string   `placeholder:"NAME" help:"Name of the source; else the file name without extension, dates and copy marks."`
	Key         string   `placeholder:"COLUMN" help:"Column with the source's key; else one whose name says so, else the content itself."`
	Full        bool     `help:"The file is a whole snapshot: a row that is gone is deleted, unless more than a fifth is gone."`
	Model       string   `placeholder:"FILE" help:"Model for the first load into an empty hub, instead of training one; later loads accept the same one."`
	Mapping     []string `placeholder:"FILE" help:"Mapping to use instead of looking at the data; may repeat."`
	SaveMapping string   `placeholder:"FILE" help:"Write the mapping that was used as a YAML fragment."`
	DryRun      bool     `help:"Show everything that would happen and write nothing."`
}

func (*loadCommand) Help() string {
	return `Finds out what each file is and what its columns mean, loads the rows, finds out who is who, and
prints the load report. No configuration is needed; the first load into an empty hub fixes its ruleset.

Example:

    $ kartoteka load bank.csv billing.xlsx --dry-run
    $ kartoteka load clients.csv --source core-banking --key CLIENT_ID`
}

type loadSummary struct {
	customer.Counts
	CodesCreated int     `json:"codes_created"`
	CodesTotal   int64   `json:"codes_total"`
	Tasks        int64   `json:"tasks"`
	Seconds      float64 `json:"seconds"`
}

type loadResult struct {
	DryRun  bool                     `json:"dry_run,omitempty"`
	Mapping []pipelines.TableMapping `json:"mapping"`
	Notes   []connectors.Note        `json:"notes,omitempty"` // what the connectors found out
	Report  *customer.Report         `json:"report"`
	Rejects []customer.Reject        `json:"rejects"`
	Held    []string                 `json:"held,omitempty"`
	Outcome resolve.Outcome          `json:"outcome"`
}

func (c *loadCommand) run(ctx context.Context, a *app) (out output, err error) {
	conf, err := a.loadConfig()
	if err != nil {
		return output{}, err
	}
	if len(c.Mapping) > 0 {
		if conf, err = config.LoadFragments(conf, c.Mapping...); err != nil {
			return output{}, err
		}
	}
	inputs, err := fileInputs(c.Files, c.Source, c.Key, c.Full, conf)
	if err == nil {
		err = c.mappingsFit(inputs)
	}
	if err != nil {
		return output{}, err
	}
	h, err := a.openHubWith(ctx, conf)
	if err != nil {
		return output{}, err
	}
	defer func() { err = errors.Join(err, h.close(ctx)) }()
	return a.load(ctx, h, inputs, c.Model, c.DryRun, c.SaveMapping)
}

// mappingsFit refuses a mapping file that says nothing about the files of the command.
func (c *loadCommand) mappingsFit(inputs []*pipelines.Input) error {
	for _, path := range c.Mapping {
		said, err := config.LoadFragments(config.Default(), path)
		if err != nil {
			return err
		}
		var names []string
		fits := len(said.Portrait.Attributes) > len(config.Default().Portrait.Attributes)
		for i := range said.Sources {
			names = append(names, string(said.Sources[i].Name))
			fits = fits || slices.ContainsFunc(inputs, func(in *pipelines.Input) bool { return in.Source == said.Sources[i].Name })
		}
		switch {
		case fits:
		case len(names) == 0:
			return fmt.Errorf("%w: mapping %s says nothing; name a file that kartoteka load --save-mapping FILE wrote", errInput, path)
		default:
			return fmt.Errorf("%w: mapping %s is of %s, and the files are of %s; name the source with --source, or in the mapping", errInput, path, strings.Join(names, ", "), sourcesOf(inputs))
		}
	}
	return nil
}

func sourcesOf(inputs []*pipelines.Input) string {
	var names []string
	for _, in := range inputs {
		if !slices.Contains(names, string(in.Source)) {
			names = append(names, string(in.Source))
		}
	}
	return strings.Join(names, ", ")
}

// load loads inputs into the hub, whether it is empty or not, and reports.
func (a *app) load(ctx context.Context, h *hub, inputs []*pipelines.Input, modelFile string, dry bool, save string) (output, error) {
	if err := h.writable(); err != nil {
		return output{}, err
	}
	if h.rules != nil && modelFile != "" {
		if err := h.sameModel(modelFile); err != nil {
			return output{}, err
		}
	}
	start := time.Now()
	job := &loadJob{app: a, hub: h, inputs: inputs, modelFile: modelFile, dry: dry, meter: a.newMeter()}
	err := job.leased(ctx)
	job.meter.stop()
	if err == nil {
		err = job.noRows()
	}
	if err != nil {
		return output{}, err
	}
	if save != "" {
		if err := job.saveMapping(save); err != nil {
			return output{}, err
		}
	}
	return job.output(time.Since(start))
}

// loadJob is one load.
type loadJob struct {
	app       *app
	hub       *hub
	inputs    []*pipelines.Input
	modelFile string
	dry       bool
	meter     *meter
	leases    []customer.Lease // nothing is written once another process holds one of them

	conf   *config.Config // with what the first load found out
	result *pipelines.Result
	report *customer.Report
}

// leased does the job while no other process loads its sources. A dry run writes nothing and needs no lease.
func (j *loadJob) leased(ctx context.Context) error {
	if j.dry {
		return j.do(ctx)
	}
	sources := make([]customer.Source, len(j.inputs))
	for i, in := range j.inputs {
		sources[i] = in.Source
	}
	return j.hub.loading(ctx, j.app, sources, func(ctx context.Context, leases []customer.Lease) error {
		j.leases = leases
		return j.do(ctx)
	})
}

func (j *loadJob) do(ctx context.Context) error {
	if j.hub.rules != nil {
		j.conf = j.hub.rules.conf
		if err := j.remember(ctx); err != nil {
			return err
		}
		return j.more(ctx)
	}
	err := j.first(ctx)
	if errors.Is(err, errNotEmpty) { // another process was first
		if err := j.hub.compile(ctx); err != nil {
			return err
		}
		return j.do(ctx)
	}
	return err
}

// remember tells inputs how their sources were loaded last.
func (j *loadJob) remember(ctx context.Context) error {
	for _, in := range j.inputs {
		text, err := j.hub.LastMapping(ctx, in.Source)
		if err != nil {
			return err
		}
		if text != nil {
			if err := unmarshal(text, &in.Before); err != nil {
				return fmt.Errorf("mapping of source %s in the database: %w", in.Source, err)
			}
		}
	}
	return nil
}

// more loads into a hub that has a ruleset.
func (j *loadJob) more(ctx context.Context) error {
	if !j.dry {
		if err := j.loadThrough(ctx, lanes{j.hub.Store}); err != nil {
			return err
		}
		return j.hub.InTx(ctx, func(tx *store.Tx) (err error) {
			j.report, err = tx.Report(ctx)
			return err
		})
	}
	err := j.hub.InLongLane(ctx, func(tx *store.Tx) (err error) {
		if err := j.loadThrough(ctx, dryHub(tx)); err != nil {
			return err
		}
		if j.report, err = tx.Report(ctx); err != nil {
			return err
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

func (j *loadJob) loadThrough(ctx context.Context, h pipelines.Hub) (err error) {
	defer seldom.begin()()
	h = under{h, j.hub.row.RulesetHash}
	for _, lease := range j.leases {
		h = fenced{h, lease}
	}
	l := pipelines.Loader{Hub: h, Rules: j.hub.rules.rules, Company: j.hub.rules.company, Actor: actor(), Workers: runtime.GOMAXPROCS(0),
		Progress: j.meter.show}
	j.result, err = l.Load(ctx, j.inputs)
	return err
}

// errNotEmpty says that the hub is not empty any more.
var errNotEmpty = errors.New("the hub is not empty")

// first loads into an empty hub: the ruleset is fixed on all files of the command together.
func (j *loadJob) first(ctx context.Context) error {
	// Everything of a first load is in memory at once; collecting earlier than at twice the live
	// heap costs little time beside it.
	defer debug.SetGCPercent(debug.SetGCPercent(30))
	f, err := lookAhead(ctx, j.hub.conf, j.inputs)
	if err != nil {
		return err
	}
	if len(f.tables) == 0 { // the ruleset would be fixed on nothing
		return errNoRows(j.inputs[0].Name)
	}
	j.conf = f.conf
	company := f.conf.Company
	if company.Country == "" {
		company.Country = f.stored.Country
	}
	model, err := readModel(j.modelFile, f.conf)
	if err != nil {
		return err
	}
	j.hub.Use(f.conf.Portrait)
	trainers := make([]*matching.Trainer, runtime.GOMAXPROCS(0))
	for i := range trainers {
		trainers[i] = matching.NewTrainer(f.conf.Portrait, f.conf.Matching)
	}
	load := pipelines.First{Portrait: f.conf.Portrait,
		Train:  func(worker int, s *customer.Standard) { trainers[worker].Add(s) },
		Loader: pipelines.Loader{Company: company, Actor: actor(), Workers: runtime.GOMAXPROCS(0), Progress: j.meter.show},
		Fix: func(records int64) (*resolve.Rules, customer.Ruleset, error) {
			if model == nil {
				for _, t := range trainers[1:] {
					trainers[0].Merge(t)
				}
				model = trainers[0].Model(matching.Shipped())
				trainers = nil
			}
			f.stored.Expect = max(10_000, 4*records)
			rules, err := compileRuleset(j.hub.conf, f.stored, model, j.hub.row.Epoch)
			if err != nil {
				return nil, customer.Ruleset{}, err
			}
			return rules.rules, rules.stored, nil
		}}
	err = j.hub.InLongLane(ctx, func(tx *store.Tx) error { return j.fill(ctx, tx, &load) })
	switch {
	case errors.Is(err, errDryRun):
		return nil
	case err != nil:
		return err
	}
	if err := failpoint.Pass("bulk.committed"); err != nil {
		return err
	}
	return j.hub.compile(ctx)
}

func (j *loadJob) fill(ctx context.Context, tx *store.Tx, load *pipelines.First) error {
	for _, lease := range j.leases {
		if err := tx.Fence(ctx, lease); err != nil {
			return err
		}
	}
	row, err := tx.Hub(ctx)
	if err != nil {
		return err
	}
	empty, err := tx.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty || row.RulesetHash != "" {
		return errNotEmpty
	}
	if j.result, err = load.Load(ctx, tx, j.inputs); err != nil {
		return err
	}
	if j.report, err = tx.Report(ctx); err != nil {
		return err
	}
	if j.dry {
		return errDryRun
	}
	return nil
}

func (j *loadJob) saveMapping(path string) error {
	return writeFile(path, func(w io.Writer) error {
		for _, t := range j.result.Mappings {
			text, err := mapping.Fragment(j.conf.Portrait, t.Source, &t.Mapping, t.Extra)
			if err != nil {
				return err
			}
			if _, err := w.Write(text); err != nil {
				return err
			}
		}
		return nil
	})
}

func (j *loadJob) output(took time.Duration) (output, error) {
	j.report.Fields = j.result.Fields
	j.report.Advice = j.advice()
	s := loadSummary{Counts: j.result.Counts, CodesCreated: j.result.Outcome.Created, CodesTotal: j.report.Customers, Tasks: j.report.Doubtful, Seconds: took.Seconds()}
	r := loadResult{DryRun: j.dry, Mapping: j.result.Mappings, Notes: j.result.Notes, Report: j.report, Rejects: j.result.Rejects, Held: j.result.Held, Outcome: j.result.Outcome}
	out := output{summary: s, result: r, human: func(w io.Writer) error { return writeLoad(w, j, &s, &r) }}
	switch {
	case len(j.result.Held) > 0:
		return out, fmt.Errorf("%w: more rows than the brake allows are gone from %v; nothing was deleted. If that is right, delete with a higher brake in the configuration (full: {brake: 100%%})", errRejects, j.result.Held)
	case s.Rejected > 0:
		return out, fmt.Errorf("%w: %d rows; kartoteka export rejects shows them all", errRejects, s.Rejected)
	}
	return out, nil
}

// actor names who gave the command, for the audit.
func actor() string {
	if user := os.Getenv("USER"); user != "" {
		return "cli:" + user
	}
	return "cli"
}
