package main

import (
	"slices"
	"strings"
)

// shownRules is how many blocking rules an explanation names.
const shownRules = 3

// finestRules drops the rules that another rule says more exactly: surname and initial where
// surname, given name and patronymic agree.
func finestRules(met []string) []string {
	var out []string
	for i, coarse := range met {
		covered := slices.ContainsFunc(met[:i], func(fine string) bool { return covers(fine, coarse) }) ||
			slices.ContainsFunc(met[i+1:], func(fine string) bool { return covers(fine, coarse) && !covers(coarse, fine) })
		if !covered {
			out = append(out, coarse)
		}
	}
	return out
}

// covers reports whether what agrees by one rule must agree by another.
func covers(fine, coarse string) bool {
	for part := range strings.SplitSeq(coarse, " + ") {
		if !slices.ContainsFunc(strings.Split(fine, " + "), func(f string) bool { return implies(f, part) }) {
			return false
		}
	}
	return true
}

// coarser are the forms that agree where a form does.
var coarser = map[string][]string{
	"both":       {"sounds", "heads", "word", "word.head", "last", "last.sound", "last.head", "first", "first.head", "first.initial"},
	"sounds":     {"last.sound", "word"},
	"heads":      {"last.head", "first.head", "word.head"},
	"last.sound": {"word"},
	"last.head":  {"word.head"},
	"first.head": {"word.head"},
	"month":      {"year"},
	"year.day":   {"year"},
	"city":       {"city.head"},
	"postcode":   {"area"},
	"local":      {"head", "tail"},
	"last7":      {"tail"},
	"last":       {"last.sound", "last.head", "word", "word.head"},
	"first":      {"first.initial"},
	"patronymic": {"patronymic.initial"},
	"flat":       {"house", "street"},
	"house":      {"street"},
	"core":       {"token", "initial"},
}

func implies(fine, coarse string) bool {
	if fine == coarse {
		return true
	}
	a, form, _ := strings.Cut(fine, ".")
	b, other, _ := strings.Cut(coarse, ".")
	return a == b && (form == "" || slices.Contains(coarser[form], other))
}
