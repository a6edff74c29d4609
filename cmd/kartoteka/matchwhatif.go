package main

import (
	"context"

	"kartoteka/desk"
	"kartoteka/matching"
	"kartoteka/standardize"
)

type matchWhatifCommand struct {
	File string `arg:"" placeholder:"FILE" help:"File with the rows."`
	A    string `arg:"" placeholder:"A" help:"Key of one row; what is supposed is about it."`
	B    string `arg:"" placeholder:"B" help:"Key of the other row."`
	readOptions
	supposition
}

func (*matchWhatifCommand) Help() string {
	return `Tells what would become of the verdict on two rows if one of them said something else, and, for each
attribute, the smallest single change that would turn the verdict. The text is that of kartoteka whatif.

Example:

    $ kartoteka match whatif people.csv r00012 r00345 --id record_id --set "phone=+7 901 123-45-67"`
}

func (c *matchWhatifCommand) run(ctx context.Context, a *app) (output, error) {
	e, err := c.read(ctx, a, c.File)
	if err != nil {
		return output{}, err
	}
	at, err := e.twoRows(c.A, c.B)
	if err != nil {
		return output{}, err
	}
	generic := e.generic()
	s := &desk.Supposer{Matcher: e.rules.matcher, Portrait: e.rules.conf.Portrait, Standardizer: standardize.New(e.rules.conf.Portrait, e.rules.company),
		Generic: func([]matching.Shared) (func(uint64) bool, error) {
			return func(k uint64) bool { return generic[k] }, nil
		}}
	r := &whatifResult{&desk.WhatIf{}}
	if err := s.Compare(r.WhatIf, c.supposed(), e.known(at[0]), e.known(at[1])); err != nil {
		return output{}, err
	}
	return r.output(c.Lang, e.rules.conf.Portrait), nil
}

func (e *evaluation) known(at int32) desk.Known {
	return desk.Known{Standard: &e.standards[at], Item: e.entries[at].Item}
}

// generic lists the values of the file that weigh nothing.
func (e *evaluation) generic() map[uint64]bool {
	out := map[uint64]bool{}
	for i := range e.entries {
		it := e.entries[i].Item
		for j := range it.Shared {
			if it.Generic>>j&1 != 0 {
				out[it.Shared[j].Key] = true
			}
		}
	}
	return out
}
