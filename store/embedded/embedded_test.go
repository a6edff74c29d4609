package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"
)

func TestStartsStopsAndStartsAgain(t *testing.T) {
	state := newState(t)
	began := time.Now()
	s := start(t, state)
	t.Logf("first start %v", time.Since(began))
	got := ask(t, s.URL(), `SELECT concat_ws(' ', current_setting('server_encoding'), datcollate, current_setting('data_checksums'),
		current_setting('listen_addresses'), current_setting('fsync'), current_setting('synchronous_commit'))
		FROM pg_database WHERE datname = current_database()`)
	if want := "UTF8 C.UTF-8 on  on on"; got != want {
		t.Errorf("settings %q, want %q", got, want)
	}
	p := s.place
	stop(t, s)
	if p.look().pid != 0 {
		t.Error("the server outlived its last user")
	}
	began = time.Now()
	start(t, state)
	t.Logf("later start %v", time.Since(began))
}

func TestServerIsNotRoot(t *testing.T) {
	s := start(t, newState(t))
	uid, ok := ownerOf(fmt.Sprintf("/proc/%d", s.place.look().pid))
	if !ok {
		t.Skip("no /proc")
	}
	if uid == 0 {
		t.Error("the server runs as root")
	}
}

func TestInterruptOfTerminalDoesNotReachServer(t *testing.T) {
	s := start(t, newState(t))
	theirs, err := unix.Getsid(s.place.look().pid)
	if err != nil {
		t.Fatal(err)
	}
	if ours, _ := unix.Getsid(0); theirs == ours {
		t.Error("the server shares the session of its starter")
	}
}

func TestLastOneOutStops(t *testing.T) {
	state := newState(t)
	s := start(t, state)
	c := spawnMember(t, state)
	if c.pid != s.place.look().pid || c.url != s.URL() {
		t.Fatalf("the second process did not join: server %d, %d", c.pid, s.place.look().pid)
	}
	stop(t, s)
	if got := ask(t, c.url, "SELECT 'up'"); got != "up" {
		t.Fatal("the server stopped under the second process")
	}
	c.end(t, syscall.SIGTERM)
	if s.place.look().pid != 0 {
		t.Error("the server outlived its last user")
	}
}

func TestManyComeAndGo(t *testing.T) {
	state := newState(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				s, err := Start(t.Context(), state, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Error(err)
					return
				}
				conn, err := pgx.Connect(t.Context(), s.URL())
				if err != nil {
					t.Error(err)
				} else {
					_ = conn.Close(t.Context())
				}
				stop(t, s)
			}
		})
	}
	all.Wait()
	if (&place{dir: filepath.Join(state, "postgres")}).look().pid != 0 {
		t.Error("the server outlived its last user")
	}
}

func TestEndOfContextEndsWaitingForTheLock(t *testing.T) {
	state := newState(t)
	guard, err := lockStart(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	defer guard.release()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, state, slog.New(slog.DiscardHandler)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestAdoptsAfterStarterWasKilled(t *testing.T) {
	state := newState(t)
	c := spawnMember(t, state)
	c.end(t, syscall.SIGKILL)
	s := start(t, state)
	if got := s.place.look().pid; got != c.pid {
		t.Fatalf("server %d, want the one left behind, %d", got, c.pid)
	}
	stop(t, s)
	if s.place.look().pid != 0 {
		t.Error("the adopted server was not stopped")
	}
}

func TestStartsAgainWhenServerWasKilled(t *testing.T) {
	s := start(t, newState(t))
	for range 3 {
		old := s.place.look().pid
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool {
			pr := s.place.look()
			return pr.pid != old && pr.status == "ready"
		})
		if got := ask(t, s.URL(), "SELECT 'up'"); got != "up" {
			t.Fatal("no answer")
		}
	}
}

func TestStartsAfterBothWereKilledWithBackendBusy(t *testing.T) {
	state := newState(t)
	c := spawnMember(t, state)
	busy, err := pgx.Connect(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close(context.Background()) }()
	go func() { // a loop in which a backend does not look whether its parent lives
		_, _ = busy.Exec(context.Background(), `SELECT count(*) FROM generate_series(1, 40000) a, generate_series(1, 40000) b`)
	}()
	eventually(t, func() bool {
		return ask(t, c.url, `SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 40000) b' AND state = 'active' AND pid <> pg_backend_pid()`) == "1"
	})
	c.end(t, syscall.SIGKILL)
	if err := syscall.Kill(c.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s := start(t, state)
	if got := ask(t, s.URL(), "SELECT 'up'"); got != "up" {
		t.Fatal("no answer")
	}
}

func TestIgnoresStalePidOfAnotherProcess(t *testing.T) {
	state := newState(t)
	s := start(t, state)
	data := s.place.data()
	stop(t, s)
	pid := fmt.Sprintf("%d\n%s\n0\n%d\n\n\n0 0\nready   \n", os.Getpid(), data, port)
	if err := os.WriteFile(filepath.Join(data, "postmaster.pid"), []byte(pid), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, state)
}

func TestInterruptedFirstStartIsRepeated(t *testing.T) {
	state := newState(t)
	dir := filepath.Join(state, "postgres", "data.new")
	if err := os.MkdirAll(filepath.Join(dir, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	start(t, state)
}
