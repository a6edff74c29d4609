package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// Run is one reading of a source.
type Run = customer.Run

// Counts are what became of the rows of a run.
type Counts = customer.Counts

// BeginRun makes the source if it is new, closes runs of it that nobody ended, and opens a run of it.
func (tx *Tx) BeginRun(ctx context.Context, source customer.Source, sensitive bool, input string) (*Run, error) {
	r := &Run{Source: source}
	err := tx.QueryRow(ctx, `INSERT INTO source (name, sensitive_key) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET sensitive_key = excluded.sensitive_key RETURNING id, cursor`, string(source), sensitive).Scan(&r.SourceID, &r.Cursor)
	if err != nil {
		return nil, scrub(err)
	}
	// Who loads a source holds its lease: a run that is still running was left by a process that died.
	if _, err := tx.Exec(ctx, `UPDATE run SET state = 'failed', finished = now() WHERE source = $1 AND state = 'running'`, r.SourceID); err != nil {
		return nil, scrub(err)
	}
	err = tx.QueryRow(ctx, `INSERT INTO run (source, input, cursor_from) VALUES ($1, $2, $3) RETURNING id`, r.SourceID, input, r.Cursor).Scan(&r.ID)
	return r, scrub(err)
}

// SaveCounts adds to the run's counts.
func (tx *Tx) SaveCounts(ctx context.Context, r *Run, c Counts) error {
	_, err := tx.Exec(ctx, `UPDATE run SET read = read + $2, accepted = accepted + $3, unchanged = unchanged + $4,
		rejected = rejected + $5, filtered = filtered + $6 WHERE id = $1`, r.ID, c.Read, c.Accepted, c.Unchanged, c.Rejected, c.Filtered)
	return scrub(err)
}

// SaveCursor moves the source's position; it belongs to the transaction that lands the rows before it (I16).
func (tx *Tx) SaveCursor(ctx context.Context, r *Run, cursor string) error {
	_, err := tx.Exec(ctx, `WITH moved AS (UPDATE run SET cursor_to = $3 WHERE id = $2)
		UPDATE source SET cursor = $3 WHERE id = $1`, r.SourceID, r.ID, cursor)
	return scrub(err)
}

// EndRun closes a run as done, failed or held.
func (tx *Tx) EndRun(ctx context.Context, r *Run, state string) error {
	_, err := tx.Exec(ctx, `UPDATE run SET state = $2, finished = now() WHERE id = $1`, r.ID, state)
	return scrub(err)
}

// SaveRejects keeps input that could not become records.
func (tx *Tx) SaveRejects(ctx context.Context, r *Run, rejects []customer.Reject) error {
	if len(rejects) == 0 {
		return nil
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"reject"}, []string{"run", "source", "place", "field", "code", "reason", "raw"},
		pgx.CopyFromSlice(len(rejects), func(i int) ([]any, error) {
			x := &rejects[i]
			place, err := json.Marshal(x.Place)
			return []any{r.ID, r.SourceID, string(place), x.Field, x.Code, x.Reason, append([]byte{}, x.Raw...)}, err
		}))
	return scrub(err)
}

// SaveStory remembers who had a source read, and how its columns were understood; an empty story stays as it is.
func (tx *Tx) SaveStory(ctx context.Context, r *Run, actor string, story []byte) error {
	_, err := tx.Exec(ctx, `UPDATE run SET actor = $2, story = CASE WHEN $3 = '' THEN story ELSE $3 END WHERE id = $1`, r.ID, actor, string(story))
	return scrub(err)
}

// SaveMapping remembers the mapping that a source was loaded with.
func (tx *Tx) SaveMapping(ctx context.Context, r *Run, mapping []byte) error {
	_, err := tx.Exec(ctx, `UPDATE source SET mapping = $2 WHERE id = $1`, r.SourceID, string(mapping))
	return scrub(err)
}

// LastMapping returns the mapping that a source was loaded with last, nil if none.
func (s *Store) LastMapping(ctx context.Context, source customer.Source) ([]byte, error) {
	rows, err := s.pool.Query(ctx, `SELECT mapping FROM source WHERE name = $1 AND mapping <> ''`, string(source))
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(list) == 0 {
		return nil, away(err)
	}
	return []byte(list[0]), nil
}

// SourceCounts are the accounts of a source over all its runs (I11).
type SourceCounts struct {
	Source                                                   customer.Source
	Read, Accepted, Unchanged, Rejected, Filtered            int64
	Live, Pending, Superseded, Deleted, Codes, SharedRecords int64
}

// SourceCounts returns the accounts of all sources.
func (s *Store) SourceCounts(ctx context.Context) ([]SourceCounts, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT s.name,
			coalesce(sum(u.read), 0), coalesce(sum(u.accepted), 0), coalesce(sum(u.unchanged), 0), coalesce(sum(u.rejected), 0), coalesce(sum(u.filtered), 0),
			(SELECT count(*) FROM record r WHERE r.source = s.id AND r.state = 'live'),
			(SELECT count(*) FROM record r WHERE r.source = s.id AND r.landed > r.revision),
			(SELECT count(DISTINCT code) FROM record r WHERE r.source = s.id AND r.state = 'live')
		FROM source s LEFT JOIN run u ON u.source = s.id GROUP BY s.id ORDER BY s.name`)
	if err != nil {
		return nil, away(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c SourceCounts, err error) {
		err = row.Scan(&c.Source, &c.Read, &c.Accepted, &c.Unchanged, &c.Rejected, &c.Filtered, &c.Live, &c.Pending, &c.Codes)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("sources: %w", away(err))
	}
	return list, nil
}
