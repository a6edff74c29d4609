package mapping

import (
	"kartoteka/customer"
	"kartoteka/standardize"
)

// dates makes the field of the birth date: one column, or year, month and day.
func (f *inference) dates() {
	var whole, parted []*column
	for _, c := range f.of("birth_date") {
		if f.at(c).concept.part == "" {
			whole = append(whole, c)
		} else {
			parted = append(parted, c)
		}
	}
	for _, name := range f.roles.all("birth_date") {
		for i, c := range whole {
			if i == 0 {
				f.field(customer.Field{Attribute: name, Columns: []string{f.table.Columns[c.index]}, Format: longAgo(c)})
			}
		}
		if len(whole) == 0 {
			f.datesOfParts(name, parted)
		}
	}
	for i, c := range whole {
		if i > 0 {
			f.left(c, "a second birth date")
		}
	}
	if len(whole) > 0 {
		for _, c := range parted {
			f.raw(c, "a part of the birth date, which another column holds whole")
		}
	}
}

// datesOfParts needs the year; a month alone is no date.
func (f *inference) datesOfParts(name string, parted []*column) {
	fd := customer.Field{Attribute: name}
	if len(parted) > 0 {
		fd.Format = longAgo(parted[0])
	}
	for _, part := range []string{"year", "month", "day"} {
		for _, c := range parted {
			if f.at(c).concept.part == part && (len(fd.Parts) == 0 || fd.Parts[len(fd.Parts)-1] != part) {
				fd.Columns, fd.Parts = append(fd.Columns, f.table.Columns[c.index]), append(fd.Parts, part)
			}
		}
	}
	if len(fd.Parts) == 0 || fd.Parts[0] != "year" {
		for _, c := range parted {
			f.left(c, "a month or day without a year")
		}
		return
	}
	f.field(fd)
}

// longAgo is the format of a column of birth dates of which a tenth is from before 1900: an archive.
func longAgo(c *column) string {
	n := 0
	for _, v := range c.values {
		if y := yearIn(v); y > 1000 && y < 1900 {
			n++
		}
	}
	if n*10 >= len(c.values) && n > 2 {
		return standardize.LongAgo
	}
	return ""
}
