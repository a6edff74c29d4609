package main

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"

	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"kartoteka/matching"
	"kartoteka/phrases"
)

// Size of one chart in pixels.
const (
	chartWidth  = 760
	chartHeight = 380
)

// Colors that people with any color vision tell apart (Okabe and Ito 2008).
var (
	blue   = drawing.ColorFromHex("0072B2")
	orange = drawing.ColorFromHex("D55E00")
	green  = drawing.ColorFromHex("009E73")
	gray   = drawing.ColorFromHex("777777")
	pink   = drawing.ColorFromHex("CC79A7")
)

// thresholdPage is the charts of a report with their words.
type thresholdPage struct {
	*thresholdResult
	lang   phrases.Lang
	Charts []drawnChart
}

type drawnChart struct {
	Title string
	SVG   template.HTML // made by the chart library from numbers and phrases alone
}

func newThresholdPage(r *thresholdResult, lang string) (*thresholdPage, error) {
	p := &thresholdPage{thresholdResult: r, lang: phrases.Lang(lang)}
	p.need("chart.curve", p.curve())
	p.need("chart.weights", p.weights())
	p.need("chart.reliability", p.reliability())
	for i := range p.Charts {
		if p.Charts[i].SVG == "" {
			return nil, fmt.Errorf("draw %s: too little to draw", p.Charts[i].Title)
		}
	}
	return p, nil
}

// need draws a chart; one without series is left out.
func (p *thresholdPage) need(title string, c *chart.Chart) {
	if len(c.Series) == 0 {
		return
	}
	c.Width, c.Height = chartWidth, chartHeight
	c.Background.Padding = chart.Box{Top: 48, Left: 16, Right: 16, Bottom: 8}
	c.Elements = []chart.Renderable{chart.LegendThin(c)}
	var b bytes.Buffer
	if c.Render(chart.SVG, &b) != nil {
		b.Reset()
	}
	p.Charts = append(p.Charts, drawnChart{p.say(title), template.HTML(b.String())}) //nolint:gosec // see drawnChart
}

func (p *thresholdPage) say(key string, args ...any) string { return p.lang.Sentence(key, args...) }

// curve draws precision, recall and F1 over thresholds.
func (p *thresholdPage) curve() *chart.Chart {
	if len(p.Curve) < 2 {
		return &chart.Chart{}
	}
	pick := func(name string, color drawing.Color, of func(*matching.ThresholdPoint) float64) chart.Series {
		s := chart.ContinuousSeries{Name: p.say(name), Style: chart.Style{StrokeColor: color, StrokeWidth: 2}}
		for i := range p.Curve {
			s.XValues, s.YValues = append(s.XValues, p.Curve[i].Threshold), append(s.YValues, of(&p.Curve[i]))
		}
		return s
	}
	c := &chart.Chart{XAxis: axis(p.say("chart.threshold"), p.Curve[0].Threshold, p.Curve[len(p.Curve)-1].Threshold), YAxis: shares("")}
	c.Series = []chart.Series{
		pick("quality.precision", blue, func(x *matching.ThresholdPoint) float64 { return x.Precision }),
		pick("quality.recall", orange, func(x *matching.ThresholdPoint) float64 { return x.Recall }),
		pick("quality.f1", green, func(x *matching.ThresholdPoint) float64 { return x.F1 }),
		upright(p.say("chart.own", bitText(p.Own.Threshold)), p.Own.Threshold, 0, 1, gray),
	}
	if p.Best != nil {
		c.Series = append(c.Series, upright(p.say("chart.best", bitText(p.Best.Threshold)), p.Best.Threshold, 0, 1, pink))
	}
	return c
}

// weights draws how many pairs weigh what, on a logarithmic scale: most pairs are strangers.
func (p *thresholdPage) weights() *chart.Chart {
	if len(p.Bands) == 0 {
		return &chart.Chart{}
	}
	from, to := float64(p.Bands[0].From), float64(p.Bands[len(p.Bands)-1].From+1)
	c := &chart.Chart{XAxis: axis(p.say("chart.weight"), min(from, p.Own.Threshold), max(to, p.Own.Threshold)), YAxis: chart.YAxis{Name: p.say("chart.pairs")}}
	top := 1.0
	steps := func(name string, color drawing.Color, of func(*matching.WeightBand) float64) chart.Series {
		s := chart.ContinuousSeries{Name: p.say(name), Style: chart.Style{StrokeColor: color, StrokeWidth: 1.5, FillColor: color.WithAlpha(70)}}
		for i := range p.Bands {
			from, y := float64(p.Bands[i].From), math.Log10(1+of(&p.Bands[i]))
			s.XValues, s.YValues = append(s.XValues, from, from+1), append(s.YValues, y, y)
			top = max(top, math.Ceil(y))
		}
		return s
	}
	if p.Estimated {
		c.Series = append(c.Series, steps("chart.all", gray, func(b *matching.WeightBand) float64 { return float64(b.Pairs) }),
			steps("chart.expected", blue, func(b *matching.WeightBand) float64 { return b.Expected }))
	} else {
		c.Series = append(c.Series, steps("chart.false", orange, func(b *matching.WeightBand) float64 { return float64(b.Pairs - *b.True) }),
			steps("chart.true", blue, func(b *matching.WeightBand) float64 { return float64(*b.True) }))
	}
	c.Series = append(c.Series, upright(p.say("chart.own", bitText(p.Own.Threshold)), p.Own.Threshold, 0, top, gray))
	c.YAxis.Range = &chart.ContinuousRange{Min: 0, Max: top}
	for y := 0.0; y <= top; y++ {
		c.YAxis.Ticks = append(c.YAxis.Ticks, chart.Tick{Value: y, Label: strconv.FormatFloat(math.Pow(10, y), 'f', 0, 64)})
	}
	return c
}

