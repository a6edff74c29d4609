package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/matching"
)

type trainCommand struct {
	Files   []string `arg:"" name:"file" placeholder:"FILE" help:"Files with customers; what they are is found out from their content."`
	Out     string   `required:"" placeholder:"MODEL" help:"File for the model."`
	Mapping []string `placeholder:"FILE" help:"Mapping to use instead of looking at the data; may repeat."`
}

func (*trainCommand) Help() string {
	return `Learns from files what kartoteka load would learn from them in an empty hub, and writes the model.
Needs no database. A model holds frequencies and weights, no rare values, so that it can be read,
compared, kept with the configuration, and used by several hubs.

Example:

    $ kartoteka match train bank.csv billing.xlsx --out model.json
    $ kartoteka load bank.csv --model model.json`
}

type trainSummary struct {
	Records  int64 `json:"records"`
	Rejected int64 `json:"rejected"`
}

func (c *trainCommand) run(ctx context.Context, a *app) (output, error) {
	conf, err := a.loadConfig()
	if err != nil {
		return output{}, err
	}
	if conf, err = config.LoadFragments(conf, c.Mapping...); err != nil {
		return output{}, err
	}
	inputs, err := fileInputs(c.Files, "", "", false, conf)
	if err != nil {
		return output{}, err
	}
	f, err := lookAhead(ctx, conf, inputs)
	if err != nil {
		return output{}, err
	}
	var s trainSummary
	trainer := matching.NewTrainer(f.conf.Portrait, f.conf.Matching)
	if s.Rejected, err = gather(ctx, f, inputs, trainer, func(in *customer.Incoming) {
		if in.Op == customer.Upsert {
			s.Records++
		}
	}); err != nil {
		return output{}, err
	}
	if s.Records == 0 {
		return output{}, fmt.Errorf("%w: no row says anything about a customer, so there is nothing to learn", errInput)
	}
	model := trainer.Model(matching.Shipped())
	text, err := model.JSON()
	if err != nil {
		return output{}, err
	}
	err = writeFile(c.Out, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	return output{summary: s, result: map[string]any{"model": c.Out, "mapping": f.tables}, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "learned from %d records; the model is in %s\n", s.Records, c.Out)
		if err == nil {
			err = printLearned(w, model)
		}
		return err
	}}, err
}

// printLearned tells what the data said and what they could not.
func printLearned(w io.Writer, m *matching.Model) error {
	out := &failing{w: w}
	for _, kind := range customer.Kinds() {
		k := m.Kinds[kind]
		if k.Records == 0 {
			continue
		}
		out.printf("\n%s: %d records\n", kind, k.Records)
		if k.Duplicates > 0 {
			out.printf("  %.3g other records of its customer for each record; %.3g pairs of one household for each pair of one customer\n", k.Duplicates, k.Kinship)
		}
		if k.Rules != nil {
			out.printf("  %d blocking rules chosen\n", len(k.Rules))
		}
		for _, name := range slices.Sorted(maps.Keys(k.AsShipped)) {
			out.printf("  as shipped: %s (%s)\n", name, k.AsShipped[name])
		}
	}
	return out.err
}

// failing writes until a write fails.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) printf(format string, args ...any) {
	if f.err == nil {
		_, f.err = fmt.Fprintf(f.w, format, args...)
	}
}
