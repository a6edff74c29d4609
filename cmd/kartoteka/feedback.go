package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/feed/back"
	"kartoteka/store"
)

type feedBackCommand struct {
	Sources []string `arg:"" optional:"" name:"source" placeholder:"SOURCE" help:"Sources that feed.back names; all of them if none is named."`
}

func (*feedBackCommand) Help() string {
	return `Delivers the personal codes to the sources of their records, as feed.back in the configuration says: to a
table with the columns key and code, to a file SOURCE.csv, or as messages for a 1C infobase. Only
what moved since the last delivery is written; kartoteka serve does the same by itself.

Example:

    $ kartoteka feed back
    $ kartoteka feed back core-banking --output json`
}

// backHub gives codes of sources to writers.
type backHub struct{ *store.Store }

// CodesOfSource implements back.Hub.
func (b backHub) CodesOfSource(ctx context.Context, source customer.Source, after string, limit int) ([]back.Row, error) {
	list, err := b.SourceCodes(ctx, source, after, limit)
	rows := make([]back.Row, len(list))
	for i, c := range list {
		rows[i] = back.Row{Key: c.Key, Code: c.Code}
	}
	return rows, err
}

// writers make one writer for each source that feed.back names.
func (a *app) writers(h *hub) (out []*back.Writer, err error) {
	for i := range h.conf.Feed.Back {
		b := &h.conf.Feed.Back[i]
		target, err := targetOf(h.conf, b)
		if err != nil {
			return nil, fmt.Errorf("feed.back.%s: %w", b.Source, err)
		}
		w := &back.Writer{Source: b.Source, Target: target, Hub: backHub{h.Store}, Leases: h.Store, Holder: holder(), Logger: a.logger(), Wake: h.Committed}
		if b.To == "file" {
			w.Every = 10 * time.Second
		}
		out = append(out, w)
	}
	return out, nil
}

func targetOf(conf *config.Config, b *config.WriteBack) (back.Target, error) {
	switch {
	case b.To == "table":
		url, err := conf.Resolve(b.URL)
		return back.Table{URL: url, Name: b.Table}, err
	case b.Format == "csv":
		return back.CSV{Folder: b.Folder, Source: b.Source}, nil
	}
	return back.OneC{Folder: b.Folder, Source: b.Source, Now: time.Now}, nil
}

func (c *feedBackCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		writers, err := a.writers(h)
		if err != nil {
			return output{}, err
		}
		if writers, err = chosen(writers, c.Sources); err != nil {
			return output{}, err
		}
		var rows int64
		var errs []error
		list := []store.BackStatus{}
		for _, w := range writers {
			errs = append(errs, w.Once(ctx))
			rows += w.Delivered()
			s, err := h.BackStatus(ctx, back.RoleOf(w.Source), w.Source)
			errs = append(errs, err)
			list = append(list, s)
		}
		if err = errors.Join(errs...); err != nil {
			err = fmt.Errorf("%w: %w", errSurroundings, err)
		}
		return output{summary: map[string]any{"delivered": rows}, result: list, human: func(w io.Writer) error { return writeBacks(w, list) }}, err
	})
}

// chosen are the writers of the named sources.
func chosen(writers []*back.Writer, names []string) ([]*back.Writer, error) {
	if len(writers) == 0 {
		return nil, fmt.Errorf("%w: the configuration has nothing under feed.back", errInput)
	}
	if len(names) == 0 {
		return writers, nil
	}
	known := map[string]*back.Writer{}
	var all []string
	for _, w := range writers {
		known[string(w.Source)] = w
		all = append(all, string(w.Source))
	}
	var out []*back.Writer
	for _, name := range names {
		if known[name] == nil {
			return nil, fmt.Errorf("%w: feed.back has no source %q; it has %s", errInput, name, strings.Join(all, ", "))
		}
		out = append(out, known[name])
	}
	return out, nil
}

// writeBacks prints coverage: of how many records the source has the code.
func writeBacks(w io.Writer, list []store.BackStatus) error {
	text := ""
	for _, b := range list {
		text += fmt.Sprintf("back       %s: %d of %d records have their code at the source", b.Source, b.Delivered, b.Live)
		if b.Live > 0 {
			text += fmt.Sprintf(" (%.1f %%)", 100*float64(b.Delivered)/float64(b.Live))
		}
		if b.Lag > 0 {
			text += fmt.Sprintf(", %d changes behind", b.Lag)
		}
		text += "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// backs tells how far each source has its codes.
func (h *hub) backs(ctx context.Context) ([]store.BackStatus, error) {
	list := []store.BackStatus{}
	for i := range h.conf.Feed.Back {
		source := h.conf.Feed.Back[i].Source
		b, err := h.BackStatus(ctx, back.RoleOf(source), source)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}
