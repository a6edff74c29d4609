package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kartoteka/customer"
	"kartoteka/desk"
)

// operation are the flags of every verb by which a person changes who is who, or what is true.
type operation struct {
	Reason  string   `placeholder:"TEXT" help:"Why; kept in the audit. Without personal data, please."`
	Request string   `placeholder:"ID" help:"An id of your own: what is sent twice is done once, and answered alike."`
	Expect  []string `placeholder:"CODE:VERSION" help:"The version of a customer that you saw: refused if it changed since; may repeat."`
	DryRun  bool     `help:"Show what would change and change nothing."`
}

// operateResult is what an operation did, with the source records that moved.
type operateResult struct{ *desk.Operated }

type operateSummary struct {
	Operation int64 `json:"operation"`
	Repeated  bool  `json:"repeated"` // the request was carried out before
	Created   int   `json:"codes_created"`
	Restored  int   `json:"codes_restored"`
	Merged    int   `json:"codes_merged"`
	Split     int   `json:"codes_split"`
	Changes   int   `json:"changes"`
}

// operate has a deed done, and tells what came of it.
func (c *operation) operate(ctx context.Context, a *app, deed desk.Deed) (output, error) {
	return c.ordered(ctx, a, func(h *hub, o desk.Order) (*desk.Operated, error) {
		o.Deed = deed
		return h.desk().Operate(ctx, o)
	})
}

// ordered reads the flags, has something done, and tells what came of it.
func (c *operation) ordered(ctx context.Context, a *app, do func(*hub, desk.Order) (*desk.Operated, error)) (output, error) {
	expect, err := parseVersions(c.Expect)
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := errors.Join(h.loaded(), h.writable()); err != nil {
			return output{}, err
		}
		done, err := do(h, desk.Order{Reason: c.Reason, Request: c.Request, Expect: expect, DryRun: c.DryRun})
		if err != nil {
			return output{}, err
		}
		r := &operateResult{done}
		s := operateSummary{r.Operation, r.Repeated, r.Created, r.Restored, r.Merged, r.Split, r.Changes}
		return output{summary: s, result: r, human: func(w io.Writer) error { return writeOperate(w, h.rules.conf.Portrait, r) }}, nil
	})
}

// parseVersions reads CODE:VERSION.
func parseVersions(texts []string) (map[customer.Code]int64, error) {
	out := map[customer.Code]int64{}
	for _, text := range texts {
		code, version, is := strings.Cut(text, ":")
		c, err := customer.ParseCode(code)
		n, wrong := strconv.ParseInt(version, 10, 64)
		if !is || err != nil || wrong != nil || n < 1 {
			return nil, fmt.Errorf("%w: --expect wants CODE:VERSION, like 4815-1623-4208:3", errUsage)
		}
		if old, twice := out[c]; twice && old != n {
			return nil, fmt.Errorf("%w: --expect names two versions of code %s", errUsage, c)
		}
		out[c] = n
	}
	return out, nil
}
