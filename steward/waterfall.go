package steward

import (
	"math"
	"strings"
	"unicode/utf8"

	"kartoteka/phrases"
)

// waterfall is the evidence as bars that start where the one before ended, in pixels.
type waterfall struct {
	Width, Height int
	Bars          []bar
	Zero, Link    float64
	LinkText      string
	LinkLabel     string
	Ticks         []chartTick
	Bottom        int
	Label         string // for those who do not see it
	Plot          int    // where bars begin
}

// bar is one summand.
type bar struct {
	X, Width  float64
	Y         int
	Class     string
	Name      string
	Text      string
	TextX     float64
	TextY     int
	Connector float64 // where the next one begins
}

type chartTick struct {
	At   float64
	Text string
}

// Sizes of a waterfall.
const (
	fallNames, fallPlot, fallRow, fallEnd = 150, 330, 26, 52
)

func newWaterfall(e *evidence, l phrases.Lang) waterfall {
	low, high := math.Min(0, e.Link), math.Max(0, e.Link)
	for _, line := range e.Lines {
		low, high = math.Min(low, line.Total), math.Max(high, line.Total)
	}
	span := math.Max(high-low, 1)
	at := func(bits float64) float64 { return round1(fallNames + (bits-low)/span*fallPlot) }
	w := waterfall{Width: fallNames + fallPlot + fallEnd, Zero: at(0), Link: at(e.Link), LinkText: l.Number(math.Round(e.Link*10) / 10), LinkLabel: l.Sentence("steward.evidence.link"), Plot: fallNames}
	before := 0.0
	for i, line := range e.Lines {
		b := bar{Y: 8 + i*fallRow, Class: "against", Name: clip(line.Name, 22), Text: signed(l, line.Bits), Connector: at(line.Total)}
		if line.For {
			b.Class = "for"
		}
		if i == 0 {
			b.Class = "base"
		}
		b.place(at(before), at(line.Total))
		w.Bars, before = append(w.Bars, b), line.Total
	}
	sum := bar{Y: 8 + len(e.Lines)*fallRow, Class: "total", Name: capital(l.Sentence("why.total")), Text: signed(l, e.Total)}
	sum.place(at(0), at(e.Total))
	w.Bars = append(w.Bars, sum)
	w.Bottom = 8 + len(w.Bars)*fallRow
	w.Height = w.Bottom + 24
	w.ticks(low, high, at, l)
	w.Label = l.Sentence("steward.evidence.chart", len(e.Lines), signed(l, e.Total), w.LinkText)
	return w
}

func (b *bar) place(from, to float64) {
	b.X, b.Width = math.Min(from, to), math.Max(math.Abs(to-from), 1.5)
	b.TextX, b.TextY = b.X+b.Width+5, b.Y+14
}

// ticks are round numbers of bits, about six.
func (w *waterfall) ticks(low, high float64, at func(float64) float64, l phrases.Lang) {
	step := 5.0
	for (high-low)/step > 8 {
		step *= 2
	}
	for x := math.Ceil(low/step) * step; x <= high; x += step {
		w.Ticks = append(w.Ticks, chartTick{at(x), l.Number(x)})
	}
}

func round1(x float64) float64 { return math.Round(x*10) / 10 }

// signed writes bits with their sign.
func signed(l phrases.Lang, x float64) string {
	text := l.Number(math.Round(x*10) / 10)
	if x > 0 {
		return "+" + text
	}
	return text
}

// clip shortens a name for a chart.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return strings.TrimSpace(string(r[:n-1])) + "…"
}
