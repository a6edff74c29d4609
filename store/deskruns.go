package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// RunRow is one reading of a source as it is shown.
type RunRow struct {
	ID       int64           `json:"id"`
	Source   customer.Source `json:"source"`
	Input    string          `json:"input"`
	State    string          `json:"state"` // running, done, failed, held
	Started  time.Time       `json:"started"`
	Finished *time.Time      `json:"finished,omitempty"`
	customer.Counts
	Notice string `json:"notice,omitempty"` // key of a phrase: what a person should know of a reading that is done
}

const runColumns = `u.id, s.name, u.input, u.state, u.started, u.finished, u.read, u.accepted, u.unchanged, u.rejected, u.filtered,
	CASE WHEN u.state = 'done' AND u.read = 0 AND u.cursor_from = '' THEN 'run.empty' ELSE '' END
	FROM run u JOIN source s ON s.id = u.source`

func runRow(row pgx.CollectableRow) (r RunRow, err error) {
	err = row.Scan(&r.ID, &r.Source, &r.Input, &r.State, &r.Started, &r.Finished, &r.Read, &r.Accepted, &r.Unchanged, &r.Rejected, &r.Filtered, &r.Notice)
	r.Started = r.Started.UTC()
	return r, err
}

// Runs lists the readings of a source ("" for all), the newest first, before one (0 for all), at most limit.
func (tx *Tx) Runs(ctx context.Context, source customer.Source, before int64, limit int) ([]RunRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+runColumns+` WHERE ($1 = '' OR s.name = $1) AND ($2::bigint = 0 OR u.id < $2) ORDER BY u.id DESC LIMIT $3`, string(source), before, limit)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, runRow)
	return list, scrub(err)
}

// RunAt returns one reading; [ErrUnknown] if there is none of the number.
func (tx *Tx) RunAt(ctx context.Context, id int64) (RunRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+runColumns+` WHERE u.id = $1`, id)
	if err != nil {
		return RunRow{}, scrub(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, runRow)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, fmt.Errorf("run %d: %w", id, ErrUnknown)
	}
	return r, scrub(err)
}

// RunStory tells who had a source read, and how its columns were understood then, as JSON; "" where that
// is not known.
func (tx *Tx) RunStory(ctx context.Context, id int64) (actor, story string, err error) {
	err = tx.QueryRow(ctx, `SELECT actor, story FROM run WHERE id = $1`, id).Scan(&actor, &story)
	return actor, story, scrub(err)
}

// RejectRow is input that could not become a record.
type RejectRow struct {
	ID  int64
	Run int64
	customer.Reject
	Replayed int64 // the run that took it, mended; 0: it is open
}

// RejectFilter chooses rejects; the zero one all.
type RejectFilter struct {
	Source customer.Source
	Run    int64
	Code   string
	ID     int64
	Open   bool  // only those that no run has taken since
	After  int64 // only those behind this one
}

// ListRejects lists rejects in the order of their numbers, with what was received, at most limit.
func (tx *Tx) ListRejects(ctx context.Context, f RejectFilter, limit int) ([]RejectRow, error) {
	rows, err := tx.Query(ctx, `SELECT x.id, x.run, s.name, x.place, x.field, x.code, x.reason, x.raw, coalesce(x.replayed, 0) FROM reject x JOIN source s ON s.id = x.source
		WHERE ($1 = '' OR s.name = $1) AND ($2::bigint = 0 OR x.run = $2) AND ($3 = '' OR x.code = $3) AND ($4::bigint = 0 OR x.id = $4) AND x.id > $5 AND (NOT $7 OR x.replayed IS NULL)
		ORDER BY x.id LIMIT $6`, string(f.Source), f.Run, f.Code, f.ID, f.After, limit, f.Open)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r RejectRow, err error) {
		var place []byte
		if err := row.Scan(&r.ID, &r.Run, &r.Source, &place, &r.Field, &r.Code, &r.Reason, &r.Raw, &r.Replayed); err != nil {
			return r, err
		}
		return r, json.Unmarshal(place, &r.Place)
	})
	return list, scrub(err)
}

// ReplayedReject closes a reject that a run took after all.
func (tx *Tx) ReplayedReject(ctx context.Context, id, run int64) error {
	_, err := tx.Exec(ctx, `UPDATE reject SET replayed = $2 WHERE id = $1`, id, run)
	return scrub(err)
}

// KeysOfRun returns the keys of the first records that a run brought a revision of.
func (tx *Tx) KeysOfRun(ctx context.Context, run int64, limit int) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT r.key FROM record r WHERE r.run = $1 ORDER BY r.id LIMIT $2`, run, limit)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return list, scrub(err)
}

// LastRuns returns the last reading of each source, by name.
func (tx *Tx) LastRuns(ctx context.Context) ([]RunRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+runColumns+` WHERE u.id IN (SELECT max(id) FROM run GROUP BY source) ORDER BY s.name`)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, runRow)
	return list, scrub(err)
}
