package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong in a configuration, and what to do about it. It never
// shows the value of a secret.
type Fault struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"` // 1-based; 0 when the fault has no place
	Path string `json:"path,omitempty"` // sources.billing.map.name
	What string `json:"message"`
	Cure string `json:"suggestion,omitempty"`
}

// Error gives the fault on one line: place, path, what, cure.
func (f Fault) Error() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File + ":")
	}
	if f.Line > 0 {
		fmt.Fprintf(&b, "%d:", f.Line)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.What)
	if f.Cure != "" {
		b.WriteString("; " + f.Cure)
	}
	return b.String()
}

// Faults is every fault of a configuration, by file and line. The caller prints them all
// and exits with 2.
type Faults []Fault

// Error gives one line per fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// AllFaults lists the faults that an error of this package holds; nil for another error.
func AllFaults(err error) Faults {
	var fs Faults
	if errors.As(err, &fs) {
		return fs
	}
	var one Fault
	if errors.As(err, &one) {
		return Faults{one}
	}
	return nil
}

// asError sorts the faults; no faults are no error.
func (fs Faults) asError() error {
	if len(fs) == 0 {
		return nil
	}
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(fs)
}
