// Package storetest gives each test a PostgreSQL database of its own.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/store/embedded"
)

// Migrate brings an empty database to the schema that the tests need. It must
// leave no connection open.
type Migrate func(ctx context.Context, url string) error

// New returns the URL of a fresh, migrated database, dropped when the test ends.
//
// All test binaries of this user share one private server, which stops after
// the last of them. Each binary migrates once, every test gets a copy; tests
// may run in parallel. Without PostgreSQL the test is skipped, or in CI fails.
// A nil migrate gives an empty database.
func New(t testing.TB, migrate Migrate) string {
	t.Helper()
	s := server(t)
	template, err := s.template(t.Context(), migrate)
	if err != nil {
		t.Fatalf("preparing the test database: %v", err)
	}
	name, err := s.create(t.Context(), template)
	if err != nil {
		t.Fatalf("making the test database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.drop(context.Background(), name); err != nil {
			t.Errorf("dropping the test database: %v", err)
		}
	})
	return s.server.DatabaseURL(name)
}

type shared struct {
	server *embedded.Server
	keeper io.Closer // holds on to what stops the server
	serial atomic.Int64

	mu        sync.Mutex
	templates map[uintptr]string // by migrate function
}

var start = sync.OnceValues(join)

func server(t testing.TB) *shared {
	t.Helper()
	s, err := start()
	switch {
	case errors.Is(err, embedded.ErrMissing) && os.Getenv("CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return s
}

func join() (*shared, error) {
	state, err := ownDir(filepath.Join(os.TempDir(), fmt.Sprintf("kartoteka-test-%d", os.Getuid())))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	srv, err := embedded.Start(ctx, state, slog.New(slog.NewTextHandler(os.Stderr, nil)),
		embedded.WithSetting("max_connections", "200"), // several test binaries at once
		embedded.WithSetting("shared_buffers", "128MB"),
		embedded.WithSetting("max_wal_size", "1GB"))
	if err != nil {
		return nil, err
	}
	s := &shared{server: srv, keeper: stopAfter(state), templates: map[uintptr]string{}}
	return s, s.sweep(ctx)
}

// ownDir makes a directory under the temporary ones, or accepts one that is
// ours: its name is known to everybody.
func ownDir(dir string) (string, error) {
	if err := os.Mkdir(dir, 0o700); err == nil {
		return dir, nil
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(st.Uid) != os.Getuid() {
		return "", fmt.Errorf("%s is not this user's directory: remove it", dir)
	}
	return dir, nil
}

// template returns the name of the migrated database that tests get copies of.
func (s *shared) template(ctx context.Context, migrate Migrate) (string, error) {
	if migrate == nil {
		return "template0", nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := reflect.ValueOf(migrate).Pointer()
	if name, ok := s.templates[key]; ok {
		return name, nil
	}
	name, err := s.create(ctx, "template0")
	if err != nil {
		return "", err
	}
	if err := migrate(ctx, s.server.DatabaseURL(name)); err != nil {
		return "", errors.Join(err, s.drop(ctx, name))
	}
	s.templates[key] = name
	return name, nil
}

// create makes a database whose name tells the process it belongs to.
func (s *shared) create(ctx context.Context, template string) (string, error) {
	name := fmt.Sprintf("kt_%d_%d", os.Getpid(), s.serial.Add(1))
	return name, s.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
}

func (s *shared) drop(ctx context.Context, name string) error {
	return s.exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}

func (s *shared) exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, s.server.DatabaseURL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

// sweep drops the databases of test processes that are gone.
func (s *shared) sweep(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.server.DatabaseURL("postgres"))
	if err != nil {
		return err
	}
	rows, _ := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datname ~ '^kt_\d+_\d+$'`)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return err
	}
	for _, name := range names {
		var pid, serial int
		if _, err := fmt.Sscanf(name, "kt_%d_%d", &pid, &serial); err != nil || gone(pid) {
			if err := s.drop(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
