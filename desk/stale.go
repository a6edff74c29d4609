package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// Stale says what changed since somebody looked. It wraps [resolve.ErrStale].
type Stale struct {
	Err     error
	Changed []StaleCode
}

// StaleCode is a customer that is not as it was seen.
type StaleCode struct {
	Code      customer.Code      `json:"code"`
	Seen      int64              `json:"seen"`    // version
	Version   int64              `json:"version"` // now
	State     customer.CodeState `json:"state"`
	Successor customer.Code      `json:"successor,omitzero"`
	Fields    []string           `json:"fields,omitempty"` // attributes that changed since, those that the subject sees
}

func (e *Stale) Error() string { return e.Err.Error() }

// Unwrap implements errors.
func (e *Stale) Unwrap() error { return e.Err }

// differing adds to an error of a stale order what changed.
func (s *sight) differing(err error, expect map[customer.Code]int64) error {
	if !errors.Is(err, resolve.ErrStale) {
		return err
	}
	out := &Stale{Err: err}
	for code, seen := range expect {
		row, wrong := s.tx.CodeAt(s.ctx, code)
		if wrong != nil || row.Version == seen {
			continue
		}
		changes, wrong := s.tx.ChangesOf(s.ctx, code)
		if wrong != nil {
			return wrong
		}
		x := StaleCode{Code: code, Seen: seen, Version: row.Version, State: row.State, Successor: row.Successor}
		for _, c := range changes {
			if c.Version > seen {
				x.Fields = append(x.Fields, s.view.Names(c.Fields)...)
			}
		}
		slices.Sort(x.Fields)
		x.Fields = slices.Compact(x.Fields)
		out.Changed = append(out.Changed, x)
	}
	slices.SortFunc(out.Changed, func(x, y StaleCode) int { return int(x.Code - y.Code) })
	return out
}

// version names a question as it stands: the versions of its customers, what is asked, and whether the
// subject has claimed it.
func (s *sight) version(t *store.TaskRow) (string, error) {
	var parts []string
	rows, err := s.tx.Codes(s.ctx, (&TaskRow{Code: t.Code, Other: t.Other}).codes())
	for i := range rows {
		if rows[i].Code == t.Code || rows[i].Code == t.Other {
			parts = append(parts, fmt.Sprintf("%s:%d", rows[i].Code, rows[i].Version))
		}
	}
	slices.Sort(parts)
	parts = append(parts, content(t))
	if t.ClaimedBy == Actor(s.who) && t.ClaimedBy != "" {
		parts = append(parts, claimed)
	}
	return strings.Join(parts, "_"), err
}

const claimed = "claimed"

// content is a hash of what a question asks.
func content(t *store.TaskRow) string {
	sum := sha256.Sum256(fmt.Append(nil, t.ID, t.Kind, t.Code, t.Other, t.Records, t.Sides, t.Decision))
	return hex.EncodeToString(sum[:6])
}

// seenVersion is a version as a caller sent it back.
type seenVersion struct {
	expect  map[customer.Code]int64
	content string
	claimed bool
}

// readVersion reads what [sight.version] wrote; nil for "".
func readVersion(text string) (*seenVersion, error) {
	if text == "" {
		return nil, nil
	}
	out := &seenVersion{expect: map[customer.Code]int64{}}
	for part := range strings.SplitSeq(text, "_") {
		code, version, is := strings.Cut(part, ":")
		switch {
		case part == claimed:
			out.claimed = true
		case !is:
			out.content = part
		default:
			c, err := customer.ParseCode(code)
			n, wrong := strconv.ParseInt(version, 10, 64)
			if err != nil || wrong != nil {
				return nil, invalid("the version of a question is what it was shown with")
			}
			out.expect[c] = n
		}
	}
	return out, nil
}

// check refuses an answer to a question that is not as it was seen.
func (v *seenVersion) check(t *store.TaskRow, who string) error {
	switch {
	case v == nil:
		return nil
	case v.content != content(t):
		return &Stale{Err: fmt.Errorf("%w: question %d asks about other records now; look again and decide anew", resolve.ErrStale, t.ID)}
	case v.claimed && t.ClaimedBy != who:
		return &Stale{Err: fmt.Errorf("%w: the claim of question %d has run out; claim it again", resolve.ErrStale, t.ID)}
	}
	return nil
}
