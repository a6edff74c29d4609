package main

import (
	"context"
	"errors"
	"io"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/pipelines"
)

// found is what looking at the inputs of a first load found out, before anything is loaded.
type found struct {
	conf   *config.Config // with the extra attributes
	stored storedRuleset
	tables []pipelines.TableMapping
}

// lookAhead maps the columns of all inputs, and makes attributes of columns that fit none of the
// portrait but look like one.
func lookAhead(ctx context.Context, conf *config.Config, inputs []*pipelines.Input) (*found, error) {
	f := &found{conf: conf}
	for _, in := range inputs {
		reader, err := pipelines.Open(ctx, in, conf.Portrait, conf.Company, "", 1)
		if err != nil {
			return nil, err
		}
		f.tables = append(f.tables, reader.Mappings()...)
		if err := reader.Close(); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{}
	for _, t := range f.tables {
		for _, a := range t.Extra {
			if id := string(a.Kind) + "." + a.Name; !seen[id] {
				seen[id] = true
				f.stored.Extras = append(f.stored.Extras, a)
			}
		}
	}
	f.stored.Country = pipelines.Company(conf.Company, f.tables).Country
	if conf.Company.Country != "" {
		f.stored.Country = ""
	}
	withExtras, err := config.WithExtras(conf, f.stored.Extras)
	f.conf = withExtras
	return f, err
}

// gather reads inputs whole into memory, for evaluating without a database.
func gather(ctx context.Context, f *found, inputs []*pipelines.Input, train *matching.Trainer, each func(*customer.Incoming)) (rejected int64, err error) {
	company := f.conf.Company
	if company.Country == "" {
		company.Country = f.stored.Country
	}
	for _, in := range inputs {
		reader, err := pipelines.Open(ctx, in, f.conf.Portrait, company, "", 2)
		if err != nil {
			return rejected, err
		}
		for {
			batch, err := reader.Read(ctx, 2000)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return rejected, errors.Join(err, reader.Close())
			}
			rejected += batch.Counts.Rejected
			for i := range batch.Rows {
				train.Add(&batch.Rows[i].Standard)
				each(&batch.Rows[i])
			}
		}
		if err := reader.Close(); err != nil {
			return rejected, err
		}
	}
	return rejected, nil
}
