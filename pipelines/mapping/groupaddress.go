package mapping

import (
	"slices"
	"strings"

	"kartoteka/customer"
)

var addressParts = []string{"postcode", "country", "region", "city", "street", "house", "building", "flat"}

// addresses makes one field per value kind: a whole line, or parts, or a line with the parts
// that it lacks (the line then stands as street).
func (f *inference) addresses() {
	var kinds []string
	byKind := map[string][]*column{}
	for _, c := range f.of("address") {
		k := f.at(c).concept.kind
		if byKind[k] == nil {
			kinds = append(kinds, k)
		}
		byKind[k] = append(byKind[k], c)
	}
	for _, kind := range kinds {
		f.address(kind, byKind[kind])
	}
	f.city()
}

func (f *inference) address(kind string, columns []*column) {
	var whole, parted []*column
	for _, c := range columns {
		if f.at(c).concept.part == "" {
			whole = append(whole, c)
		} else {
			parted = append(parted, c)
		}
	}
	if slices.ContainsFunc(parted, func(c *column) bool { return c.filled > 0 }) {
		whole = slices.DeleteFunc(whole, func(c *column) bool { // {"address": null} in some rows, {"address": {"city": …}} in others
			if c.filled == 0 {
				f.raw(c, "empty; the parts of the address stand in other columns")
			}
			return c.filled == 0
		})
	}
	for i, c := range whole {
		if i == 0 && f.lacking(c, parted) {
			f.at(c).concept.part = "street"
			parted = append(parted, c)
			continue
		}
		for _, name := range f.roles.all("address") {
			f.field(customer.Field{Attribute: name, Columns: []string{f.table.Columns[c.index]}, ValueKind: kind})
		}
		for _, p := range parted {
			f.raw(p, "stands in the whole address")
		}
		parted = nil
	}
	f.addressOfParts(kind, parted)
}

// lacking reports a line without its city or postcode, which stand in columns of their own.
func (f *inference) lacking(line *column, parted []*column) bool {
	asked, found := 0, 0
	for _, p := range parted {
		if part := f.at(p).concept.part; part != "city" && part != "postcode" || p.filled == 0 {
			continue
		}
		for _, v := range line.values {
			asked++
			if containsAny(v, p.distinct) {
				found++
			}
		}
	}
	return asked > 0 && found*2 < asked
}

func containsAny(line string, parts map[string]int) bool {
	l := strings.ToLower(line)
	for w := range strings.FieldsFuncSeq(l, func(r rune) bool { return strings.ContainsRune(",;", r) }) {
		w = strings.TrimSpace(w)
		if parts[w] > 0 {
			return true
		}
	}
	n := 0
	for p := range parts {
		if n++; n > 200 {
			break
		}
		if len(p) > 3 && strings.Contains(l, strings.ToLower(p)) {
			return true
		}
	}
	return false
}

func (f *inference) addressOfParts(kind string, parted []*column) {
	if len(parted) == 0 {
		return
	}
	fd := customer.Field{ValueKind: kind}
	for _, part := range addressParts {
		if c := f.fullest(parted, part); c != nil {
			fd.Columns, fd.Parts = append(fd.Columns, f.table.Columns[c.index]), append(fd.Parts, part)
		}
	}
	if len(fd.Parts) == 0 {
		return
	}
	if only := fd.Parts[0]; len(fd.Parts) == 1 && (only == "country" || only == "region" || only == "flat" || only == "building") {
		f.lonely(parted[0], only)
		return
	}
	for _, name := range f.roles.all("address") {
		fd.Attribute = name
		f.field(fd)
	}
}

// fullest takes the column that fills a part most often and gives back the others.
func (f *inference) fullest(columns []*column, part string) *column {
	var best *column
	for _, c := range columns {
		switch {
		case f.at(c).concept.part != part:
		case best == nil:
			best = c
		case c.filled > best.filled:
			f.left(best, "another column fills "+part+" more often")
			best = c
		default:
			f.left(c, "another column fills "+part+" more often")
		}
	}
	return best
}

// lonely gives back a part that alone is no address; a STATE beside loans is their status.
func (f *inference) lonely(c *column, part string) {
	if part == "region" && len(f.of("product")) > 0 && statesOf[strings.ToLower(first(c.values))] == "" {
		f.guesses[c.index] = guess{concept{"product", "", "status"}, 0.6, "stands beside a product"}
		return
	}
	f.left(c, "a "+part+" alone is no address")
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// city names the column whose city gives telephones their area code, if there are telephones.
func (f *inference) city() {
	if f.noneOf("phone", "-contact") {
		return
	}
	for i, g := range f.guesses {
		if g.concept.part == "city" && f.columns[i].filled > 0 && f.out.Mapping.City == "" {
			f.out.Mapping.City = f.table.Columns[i]
		}
	}
}
