package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// HistoryOptions say how much of a history is told.
type HistoryOptions struct {
	Limit int       // versions, the newest; 0 for all
	Until time.Time // zero for now
}

// History is what happened to a code.
type History struct {
	Code     customer.Code `json:"code"`
	Versions []Version     `json:"versions"` // the newest first
}

// Version is one version of a code.
type Version struct {
	store.Happening
	Exact  bool          `json:"exact"` // its golden record, built again, is to the byte what was published
	Came   []Moved       `json:"came,omitempty"`
	Went   []Moved       `json:"went,omitempty"`
	Values []ValueChange `json:"values,omitempty"`
}

// Moved is a source record that went from one code to another.
type Moved struct {
	Source customer.Source   `json:"source"`
	Key    string            `json:"key"`
	Record customer.RecordID `json:"record"`
	From   customer.Code     `json:"from,omitzero"`
	To     customer.Code     `json:"to,omitzero"`
}

// ValueChange is an attribute before and after; Observed is when its first value was true, if a source says so.
type ValueChange struct {
	Attribute string           `json:"attribute"`
	Before    []string         `json:"before"`
	After     []string         `json:"after"`
	Observed  customer.Instant `json:"observed,omitzero"`
}

// shownMoved bounds the moved records that are named one by one.
const shownMoved = 50

// History tells what happened to a code, the newest first: when, by whom, why, in which operation, which
// records came and went, and which values changed.
func (d *Desk) History(ctx context.Context, who resolve.Who, o HistoryOptions) (*History, error) {
	if o.Limit < 0 {
		return nil, invalid("the limit is a number of versions, or 0 for all")
	}
	if o.Limit == 0 {
		o.Limit = 1 << 30
	}
	if o.Until.IsZero() {
		o.Until = d.options.Now().UTC()
	}
	h := &History{}
	err := d.explain(ctx, access.ReadHistory, func(s *sight) error { return h.read(s, who, o) })
	return shown(ctx, d, h, err, access.ReadHistory, func(h *History) []customer.Code { return only(h.Code) })
}

func (h *History) read(s *sight, who resolve.Who, o HistoryOptions) (err error) {
	if h.Code, err = s.codeThen(who, o.Until); err != nil {
		return err
	}
	happened, err := s.tx.HappeningsUntil(s.ctx, h.Code, o.Until, o.Limit)
	if err != nil {
		return err
	}
	if len(happened) == 0 {
		return fmt.Errorf("code %s: %w", h.Code, ErrUnknown)
	}
	t := recaller{s, resolve.NewRebuilder(s.rules.Resolve), h.Code}
	after, err := t.recall(happened[0].Version)
	for i := range happened {
		if err != nil {
			return err
		}
		var before *recalled
		if before, err = t.recall(happened[i].Version - 1); err != nil {
			return err
		}
		var v Version
		v, err = t.tell(&happened[i], before, after)
		h.Versions, after = append(h.Versions, v), before
	}
	return err
}

// recaller rebuilds the versions of a code.
type recaller struct {
	*sight
	rebuilder *resolve.Rebuilder
	code      customer.Code
}

// recalled is a version with what it was built from.
type recalled struct {
	*resolve.Recalled
	past *customer.Past
}

func (t *recaller) recall(version int64) (*recalled, error) {
	if version == 0 {
		return &recalled{&resolve.Recalled{Document: &customer.Document{}, Exact: true}, &customer.Past{}}, nil
	}
	past, err := t.tx.Past(t.ctx, t.code, version)
	if err != nil {
		return nil, err
	}
	again, err := t.rebuilder.Recall(past)
	return &recalled{again, past}, err
}

func (t *recaller) tell(happened *store.Happening, before, after *recalled) (Version, error) {
	v := Version{Happening: *happened, Exact: after.Exact}
	v.Fields = t.view.Names(v.Fields)
	moved, err := t.moved(after.past.Change.Moved[:min(len(after.past.Change.Moved), shownMoved)])
	for _, m := range moved {
		if m.To == t.code {
			v.Came = append(v.Came, m)
		} else {
			v.Went = append(v.Went, m)
		}
	}
	if err != nil || after.Document.State != customer.CodeActive {
		return v, err
	}
	v.Values = t.changes(before.Document, after.Document)
	return v, nil
}

// changes lists the values that differ, as the subject may see them; that a hidden value changed is
// not told.
func (t *recaller) changes(before, after *customer.Document) (out []ValueChange) {
	for _, a := range t.rules.Portrait.Of(after.Kind) {
		if t.view.Of(after.Kind, a.Name) != access.Whole {
			continue
		}
		old, now := before.Attributes[a.Name], after.Attributes[a.Name]
		was, is := valueTexts(old), valueTexts(now)
		if slices.Equal(was, is) {
			continue
		}
		change := ValueChange{Attribute: a.Name, Before: was, After: is}
		if len(now) > 0 {
			change.Observed = now[0].Observed
		}
		out = append(out, change)
	}
	return out
}

// moved names the records that moved, if the subject sees members.
func (s *sight) moved(list []customer.Moved) ([]Moved, error) {
	out := []Moved{}
	if !s.view.Shows(access.Members) {
		return out, nil
	}
	var ids []customer.RecordID
	for _, m := range list {
		ids = append(ids, m.Record)
	}
	refs, err := s.tx.RefsOf(s.ctx, ids)
	for _, m := range list {
		out = append(out, Moved{refs[m.Record].Source, refs[m.Record].Key, m.Record, m.From, m.To})
	}
	return out, err
}

func valueTexts(list []customer.DocumentValue) []string {
	out := []string{}
	for i := range list {
		text := list[i].Value
		if list[i].Kind != "" {
			text += " (" + list[i].Kind + ")"
		}
		out = append(out, text)
	}
	return out
}
