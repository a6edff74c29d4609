package steward

import (
	"net/http"
	"net/url"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// bulkBody shows what answering many questions at once would be about, and what became of it.
type bulkBody struct {
	*desk.BulkDone
	Query   string // the filter, as an address has it
	Kinds   []customer.TaskKind
	Approve bool
	Reason  string
	Done    bool
	Failed  int
}

// bulk shows, or carries out, one answer to every question of a filter. A filter must name a kind:
// nobody means one answer for all kinds.
func (s *Site) bulk(w http.ResponseWriter, r *http.Request) error {
	b, is := s.options.Desk.(Bulker)
	if !is {
		return customer.ErrUnknown
	}
	if err := r.ParseForm(); err != nil {
		return s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
	}
	filter, err := taskFilter(r.Form)
	if err != nil || len(filter.Kinds) == 0 {
		return s.message(w, r, http.StatusBadRequest, "steward.bulk.kind")
	}
	body := bulkBody{Kinds: filter.Kinds, Approve: r.FormValue("answer") != "no", Reason: r.FormValue("reason"), Query: bulkQuery(&filter)}
	order := desk.BulkOrder{Filter: filter, Approve: body.Approve, Reason: body.Reason, DryRun: r.Method != http.MethodPost}
	if body.BulkDone, err = b.Bulk(r.Context(), order); err != nil {
		return err
	}
	return s.showBulk(w, r, body)
}

func (s *Site) showBulk(w http.ResponseWriter, r *http.Request, b bulkBody) error {
	b.Done = !b.DryRun
	for i := range b.Items {
		if b.Items[i].Error != "" {
			b.Failed++
		}
	}
	f := s.frame(r, "tasks", "steward.bulk.title")
	f.Path = "/tasks"
	return s.show(w, r, http.StatusOK, "bulk", f, b)
}

func bulkQuery(f *desk.TaskFilter) string {
	q := url.Values{}
	for _, kind := range f.Kinds {
		q.Add("kind", string(kind))
	}
	if f.Code != 0 {
		q.Set("code", f.Code.String())
	}
	return q.Encode()
}

// batch takes a batch back, or approves or refuses it.
func (s *Site) batch(w http.ResponseWriter, r *http.Request) error {
	b, is := s.options.Desk.(Bulker)
	id, err := taskID(r)
	if err != nil || !is {
		return customer.ErrUnknown
	}
	var done *desk.BulkDone
	switch r.FormValue("act") {
	case "undo":
		done, err = b.UndoBulk(r.Context(), id)
	case "approve", "refuse":
		done, err = b.ApproveBulk(r.Context(), id, r.FormValue("act") == "approve", r.FormValue("reason"))
	default:
		err = desk.ErrInvalid
	}
	if err != nil {
		return err
	}
	return s.showBulk(w, r, bulkBody{BulkDone: done})
}

// mayBulk reports whether the reader may answer many at once.
func (s *Site) mayBulk(f *frame) bool {
	_, is := s.options.Desk.(Bulker)
	return is && s.options.Policy.Can(f.Who, access.Bulk)
}
