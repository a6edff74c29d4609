package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kartoteka/config"
	"kartoteka/connectors"
)

type configCheckCommand struct{}

func (configCheckCommand) Help() string {
	return `Reads the configuration strictly and reports every fault at once, each with its line and its
cure; the settings of each source are checked by its connector. Nothing is connected to. Exits
with 2 if there is a fault.

Example:

    $ kartoteka config check
    $ kartoteka --config /etc/kartoteka/kartoteka.yaml config check --output json`
}

type checkSummary struct {
	Attributes int `json:"attributes"`
	Sources    int `json:"sources"`
	Faults     int `json:"faults"`
}

type checkResult struct {
	File string `json:"file"` // "" is the built-in configuration
}

func (configCheckCommand) run(_ context.Context, a *app) (output, error) {
	c, err := a.loadConfig()
	if err != nil {
		return output{summary: checkSummary{Faults: len(config.AllFaults(err))}}, err
	}
	if faults := checkSources(c); len(faults) > 0 {
		return output{summary: checkSummary{len(c.Portrait.Attributes), len(c.Sources), len(faults)}, result: checkResult{c.Path}}, faults
	}
	s := checkSummary{Attributes: len(c.Portrait.Attributes), Sources: len(c.Sources)}
	return output{summary: s, result: checkResult{c.Path}, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "no fault: %d attributes, %d sources\n", s.Attributes, s.Sources)
		return err
	}}, nil
}

// checkSources lets each source's kind read its settings.
func checkSources(c *config.Config) config.Faults {
	var faults config.Faults
	for i := range c.Sources {
		_, err := connectorOf(c, &c.Sources[i])
		if all := config.AllFaults(err); all != nil {
			faults = append(faults, all...)
		} else if err != nil {
			faults = append(faults, config.Fault{File: c.Path, Line: c.Sources[i].With.Line, Path: "sources." + string(c.Sources[i].Name), What: err.Error()})
		}
	}
	return faults
}

// connectorOf makes the connector of a configured source; its error names the setting.
func connectorOf(c *config.Config, s *config.Source) (connectors.Connector, error) {
	kind, err := kindOf(s.From)
	if err != nil {
		return nil, err
	}
	settings := kind.Settings()
	if err := c.Decode(s, settings); err != nil {
		return nil, err
	}
	return kind.New(settings)
}

var errKind = errors.New("unknown kind of source")

func kindOf(name string) (connectors.Kind, error) {
	all := kinds()
	i := slices.IndexFunc(all, func(k connectors.Kind) bool { return k.Name == name })
	if i >= 0 {
		return all[i], nil
	}
	var names []string
	for _, k := range all {
		names = append(names, k.Name)
	}
	return connectors.Kind{}, fmt.Errorf("%w %q; use one of %s", errKind, name, strings.Join(names, ", "))
}
