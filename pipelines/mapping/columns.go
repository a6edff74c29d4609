package mapping

import (
	"strings"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// Limits of looking at values; they bound the time that wide tables take.
const (
	probedRows   = 1000    // values of a column that are looked at
	probedCells  = 200_000 // values of all columns together
	fewestProbed = 40
)

// column is what is known of a column: its heading and its values.
type column struct {
	index    int
	heading  string
	rows     int      // sampled rows of the table
	cells    int      // delivered cells
	values   []string // filled cells, trimmed, as far as they are looked at
	filled   int      // filled cells in all sampled rows
	zeros    int      // cells that are 0: nothing in most columns, a number like others in keys
	repeated bool     // some row carries it twice
	distinct map[string]int
	counts   [shapes]int
	longest  int
	runes    int // of all looked-at values
	byType   map[customer.TypeName]float64
}

// lookAt reads the sample into columns.
func lookAt(t *customer.Table, sample []customer.Row) []*column {
	columns := make([]*column, len(t.Columns))
	for i, name := range t.Columns {
		columns[i] = &column{index: i, heading: strings.TrimSpace(name), distinct: map[string]int{}}
	}
	limit := max(fewestProbed, min(probedRows, probedCells/max(1, len(columns))))
	step := max(1, len(sample)/limit)
	rows := 0
	for i := range sample {
		if sample[i].Op != customer.Delete {
			rows++
			readRow(columns, &sample[i], i%step == 0, limit)
		}
	}
	for _, c := range columns {
		c.rows = rows
		c.shape()
	}
	return columns
}

func readRow(columns []*column, r *customer.Row, look bool, limit int) {
	last := -1
	for _, cell := range r.Cells {
		if cell.Column >= len(columns) {
			continue
		}
		c := columns[cell.Column]
		c.cells++
		c.repeated = c.repeated || cell.Column == last
		last = cell.Column
		text := strings.TrimSpace(standardize.PlainText(cell.Text))
		if placeholder(text) {
			if text == "0" {
				c.zeros++
			}
			continue
		}
		c.filled++
		c.distinct[text]++
		if (look || c.filled <= 10) && len(c.values) < limit { // a sparse column is looked at wherever it is filled
			c.values = append(c.values, text)
		}
	}
}

func (c *column) shape() {
	for _, v := range c.values {
		look := lookOf(v)
		for s := range shapes {
			if look&(1<<s) != 0 {
				c.counts[s]++
			}
		}
		n := len([]rune(v))
		c.runes += n
		c.longest = max(c.longest, n)
	}
}

// share is the part of the looked-at values that have a shape; 0 without values.
func (c *column) share(s shape) float64 {
	if len(c.values) == 0 {
		return 0
	}
	return float64(c.counts[s]) / float64(len(c.values))
}

// passing is the part of the looked-at values that are proved to be of a type.
func (c *column) passing(t customer.TypeName) float64 {
	return c.part(t, passes)
}

// fitting is the part of the looked-at values that the standardizer could use as a type.
func (c *column) fitting(t customer.TypeName) float64 {
	return c.part("~"+t, func(_ customer.TypeName, s string) bool { return looksLike(t, s) })
}

func (c *column) part(t customer.TypeName, test func(customer.TypeName, string) bool) float64 {
	if len(c.values) == 0 {
		return 0
	}
	if p, done := c.byType[t]; done {
		return p
	}
	n := 0
	for i, v := range c.values {
		if i == fewestProbed && n == 0 {
			break // a column of something else
		}
		if test(t, v) {
			n++
		}
	}
	if c.byType == nil {
		c.byType = map[customer.TypeName]float64{}
	}
	p := float64(n) / float64(len(c.values))
	c.byType[t] = p
	return p
}

// fill is the part of the sampled rows that fill the column.
func (c *column) fill() float64 {
	if c.rows == 0 {
		return 0
	}
	return float64(c.filled) / float64(c.rows)
}

// distinctShare is distinct per filled.
func (c *column) distinctShare() float64 {
	if c.filled == 0 {
		return 0
	}
	return float64(len(c.distinct)) / float64(c.filled)
}

// meanLength is in letters.
func (c *column) meanLength() float64 {
	if len(c.values) == 0 {
		return 0
	}
	return float64(c.runes) / float64(len(c.values))
}

// sequential reports values 1, 2, 3 … in the order of the rows.
func (c *column) sequential() bool {
	if len(c.values) < 3 || c.share(shapeDigits) < 1 || c.distinctShare() < 1 {
		return false
	}
	prev := int64(-1)
	for i, v := range c.values {
		n, ok := smallNumber(v)
		if !ok || n <= prev || i == 0 && n > 2 || n > int64(c.rows)*2+2 {
			return false
		}
		prev = n
	}
	return true
}

func smallNumber(s string) (int64, bool) {
	if len(s) == 0 || len(s) > 12 {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}
