package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const mib = 1 << 20

func (p *place) file(name string) string { return filepath.Join(p.dir, name) }

// configure writes the server's configuration. local.conf is read last, so
// an administrator's settings win.
func (p *place) configure(bin binaries, socket string, asked map[string]string) error {
	set := tuned(machine(p.dir))
	maps.Copy(set, p.compression(bin))
	maps.Copy(set, asked)
	set["unix_socket_directories"] = socket
	set["hba_file"], set["ident_file"] = p.file("pg_hba.conf"), p.file("pg_ident.conf")
	files := map[string]string{
		"postgresql.conf": render(set, p.file("local.conf")),
		"pg_hba.conf":     "local all all peer map=hub\n",
		"pg_ident.conf":   p.identities(),
	}
	for name, text := range files {
		if err := p.write(name, text); err != nil {
			return explainFile(err)
		}
	}
	return p.lend("local.conf")
}

// identities lets in root and the server's own user, each proven by the kernel.
func (p *place) identities() string {
	return fmt.Sprintf("hub root %s\nhub %s %s\n", owner, quoteIdent(p.account.name), owner)
}

// write replaces a file that the server's user may read.
func (p *place) write(name, text string) error {
	fresh := p.file(name + ".new")
	if err := os.WriteFile(fresh, []byte(text), 0o640); err != nil {
		return err
	}
	if err := p.lend(name + ".new"); err != nil {
		return err
	}
	return os.Rename(fresh, p.file(name))
}

// lend lets the server's user read a file, if it exists.
func (p *place) lend(name string) error {
	_, err := os.Lstat(p.file(name))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !p.account.drop {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.Lchown(p.file(name), -1, p.account.gid); err != nil {
		return err
	}
	return os.Chmod(p.file(name), 0o640)
}

func render(set map[string]string, local string) string {
	var b strings.Builder
	b.WriteString("# Written by kartoteka at each start. Put settings of your own into local.conf beside this file.\n")
	for _, name := range slices.Sorted(maps.Keys(set)) {
		fmt.Fprintf(&b, "%s = %s\n", name, quote(set[name]))
	}
	fmt.Fprintf(&b, "include_if_exists = %s\n", quote(local))
	return b.String()
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoteIdent(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// tuned are the settings for a machine that loads millions of rows in bulk
// and then changes a few at a time. Durability stays as PostgreSQL ships it.
func tuned(m resources) map[string]string {
	set := map[string]string{
		"listen_addresses": "",
		"port":             fmt.Sprint(port),
		"max_connections":  "60",

		"shared_buffers":       megabytes(between(m.memory/16, 128*mib, 2048*mib)),
		"effective_cache_size": megabytes(max(m.memory/2, 256*mib)),
		"maintenance_work_mem": megabytes(between(m.memory/32, 64*mib, 512*mib)),
		"work_mem":             megabytes(between(m.memory/512, 4*mib, 32*mib)),

		// Nothing replicates from a private cluster; minimal lets COPY and index
		// builds into a fresh table skip the log and sync the file instead.
		"wal_level":       "minimal",
		"max_wal_senders": "0",
		"max_wal_size":    megabytes(between(m.disk/10, 1024*mib, 8192*mib)),
		"wal_compression": "on",

		"checkpoint_timeout": "15min",
		"random_page_cost":   "1.1",
		"jit":                "off", // compiling costs more than these queries
		"autovacuum":         "on",
		"synchronous_commit": "on",
		"timezone":           "UTC",
		"log_timezone":       "UTC",

		// No customer's data in the log: neither statements nor details of errors.
		"log_min_error_statement": "panic",
		"log_error_verbosity":     "terse",
		"log_checkpoints":         "off",
	}
	if m.smallShm {
		set["dynamic_shared_memory_type"] = "mmap"
	}
	if runtime.GOOS == "linux" {
		// A session whose hub was killed gives up its locks even in mid-query.
		set["client_connection_check_interval"] = "2s"
	}
	return set
}

// compression prefers lz4 where the server was built with it.
func (p *place) compression(bin binaries) map[string]string {
	set := map[string]string{}
	for _, name := range []string{"wal_compression", "default_toast_compression"} {
		if p.command(bin.path("postgres"), "-D", p.data(), "-c", name+"=lz4", "-C", name).Run() == nil {
			set[name] = "lz4"
		}
	}
	return set
}

func between(n, low, high int64) int64 { return min(max(n, low), high) }

func megabytes(n int64) string { return fmt.Sprintf("%dMB", n/mib) }
