package chaos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/store/embedded"
)

// database is a PostgreSQL server with the proxy before it.
type database struct {
	dir    string // of the server's data
	socket string // of the proxy
	small  bool   // dir is a small file system of its own
	log    *slog.Logger
	server atomic.Pointer[embedded.Server] // another one after a restart, while connections are proxied
	proxy  *proxy
}

// startDatabase starts a server in dir; small asks for a file system that can be filled.
func startDatabase(ctx context.Context, dir string, small bool, log *slog.Logger) (*database, error) {
	d := &database{dir: filepath.Join(dir, "postgres"), socket: filepath.Join(dir, "s"), log: log}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return nil, err
	}
	if small {
		d.small = exec.Command("mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "tmpfs", d.dir).Run() == nil
	}
	if err := d.start(ctx); err != nil {
		return d, err
	}
	var err error
	d.proxy, err = startProxy(d.socket, func() string { return filepath.Join(d.direct("host"), ".s.PGSQL.5432") })
	return d, err
}

func (d *database) start(ctx context.Context) error {
	server, err := embedded.Start(ctx, d.dir, d.log, embedded.WithSetting("shared_buffers", "64MB"),
		embedded.WithSetting("max_wal_size", "64MB"), embedded.WithSetting("min_wal_size", "32MB"))
	if err == nil {
		d.server.Store(server)
	}
	return err
}

// direct gives a part of the server's own address.
func (d *database) direct(part string) string {
	u, err := url.Parse(d.server.Load().URL())
	if err != nil {
		return ""
	}
	return u.Query().Get(part)
}

// through is the hub's address of the database, by way of the proxy.
func (d *database) through() (string, error) {
	u, err := url.Parse(d.server.Load().URL())
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("host", d.socket)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// kill ends the server without ceremony; it is started again by itself.
func (d *database) kill() {
	found, _ := filepath.Glob(filepath.Join(d.dir, "postgres", "data", "postmaster.pid"))
	for _, path := range found {
		var pid int
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if _, err := fmt.Sscan(string(text), &pid); err == nil && pid > 1 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// fill takes all the room there is; the function gives it back.
func (d *database) fill() (free func(), err error) {
	f, err := os.Create(filepath.Join(d.dir, "ballast"))
	if err != nil {
		return nil, err
	}
	block := make([]byte, 64<<10)
	for size := len(block); size >= 512; {
		if _, err := f.Write(block[:size]); err != nil {
			size /= 2
		}
	}
	return func() { _ = os.Remove(f.Name()) }, f.Close()
}

// answers waits until the server takes work again.
func (d *database) answers(ctx context.Context) error {
	return eventually(ctx, time.Minute, func() error {
		conn, err := pgx.Connect(ctx, d.server.Load().URL())
		if err != nil {
			return err
		}
		defer conn.Close(ctx) //nolint:errcheck // it only asked
		_, err = conn.Exec(ctx, "CREATE TEMPORARY TABLE probe (x int)")
		return err
	})
}

func (d *database) restart(ctx context.Context) error {
	if err := d.server.Load().Stop(ctx); err != nil {
		return err
	}
	return d.start(ctx)
}

func (d *database) close(ctx context.Context) {
	if d.proxy != nil {
		d.proxy.close()
	}
	if d.server.Load() != nil {
		_ = d.server.Load().Stop(ctx)
	}
}

// unmount gives a small file system back, and keeps a copy of its content if it is needed.
func (d *database) unmount(keep bool) (err error) {
	if !d.small {
		return nil
	}
	if keep {
		err = exec.Command("cp", "-a", d.dir, d.dir+".kept").Run()
	}
	return errors.Join(err, exec.Command("umount", "-l", d.dir).Run())
}

// eventually tries until f returns nil, and gives its last error when the time is over.
func eventually(ctx context.Context, most time.Duration, f func() error) error {
	for end := time.Now().Add(most); ; {
		err := f()
		if err == nil || time.Now().After(end) || ctx.Err() != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}
