package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kartoteka/pipelines"
)

// columnOf is the column from which an attribute was made.
func columnOf(t *pipelines.TableMapping, attribute string) string {
	for i := range t.Columns {
		if t.Columns[i].Attribute == attribute {
			return t.Columns[i].Column
		}
	}
	return strings.TrimPrefix(attribute, "x.")
}

// advice tells what a person should do next.
func (j *loadJob) advice() []string {
	var out []string
	for _, name := range j.result.Empty {
		out = append(out, name+" has no rows, perhaps a header only; nothing was read from it")
	}
	for _, name := range slices.Sorted(maps.Keys(j.result.Absent)) {
		out = append(out, fmt.Sprintf("the mapping names columns that %s does not have, so nothing was read from them: %q; correct the names in the mapping", name, j.result.Absent[name]))
	}
	seen := map[string]bool{}
	for _, t := range j.result.Mappings {
		for _, a := range t.Extra {
			if _, has := j.conf.Portrait.Lookup(a.Kind, a.Name); has || seen[a.Name] {
				continue
			}
			seen[a.Name] = true
			out = append(out, fmt.Sprintf("column %q was kept raw; to use it, add to the configuration: portrait: {%s: {%s: {type: %s, holds: %s, shared_by: %d}}}",
				columnOf(&t, a.Name), a.Kind, a.Name, a.Type, a.Holds, a.SharedBy))
		}
	}
	for _, t := range j.result.Mappings {
		if len(t.Unused) > 0 && len(t.Key) == 0 {
			out = append(out, fmt.Sprintf("%s: rows are known by their content, as when the source was first loaded; column %q is filled and unique now. To use it as the key, load the file as a source of its own with --source NAME",
				t.Source, strings.Join(t.Unused, " + ")))
		}
	}
	for _, source := range slices.Sorted(maps.Keys(j.result.Repeated)) {
		out = append(out, fmt.Sprintf("%s: %d rows repeat the key of an earlier row with other content; the last one counts. If the key column is none, name another one with --key",
			source, j.result.Repeated[source]))
	}
	if rules := j.hub.rules; rules != nil && rules.rules.Settings.Expect > 0 && j.report.Records > rules.rules.Settings.Expect {
		out = append(out, fmt.Sprintf("the ruleset stands for %d customers and the hub has %d records: a new model would help, see kartoteka plan --help",
			rules.rules.Settings.Expect, j.report.Records))
	}
	return out
}
