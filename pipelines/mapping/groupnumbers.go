package mapping

import (
	"strings"

	"kartoteka/customer"
)

// documents makes the field of the identity document of its columns: one, or series and
// number, with the date of issue, if the document's type says that it is a passport.
func (f *inference) documents() {
	var whole, series, number, issued *column
	for _, c := range f.of("passport") {
		for part, at := range map[string]**column{"": &whole, "series": &series, "number": &number, "issued": &issued} {
			if f.at(c).concept.part == part && *at == nil {
				*at = c
			}
		}
	}
	fd := customer.Field{}
	switch {
	case series != nil && number != nil:
		fd.Columns, fd.Parts = []string{f.table.Columns[series.index], f.table.Columns[number.index]}, []string{"series", "number"}
	case whole != nil:
		fd.Columns = []string{f.table.Columns[whole.index]}
	case number != nil && number.meanLength() >= 9:
		fd.Columns = []string{f.table.Columns[number.index]}
	default:
		f.noDocument(series, number, issued)
		return
	}
	if issued != nil {
		fd.Issued = f.table.Columns[issued.index]
	}
	fd.When = f.whenPassport()
	for _, name := range f.roles.all("passport") {
		fd.Attribute = name
		f.field(fd)
	}
}

func (f *inference) noDocument(columns ...*column) {
	for _, c := range columns {
		if c != nil {
			f.left(c, "a part of a document whose other part is missing")
		}
	}
}

// whenPassport finds the value of the document type that means a passport, if there are others too.
func (f *inference) whenPassport() map[string]string {
	for _, c := range f.of("-doc_type") {
		best, n := "", 0
		for v, times := range c.distinct {
			l := strings.ToLower(v)
			passport := v == "21" || strings.Contains(l, "паспорт") && !strings.Contains(l, "загран") && !strings.Contains(l, "иностр")
			if passport && (times > n || times == n && v < best) {
				best, n = v, times
			}
		}
		if best != "" && len(c.distinct) > 1 {
			return map[string]string{f.table.Columns[c.index]: best}
		}
	}
	return nil
}

// contacts makes the fields of telephones and e-mails; a column with both goes to both.
func (f *inference) contacts() {
	for _, role := range []string{"phone", "email"} {
		for _, name := range f.roles.all(role) {
			for _, c := range f.columns {
				if !f.carries(c, role) {
					continue
				}
				kind := f.at(c).concept.kind
				f.field(customer.Field{Attribute: name, Columns: []string{f.table.Columns[c.index]}, ValueKind: kind})
			}
		}
	}
	for _, c := range f.of("-contact") {
		g := f.at(c)
		switch {
		case c.share(shapeEmail)+c.share(shapeMixed) == 0 && c.filled > 0:
			g.concept.attribute = "phone"
		case c.share(shapePhone)+c.share(shapeMixed) == 0 && c.filled > 0:
			g.concept.attribute = "email"
		default:
			g.concept.attribute = "phone"
			g.reason += "; telephones and e-mails are told apart cell by cell"
		}
	}
}

// carries reports whether a column gives values to a role, alone or together with the other one.
func (f *inference) carries(c *column, role string) bool {
	mixed := c.share(shapeMixed)
	switch f.at(c).concept.attribute {
	case role:
		return true
	case "-contact":
		own := shapePhone
		if role == "email" {
			own = shapeEmail
		}
		return c.filled == 0 || c.share(own)+mixed > 0
	case "phone", "email":
		own := shapePhone
		if role == "email" {
			own = shapeEmail
		}
		return mixed+c.share(own) > 0.02
	}
	return false
}

// numbers makes the fields of identity numbers, of gender and of the portrait's own further attributes.
func (f *inference) numbers() {
	for i, g := range f.guesses {
		role := g.concept.attribute
		column := f.table.Columns[i]
		switch {
		case strings.HasPrefix(role, "="):
			f.field(customer.Field{Attribute: role[1:], Columns: []string{column}})
		case role == "-inn+kpp":
			f.simple("inn", column)
			f.simple("kpp", column)
		case role == "gender", role == "national_id", role == "tax_no", role == "register_no", numberTypes[role] != "":
			f.simple(role, column)
		}
	}
}

func (f *inference) simple(role, column string) {
	for _, name := range f.roles.all(role) {
		f.field(customer.Field{Attribute: name, Columns: []string{column}})
	}
}
