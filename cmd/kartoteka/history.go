package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

type historyCommand struct {
	Customer string `arg:"" placeholder:"CODE|SOURCE/KEY" help:"A personal code, or a source record, which stands for its present code."`
	Limit    int    `default:"20" help:"How many versions to tell, the newest; 0 for all."`
	AsOf     string `placeholder:"TIME" help:"Until when; the default is now."`
}

func (*historyCommand) Help() string {
	return `Tells what happened to a code, the newest first: when, by whom, why, in which operation, which records came
and went, and which values changed, from what to what. Values are not kept twice: they are read from the
source records of then; what was erased since is not shown.

Example:

    $ kartoteka history 4815-1623-4208
    $ kartoteka history crm/1042 --limit 0 --output json`
}

type historyResult struct {
	Code     customer.Code  `json:"code"`
	Versions []versionStory `json:"versions"` // the newest first
	portrait *customer.Portrait
}

// versionStory is one version of a code.
type versionStory struct {
	store.Happening
	Exact  bool          `json:"exact"` // its golden record, built again, is to the byte what was published
	Came   []movedResult `json:"came,omitempty"`
	Went   []movedResult `json:"went,omitempty"`
	Values []valueChange `json:"values,omitempty"`
}

// valueChange is an attribute before and after; Observed is when its first value was true, if a source says so.
type valueChange struct {
	Attribute string           `json:"attribute"`
	Before    []string         `json:"before"`
	After     []string         `json:"after"`
	Observed  customer.Instant `json:"observed,omitzero"`
}

func (c *historyCommand) run(ctx context.Context, a *app) (output, error) {
	who, err := parseReference(c.Customer)
	if err != nil {
		return output{}, err
	}
	until := time.Now().UTC()
	if c.AsOf != "" {
		if until, err = parseMoment(c.AsOf, until); err != nil {
			return output{}, err
		}
	}
	if c.Limit < 0 {
		return output{}, fmt.Errorf("%w: --limit is a number of versions, or 0 for all", errUsage)
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		r := &historyResult{Code: who.code, portrait: h.rules.conf.Portrait}
		if err := h.InSnapshot(ctx, func(tx *store.Tx) error { return c.read(ctx, h, tx, &who, until, r) }); err != nil {
			return output{}, err
		}
		return output{summary: map[string]any{"code": r.Code, "versions": len(r.Versions)}, result: r, human: r.write}, nil
	})
}

func (c *historyCommand) read(ctx context.Context, h *hub, tx *store.Tx, who *reference, until time.Time, r *historyResult) (err error) {
	if who.code == 0 {
		if r.Code, err = tx.CodeOfRecordAt(ctx, who.ref, until); err != nil {
			return fmt.Errorf("%w; it belonged to no customer then", err)
		}
	}
	limit := c.Limit
	if limit == 0 {
		limit = 1 << 30
	}
	happened, err := tx.HappeningsUntil(ctx, r.Code, until, limit)
	if err != nil {
		return err
	}
	if len(happened) == 0 {
		return fmt.Errorf("code %s: %w", r.Code, store.ErrUnknown)
	}
	t := teller{h, tx, resolve.NewRebuilder(h.rules.rules), r.Code}
	var after *recalled
	for i := range happened {
		if after == nil {
			if after, err = t.recall(ctx, happened[i].Version); err != nil {
				return err
			}
		}
		before, err := t.recall(ctx, happened[i].Version-1)
		if err != nil {
			return err
		}
		v, err := t.tell(ctx, &happened[i], before, after)
		if err != nil {
			return err
		}
		r.Versions, after = append(r.Versions, v), before
	}
	return nil
}

// teller rebuilds the versions of a code.
type teller struct {
	hub       *hub
	tx        *store.Tx
	rebuilder *resolve.Rebuilder
	code      customer.Code
}

// recalled is a version with what it was built from.
type recalled struct {
	*resolve.Recalled
	past *customer.Past
}

func (t *teller) recall(ctx context.Context, version int64) (*recalled, error) {
	if version == 0 {
		return &recalled{&resolve.Recalled{Document: &customer.Document{}, Exact: true}, &customer.Past{}}, nil
	}
	past, err := t.tx.Past(ctx, t.code, version)
	if err != nil {
		return nil, err
	}
	again, err := t.rebuilder.Recall(past)
	return &recalled{again, past}, err
}

func (t *teller) tell(ctx context.Context, happened *store.Happening, before, after *recalled) (versionStory, error) {
	v := versionStory{Happening: *happened, Exact: after.Exact}
	moved := after.past.Change.Moved
	var ids []customer.RecordID
	for _, m := range moved[:min(len(moved), shownMoved)] {
		ids = append(ids, m.Record)
	}
	refs, err := t.tx.RefsOf(ctx, ids)
	for _, m := range moved[:len(ids)] {
		x := movedResult{refs[m.Record].Source, refs[m.Record].Key, m.Record, m.From, m.To}
		if m.To == t.code {
			v.Came = append(v.Came, x)
		} else {
			v.Went = append(v.Went, x)
		}
	}
	if after.Document.State != customer.CodeActive {
		return v, err
	}
	for _, a := range t.hub.rules.conf.Portrait.Of(after.Document.Kind) {
		old, now := before.Document.Attributes[a.Name], after.Document.Attributes[a.Name]
		if was, is := valueTexts(old), valueTexts(now); strings.Join(was, "\n") != strings.Join(is, "\n") {
			change := valueChange{Attribute: a.Name, Before: was, After: is}
			if len(now) > 0 {
				change.Observed = now[0].Observed
			}
			v.Values = append(v.Values, change)
		}
	}
	return v, err
}

func valueTexts(list []customer.DocumentValue) []string {
	out := []string{}
	for i := range list {
		out = append(out, spellValues(list[i:i+1]))
	}
	return out
}

func (r *historyResult) write(w io.Writer) error {
	var b strings.Builder
	for i := range r.Versions {
		v := &r.Versions[i]
		fmt.Fprintf(&b, "%d  %s  %s", v.Version, v.At.Format("2006-01-02 15:04:05.000000"), v.Kind)
		if v.Successor != 0 {
			fmt.Fprintf(&b, " → %s", v.Successor)
		}
		fmt.Fprintf(&b, "  operation %d (%s)\n", v.Operation, strings.Join(filled(v.By, v.Actor, v.Reason), ", "))
		for _, m := range v.Came {
			fmt.Fprintf(&b, "   + %s/%s", m.Source, m.Key)
			if m.From != 0 {
				fmt.Fprintf(&b, " from %s", m.From)
			}
			b.WriteString("\n")
		}
		for _, m := range v.Went {
			fmt.Fprintf(&b, "   - %s/%s", m.Source, m.Key)
			if m.To != 0 {
				fmt.Fprintf(&b, " to %s", m.To)
			}
			b.WriteString("\n")
		}
		writeValueChanges(&b, v)
	}
	_, err := io.WriteString(w, trimLines(b.String()))
	return err
}

func writeValueChanges(b *strings.Builder, v *versionStory) {
	for _, c := range v.Values {
		fmt.Fprintf(b, "   %s: ", c.Attribute)
		if len(c.Before) > 0 {
			fmt.Fprintf(b, "%s → ", strings.Join(c.Before, "; "))
		}
		b.WriteString(orText(strings.Join(c.After, "; "), "none"))
		if !c.Observed.IsZero() {
			fmt.Fprintf(b, "  (true since %s)", c.Observed.Format(time.DateOnly))
		}
		b.WriteString("\n")
	}
	if !v.Exact {
		b.WriteString("   (values by reference: the rules changed since, or content was erased)\n")
	}
}
