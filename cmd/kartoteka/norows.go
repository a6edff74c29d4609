package main

import (
	"fmt"
	"slices"

	"kartoteka/customer"
	"kartoteka/pipelines"
)

// errNoRows says that there was nothing to load.
func errNoRows(name string) error {
	return fmt.Errorf("%w: %s has no rows that could be read, perhaps a header only; nothing was loaded", errInput, name)
}

// noRows refuses a load of nothing but files without rows of sources that the hub does not know;
// a file without rows among others is told by the advice.
func (j *loadJob) noRows() error {
	empty := ""
	for _, in := range j.inputs {
		if in.Again && !j.met(in.Source) {
			empty = in.Name
		}
	}
	if empty != "" && j.result.Counts.Read == 0 && len(j.result.Mappings) == 0 {
		return errNoRows(empty)
	}
	return nil
}

// met reports whether rows of a source were read now or earlier.
func (j *loadJob) met(source customer.Source) bool {
	return slices.ContainsFunc(j.result.Mappings, func(t pipelines.TableMapping) bool { return t.Source == source }) ||
		slices.ContainsFunc(j.report.Sources, func(s customer.SourceReport) bool { return s.Source == source })
}
