package embedded

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestMain is also the second process of these tests: with KT_MEMBER set the
// binary uses the server of that state directory until it is told to stop.
func TestMain(m *testing.M) {
	if state := os.Getenv("KT_MEMBER"); state != "" {
		os.Exit(member(state))
	}
	os.Exit(m.Run())
}

func member(state string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s, err := Start(ctx, state, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("up", s.place.look().pid, s.URL())
	<-ctx.Done()
	if err := s.Stop(context.Background()); err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

type child struct {
	*exec.Cmd
	pid int // of the server
	url string
}

// spawnMember starts a second process; prefix may be a command that changes its user.
func spawnMember(t *testing.T, state string, prefix ...string) *child {
	t.Helper()
	args := append(prefix, os.Args[0])
	c := &child{Cmd: exec.Command(args[0], args[1:]...)}
	c.Env = append(os.Environ(), "KT_MEMBER="+state)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _, _ = io.Copy(io.Discard, out) })
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scanErr := fmt.Sscanf(line, "up %d %s", &c.pid, &c.url); scanErr != nil {
		t.Fatalf("member said %q (%v)", line, err)
	}
	return c
}

func (c *child) end(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := c.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil && sig != syscall.SIGKILL {
		t.Fatal(err)
	}
}

func needPostgres(t testing.TB) {
	t.Helper()
	if _, err := findBinaries(0); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// newState makes a state directory; whatever a test leaves running is ended.
func newState(t *testing.T) string {
	t.Helper()
	needPostgres(t)
	t.Parallel()
	return makeTemp(t)
}

func makeTemp(t testing.TB) string {
	t.Helper()
	state, err := os.MkdirTemp("", "kt-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { discard(t, state) })
	return state
}

func discard(t testing.TB, state string) {
	dir, err := filepath.EvalSymlinks(filepath.Join(state, "postgres"))
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := (&place{dir: dir}).shutdown(ctx); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(dir)
	}
	_ = os.RemoveAll(state)
}

func start(t *testing.T, state string) *Server {
	t.Helper()
	s, err := Start(t.Context(), state, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func ask(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var answer string
	if err := conn.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatal("did not happen within 30 s")
		}
		time.Sleep(20 * time.Millisecond)
	}
}
