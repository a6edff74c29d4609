package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/phrases"
)

// fileFlags say how to read the one file of a verb that measures matching.
type fileFlags struct {
	File    string   `arg:"" placeholder:"FILE" help:"File with the records (csv, csv.gz, xlsx, ...)."`
	ID      string   `name:"id" placeholder:"COLUMN" help:"Column that identifies a record; else the key column that was found."`
	Mapping []string `placeholder:"FILE" help:"Mapping file; may repeat. Without one the columns are mapped by looking."`
}

type blocksCommand struct {
	fileFlags
	Model      string `placeholder:"FILE" help:"Model file; without one the model is trained on the records."`
	Truth      string `placeholder:"FILE" help:"File with record_id,entity_id (csv or csv.gz): also recall."`
	Worst      int    `default:"10" placeholder:"N" help:"How many of the largest blocks to list."`
	ShowValues bool   `help:"Print for each listed block what one of its records has: personal data."`
	Lang       string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the rules' names: en, ru or uk."`
}

func (*blocksCommand) Help() string {
	return `Shows what each blocking rule contributes: stored keys, blocks, pairs, pairs that no other rule brings, and
what share of the linked pairs it alone finds. Then the largest blocks. A closed block has more nodes than
block_limit allows and yields no pairs. Blocks are named by a hash, which says nothing about values.
With --truth, recall is the share of true pairs that a rule, or all of them, bring together.

Example:

    $ kartoteka match blocks people.csv.gz --truth truth.csv.gz`
}

// blockBudget is how many stored keys a node may have on average.
const blockBudget = 12

type blocksSummary struct {
	Records        int      `json:"records"`
	KeysPerNode    float64  `json:"keys_per_node"`
	KeysBudget     int      `json:"keys_budget"`
	PairsPerRecord float64  `json:"pairs_per_record"`
	Closed         int      `json:"closed"`
	Recall         *float64 `json:"recall,omitempty"`
}

type blocksResult struct {
	matching.BlockReport
	Worst []worstBlock `json:"worst"`
}

// worstBlock is a large block as it is printed.
type worstBlock struct {
	matching.WorstBlock
	Hash   string            `json:"hash"`
	Values map[string]string `json:"values,omitempty"` // of one record, by attribute
}

func (c *blocksCommand) run(ctx context.Context, a *app) (output, error) {
	e, err := prepareEvaluation(ctx, a, c.File, c.ID, c.Mapping, c.Model)
	if err != nil {
		return output{}, err
	}
	truth, err := e.optionalTruth(c.Truth)
	if err != nil {
		return output{}, err
	}
	clusters := e.partition(e.rules.matcher).Cluster
	result := blocksResult{BlockReport: e.block().Report(clusters, truth, e.rules.matcher.Rules, c.Worst, runtime.GOMAXPROCS(0))}
	if err := c.worst(ctx, e, &result); err != nil {
		return output{}, err
	}
	s := blocksSummary{result.Records, result.KeysPerNode, blockBudget, result.PairsPerRecord, result.Closed, nil}
	if result.Truth != nil {
		s.Recall = &result.Truth.Recall
	}
	return output{summary: s, result: result, human: func(w io.Writer) error { return c.write(w, &result) }}, nil
}

// optionalTruth reads a truth file; without one it gives nil.
func (e *evaluation) optionalTruth(path string) ([]int32, error) {
	if path == "" {
		return nil, nil
	}
	return (&evaluateCommand{Truth: path}).readTruth(e)
}

func (e *evaluation) limits() matching.Limits {
	s := e.rules.rules.Settings
	return matching.Limits{Block: s.BlockLimit, Component: s.ComponentLimit}
}

func (e *evaluation) block() *matching.Blocking {
	return matching.Block(e.rules.matcher, e.entries, e.limits(), runtime.GOMAXPROCS(0))
}

