package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/resolve"
	"kartoteka/store"
)

// operation are the flags of every verb by which a person changes who is who, or what is true.
type operation struct {
	Reason  string   `placeholder:"TEXT" help:"Why; kept in the audit. Without personal data, please."`
	Request string   `placeholder:"ID" help:"An id of your own: what is sent twice is done once, and answered alike."`
	Expect  []string `placeholder:"CODE:VERSION" help:"The version of a customer that you saw: refused if it changed since; may repeat."`
	DryRun  bool     `help:"Show what would change and change nothing."`

	then func(context.Context, *store.Tx, *resolve.Done) error // in the same transaction; nil for nothing
}

// operateResult is what an operation did, with the source records that moved.
type operateResult struct {
	DryRun bool `json:"dry_run,omitempty"`
	*resolve.Done
	Moved   []movedResult    `json:"moved"`
	Preview *resolve.Preview `json:"preview,omitempty"`
}

type movedResult struct {
	Source customer.Source   `json:"source"`
	Key    string            `json:"key"`
	Record customer.RecordID `json:"record"`
	From   customer.Code     `json:"from,omitzero"`
	To     customer.Code     `json:"to,omitzero"`
}

type operateSummary struct {
	Operation int64 `json:"operation"`
	Repeated  bool  `json:"repeated"` // the request was carried out before
	Created   int   `json:"codes_created"`
	Restored  int   `json:"codes_restored"`
	Merged    int   `json:"codes_merged"`
	Split     int   `json:"codes_split"`
	Changes   int   `json:"changes"`
}

// operate carries an action out in the lane, so that nothing moves between looking and doing.
func (c *operation) operate(ctx context.Context, a *app, action func(*hub, *store.Tx) (resolve.Action, error)) (output, error) {
	expect, err := parseVersions(c.Expect)
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := errors.Join(h.loaded(), h.writable()); err != nil {
			return output{}, err
		}
		order := resolve.Order{Actor: actor(), Reason: c.Reason, Request: c.Request, Expect: expect, Now: time.Now().UTC()}
		r := &operateResult{DryRun: c.DryRun}
		err := h.InLane(ctx, func(tx *store.Tx) (err error) {
			if order.Action, err = action(h, tx); err != nil {
				return err
			}
			if err := r.carryOut(ctx, h, tx, order); err != nil {
				return err
			}
			if c.then != nil && !r.Repeated {
				if err := c.then(ctx, tx, r.Done); err != nil {
					return err
				}
			}
			if c.DryRun {
				return errDryRun
			}
			return failpoint.Pass("decide.written")
		})
		if err == nil {
			err = failpoint.Pass("decide.committed")
		}
		if err != nil && !errors.Is(err, errDryRun) {
			return output{}, err
		}
		s := operateSummary{r.Operation, r.Repeated, r.Created, r.Restored, r.Merged, r.Split, r.Changes}
		if c.DryRun { // the number goes to the next operation
			s.Operation, r.Operation = 0, 0
		}
		return output{summary: s, result: r, human: func(w io.Writer) error { return writeOperate(w, h.rules.conf.Portrait, r) }}, nil
	})
}

func (r *operateResult) carryOut(ctx context.Context, h *hub, tx *store.Tx, order resolve.Order) error {
	done, err := resolve.Operate(ctx, h.rules.rules, tx, order)
	if err != nil {
		return err
	}
	r.Done, r.Preview = done, done.Preview
	var ids []customer.RecordID
	for _, m := range done.Moved {
		ids = append(ids, m.Record)
	}
	refs, err := tx.RefsOf(ctx, ids)
	r.Moved = []movedResult{}
	for _, m := range done.Moved {
		r.Moved = append(r.Moved, movedResult{refs[m.Record].Source, refs[m.Record].Key, m.Record, m.From, m.To})
	}
	return err
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

// who says whom a reference means.
func (r *reference) who() resolve.Who { return resolve.Who{Code: r.code, Ref: r.ref} }

func parseWho(texts []string) ([]resolve.Who, error) {
	list, err := parseReferences(texts)
	out := make([]resolve.Who, len(list))
	for i := range list {
		out[i] = list[i].who()
	}
	return out, err
}

// parseRecords reads SOURCE/KEY only.
func parseRecords(texts []string) ([]customer.Ref, error) {
	list, err := parseReferences(texts)
	var out []customer.Ref
	for _, r := range list {
		if r.code != 0 {
			return nil, fmt.Errorf("%w: name source records, SOURCE/KEY", errUsage)
		}
		out = append(out, r.ref)
	}
	return out, err
}

// parseCodeArgument reads a personal code.
func parseCodeArgument(text string) (customer.Code, error) {
	code, err := customer.ParseCode(text)
	if err != nil {
		err = fmt.Errorf("%w: %w", errUsage, err)
	}
	return code, err
}
