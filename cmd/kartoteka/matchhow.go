package main

import (
	"context"
	"fmt"
	"runtime"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/matching"
)

type matchHowCommand struct {
	File string `arg:"" placeholder:"FILE" help:"File with the rows."`
	Key  string `arg:"" name:"id-value" placeholder:"ID" help:"Key of a row."`
	readOptions
	Lang string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the explanation: en, ru or uk."`
}

func (*matchHowCommand) Help() string {
	return `Tells how the cluster of a row came about in a file: what joined at which evidence, the weakest link,
and what was kept apart. The text is that of kartoteka how.

Example:

    $ kartoteka match how people.csv r00012 --id record_id`
}

func (c *matchHowCommand) run(ctx context.Context, a *app) (output, error) {
	e, err := c.read(ctx, a, c.File)
	if err != nil {
		return output{}, err
	}
	at, known := e.place[c.Key]
	if !known {
		return output{}, fmt.Errorf("%w: no row has this key (argument 2); name the key column with --id", errInput)
	}
	return howOutput(e.how(at), c.Lang, e.rules.conf.Portrait), nil
}

// how matches the file and then, listening, the component of one row again.
func (e *evaluation) how(at int32) *desk.How {
	whole := e.partition(e.rules.matcher)
	closed := make(map[uint64]bool, len(whole.Closed))
	for _, k := range whole.Closed {
		closed[k.Hash] = true
	}
	var places []int32
	var entries []matching.Entry
	for i, component := range whole.Component {
		if component == whole.Component[at] {
			places, entries = append(places, int32(i)), append(entries, e.entries[i])
		}
	}
	var steps matching.Steps
	settings := e.rules.rules.Settings
	result := matching.Partition(e.rules.matcher, entries, nil, matching.Limits{Block: settings.BlockLimit, Component: settings.ComponentLimit,
		Closed: func(key uint64) bool { return closed[key] }, Steps: &steps}, runtime.GOMAXPROCS(0))
	t := &desk.Teller{Matcher: e.rules.matcher, Members: map[int32]bool{},
		Item:    func(i int32) *matching.Item { return entries[i].Item },
		Written: func(i int32) *customer.Standard { return &e.standards[places[i]] },
		Name:    func(i int32) string { return e.ids[places[i]] }}
	for i, place := range places {
		if whole.Cluster[place] == whole.Cluster[at] {
			t.Members[int32(i)] = true
		}
	}
	how := t.Tell(&steps, result.Cluster)
	how.Asked = e.ids[at]
	return how
}
