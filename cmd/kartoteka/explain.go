package main

import (
	"context"
	"fmt"
	"io"

	"kartoteka/matching"
	"kartoteka/phrases"
)

type explainCommand struct {
	File string `arg:"" placeholder:"FILE" help:"File with the rows."`
	A    string `arg:"" placeholder:"A" help:"Key of one row."`
	B    string `arg:"" placeholder:"B" help:"Key of the other row."`
	readOptions
	Lang string `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the explanation: en, ru or uk."`
}

func (*explainCommand) Help() string {
	return `Shows for a pair of rows what each comparison found, how likely that is for one customer (m) and for
two strangers (u), and how the weights add up. The text is that of kartoteka why.

Example:

    $ kartoteka match explain people.csv r00012 r00345 --id record_id`
}

func (c *explainCommand) run(ctx context.Context, a *app) (output, error) {
	e, err := c.read(ctx, a, c.File)
	if err != nil {
		return output{}, err
	}
	at, err := e.twoRows(c.A, c.B)
	if err != nil {
		return output{}, err
	}
	x, y := at[0], at[1]
	why := e.rules.matcher.ExplainWritten(e.entries[x].Item, e.entries[y].Item, &e.standards[x], &e.standards[y])
	return output{summary: map[string]any{"total": bits(why.Total), "link": bits(why.Link), "match": why.Same()},
		result: why, human: func(w io.Writer) error {
			return writeWhy(w, c.Lang, e.rules.conf.Portrait, &why, pairConclusion(phrases.Lang(c.Lang), &why)...)
		}}, nil
}

// twoRows finds two rows of one kind by their keys.
func (e *evaluation) twoRows(keys ...string) (at []int32, err error) {
	for i, key := range keys {
		place, known := e.place[key]
		if !known {
			return nil, fmt.Errorf("%w: no row has this key (argument %d); name the key column with --id", errInput, i+2)
		}
		at = append(at, place)
	}
	if x, y := e.entries[at[0]].Item.Kind, e.entries[at[1]].Item.Kind; x != y {
		return nil, fmt.Errorf("%w: one row is about %s, the other about %s; kinds are never compared", errInput, x.An(), y.An())
	}
	return at, nil
}

func bits(w matching.Weight) float64 { return float64(w) / 100 }

// pairVerdict is what the weight of a pair alone says.
func pairVerdict(why *matching.Why) string {
	if why.Same() {
		return "why.verdict.same"
	}
	return "why.verdict.different"
}

// undecided is how far below the threshold a pair is a question for a person, five bits.
const undecided = 500

// pairConclusion says what the weight of a pair alone says, and whether that settles it.
func pairConclusion(l phrases.Lang, why *matching.Why) []string {
	out := []string{l.Sentence("why.conclusion", phrases.Key(pairVerdict(why)))}
	if !why.Same() && len(why.Vetoes) == 0 && why.Total >= why.Link-undecided {
		out = append(out, l.Sentence("why.doubtful"))
	}
	return out
}
