package storetest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

func migrateOnce(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `CREATE TABLE thing (id int); INSERT INTO thing VALUES (1)`)
	return err
}

func TestEachTestHasItsOwnMigratedDatabase(t *testing.T) {
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			conn, err := pgx.Connect(t.Context(), New(t, migrateOnce))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close(context.Background()) }()
			var n int
			err = conn.QueryRow(t.Context(), `INSERT INTO thing VALUES (2) RETURNING (SELECT count(*) FROM thing)`).Scan(&n)
			if err != nil || n != 1 {
				t.Errorf("%d things before ours, error %v; want only the migrated one", n, err)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	New(b, migrateOnce)
	for b.Loop() {
		New(b, migrateOnce)
	}
}
