package main

import (
	"context"
	"errors"
	"io"
	"time"

	"kartoteka/customer"
)

type demoCommand struct {
	People  int      `default:"3000" placeholder:"N" help:"People in the invented population; 3000 give about 8,300 rows."`
	Seed    uint64   `default:"20261121" placeholder:"N" help:"Another seed is another population."`
	Dir     string   `placeholder:"DIR" help:"Where the demo keeps its files and its own hub; STATE/demo by default. What an older demo left there is replaced."`
	Brokers []string `placeholder:"HOST:PORT" help:"Kafka brokers to publish to as well."`
	Listen  string   `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where the demo goes on serving, if it runs on a terminal."`
}

func (*demoCommand) Help() string {
	return `Invents the customers of a bank, a telecom and a 1C trade system, writes them as the files of six
systems, loads them into a hub of its own, and tells what came out: how right it is, three stories with
reasons, and what a consumer received. It never touches another hub. On a terminal it goes on serving
until it is interrupted, else it ends.

Example:

    $ kartoteka demo
    $ kartoteka demo --people 50000 --dir /tmp/demo --output json`
}

// demoResult is what the demo has to tell.
type demoResult struct {
	Dir     string           `json:"dir"`
	Files   []demoFile       `json:"files"`
	Report  *customer.Report `json:"report"`
	Quality demoQuality      `json:"quality"`
	Stories []demoStory      `json:"stories"`
	Feed    demoFeed         `json:"feed"`
	Next    []string         `json:"next"` // commands
}

type demoFile struct {
	Source customer.Source `json:"source"`
	File   string          `json:"file"`
	Rows   int             `json:"rows"`
}

func (c *demoCommand) run(ctx context.Context, a *app) (out output, err error) {
	start := time.Now()
	d, err := c.prepare(ctx, a)
	if err != nil {
		return output{}, err
	}
	defer func() { err = errors.Join(err, d.hub.close(ctx)) }()
	summary, err := d.play(ctx)
	if err != nil {
		return output{}, err
	}
	summary.Seconds = time.Since(start).Seconds()
	out = output{summary: summary, result: &d.result, human: func(w io.Writer) error { return writeDemo(w, d, &summary) }}
	return d.stay(ctx, out)
}

// play loads, measures, and lets a consumer follow what happens next.
func (d *demoRun) play(ctx context.Context) (loadSummary, error) {
	summary, err := d.load(ctx)
	if err != nil {
		return summary, err
	}
	for _, step := range []func(context.Context) error{d.measure, d.tell, d.follow} {
		if err := step(ctx); err != nil {
			return summary, err
		}
	}
	return summary, nil
}

// load loads all sources together, as kartoteka load does.
func (d *demoRun) load(ctx context.Context) (loadSummary, error) {
	var files []string
	for _, f := range d.written.Files {
		files = append(files, f.Path)
	}
	job, err := d.loadFiles(ctx, files)
	if err != nil {
		return loadSummary{}, err
	}
	d.result.Report = job.report
	return loadSummary{Counts: job.result.Counts, CodesCreated: job.result.Outcome.Created, CodesTotal: job.report.Customers, Tasks: job.report.Doubtful}, nil
}

func (d *demoRun) loadFiles(ctx context.Context, files []string) (*loadJob, error) {
	inputs, err := fileInputs(files, "", "", false, d.hub.conf)
	if err != nil {
		return nil, err
	}
	job := &loadJob{app: d.app, hub: d.hub, inputs: inputs, meter: d.newMeter()}
	err = job.do(ctx)
	job.meter.stop()
	return job, err
}
