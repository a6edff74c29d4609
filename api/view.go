package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"kartoteka/access"
	"kartoteka/customer"
)

// hidden is the state, and the kind of change, of a customer whom the view's reader does not see.
const hidden = "hidden"

// errHidden is told like an unknown code.
var errHidden = fmt.Errorf("hidden from the view: %w", ErrUnknown)

// reader is a view as it is asked for. The nil reader sees everything.
type reader struct {
	access.View
	name     string
	portrait *customer.Portrait
}

// view is what the subject of a request sees, narrowed to the view that the request names.
func (s *Server) view(r *http.Request) (*reader, error) {
	own := s.options.Policy.View(access.From(r.Context()), s.portrait())
	name := r.URL.Query().Get("view")
	if name == "" && own.Everything() {
		return nil, nil
	}
	v := &reader{View: own, name: name, portrait: s.portrait()}
	if name == "" {
		return v, nil
	}
	named, known := s.options.Views[name]
	if !known {
		names := slices.Sorted(maps.Keys(s.options.Views))
		if len(names) == 0 {
			return nil, errors.New("there are no views; declare one under feed.views")
		}
		return nil, fmt.Errorf("there is no such view; there are %s", strings.Join(names, ", "))
	}
	v.View = named.Narrowed(own)
	return v, nil
}

func (s *Server) portrait() *customer.Portrait {
	if s.options.Portrait == nil {
		return &customer.Portrait{}
	}
	return s.options.Portrait
}

// tag tells one view from another in an ETag.
func (v *reader) tag() string {
	text, err := json.Marshal(v.View)
	if err != nil { // names and conditions
		panic(err)
	}
	return strconv.FormatUint(xxhash.Sum64(text), 36)
}

// document gives an active code's golden record as the reader may see it.
func (v *reader) document(s *State) ([]byte, error) {
	if v == nil || s.State != customer.CodeActive {
		return s.Document, nil
	}
	if len(s.Document) == 0 { // the database does not show it
		return nil, errHidden
	}
	var d customer.Document
	if err := json.Unmarshal(s.Document, &d); err != nil {
		return nil, fmt.Errorf("document of %s: %w", s.Code, err)
	}
	seen := v.Apply(v.portrait, &d)
	if seen == nil {
		return nil, errHidden
	}
	return seen.JSON()
}

// conceal takes from a change what its reader may not know.
func (v *reader) conceal(c *Change, unseen bool) {
	c.Changed = v.Names(c.Changed)
	if !v.Shows(access.Members) {
		c.Moved = nil
	}
	if unseen {
		c.Kind, c.Changed, c.Moved, c.Successor = hidden, nil, nil, 0
	}
}

// now is a code as its reader may see it now.
type now struct {
	text   json.RawMessage
	hidden bool
	last   int64 // position of the code's last change in the page
}

// present reads the codes of changes as they are now, if that is asked for or decides what is shown.
func (s *Server) present(ctx context.Context, q query, changes []customer.Change) (map[customer.Code]now, error) {
	if !q.golden && (q.view == nil || !q.view.Filters()) {
		return nil, nil
	}
	out := map[customer.Code]now{}
	for i := range changes {
		out[changes[i].Code] = now{last: changes[i].Position}
	}
	states, err := s.hub.States(ctx, slices.Collect(maps.Keys(out)))
	if err != nil {
		return nil, err
	}
	for code, state := range states {
		text, unseen, err := q.view.text(&state)
		if err != nil {
			return nil, err
		}
		out[code] = now{text: text, hidden: unseen, last: out[code].last}
	}
	return out, nil
}

// text is what the golden topic would carry: the document, or what is left of the code. It tells
// whether the reader does not see the customer.
func (v *reader) text(s *State) (json.RawMessage, bool, error) {
	if s.State == customer.CodeActive {
		text, err := v.document(s)
		if !errors.Is(err, errHidden) {
			return text, false, err
		}
	}
	d := customer.Document{Code: s.Code, State: s.State, Epoch: s.Epoch, Version: s.Version, Successor: s.Successor}
	unseen := s.State == customer.CodeActive
	if unseen {
		d.State = hidden
	}
	text, err := d.JSON()
	return text, unseen, err
}
