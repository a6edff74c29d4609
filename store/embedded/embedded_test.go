package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
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

func needPostgres(t *testing.T) {
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
	state, err := os.MkdirTemp("", "kt-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { discard(t, state) })
	return state
}

func discard(t *testing.T, state string) {
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

func TestServesPlainUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("already a plain user: every other test shows it")
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip(err)
	}
	state := newState(t)
	if err := os.Chown(state, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "embedded.test") // where that user can run it
	copyTest(t, bin)
	c := spawnMember(t, state, setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", bin)
	s := start(t, state) // root joins, and would run it as its owner
	if s.place.look().pid != c.pid {
		t.Error("root did not join the plain user's server")
	}
	c.end(t, syscall.SIGTERM)
	stop(t, s)
	if uid, _ := ownerOf(s.place.data()); uid != 65534 {
		t.Errorf("the data now belong to %d", uid)
	}
	s = start(t, state)
	if uid, _ := ownerOf(fmt.Sprintf("/proc/%d", s.place.look().pid)); uid != 65534 {
		t.Errorf("root runs the server as %d", uid)
	}
}

func copyTest(t *testing.T, to string) {
	t.Helper()
	raw, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, raw, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir := filepath.Dir(to); len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStateThatServersUserCannotEnter(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	outer := newState(t)
	state := filepath.Join(outer, "inner")
	t.Cleanup(func() { discard(t, state) })
	s := start(t, state)
	if strings.HasPrefix(s.place.dir, outer) {
		t.Errorf("data in %s, which the server's user cannot enter", s.place.dir)
	}
	if info, err := os.Stat(outer); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("a directory that is not the hub's was changed to %v, %v", info.Mode(), err)
	}
	stop(t, s)
	start(t, state)
}

func TestLongStatePath(t *testing.T) {
	state := filepath.Join(newState(t), strings.Repeat("long/", 30))
	if err := os.MkdirAll(state, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { discard(t, state) })
	s := start(t, state)
	c := spawnMember(t, state)
	if c.url != s.URL() {
		t.Errorf("URLs %s and %s", c.url, s.URL())
	}
	c.end(t, syscall.SIGTERM)
	stop(t, s)
}

func TestRefusesDataOfAnotherVersion(t *testing.T) {
	state := newState(t)
	s := start(t, state)
	stop(t, s)
	if err := os.WriteFile(filepath.Join(s.place.data(), "PG_VERSION"), []byte("14\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), state, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "apt-get install postgresql-14") {
		t.Errorf("error %v, want the command that installs version 14", err)
	}
}

func TestMissingServerSaysWhatToInstall(t *testing.T) {
	t.Setenv("KARTOTEKA_POSTGRES_BIN", t.TempDir())
	_, err := Start(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "apt-get install postgresql") {
		t.Errorf("error %v", err)
	}
}

func TestStateIsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), file, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "--state") {
		t.Errorf("error %v, want a cure", err)
	}
}

func TestBadLocalSettingIsReported(t *testing.T) {
	state := newState(t)
	s := start(t, state)
	stop(t, s)
	if err := os.WriteFile(s.place.file("local.conf"), []byte("shared_buffers = much\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), state, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "failed") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(s.place.file("local.conf"), []byte("work_mem = 7MB\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, start(t, state).URL(), "SHOW work_mem"); got != "7MB" {
		t.Errorf("work_mem %s, want the administrator's", got)
	}
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
