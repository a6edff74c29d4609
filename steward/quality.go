package steward

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
)

// qualityBody is the page of charts.
type qualityBody struct {
	*desk.Statistics
	Sizes, Weights, Days, Shared, Known barChart
	Share                               float64 // of records that are duplicates
	Ages                                []ageRow
}

type ageRow struct {
	Label string
	Text  string
}

// barChart is columns or lying bars, one or two series, in pixels.
type barChart struct {
	Width, Height int
	Bars          []chartBar
	Ticks         []chartTick
	Base          int
	Lying         bool
	Label         string
	Names         [2]string // of the series; the second may be ""
	Column        string    // what the bars are by
	File          string    // name of its files; "" where it is not given away
	Rows          []chartRow
}

type chartBar struct {
	X, Y, Width, Height float64
	Class, Title        string
	Name, Value         string
	NameX, NameY        float64
	ValueX, ValueY      float64
}

// chartRow is a row of the table beside a chart.
type chartRow struct {
	Name  string
	A, B  int64
	Share float64
}

// quality shows what the hub has made of its sources, and how the stewards keep up.
func (s *Site) quality(w http.ResponseWriter, r *http.Request) error {
	c, is := s.options.Desk.(Counter)
	if !is {
		return customer.ErrUnknown
	}
	x, err := c.Glance(r.Context())
	if err != nil {
		return err
	}
	f := s.frame(r, "quality", "steward.quality.title")
	b := newQuality(f.Lang, x)
	if s.options.Policy.Can(f.Who, access.Export) {
		for name, c := range b.charts() {
			c.File = name
		}
	}
	return s.show(w, r, http.StatusOK, "quality", f, b)
}

func newQuality(l phrases.Lang, x *desk.Statistics) *qualityBody {
	b := &qualityBody{Statistics: x}
	if x.Records > 0 {
		b.Share = float64(x.Duplicates) / float64(x.Records)
	}
	b.Sizes = columnsOf(l, "steward.quality.sizes", "steward.search.records", [2]string{"steward.nav.customers"}, sizesOf(x), true)
	b.Weights = columnsOf(l, "steward.quality.weights", "steward.evidence.bits", [2]string{"steward.nav.tasks"}, weightsOf(x), false)
	b.Days = columnsOf(l, "steward.quality.days", "steward.quality.day", [2]string{"steward.quality.opened", "steward.quality.closed"}, daysOf(l, x), false)
	b.Shared = lyingOf(l, "steward.quality.overlaps", "steward.search.sources", [2]string{"steward.nav.customers"}, overlapsOf(x))
	b.Known = lyingOf(l, "steward.quality.sources", "steward.quality.source", [2]string{"steward.nav.customers", "steward.quality.only"}, knownOf(x))
	for _, a := range []struct {
		key     string
		seconds float64
	}{{"steward.quality.median", x.Ages.Median}, {"steward.quality.p95", x.Ages.P95}, {"steward.quality.oldest", x.Ages.Oldest}} {
		b.Ages = append(b.Ages, ageRow{l.Sentence(a.key), ago(l, time.Duration(a.seconds*float64(time.Second)))})
	}
	return b
}

func sizesOf(x *desk.Statistics) (out []chartRow) {
	for _, s := range x.Sizes {
		out = append(out, chartRow{Name: text(s.Records), A: s.Customers})
	}
	return out
}

func weightsOf(x *desk.Statistics) (out []chartRow) {
	for _, w := range x.Weights {
		out = append(out, chartRow{Name: strconv.Itoa(w.Bits), A: w.Tasks})
	}
	return out
}

func daysOf(l phrases.Lang, x *desk.Statistics) (out []chartRow) {
	for _, d := range x.Days {
		name, _, _ := strings.Cut(dateText(phrases.Ru, d.Day.Format(time.DateOnly)), ".2")
		if l == phrases.En {
			name = d.Day.Format("01-02")
		}
		out = append(out, chartRow{Name: name, A: d.Opened, B: d.Answered})
	}
	return out
}

func overlapsOf(x *desk.Statistics) (out []chartRow) {
	for i, o := range x.Overlaps {
		if i < 12 {
			out = append(out, chartRow{Name: strings.Join(o.Sources, " + "), A: o.Customers})
		}
	}
	return out
}

func knownOf(x *desk.Statistics) (out []chartRow) {
	for i, s := range x.Sources {
		if i < 20 {
			out = append(out, chartRow{Name: string(s.Source), A: s.Customers, B: s.Only})
		}
	}
	return out
}

