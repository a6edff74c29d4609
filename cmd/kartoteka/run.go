package main

import (
	"context"
	"errors"
	"fmt"

	"kartoteka/config"
	"kartoteka/connectors/pushed"
	"kartoteka/customer"
	"kartoteka/pipelines"
)

type runCommand struct {
	Sources []string `arg:"" optional:"" name:"source" placeholder:"SOURCE" help:"Configured sources; all of them if none is named."`
	Model   string   `placeholder:"FILE" help:"Model for the first load into an empty hub, instead of training one."`
	DryRun  bool     `help:"Show everything that would happen and write nothing."`
}

func (*runCommand) Help() string {
	return `Loads sources as the configuration describes them, all of the command together, and prints the load
report. On an empty hub the ruleset is fixed on all of them.

Example:

    $ kartoteka run
    $ kartoteka run core-banking billing --dry-run`
}

func (c *runCommand) run(ctx context.Context, a *app) (out output, err error) {
	conf, err := a.loadConfig()
	if err != nil {
		return output{}, err
	}
	inputs, err := a.sourceInputs(conf, c.Sources)
	if err != nil {
		return output{}, err
	}
	h, err := a.openHubWith(ctx, conf)
	if err != nil {
		return output{}, err
	}
	defer func() { err = errors.Join(err, h.close(ctx)) }()
	return a.load(ctx, h, inputs, c.Model, c.DryRun, "")
}

// sourceInputs makes the inputs of the named sources, of all that can be read if none is named.
func (a *app) sourceInputs(conf *config.Config, names []string) ([]*pipelines.Input, error) {
	var chosen []*config.Source
	for _, name := range names {
		s := conf.Source(customer.Source(name))
		if s == nil {
			return nil, fmt.Errorf("%w: the configuration has no source %q; it has %s", errInput, name, sourceNames(conf))
		}
		chosen = append(chosen, s)
	}
	for i := range conf.Sources {
		if len(names) == 0 && conf.Sources[i].From != "" && conf.Sources[i].From != pushed.Name {
			chosen = append(chosen, &conf.Sources[i])
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("%w: the configuration has no sources; add some, or load files with kartoteka load", errInput)
	}
	var inputs []*pipelines.Input
	for _, s := range chosen {
		in, err := a.sourceInput(conf, s)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	return inputs, nil
}

func sourceNames(conf *config.Config) string {
	text := ""
	for i := range conf.Sources {
		if i > 0 {
			text += ", "
		}
		text += string(conf.Sources[i].Name)
	}
	if text == "" {
		return "none"
	}
	return text
}
