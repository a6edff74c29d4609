package consumer

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// DB is a connection or a pool of connections to PostgreSQL.
type DB interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// SQL is a table in PostgreSQL. Codes have their written form in it, so that others can join by them.
type SQL struct{ db DB }

// NewSQL makes the tables kartoteka_golden and kartoteka_offset if they are absent.
func NewSQL(ctx context.Context, db DB) (*SQL, error) {
	s := &SQL{db}
	return s, s.tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			CREATE TABLE IF NOT EXISTS kartoteka_golden (
				code      text   PRIMARY KEY,
				state     text   NOT NULL,
				epoch     bigint NOT NULL,
				version   bigint NOT NULL,
				successor text,
				document  jsonb
			);
			CREATE TABLE IF NOT EXISTS kartoteka_offset (
				partition int    PRIMARY KEY,
				next      bigint NOT NULL
			)`)
		return err
	})
}

// Offsets implements [Table].
func (s *SQL) Offsets(ctx context.Context) (map[int]int64, error) {
	out := map[int]int64{}
	err := s.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT partition, next FROM kartoteka_offset`)
		if err != nil {
			return err
		}
		var partition int
		var next int64
		_, err = pgx.ForEachRow(rows, []any{&partition, &next}, func() error {
			out[partition] = next
			return nil
		})
		return err
	})
	return out, err
}

// Apply implements [Table].
func (s *SQL) Apply(ctx context.Context, partition int, next int64, rows []Row) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		if err := upsert(ctx, tx, rows); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO kartoteka_offset (partition, next) VALUES ($1, $2)
			ON CONFLICT (partition) DO UPDATE SET next = EXCLUDED.next`, partition, next)
		return err
	})
}

func upsert(ctx context.Context, tx pgx.Tx, rows []Row) error {
	var codes, states []string
	var epochs, versions []int64
	var successors, documents []*string
	for _, r := range rows {
		codes, states = append(codes, r.Code.String()), append(states, string(r.State))
		epochs, versions = append(epochs, r.Epoch), append(versions, r.Version)
		successors, documents = append(successors, nil), append(documents, nil)
		if r.Successor != 0 {
			text := r.Successor.String()
			successors[len(successors)-1] = &text
		}
		if r.Document != nil {
			text := string(r.Document)
			documents[len(documents)-1] = &text
		}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO kartoteka_golden AS known (code, state, epoch, version, successor, document)
		SELECT code, state, epoch, version, successor, document::jsonb
		FROM   unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
		       AS new (code, state, epoch, version, successor, document)
		ORDER  BY code -- one order of locks for all consumers
		ON CONFLICT (code) DO UPDATE
		SET    state = EXCLUDED.state, epoch = EXCLUDED.epoch, version = EXCLUDED.version,
		       successor = EXCLUDED.successor, document = EXCLUDED.document
		WHERE  (known.epoch, known.version) < (EXCLUDED.epoch, EXCLUDED.version)`,
		codes, states, epochs, versions, successors, documents)
	return err
}

func (s *SQL) tx(ctx context.Context, do func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, s.db, do)
	if err != nil {
		return fmt.Errorf("consumer: table: %w", err)
	}
	return nil
}
