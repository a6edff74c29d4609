package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"kartoteka/matching"
	"kartoteka/phrases"
)

type compareCommand struct {
	Before  string   `arg:"" placeholder:"MODEL1" help:"Model file, the one in use."`
	After   string   `arg:"" placeholder:"MODEL2" help:"Model file to compare with."`
	File    string   `arg:"" placeholder:"FILE" help:"File with the records (csv, csv.gz, xlsx, ...)."`
	ID      string   `name:"id" placeholder:"COLUMN" help:"Column that identifies a record; else the key column that was found."`
	Mapping []string `placeholder:"FILE" help:"Mapping file; may repeat. Without one the columns are mapped by looking."`
	Limit   int      `default:"20" placeholder:"N" help:"How many changes to list; 0 lists all."`
	Lang    string   `enum:"en,ru,uk" default:"en" env:"KARTOTEKA_LANG" help:"Language of the answer: en, ru or uk."`
}

func (*compareCommand) Help() string {
	return `Matches one file with two models and lists the clusters that would change: joined, split, or with records moved
between them; those with most records first. Each cluster is the keys of its records. Nothing is stored.

Example:

    $ kartoteka match train bank.csv --out new.json
    $ kartoteka match compare model.json new.json bank.csv --limit 50`
}

type compareSummary struct {
	Records        int   `json:"records"`
	ClustersBefore int   `json:"clusters_before"`
	ClustersAfter  int   `json:"clusters_after"`
	Joined         int   `json:"joined"`
	Split          int   `json:"split"`
	Moved          int   `json:"moved"`
	Touched        int   `json:"records_touched"`
	PairsGained    int64 `json:"pairs_gained"` // pairs of records in one cluster only after
	PairsLost      int64 `json:"pairs_lost"`
}

type compareResult struct {
	Changes []clusterChange `json:"changes"` // of most records first
	Left    int             `json:"left"`    // changes that the limit leaves out
}

type clusterChange struct {
	Kind   matching.ChangeKind `json:"kind"`
	Before [][]string          `json:"before"`
	After  [][]string          `json:"after"`
}

func (c *compareCommand) run(ctx context.Context, a *app) (output, error) {
	if c.Limit < 0 {
		return output{}, fmt.Errorf("%w: --limit must not be negative", errUsage)
	}
	first, err := prepareEvaluation(ctx, a, c.File, c.ID, c.Mapping, c.Before)
	if err != nil {
		return output{}, err
	}
	before, ids := first.partition(first.rules.matcher).Cluster, first.ids
	quiet := *a // what is to be said of the file was said
	quiet.Quiet = true
	second, err := prepareEvaluation(ctx, &quiet, c.File, c.ID, c.Mapping, c.After)
	if err != nil {
		return output{}, err
	}
	if len(second.ids) != len(ids) {
		return output{}, fmt.Errorf("%w: %s changed while it was read; try again", errSurroundings, c.File)
	}
	after := second.partition(second.rules.matcher).Cluster
	changes := matching.CompareClusters(before, after)
	s := summarize(before, after, changes)
	r := c.listed(changes, ids)
	return output{summary: s, result: r, human: func(w io.Writer) error { return c.write(w, &s, &r) }}, nil
}

func summarize(before, after []int32, changes []matching.ClusterChange) compareSummary {
	q := matching.Evaluate(after, before, nil)
	s := compareSummary{Records: len(before), ClustersBefore: q.EntitiesTrue, ClustersAfter: q.EntitiesFound,
		PairsGained: q.PairsFound - q.PairsRight, PairsLost: q.PairsTrue - q.PairsRight}
	for i := range changes {
		s.Touched += changes[i].Records()
		switch changes[i].Kind {
		case matching.ChangeJoined:
			s.Joined++
		case matching.ChangeSplit:
			s.Split++
		case matching.ChangeMoved:
			s.Moved++
		}
	}
	return s
}

// listed names the records of as many changes as are wanted.
func (c *compareCommand) listed(changes []matching.ClusterChange, ids []string) compareResult {
	shown := changes
	if c.Limit > 0 {
		shown = changes[:min(c.Limit, len(changes))]
	}
	named := func(clusters [][]int32) [][]string {
		out := make([][]string, len(clusters))
		for i, list := range clusters {
			for _, r := range list {
				out[i] = append(out[i], ids[r])
			}
		}
		return out
	}
	r := compareResult{Changes: []clusterChange{}, Left: len(changes) - len(shown)}
	for _, x := range shown {
		r.Changes = append(r.Changes, clusterChange{x.Kind, named(x.Before), named(x.After)})
	}
	return r
}

func (c *compareCommand) write(w io.Writer, s *compareSummary, r *compareResult) error {
	lang := phrases.Lang(c.Lang)
	var b strings.Builder
	line(&b, "%s\n", lang.Sentence("compare.summary", s.Joined, s.Split, s.Moved, s.Touched, s.Records))
	line(&b, "%s\n", lang.Sentence("compare.pairs", s.ClustersBefore, s.ClustersAfter, s.PairsGained, s.PairsLost))
	for _, x := range r.Changes {
		line(&b, "\n%s\n  - %s\n  + %s\n", lang.Sentence("compare."+string(x.Kind)), clustersText(x.Before), clustersText(x.After))
	}
	if r.Left > 0 {
		line(&b, "\n%s\n", lang.Sentence("compare.left", r.Left))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func clustersText(clusters [][]string) string {
	texts := make([]string, len(clusters))
	for i, list := range clusters {
		texts[i] = strings.Join(list, " ")
	}
	return strings.Join(texts, " | ")
}
