package main

import (
	"context"
	"encoding/json"
	"io"

	"kartoteka/config"
)

type configSchemaCommand struct{}

func (configSchemaCommand) Help() string {
	return `Prints the JSON Schema of the configuration, the settings of every kind of source included, for
editors that complete and check YAML.

Example:

    $ kartoteka config schema > kartoteka.schema.json
    $ kartoteka config schema --output json`
}

func (configSchemaCommand) run(context.Context, *app) (output, error) {
	var settings []config.KindSchema
	for _, k := range kinds() {
		settings = append(settings, config.KindSchema{Name: k.Name, Summary: k.Summary, Settings: k.Settings()})
	}
	schema, err := config.Schema(settings)
	if err != nil {
		return output{}, err
	}
	return output{result: json.RawMessage(schema), human: func(w io.Writer) error {
		_, err := w.Write(append(schema, '\n'))
		return err
	}}, nil
}
