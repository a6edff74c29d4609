package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// RejectFilter chooses rejects; the zero one all.
type RejectFilter struct {
	Source customer.Source
	Run    int64
	Code   string // of the fault
	Open   bool   // only those that were not mended since
	Limit  int
}

// Rejects is a page of input that could not become records.
type Rejects struct {
	Rejects []Reject `json:"rejects"`
	Next    string   `json:"next,omitempty"`
}

// Reject is input that could not become a record.
type Reject struct {
	ID       int64           `json:"id"`
	Run      int64           `json:"run"`
	Source   customer.Source `json:"source"`
	Place    customer.Place  `json:"place"`
	Field    string          `json:"field,omitempty"`
	Code     string          `json:"code"`
	Reason   string          `json:"reason"`
	Replayed int64           `json:"replayed,omitempty"` // the run that took it, mended
	// Raw is what was received, if the subject sees everything; else Reject shows it, for a reason.
	Raw    string `json:"raw,omitempty"`
	Masked bool   `json:"masked,omitempty"`
	// Columns are those of Raw, where it tells.
	Columns []Cell `json:"columns,omitempty"`
}

// Rejects lists rejects in the order of their numbers; the cursor is the Next of the page before.
func (d *Desk) Rejects(ctx context.Context, f RejectFilter, cursor string) (*Rejects, error) {
	after, limit, err := page(cursor, f.Limit)
	if err != nil {
		return nil, err
	}
	out := &Rejects{Rejects: []Reject{}}
	return out, d.look(ctx, access.ReadRejects, func(s *sight) error {
		rows, err := s.tx.ListRejects(ctx, store.RejectFilter{Source: f.Source, Run: f.Run, Code: f.Code, Open: f.Open, After: after}, limit)
		for i := range rows {
			if s.ofSource(rows[i].Source) {
				out.Rejects = append(out.Rejects, s.reject(&rows[i], s.whole()))
			}
		}
		if len(rows) == limit {
			out.Next = strconv.FormatInt(rows[limit-1].ID, 10)
		}
		return err
	})
}

// Reject shows one reject with what was received. Without a reason that is left out for who does not
// see everything; with one it is audited like any other value that is revealed.
func (d *Desk) Reject(ctx context.Context, id int64, reason string) (*Reject, error) {
	var out *Reject
	reason = strings.TrimSpace(reason)
	err := d.look(ctx, access.ReadRejects, func(s *sight) error {
		row, err := s.rejectAt(id)
		if err != nil {
			return err
		}
		if reason != "" && !s.whole() {
			if err := d.policy.May(s.who, access.Reveal); err != nil {
				return err
			}
		}
		r := s.reject(&row, s.whole() || reason != "")
		out = &r
		return nil
	})
	if err != nil || out.Masked || reason == "" || d.options.Audit == nil {
		return out, err
	}
	return out, d.options.Audit.Revealed(ctx, access.From(ctx), 0, "reject "+strconv.FormatInt(id, 10), reason)
}

func (s *sight) rejectAt(id int64) (store.RejectRow, error) {
	rows, err := s.tx.ListRejects(s.ctx, store.RejectFilter{ID: id}, 1)
	if err == nil && (len(rows) == 0 || !s.ofSource(rows[0].Source)) {
		err = fmt.Errorf("reject %d: %w", id, ErrUnknown)
	}
	if err != nil {
		return store.RejectRow{}, err
	}
	return rows[0], nil
}

func (s *sight) reject(r *store.RejectRow, whole bool) Reject {
	out := Reject{ID: r.ID, Run: r.Run, Source: r.Source, Place: r.Place, Field: r.Field, Code: r.Code, Reason: r.Reason, Replayed: r.Replayed, Masked: !whole}
	if !whole {
		return out
	}
	out.Raw, _ = clip(printable(r.Raw))
	if cells, err := cellsOf(string(r.Raw)); err == nil {
		out.Columns = cells
	}
	return out
}

// printable is what was received as text; what is no UTF-8 is shown by its replacement sign.
func printable(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	return strings.ToValidUTF8(string(raw), "�")
}