// worst prints the hashes of the blocks, and on demand what a record of each has.
func (c *blocksCommand) worst(ctx context.Context, e *evaluation, result *blocksResult) error {
	wanted := map[string]map[string]string{}
	for _, b := range result.BlockReport.Worst {
		result.Worst = append(result.Worst, worstBlock{WorstBlock: b, Hash: fmt.Sprintf("%016x", b.Hash)})
		wanted[e.ids[b.First]] = nil
	}
	if !c.ShowValues {
		return nil
	}
	err := e.again(ctx, c.fileFlags, func(in *customer.Incoming) {
		if have, yes := wanted[in.Ref.Key]; yes && have == nil {
			wanted[in.Ref.Key] = standardTexts(e.conf.Portrait, &in.Standard)
		}
	})
	for i := range result.Worst {
		b := &result.Worst[i]
		b.Values = ofRule(b.Rule, wanted[e.ids[b.First]])
	}
	return err
}

// again reads the file once more: an evaluation keeps no rows.
func (e *evaluation) again(ctx context.Context, from fileFlags, each func(*customer.Incoming)) error {
	inputs, err := fileInputs([]string{from.File}, "", from.ID, false, e.conf)
	if err != nil {
		return err
	}
	_, err = gather(ctx, e.found, inputs, matching.NewTrainer(e.conf.Portrait, e.conf.Matching), each)
	return err
}

// standardTexts gives the values of a record as texts, by attribute.
func standardTexts(p *customer.Portrait, s *customer.Standard) map[string]string {
	out := map[string]string{}
	for i := range s.Values {
		v := &s.Values[i]
		name := p.Attribute(v.Attribute).Name
		if have := out[name]; have != "" {
			out[name] = have + "; " + v.Standard
			continue
		}
		out[name] = v.Standard
	}
	return out
}

// ofRule keeps the attributes that a rule is made of.
func ofRule(rule string, texts map[string]string) map[string]string {
	out := map[string]string{}
	for _, part := range strings.Split(rule, " + ") {
		for name, text := range texts {
			if part == name || strings.HasPrefix(part, name+".") {
				out[name] = text
			}
		}
	}
	return out
}

func (c *blocksCommand) write(w io.Writer, r *blocksResult) error {
	var b strings.Builder
	fmt.Fprintf(&b, "records  %d as %d nodes, %.1f keys a node (at most %d wanted), %d keys closed\npairs    %d scored, %.1f a record; %d pairs of records linked, %d of them copies\n",
		r.Records, r.Nodes, r.KeysPerNode, blockBudget, r.Closed, r.Pairs, r.PairsPerRecord, r.Linked, r.Copies)
	if r.Truth != nil {
		fmt.Fprintf(&b, "recall   %.4f: blocking brings %d of %d true pairs together\n", r.Truth.Recall, r.Truth.Met, r.Truth.Pairs)
	}
	b.WriteByte('\n')
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	writeRules(t, phrases.Lang(c.Lang), r)
	line(t, "\nnodes\tstate\thash\t  largest blocks\n")
	for _, x := range r.Worst {
		line(t, "%d\t%s\t%s\t  %s%s\n", x.Nodes, stateOf(x.Open), x.Hash, phrases.Lang(c.Lang).Rule(x.Rule), valuesText(x.Values))
	}
	_ = t.Flush() // a strings.Builder takes everything
	_, err := io.WriteString(w, b.String())
	return err
}

func writeRules(t *tabwriter.Writer, lang phrases.Lang, r *blocksResult) {
	recall := ""
	if r.Truth != nil {
		recall = "recall\t"
	}
	line(t, "keys\tblocks\tlargest\tclosed\tpairs\tonly here\tlinked\tonly here\t%s  rule\n", recall)
	for _, x := range r.Rules {
		if x.Recall != nil {
			recall = fmt.Sprintf("%.4f\t", *x.Recall)
		}
		line(t, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.2f%%\t%s  %s: %s\n", x.Keys, x.Blocks, x.Largest, x.Closed, x.Pairs, x.PairsAlone, x.Linked,
			100*x.LinkedAloneShare, recall, lang.Sentence("kind."+string(x.Kind)), lang.Rule(x.Rule))
	}
}

func stateOf(open bool) string {
	if open {
		return "open"
	}
	return "closed"
}

func valuesText(values map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&b, "  %s=%q", name, values[name])
	}
	return b.String()
}
