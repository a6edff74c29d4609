package main

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// readCSV reads named columns of a CSV file, gzipped or not. A column that the file lacks is empty.
func readCSV(path string, columns []string, each func(row []string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	r := csv.NewReader(in)
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: no header: %w", filepath.Base(path), err)
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		at[i] = slices.Index(header, name)
	}
	return readRows(r, filepath.Base(path), at, each)
}

func readRows(r *csv.Reader, name string, at []int, each func(row []string)) error {
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		row := make([]string, len(at))
		for i, p := range at {
			if p >= 0 {
				row[i] = line[p]
			}
		}
		each(row)
	}
}

// labels numbers texts.
type labels map[string]int32

func (l labels) of(text string) int32 {
	n, known := l[text]
	if !known {
		n = int32(len(l))
		l[text] = n
	}
	return n
}

// clustering is what a program answered for a set, and the truth, by record.
type clustering struct {
	ids      []string
	clusters []int32
	truth    []int32
	class    []string // of look-alikes
	group    []int32
}

// readClustering joins a file of clusters with the truth. A record without a truth is alone in it.
func readClustering(clusters, truth string) (*clustering, error) {
	type told struct {
		entity, class, group string
	}
	known, numbers := map[string]told{}, [3]labels{{}, {}, {}}
	err := readCSV(truth, []string{"record_id", "entity_id", "class", "grp"}, func(row []string) {
		known[row[0]] = told{"e" + row[1], row[2], row[3]}
	})
	if err != nil {
		return nil, err
	}
	c := &clustering{}
	err = readCSV(clusters, []string{"record_id", "cluster"}, func(row []string) {
		t, has := known[row[0]]
		if !has {
			t.entity = "r" + row[0]
		}
		c.ids = append(c.ids, row[0])
		c.clusters = append(c.clusters, numbers[0].of(row[1]))
		c.truth = append(c.truth, numbers[1].of(t.entity))
		c.class = append(c.class, t.class)
		c.group = append(c.group, numbers[2].of(t.group))
	})
	return c, err
}