// reliability draws what was observed over what was said; on the diagonal both agree.
func (p *thresholdPage) reliability() *chart.Chart {
	c := &chart.Chart{XAxis: chart.XAxis{Name: p.say("chart.said"), Range: &chart.ContinuousRange{Min: 0, Max: 1}, Ticks: tenths()}, YAxis: shares(p.say("chart.observed"))}
	if p.Calibration == nil || len(p.Calibration.Bins) == 0 {
		return c
	}
	seen := chart.ContinuousSeries{Name: p.say("chart.observed"), Style: chart.Style{StrokeColor: blue, StrokeWidth: 1.5, DotColor: blue, DotWidth: 3.5}}
	c.Series = []chart.Series{chart.ContinuousSeries{Name: p.say("chart.perfect"), XValues: []float64{0, 1}, YValues: []float64{0, 1},
		Style: chart.Style{StrokeColor: gray, StrokeWidth: 1, StrokeDashArray: []float64{4, 4}}}}
	for _, x := range p.Calibration.Bins {
		bounds := matching.Wilson(x.Observed*float64(x.Pairs), float64(x.Pairs))
		seen.XValues, seen.YValues = append(seen.XValues, x.Predicted), append(seen.YValues, x.Observed)
		c.Series = append(c.Series, upright("", x.Predicted, bounds.Low, bounds.High, blue))
	}
	if len(seen.XValues) == 1 { // the library draws no line of one point
		seen.XValues, seen.YValues = append(seen.XValues, seen.XValues[0]), append(seen.YValues, seen.YValues[0])
	}
	c.Series = append(c.Series, seen)
	return c
}

// upright is a dashed vertical line.
func upright(name string, x, from, to float64, color drawing.Color) chart.Series {
	return chart.ContinuousSeries{Name: name, XValues: []float64{x, x}, YValues: []float64{from, to},
		Style: chart.Style{StrokeColor: color, StrokeWidth: 1.5, StrokeDashArray: []float64{5, 3}}}
}

// axis counts whole bits.
func axis(name string, from, to float64) chart.XAxis {
	from, to = math.Floor(from), math.Ceil(to)
	step := 1.0
	for (to-from)/step > 20 {
		step++
	}
	a := chart.XAxis{Name: name, Range: &chart.ContinuousRange{Min: from, Max: to}}
	for x := math.Ceil(from/step) * step; x <= to; x += step {
		a.Ticks = append(a.Ticks, chart.Tick{Value: x, Label: strconv.FormatFloat(x, 'f', 0, 64)})
	}
	return a
}

func shares(name string) chart.YAxis {
	return chart.YAxis{Name: name, Range: &chart.ContinuousRange{Min: 0, Max: 1}, Ticks: tenths()}
}

func tenths() (out []chart.Tick) {
	for i := range 11 {
		out = append(out, chart.Tick{Value: float64(i) / 10, Label: fmt.Sprintf("%.1f", float64(i)/10)})
	}
	return out
}

func bitText(b float64) string { return strconv.FormatFloat(b, 'f', 1, 64) }

// svg writes all charts below each other.
func (p *thresholdPage) svg(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif">`, chartWidth, len(p.Charts)*(chartHeight+40))
	for i, c := range p.Charts {
		top := i * (chartHeight + 40)
		fmt.Fprintf(&b, "\n<text x=\"16\" y=\"%d\" font-size=\"16\">%s</text>\n<svg x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\">%s</svg>",
			top+26, template.HTMLEscapeString(c.Title), top+40, chartWidth, chartHeight, c.SVG)
	}
	b.WriteString("</svg>\n")
	_, err := b.WriteTo(w)
	return err
}

// html writes one file that needs nothing from elsewhere.
func (p *thresholdPage) html(w io.Writer) error {
	funcs := template.FuncMap{"say": p.say, "four": func(f float64) string { return strconv.FormatFloat(f, 'f', 4, 64) }, "bits": bitText,
		"lang": func() string { return string(p.lang) }, "mark": func(x matching.ThresholdPoint) bool { return x.Threshold == p.Own.Threshold }}
	t, err := template.New("report").Funcs(funcs).Parse(thresholdHTML)
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}

const thresholdHTML = `<!DOCTYPE html>
<html lang="{{lang}}"><head><meta charset="utf-8"><title>{{say "chart.title" .Title}}</title>
<style>body{font:15px sans-serif;max-width:820px;margin:2em auto;padding:0 1em}svg{max-width:100%;height:auto}
table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:right;border-bottom:1px solid #ddd}.own{font-weight:bold}</style></head><body>
<h1>{{say "chart.title" .Title}}</h1>
{{if .Estimated}}<p><strong>{{say "chart.estimated"}}</strong></p>{{end}}
<p>{{say "chart.own" (bits .Own.Threshold)}}{{with .Best}}; {{say "chart.best" (bits .Threshold)}}{{end}}{{with .Calibration}}; {{say "chart.brier" (four .Brier)}}{{end}}</p>
{{range .Charts}}<h2>{{.Title}}</h2>
{{.SVG}}
{{end}}<h2>{{say "chart.curve"}}</h2>
<table><tr><th>{{say "chart.threshold"}}</th><th>{{say "quality.precision"}}</th><th>{{say "quality.recall"}}</th><th>{{say "quality.f1"}}</th></tr>
{{range .Curve}}<tr{{if mark .}} class="own"{{end}}><td>{{bits .Threshold}}</td><td>{{four .Precision}}</td><td>{{four .Recall}}</td><td>{{four .F1}}</td></tr>
{{end}}</table></body></html>
`
