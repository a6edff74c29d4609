package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"kartoteka/config"
)

type clusterCommand struct {
	File    string   `arg:"" placeholder:"FILE" help:"File with the records (csv, csv.gz, ...)."`
	Out     string   `name:"clusters" required:"" placeholder:"FILE" help:"Write record_id,cluster to this file."`
	ID      string   `name:"id" default:"record_id" placeholder:"COLUMN" help:"Column that identifies a record."`
	Mapping []string `placeholder:"FILE" help:"Mapping file; may repeat. Without one the columns are mapped by looking."`
	Model   string   `placeholder:"FILE" help:"Model file; without one the model is trained on the records."`
}

func (*clusterCommand) Help() string {
	return `Finds which records of a file are one customer and writes record_id,cluster, a line for each record in
the order of the file. Needs neither a database nor labels: without a model it trains one on the records.
A cluster is named by the smallest record_id in it. Of rows with one record_id the first counts.

Example:

    $ kartoteka match cluster people.csv --clusters clusters.csv`
}

type clusterSummary struct {
	Records  int     `json:"records"`
	Clusters int     `json:"clusters"`
	Pairs    int64   `json:"pairs_scored"`
	Rejected int     `json:"rejected"`
	Filtered int     `json:"filtered"`
	Repeated int     `json:"repeated"`
	Seconds  float64 `json:"seconds"`
	PeakRSS  int64   `json:"peak_rss_bytes"`
}

func (c *clusterCommand) run(ctx context.Context, a *app) (output, error) {
	start := time.Now()
	p, err := c.read(ctx, a)
	if err != nil {
		return output{}, err
	}
	if err := p.compile(c.Model); err != nil {
		return output{}, err
	}
	if s := p.summary; s.Rejected+s.Filtered+s.Repeated > 0 {
		a.remark("left out: %d rows rejected, %d no customers, %d with a %s that came before", s.Rejected, s.Filtered, s.Repeated, c.ID)
	}
	found := p.partition()
	if err := writeFile(c.Out, func(w io.Writer) error { return p.write(w, found.Cluster) }); err != nil {
		return output{}, err
	}
	s := p.summary
	s.Records, s.Pairs, s.Clusters = p.len(), found.Pairs, clusterCount(found.Cluster)
	s.Seconds, s.PeakRSS = time.Since(start).Seconds(), peakRSS()
	return output{summary: s, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%d records are %d customers; %d pairs scored in %.2f s, %d MiB at most\n",
			s.Records, s.Clusters, s.Pairs, s.Seconds, s.PeakRSS>>20)
		return err
	}}, nil
}

func clusterCount(cluster []int32) (n int) {
	for i, c := range cluster {
		if int(c) == i {
			n++
		}
	}
	return n
}

func (c *clusterCommand) read(ctx context.Context, a *app) (*population, error) {
	conf, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	conf, err = config.LoadFragments(conf, c.Mapping...)
	if err != nil {
		return nil, err
	}
	inputs, err := fileInputs([]string{c.File}, "", c.ID, false, conf)
	if err != nil {
		return nil, err
	}
	f, err := lookAhead(ctx, conf, inputs)
	if err != nil {
		return nil, err
	}
	p := newPopulation(f, runtime.GOMAXPROCS(0))
	return p, p.read(ctx, inputs[0])
}

// write writes the clusters, each named by its smallest key.
func (p *population) write(to io.Writer, cluster []int32) error {
	names := make([]string, len(cluster))
	for i, c := range cluster {
		if key := p.entries[i].Ref.Key; names[c] == "" || key < names[c] {
			names[c] = key
		}
	}
	w := bufio.NewWriterSize(to, 1<<16)
	_, _ = w.WriteString("record_id,cluster\n")
	var line []byte
	for i, c := range cluster {
		line = append(appendCell(line[:0], p.entries[i].Ref.Key), ',')
		line = append(appendCell(line, names[c]), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// appendCell appends a field of a CSV file, in quotes where it needs them.
func appendCell(to []byte, s string) []byte {
	if s != "" && s[0] != ' ' && !strings.ContainsAny(s, "\",\r\n") {
		return append(to, s...)
	}
	return append(append(append(to, '"'), strings.ReplaceAll(s, `"`, `""`)...), '"')
}
