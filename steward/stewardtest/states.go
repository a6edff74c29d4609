package stewardtest

import (
	"io"

	"kartoteka/access"
	"kartoteka/desk"
)

// State is what a list says instead of rows.
type State struct {
	List string // name of the page
	Name string // first, filtered, done, error, forbidden
	Path string
	Desk *Desk
}

// States are the states of each list. That of loading stands ready on every page. A list that cannot be
// done (a search, sources, tokens, what was audited) or cannot be filtered has no such state.
func States() (out []State) {
	for _, l := range []struct{ name, path, filtered, first, done string }{
		{"queue", "/tasks", "/tasks?kind=oversized", "/tasks", "/tasks"},
		{"search", "/customers?q=x", "/customers?q=x", "/customers", ""},
		{"proposals", "/proposals", "/proposals?state=failed", "", "/proposals"},
		{"rejects", "/rejects", "/rejects?source=shop", "", "/rejects"},
		{"sources", "/sources", "", "/sources", ""},
		{"runs", "/sources/crm", "", "/sources/crm", ""},
		{"records", "/customers/" + Anna.String() + "/records", "", "/customers/" + Anna.String() + "/records", ""},
		{"bulk", "/tasks/bulk?kind=possible_match", "/tasks/bulk?kind=possible_match", "", ""},
	} {
		add := func(state, path string, change func(*Desk)) {
			if path != "" {
				d := New()
				change(d)
				out = append(out, State{l.name, state, path, d})
			}
		}
		add("filtered", l.filtered, func(d *Desk) { d.Empty() })
		add("first", l.first, func(d *Desk) { d.Empty(); d.Numbers = desk.Numbers{} })
		add("done", l.done, func(d *Desk) { d.Empty() })
		add("error", l.path, func(d *Desk) { d.Err = io.ErrUnexpectedEOF })
		add("forbidden", l.path, func(d *Desk) { d.Err = access.ErrForbidden })
	}
	return out
}

// Empty takes everything away that a list could show.
func (d *Desk) Empty() {
	d.Tasks, d.Found, d.none = nil, nil, true
	for _, c := range d.Cards {
		c.Records = nil
	}
}
