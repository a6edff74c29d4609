package mapping

import (
	"strings"

	"kartoteka/customer"
)

// fewestTwins is how many pairs must be at hand to judge a column by them.
const fewestTwins = 8

// disagreeing reports an extra column whose values differ in half of the rows that are the
// same customer by all appearances. Such a column would part what belongs together.
func (f *inference) disagreeing(c *column) bool {
	same, pairs := 0, 0
	for _, pair := range f.twins() {
		a, b := textAt(pair[0], c.index), textAt(pair[1], c.index)
		if placeholder(a) || placeholder(b) {
			continue
		}
		pairs++
		if strings.EqualFold(a, b) {
			same++
		}
	}
	return pairs >= fewestTwins && same*2 < pairs
}

// twins are pairs of sampled rows with one name, and one birth date if there is any.
func (f *inference) twins() [][2]*customer.Row {
	if f.twinsDone {
		return f.twinRows
	}
	f.twinsDone = true
	anchors := f.anchors()
	last := map[string]*customer.Row{}
	for i := range f.sample {
		r := &f.sample[i]
		key, whole := anchorOf(r, anchors)
		if !whole {
			continue
		}
		if other := last[key]; other != nil {
			f.twinRows = append(f.twinRows, [2]*customer.Row{other, r})
		}
		last[key] = r
	}
	return f.twinRows
}

// anchors are the columns of the first field of the name and of the birth date.
func (f *inference) anchors() (columns []int) {
	for _, role := range []string{"name", "birth_date"} {
		for _, fd := range f.out.Mapping.Fields {
			if len(f.roles.all(role)) == 0 || fd.Attribute != f.roles.all(role)[0] {
				continue
			}
			for _, name := range fd.Columns {
				for i, heading := range f.table.Columns {
					if heading == name {
						columns = append(columns, i)
					}
				}
			}
			break
		}
	}
	return columns
}

// anchorOf joins what two rows must share; whole is false if less than six letters are there.
func anchorOf(r *customer.Row, columns []int) (key string, whole bool) {
	for _, c := range columns {
		key += strings.ToLower(textAt(r, c)) + "\x00"
	}
	return key, len(key)-len(columns) >= 6
}

func textAt(r *customer.Row, column int) string {
	return nth(r, column, 0, 0)
}
