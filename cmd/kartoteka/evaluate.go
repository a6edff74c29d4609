package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/matching"
)

type matchCommand struct {
	Evaluate evaluateCommand    `cmd:"" help:"Measure match quality on a labeled file, without a database."`
	Cluster  clusterCommand     `cmd:"" help:"Find which records of a file are one customer, without a database."`
	Train    trainCommand       `cmd:"" help:"Learn a model from files, without a database."`
	Explain  explainCommand     `cmd:"" help:"Explain why two rows of a file match or not, without a database."`
	Name     nameCommand        `cmd:"" help:"Compare two names of persons or of organizations."`
	How      matchHowCommand    `cmd:"" help:"Tell how the cluster of a row came about, without a database."`
	Whatif   matchWhatifCommand `cmd:"" help:"Tell what would turn the verdict on two rows, without a database."`
	matchReports
}

type evaluateCommand struct {
	Records  string   `arg:"" placeholder:"RECORDS" help:"File with the records (csv, csv.gz, ...)."`
	Truth    string   `required:"" placeholder:"FILE" help:"File with record_id,entity_id (csv or csv.gz)."`
	ID       string   `name:"id" default:"record_id" placeholder:"COLUMN" help:"Column that identifies a record."`
	Mapping  []string `placeholder:"FILE" help:"Mapping file; may repeat. Without one the columns are mapped by looking."`
	Model    string   `placeholder:"FILE" help:"Model file; without one the model is trained on the records."`
	LinkOnly bool     `help:"Count only pairs across different values of the column named source."`
	Seed     int64    `default:"1" help:"Kept for comparability; nothing here is random."`
	Clusters string   `placeholder:"FILE" help:"Write record_id,cluster to this file."`
	Pairs    string   `placeholder:"FILE" help:"Write the wrong pairs to this file: record ids, weights and levels, no values."`
	Best     bool     `help:"Also find the threshold that the truth likes best; matches once more for each of 19."`
	Without  ablation `hidden:"" placeholder:"PART" help:"Leave parts of the model out, to measure what they are worth (docs/matching.md)."`
}

func (*evaluateCommand) Help() string {
	return `Maps the columns, trains the frequencies on the records, matches them, and compares all pairs within
clusters with the truth. The threshold is the hub's own; --best tells what another one would reach.
Missed pairs are not blocked (no rule brings them together), below the threshold, or split (heavy enough, but
their clusters do not agree). Calibration compares the probabilities of scored pairs with the share of them that
is true; 0 is the best Brier score.

Example:

    $ kartoteka match evaluate people.csv.gz --truth truth.csv.gz --output json`
}

func (c *evaluateCommand) run(ctx context.Context, a *app) (output, error) {
	start := time.Now()
	e, err := c.prepare(ctx, a)
	if err != nil {
		return output{}, err
	}
	truth, err := c.readTruth(e)
	if err != nil {
		return output{}, err
	}
	run := e.partition(e.rules.matcher)
	run.Cluster = c.Without.clusters(e, run)
	out := evaluateResult{Records: len(e.entries), Seconds: time.Since(start).Seconds(), PeakRSS: peakRSS(), Mapping: e.tables}
	c.measure(e, truth, run, &out)
	if c.Clusters != "" {
		if err := e.writeClusters(c.Clusters, run.Cluster); err != nil {
			return output{}, err
		}
	}
	faults := e.faults(run, truth, e.sides(c.LinkOnly))
	out.Missed, out.Wrong = countFaults(faults)
	if c.Pairs != "" {
		if err := e.writeFaults(c.Pairs, faults); err != nil {
			return output{}, err
		}
	}
	return output{summary: map[string]any{"records": out.Records, "f1": out.F1, "seconds": out.Seconds}, result: out, human: out.write}, nil
}

// measure fills in what clusters and truth say about matching.
func (c *evaluateCommand) measure(e *evaluation, truth []int32, run matching.Result, out *evaluateResult) {
	sides := e.sides(c.LinkOnly)
	out.Quality = matching.Evaluate(run.Cluster, truth, sides)
	out.PairsScored, out.Threshold = run.Pairs, float64(e.rules.matcher.Link(customer.Person))/100
	out.BlockingRecall, out.Calibration = e.candidates(truth, sides, out.PairsTrue)
	if c.Best {
		out.Best = e.best(truth, c.LinkOnly, *out)
	}
}

// evaluation is a labeled file in memory.
type evaluation struct {
	*found
	rules   *ruleset
	entries []matching.Entry
	ids     []string
	place   map[string]int32
	sources []string
	say     func(format string, args ...any) // what the user should know but need not act on
	// standards are the records as they were read, for verbs that show them; evaluating drops them.
	standards []customer.Standard
}

func (c *evaluateCommand) prepare(ctx context.Context, a *app) (*evaluation, error) {
	e, err := prepareEvaluation(ctx, a, c.Records, c.ID, c.Mapping, c.Model)
	if err == nil {
		err = c.Without.apply(e)
	}
	if e != nil {
		e.standards = nil
	}
	return e, err
}

// readOptions say how the rows of a file are read and matched.
type readOptions struct {
	ID      string   `name:"id" placeholder:"COLUMN" help:"Column that identifies a row; else the key column that was found."`
	Mapping []string `placeholder:"FILE" help:"Mapping file; may repeat."`
	Model   string   `placeholder:"FILE" help:"Model file; without one the model is trained on the file."`
}

