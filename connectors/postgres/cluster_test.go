package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is a private PostgreSQL that all tests of the package share; a test makes its own schema.
var cluster struct {
	sync.Once
	dir, bin string
	err      error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if cluster.dir != "" {
		if cluster.bin != "" {
			_ = asUser(filepath.Join(cluster.bin, "pg_ctl"), "-D", cluster.dir+"/data", "-m", "immediate", "stop").Run()
		}
		_ = os.RemoveAll(cluster.dir)
	}
	os.Exit(code)
}

// server returns a connection string of the cluster, starting it at first use.
func server(t testing.TB) string {
	t.Helper()
	cluster.Do(startCluster)
	if cluster.err != nil {
		t.Skipf("no PostgreSQL server to test with: %v", cluster.err)
	}
	return fmt.Sprintf("host=%s user=tester dbname=postgres", cluster.dir)
}

func startCluster() {
	if cluster.bin = binaries(); cluster.bin == "" {
		cluster.err = fmt.Errorf("initdb and pg_ctl are neither in PATH nor in /usr/lib/postgresql/*/bin")
		return
	}
	if cluster.dir, cluster.err = os.MkdirTemp("", "kt-pg-"); cluster.err != nil {
		return
	}
	if uid, gid, drop := unprivileged(); drop {
		if cluster.err = os.Chown(cluster.dir, int(uid), int(gid)); cluster.err != nil {
			return
		}
	}
	run := func(name string, args ...string) {
		if cluster.err == nil {
			if out, err := asUser(filepath.Join(cluster.bin, name), args...).CombinedOutput(); err != nil {
				cluster.err = fmt.Errorf("%s: %w: %s", name, err, out)
			}
		}
	}
	run("initdb", "-D", cluster.dir+"/data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	run("pg_ctl", "-D", cluster.dir+"/data", "-w", "-l", cluster.dir+"/log",
		"-o", "-c listen_addresses='' -c fsync=off -c unix_socket_directories="+cluster.dir, "start")
}

func binaries() string {
	if p, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(p), "pg_ctl")); err == nil {
			return filepath.Dir(p)
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		return ""
	}
	return found[len(found)-1]
}

// unprivileged is the user that the server runs as when the tests run as root.
func unprivileged() (uid, gid uint32, drop bool) {
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			a, _ := strconv.ParseUint(u.Uid, 10, 32)
			b, _ := strconv.ParseUint(u.Gid, 10, 32)
			return uint32(a), uint32(b), true
		}
	}
	return 65534, 65534, true
}

func asUser(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	if uid, gid, drop := unprivileged(); drop {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	}
	return cmd
}

// execute runs statements in the test's own schema and returns its connection string.
func execute(t testing.TB, schema string, statements ...string) string {
	t.Helper()
	url := server(t)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	all := append([]string{"CREATE SCHEMA IF NOT EXISTS " + schema, "SET search_path = " + schema}, statements...)
	for _, s := range all {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return url + " search_path=" + schema
}
