package mapping

import (
	"strings"
	"unicode"

	"kartoteka/customer"
)

var nameParts = []string{"last", "first", "patronymic", "suffix", "maiden"}

// names makes the fields of the name. Several fields of a name are alternatives, best first:
// a mapper takes the first that the row fills with two words (see [Mapper]).
func (f *inference) names() {
	f.reinterpretNames()
	parts := f.nameParts()
	whole := f.wholeNames(len(parts.Columns) > 0)
	for _, name := range f.roles.all("name") {
		if len(parts.Columns) > 0 {
			parts.Attribute = name
			f.field(parts)
		}
		for _, c := range whole {
			f.field(customer.Field{Attribute: name, Columns: []string{f.table.Columns[c.index]}, ValueKind: f.at(c).concept.kind})
		}
	}
}

// reinterpretNames mends what a heading alone gets wrong: "name" beside "surname" is a given
// name; "Имя" with whole names in it and no surname beside is a whole name.
func (f *inference) reinterpretNames() {
	last, first := f.part("last"), f.part("first")
	if len(last) > 0 && len(first) == 0 {
		for i, g := range f.guesses {
			if g.concept.attribute == "name" && f.columns[i].severalWords() < 0.3 && squash(words(f.columns[i].heading)) == "name" {
				f.guesses[i].concept.part, f.guesses[i].reason = "first", g.reason+"; stands beside a surname"
			}
		}
	}
	if len(first) == 1 && len(last) == 0 && first[0].severalWords() > 0.5 {
		g := f.at(first[0])
		g.concept, g.reason = concept{attribute: "person"}, g.reason+"; several words in a cell"
	}
}

// severalWords is the part of the values with a blank inside.
func (c *column) severalWords() float64 {
	n := 0
	for _, v := range c.values {
		if strings.IndexFunc(v, unicode.IsSpace) > 0 {
			n++
		}
	}
	return float64(n) / float64(max(1, len(c.values)))
}

// part lists the columns that were found to be one part of a name.
func (f *inference) part(part string) []*column {
	var out []*column
	for i, g := range f.guesses {
		if g.concept.attribute == "name" && g.concept.part == part {
			out = append(out, f.columns[i])
		}
	}
	return out
}

func (f *inference) nameParts() customer.Field {
	var fd customer.Field
	for _, part := range nameParts {
		columns := f.part(part)
		for i, c := range columns {
			if i > 0 {
				f.left(c, "a second column for "+part)
				continue
			}
			fd.Columns = append(fd.Columns, f.table.Columns[c.index])
			fd.Parts = append(fd.Parts, part)
		}
	}
	return fd
}

// wholeNames orders the columns that hold whole names, best first, and gives back the others.
func (f *inference) wholeNames(parted bool) []*column {
	var out []*column
	persons := len(f.of("person")) > 0 || parted || f.personal()
	for _, role := range []string{"person", "full", "name", "org", "short"} {
		for _, c := range f.of(role) {
			if f.at(c).concept.part != "" {
				continue
			}
			switch {
			case role == "org" && persons && !f.complementary(c):
				f.left(c, "a company beside a person: an employer, perhaps")
			case f.at(c).concept.kind == "" && parted && f.sameAsParts(c) && f.longerThanParts(c):
				f.at(c).concept.kind = "full"
				f.at(c).reason += "; has further names than the columns of the name"
				out = append(out, c)
			case f.at(c).concept.kind == "" && (f.repeats(out, c) || parted && f.sameAsParts(c)):
				f.raw(c, "says the same as the columns of the name")
			case len(out) == 3:
				f.left(c, "a fourth column of names")
			default:
				out = append(out, c)
			}
		}
	}
	return out
}

// personal reports columns that only persons have.
func (f *inference) personal() bool {
	for i, g := range f.guesses {
		switch g.concept.attribute {
		case "birth_date", "gender", "snils", "passport", "rnokpp", "personal_no":
			if f.columns[i].filled > 0 && f.columns[i].fill() > 0.2 {
				return true
			}
		}
	}
	return false
}

// complementary reports a column filled mostly where no other column of names is.
func (f *inference) complementary(c *column) bool {
	sum := 0.0
	for _, role := range []string{"person", "full", "name"} {
		for _, x := range f.of(role) {
			if x != c {
				sum = max(sum, x.fill())
			}
		}
	}
	return sum+c.fill() < 1.15 && c.fill() > 0
}

// repeats reports a column whose values stand in one of the columns already.
func (f *inference) repeats(columns []*column, c *column) bool {
	for _, x := range columns {
		same := 0
		for v := range c.distinct {
			if x.distinct[v] > 0 {
				same++
			}
		}
		if len(c.distinct) > 2 && same*20 >= len(c.distinct)*19 {
			return true
		}
	}
	return false
}

// sameAsParts reports a whole name made of the words that first and last name already give,
// in a table whose parts are filled at least as often.
func (f *inference) sameAsParts(c *column) bool {
	first, last := f.part("first"), f.part("last")
	if len(first) == 0 || len(last) == 0 || c.filled == 0 || max(first[0].fill(), last[0].fill()) < c.fill()*0.98 {
		return false
	}
	same := 0
	for _, v := range c.values {
		w := strings.Fields(v)
		if len(w) > 0 && (first[0].distinct[w[0]] > 0 || last[0].distinct[w[0]] > 0 || last[0].distinct[w[len(w)-1]] > 0) {
			same++
		}
	}
	return same*10 >= len(c.values)*7
}

// longerThanParts reports whole names that often have more words than the columns of the parts together.
func (f *inference) longerThanParts(c *column) bool {
	words := func(columns []*column) (mean float64) {
		for _, x := range columns {
			n := 0
			for _, v := range x.values {
				n += len(strings.Fields(v))
			}
			mean += float64(n) / float64(max(1, len(x.values))) * x.fill()
		}
		return mean
	}
	parted := words(f.part("last")) + words(f.part("first")) + words(f.part("patronymic"))
	return words([]*column{c}) > parted+0.2
}
