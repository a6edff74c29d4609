package steward

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
)

// charts are those of the page of charts by the names of their files.
func (b *qualityBody) charts() map[string]*barChart {
	return map[string]*barChart{"sources": &b.Known, "overlaps": &b.Shared, "sizes": &b.Sizes, "weights": &b.Weights, "days": &b.Days}
}

// chartFile answers a chart as a file: its numbers, or its picture.
func (s *Site) chartFile(w http.ResponseWriter, r *http.Request) error {
	if err := s.options.Policy.May(access.From(r.Context()), access.Export); err != nil {
		return err
	}
	c, is := s.options.Desk.(Counter)
	name, form, _ := strings.Cut(r.PathValue("file"), ".")
	if !is || form != "csv" && form != "svg" {
		return customer.ErrUnknown
	}
	x, err := c.Statistics(r.Context())
	if err != nil {
		return err
	}
	f := s.frame(r, "quality", "steward.quality.title")
	chart := newQuality(f.Lang, x).charts()[name]
	if chart == nil {
		return customer.ErrUnknown
	}
	var b bytes.Buffer
	kind := "text/csv; charset=utf-8"
	if form == "csv" {
		err = chart.csv(&b)
	} else {
		kind = "image/svg+xml"
		err = s.drawn(&b, &f, chart)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fmt.Sprintf("kartoteka-%s-%s.%s", name, x.At.Format(time.DateOnly), form)}))
	_, err = b.WriteTo(w)
	return err
}

// csv writes the numbers, so that a spreadsheet knows the letters and takes no name for a formula.
func (c *barChart) csv(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	head := []string{c.Column, c.Names[0]}
	if c.Names[1] != "" {
		head = append(head, c.Names[1])
	}
	_ = out.Write(head) // Flush tells
	for _, r := range c.Rows {
		row := []string{harmless(r.Name), strconv.FormatInt(r.A, 10)}
		if c.Names[1] != "" {
			row = append(row, strconv.FormatInt(r.B, 10))
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// harmless is a text that no spreadsheet computes.
func harmless(s string) string {
	if _, err := strconv.ParseFloat(s, 64); err != nil && strings.ContainsAny(s[:min(1, len(s))], "=+-@\t\r") {
		return "'" + s
	}
	return s
}

// drawn writes the picture so that it stands by itself: with its colors, title and size.
func (s *Site) drawn(w io.Writer, f *frame, c *barChart) error {
	return s.render.pages[f.Lang]["quality"].ExecuteTemplate(w, "barsfile", c)
}

// Tall is the height of the picture with its title.
func (c *barChart) Tall() int { return c.Height + 34 }
