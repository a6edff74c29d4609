package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kartoteka/demo"
)

// set is one file with its truth.
type set struct {
	name           string
	records, truth string
	linkOnly       bool
}

// folder is where the details of a set are written.
func (s set) folder(out string) string {
	return filepath.Join(out, strings.NewReplacer(" ", "_", "(", "", ")", "").Replace(s.name))
}

// linked are the sets that are measured a second time across their sources only.
var linked = map[string]bool{"febrl4": true}

// folderSets finds the labeled sets of a folder: folders with records.csv.gz and truth.csv.gz. A
// folder that does not exist has none.
func folderSets(dir string) ([]set, error) {
	if dir == "" {
		return nil, nil
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "records.csv.gz"))
	if err != nil {
		return nil, err
	}
	var out []set
	for _, records := range found {
		s := set{name: filepath.Base(filepath.Dir(records)), records: records, truth: filepath.Join(filepath.Dir(records), "truth.csv.gz")}
		if _, err := os.Stat(s.truth); err != nil {
			continue
		}
		out = append(out, s)
		if linked[s.name] {
			s.name, s.linkOnly = s.name+" (link only)", true
			out = append(out, s)
		}
	}
	return out, nil
}

// peopleSet is the file of a generator that lies elsewhere: RECORDS,TRUTH.
func peopleSet(files string) ([]set, error) {
	if files == "" {
		return nil, nil
	}
	records, truth, ok := strings.Cut(files, ",")
	if !ok {
		return nil, errors.New("people: name the records and the truth: PEOPLE=people.csv,truth.csv")
	}
	return []set{{name: "people", records: records, truth: truth}}, nil
}

const (
	demoRows    = 20000
	alikeGroups = 150
	inventSeed  = 20261121
	alikeName   = "look-alikes"
)

// invented writes the sets that need no data: the demo population and people who look alike.
func invented(dir string) ([]set, error) {
	var out []set
	for name, write := range map[string]func(records, truth io.Writer) error{
		"demo":    func(records, truth io.Writer) error { return demo.BigCSV(records, truth, demoRows, inventSeed) },
		alikeName: func(records, truth io.Writer) error { return demo.LookAlikes(records, truth, alikeGroups, inventSeed) },
	} {
		s := set{name: name, records: filepath.Join(dir, name+".csv"), truth: filepath.Join(dir, name+"-truth.csv")}
		out = append(out, s)
		err := writeFile(s.records, func(records *bufio.Writer) error {
			return writeFile(s.truth, func(truth *bufio.Writer) error { return write(records, truth) })
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(x, y set) int { return strings.Compare(x.name, y.name) })
	return out, nil
}

// writeFile makes or replaces a file.
func writeFile(path string, write func(*bufio.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err := errors.Join(write(w), w.Flush(), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// named keeps the sets whose names are listed, all of them if the list is empty.
func named(all []set, list string) []set {
	if list == "" {
		return all
	}
	var out []set
	for _, s := range all {
		for name := range strings.SplitSeq(list, ",") {
			if s.name == name || strings.HasPrefix(s.name, name+" ") {
				out = append(out, s)
			}
		}
	}
	return out
}