func (o *readOptions) read(ctx context.Context, a *app, file string) (*evaluation, error) {
	return prepareEvaluation(ctx, a, file, o.ID, o.Mapping, o.Model)
}

func prepareEvaluation(ctx context.Context, a *app, records, id string, mappings []string, modelFile string) (*evaluation, error) {
	conf, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	if conf, err = config.LoadFragments(conf, mappings...); err != nil {
		return nil, err
	}
	inputs, err := fileInputs([]string{records}, "", id, false, conf)
	if err != nil {
		return nil, err
	}
	f, err := lookAhead(ctx, conf, inputs)
	if err != nil {
		return nil, err
	}
	e := &evaluation{found: f, place: map[string]int32{}}
	trainer := matching.NewTrainer(f.conf.Portrait, f.conf.Matching)
	var standards []customer.Standard
	repeated := 0
	rejected, err := gather(ctx, f, inputs, trainer, func(in *customer.Incoming) {
		if _, twice := e.place[in.Ref.Key]; twice {
			repeated++
			return
		}
		e.place[in.Ref.Key] = int32(len(e.ids))
		e.ids = append(e.ids, in.Ref.Key)
		e.sources = append(e.sources, sourceCell(in.Raw))
		standards = append(standards, in.Standard)
	})
	if err != nil {
		return nil, err
	}
	if len(standards) == 0 {
		return nil, fmt.Errorf("%w: %s: no row says anything about a customer", errInput, filepath.Base(records))
	}
	e.say = a.remark
	if rejected > 0 {
		e.say("%d rows were rejected and are left out", rejected)
	}
	if repeated > 0 {
		e.say("%d rows repeat the key of an earlier row and are left out; name another key column with --id", repeated)
	}
	e.standards = standards
	return e, e.compile(trainer, modelFile)
}

// compile fixes the ruleset and makes the entries.
func (e *evaluation) compile(trainer *matching.Trainer, modelFile string) error {
	model, err := readModel(modelFile, e.conf)
	if err != nil {
		return err
	}
	e.stored.Expect = ownSize(len(e.standards))
	if model == nil {
		model = trainer.Model(matching.Shipped())
	}
	return e.use(model)
}

// use makes the entries again under a model.
func (e *evaluation) use(model *matching.Model) (err error) {
	extras := e.stored
	extras.Extras = nil // the configuration has them already
	if e.rules, err = compileRuleset(e.conf, extras, model, 1); err != nil {
		return err
	}
	items := make([]*matching.Item, len(e.standards))
	e.entries = make([]matching.Entry, len(e.standards))
	for i := range e.standards {
		items[i] = e.rules.matcher.Item(&e.standards[i])
		e.entries[i] = matching.Entry{Ref: customer.Ref{Source: "file", Key: e.ids[i]}, Item: items[i]}
	}
	matching.CountGeneric(items)
	return nil
}

// sourceCell is the row's cell in the column named exactly source.
func sourceCell(raw []byte) string {
	var row struct {
		Source string `json:"source"`
	}
	if unmarshal(raw, &row) != nil {
		return ""
	}
	return row.Source
}

func (e *evaluation) partition(s matching.Scorer) matching.Result {
	settings := e.rules.rules.Settings
	return matching.Partition(s, e.entries, nil, matching.Limits{Block: settings.BlockLimit, Component: settings.ComponentLimit}, runtime.GOMAXPROCS(0))
}

// sides numbers the sources, if only pairs across them count.
func (e *evaluation) sides(linkOnly bool) []int32 {
	if !linkOnly {
		return nil
	}
	numbers := map[string]int32{}
	out := make([]int32, len(e.sources))
	for i, s := range e.sources {
		n, known := numbers[s]
		if !known {
			n = int32(len(numbers))
			numbers[s] = n
		}
		out[i] = n
	}
	return out
}

// readCSV reads the named columns of a CSV file, gzipped or not.
func readCSV(path string, columns []string, each func([]string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	var in io.Reader = bufio.NewReader(f)
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			return fmt.Errorf("%w: %s is no gzip file", errInput, filepath.Base(path))
		}
	}
	r := csv.NewReader(in)
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("%w: %s: no header", errInput, filepath.Base(path))
	}
	if len(header) > 0 {
		header[0] = strings.TrimPrefix(header[0], "\ufeff")
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			return fmt.Errorf("%w: %s has no column %s; it has %s", errInput, filepath.Base(path), name, strings.Join(header, ", "))
		}
	}
	row := make([]string, len(columns))
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %s: %w", errInput, filepath.Base(path), err)
		}
		for i, p := range at {
			row[i] = ""
			if p < len(line) {
				row[i] = line[p]
			}
		}
		each(row)
	}
}

func (e *evaluation) writeClusters(path string, clusters []int32) error {
	order := make([]int, len(e.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(e.ids[x], e.ids[y]) })
	return writeFile(path, func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write([]string{"record_id", "cluster"}); err != nil {
			return err
		}
		for _, i := range order {
			if err := out.Write([]string{e.ids[i], e.ids[clusters[i]]}); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	})
}

// peakRSS is the most memory that the process had, in bytes.
func peakRSS() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss << 10
}