// Sizes of charts.
const (
	chartWidth, chartHeight, chartLeft, chartFoot = 520, 220, 46, 26
	lyingNames, lyingRow                          = 190, 30
)

func newChart(l phrases.Lang, label, column string, names [2]string, rows []chartRow) (c barChart, top float64) {
	c = barChart{Width: chartWidth, Label: l.Sentence(label), Column: l.Sentence(column), Rows: rows, Names: [2]string{l.Sentence(names[0])}}
	if names[1] != "" {
		c.Names[1] = l.Sentence(names[1])
	}
	for _, r := range rows {
		top = math.Max(top, math.Max(float64(r.A), float64(r.B)))
	}
	return c, math.Max(top, 1)
}

// columnsOf draws standing bars; steep counts are drawn by their logarithm, and say so.
func columnsOf(l phrases.Lang, label, column string, names [2]string, rows []chartRow, steep bool) barChart {
	c, top := newChart(l, label, column, names, rows)
	c.Height, c.Base = chartHeight, chartHeight-chartFoot
	scale := func(x float64) float64 { return x / top }
	if steep && top > 100 {
		scale = func(x float64) float64 { return math.Log1p(x) / math.Log1p(top) }
		c.Label += l.Sentence("steward.quality.log")
	}
	room := float64(c.Base - 18)
	step := float64(chartWidth-chartLeft-8) / math.Max(float64(len(rows)), 1)
	for i, r := range rows {
		left := chartLeft + float64(i)*step
		series := []int64{r.A}
		if c.Names[1] != "" {
			series = append(series, r.B)
		}
		width := math.Min(step*0.72, 44) / float64(len(series))
		for j, n := range series {
			h := round1(scale(float64(n)) * room)
			if n > 0 {
				h = math.Max(h, 1.5)
			}
			bar := chartBar{X: round1(left + step*0.14 + float64(j)*width), Y: round1(float64(c.Base) - h), Width: round1(width - 1), Height: h, Class: []string{"total", "for"}[j], Title: r.Name + ": " + l.Number(float64(n))}
			if j == 0 && (len(rows) <= 16 || i%2 == 0) {
				bar.Name, bar.NameX, bar.NameY = r.Name, round1(left+step/2), float64(chartHeight-9)
			}
			if len(series) == 1 && len(rows) <= 12 {
				bar.Value, bar.ValueX, bar.ValueY = l.Number(float64(n)), round1(left+step/2), round1(float64(c.Base)-h-4)
			}
			c.Bars = append(c.Bars, bar)
		}
	}
	for _, n := range ticksTo(top, steep && top > 100) {
		c.Ticks = append(c.Ticks, chartTick{round1(float64(c.Base) - scale(n)*room), l.Number(n)})
	}
	return c
}

// lyingOf draws bars with their names at the left; the second series lies within the first.
func lyingOf(l phrases.Lang, label, column string, names [2]string, rows []chartRow) barChart {
	c, top := newChart(l, label, column, names, rows)
	c.Lying, c.Height = true, len(rows)*lyingRow+8
	room := float64(chartWidth - lyingNames - 70)
	for i, r := range rows {
		y := float64(4 + i*lyingRow)
		width := round1(math.Max(float64(r.A)/top*room, 1.5))
		c.Bars = append(c.Bars, chartBar{X: lyingNames, Y: y, Width: width, Height: 20, Class: "total", Title: r.Name, Name: clip(r.Name, 26), NameX: lyingNames - 8, NameY: y + 15, Value: l.Number(float64(r.A)), ValueX: lyingNames + width + 6, ValueY: y + 15})
		if c.Names[1] != "" && r.B > 0 {
			c.Bars = append(c.Bars, chartBar{X: lyingNames, Y: y + 13, Width: round1(math.Max(float64(r.B)/top*room, 1.5)), Height: 7, Class: "for", Title: c.Names[1] + ": " + l.Number(float64(r.B))})
		}
	}
	return c
}

// ticksTo are round numbers up to the greatest, about four.
func ticksTo(top float64, steep bool) (out []float64) {
	if steep {
		for x := 1.0; x <= top; x *= 10 {
			out = append(out, x)
		}
		return out
	}
	step := math.Pow(10, math.Floor(math.Log10(top)))
	for top/step < 3 && step > 1 {
		step /= 2
	}
	for top/step > 6 {
		step *= 2
	}
	for x := step; x <= top; x += step {
		if x == math.Trunc(x) {
			out = append(out, x)
		}
	}
	return out
}
