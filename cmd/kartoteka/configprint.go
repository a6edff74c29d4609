package main

import (
	"context"
)

type configPrintCommand struct{}

func (configPrintCommand) Help() string {
	return `Prints the configuration as the hub understands it: every default filled in, secrets masked,
and where each value comes from.

Example:

    $ kartoteka config print
    $ kartoteka --config /etc/kartoteka/kartoteka.yaml config print --output json`
}

type printResult struct {
	File   string `json:"file"` // "" is the built-in configuration
	Config any    `json:"config"`
}

func (configPrintCommand) run(_ context.Context, a *app) (output, error) {
	c, err := a.loadConfig()
	if err != nil {
		return output{}, err
	}
	var tree any
	if err := c.Effective().Decode(&tree); err != nil {
		return output{}, err
	}
	return output{result: printResult{c.Path, tree}, human: c.Print}, nil
}
