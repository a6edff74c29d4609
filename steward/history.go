package steward

import (
	"net/http"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
)

// history is what happened to a code, as a list and as rails: one line for the code, from which
// others come and to which they go.
type history struct {
	Versions []historyRow
	Rails    rails
}

type historyRow struct {
	desk.Version
	What    string
	Names   []string
	Changed []valueChange
	Revert  bool          // a person did it, so a person may take it back
	Retired customer.Code // by a merge of the machine, which a person may undo
}

type valueChange struct {
	Label         string
	Before, After string
}

// rails is the drawing.
type rails struct {
	Width, Height int
	Line          int // x of the code's own rail
	Top, Bottom   int
	Stops         []stop
	Label         string
}

type stop struct {
	Y          int
	Kind, Text string
	When       string
	Other      string // code that came or went
	Path       string // of its rail
	TextY      int
}

// Sizes of rails.
const railRow, railLine, railSide = 46, 84, 24

// maxVersions is how many versions a page shows.
const maxVersions = 60

func (s *Site) cardHistory(w http.ResponseWriter, r *http.Request) error {
	b, err := s.cardOf(r, "history", 0)
	if err != nil {
		return err
	}
	h, err := s.options.Desk.History(r.Context(), resolve.Who{Code: b.Code}, desk.HistoryOptions{Limit: maxVersions})
	if err != nil {
		return err
	}
	f := s.cardFrame(r, b)
	kind := customer.Person
	if b.Golden != nil {
		kind = b.Golden.Kind
	}
	b.History = newHistory(f.Lang, kind, h)
	return s.show(w, r, http.StatusOK, "card", f, b)
}

func newHistory(l phrases.Lang, kind customer.Kind, h *desk.History) *history {
	out := &history{}
	for i := range h.Versions {
		v := &h.Versions[i]
		row := historyRow{Version: *v, What: l.Sentence("change." + string(v.Kind)), Revert: strings.Contains("merge split unmerge move decide judge confirm pin unpin grant keep approve reject", v.By) && v.By != "" && v.Operation > 0}
		if !row.Revert && v.Kind == customer.Merged {
			row.Retired = firstCode(v.Came, true, 0)
		}
		for _, name := range v.Happening.Fields {
			row.Names = append(row.Names, l.AttributeOf(string(kind), name))
		}
		for _, c := range v.Values {
			row.Changed = append(row.Changed, valueChange{capital(l.AttributeOf(string(kind), c.Attribute)), listed(l, c.Before), listed(l, c.After)})
		}
		out.Versions = append(out.Versions, row)
	}
	out.Rails = newRails(l, out.Versions)
	return out
}

func listed(l phrases.Lang, values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, dateText(l, short(v)))
	}
	return strings.Join(out, ", ")
}

func newRails(l phrases.Lang, rows []historyRow) rails {
	r := rails{Width: 640, Line: railLine, Top: 20, Height: 24 + len(rows)*railRow, Label: l.Sentence("steward.history.label", len(rows))}
	for i := range rows {
		v := &rows[i]
		s := stop{Y: 24 + i*railRow, Kind: string(v.Kind), Text: capital(v.What), When: day(l, v.At) + ", " + v.At.UTC().Format(time.TimeOnly)}
		s.TextY = s.Y + 5
		if other := firstCode(v.Came, true, v.Successor); other != 0 {
			s.Other, s.Path = other.String(), curve(s.Y, 1)
		} else if other := firstCode(v.Went, false, v.Successor); other != 0 {
			s.Other, s.Path = other.String(), curve(s.Y, -1)
		}
		r.Stops, r.Bottom = append(r.Stops, s), s.Y
	}
	return r
}

func firstCode(moved []desk.Moved, from bool, successor customer.Code) customer.Code {
	for _, m := range moved {
		if from && m.From != 0 {
			return m.From
		}
		if !from && m.To != 0 {
			return m.To
		}
	}
	if !from {
		return successor
	}
	return 0
}

// curve is a rail that joins from below (way 1, the past is below) or leaves upward (way -1).
func curve(y, way int) string {
	from := y + way*(railRow-10)
	mid := y + way*(railRow-10)/2
	return "M" + join(railSide, from) + " C" + join(railSide, mid) + " " + join(railLine, mid) + " " + join(railLine, y)
}

func join(x, y int) string { return text(int64(x)) + " " + itoa(y) }

func itoa(n int) string {
	if n < 0 {
		return "-" + text(int64(-n))
	}
	return text(int64(n))
}
