package main

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"

	"kartoteka/connectors"
)

type connectorsCommand struct {
	Kind string `arg:"" optional:"" placeholder:"KIND" help:"Show one kind with its settings."`
}

func (*connectorsCommand) Help() string {
	return `Lists the kinds of sources that the hub reads; with a name, the settings of that kind, their
defaults and an example for the configuration.

Example:

    $ kartoteka connectors
    $ kartoteka connectors csv --output json`
}

type connectorResult struct {
	Name     string          `json:"name"`
	Summary  string          `json:"summary"`
	Formats  []string        `json:"formats,omitempty"` // of dropped files that it reads
	Standard bool            `json:"standard"`          // brings its own mapping
	Settings []settingResult `json:"settings"`
	Example  string          `json:"example"`
}

type settingResult struct {
	Name    string `json:"name"`
	Doc     string `json:"doc"`
	Default string `json:"default,omitempty"`
}

func (c *connectorsCommand) run(context.Context, *app) (output, error) {
	if c.Kind != "" {
		kind, err := kindOf(c.Kind)
		if err != nil {
			return output{}, err
		}
		one := connectorOfKind(kind)
		return output{result: one, human: one.write}, nil
	}
	var all []connectorResult
	for _, k := range kinds() {
		all = append(all, connectorOfKind(k))
	}
	return output{result: all, human: func(w io.Writer) error {
		return table(w, "", all, func(k *connectorResult) string { return k.Name + "\t" + k.Summary })
	}}, nil
}

func connectorOfKind(k connectors.Kind) connectorResult {
	settings := k.Settings()
	return connectorResult{k.Name, k.Summary, k.Formats, k.Standard != nil, kindSettings(reflect.ValueOf(settings).Elem()), k.Example}
}

// kindSettings lists the fields of a settings struct by their yaml and doc tags.
func kindSettings(v reflect.Value) []settingResult {
	out := []settingResult{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case !f.IsExported() || name == "-":
		case slices.Contains(strings.Split(options, ","), "inline") && f.Type.Kind() == reflect.Struct:
			out = append(out, kindSettings(v.Field(i))...)
		default:
			s := settingResult{Name: name, Doc: f.Tag.Get("doc")}
			if !v.Field(i).IsZero() {
				s.Default = fmt.Sprint(reflect.Indirect(v.Field(i)).Interface())
			}
			out = append(out, s)
		}
	}
	return out
}

func (k connectorResult) write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(t, "%s: %s\n\n", k.Name, k.Summary) // the error comes from Flush
	for _, s := range k.Settings {
		doc := s.Doc
		if s.Default != "" {
			doc += " (default: " + s.Default + ")"
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\n", s.Name, doc)
	}
	if k.Standard {
		_, _ = fmt.Fprint(t, "\nBrings its own mapping: map: standard\n")
	}
	_, _ = fmt.Fprintf(t, "\nIn the configuration:\n\nfrom: %s\nwith:\n  %s\n", k.Name, strings.ReplaceAll(strings.TrimSpace(k.Example), "\n", "\n  "))
	return t.Flush()
}
