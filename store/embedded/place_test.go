package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

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
