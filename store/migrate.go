package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"kartoteka/failpoint"
)

//go:embed migrations/*.sql
var migrations embed.FS

// SchemaHash identifies the schema that Open brings about.
func SchemaHash() string {
	h := sha256.New()
	names, _ := fs.Glob(migrations, "migrations/*.sql")
	for _, name := range names {
		text, _ := migrations.ReadFile(name)
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// migrate applies the migrations that the database lacks, each in a transaction of its own. An
// advisory lock lets one process do it while others wait.
func (s *Store) migrate(ctx context.Context) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrating)); err != nil {
		return fmt.Errorf("migrate: %w", away(err))
	}
	defer conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrating)) //nolint:errcheck // the lock ends with the session
	if err := failpoint.Pass("migrate.locked"); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE IF NOT EXISTS schema_migration (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"); err != nil {
		return fmt.Errorf("migrate: %w", away(err))
	}
	var applied int
	if err := conn.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM schema_migration").Scan(&applied); err != nil {
		return fmt.Errorf("migrate: %w", away(err))
	}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	if applied > len(names) {
		return fmt.Errorf("%w: its schema has version %d, this program knows %d; use the newer program, or restore a backup that this one made", ErrNewer, applied, len(names))
	}
	for _, name := range names[applied:] {
		if err := apply(ctx, conn.Conn(), name); err != nil {
			return fmt.Errorf("migrate: %s: %w", name, away(err))
		}
		if err := failpoint.Pass("migrate.committed"); err != nil {
			return err
		}
	}
	return s.raiseWall(ctx, conn.Conn())
}

func apply(ctx context.Context, conn *pgx.Conn, name string) error {
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	number, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "_")
	version, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, string(text)); err != nil {
			return err
		}
		if err := failpoint.Pass("migrate.applied"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO schema_migration (version) VALUES ($1)", version)
		return err
	})
}

// ensureHub makes the hub's row with its keys, once.
func (s *Store) ensureHub(ctx context.Context, number func(key []byte) (Numbering, error)) error {
	if err := failpoint.Pass("migrate.hub"); err != nil {
		return err
	}
	keys := make([]byte, 32)
	if _, err := rand.Read(keys); err != nil {
		return err
	}
	if _, err := s.pool.Exec(ctx, "INSERT INTO hub (permutation_key, crosswalk_key) VALUES ($1, $2) ON CONFLICT DO NOTHING", keys[:16], keys[16:]); err != nil {
		return fmt.Errorf("hub: %w", away(err))
	}
	var key []byte
	if err := s.pool.QueryRow(ctx, "SELECT permutation_key, crosswalk_key FROM hub").Scan(&key, &s.secret); err != nil {
		return fmt.Errorf("hub: %w", away(err))
	}
	var err error
	s.numbering, err = number(key)
	return err
}
