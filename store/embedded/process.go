package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is what postmaster.pid says about a server.
type process struct {
	pid    int
	socket string // directory
	status string // starting, ready, stopping
	data   string
}

// look reads postmaster.pid; the zero process stands for none.
func (p *place) look() process {
	text, err := os.ReadFile(filepath.Join(p.data(), "postmaster.pid"))
	if err != nil {
		return process{}
	}
	lines := strings.Split(string(text), "\n")
	pr := process{data: p.data()}
	pr.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	if len(lines) > 4 {
		pr.socket = strings.TrimSpace(lines[4])
	}
	if len(lines) > 7 {
		pr.status = strings.TrimSpace(lines[7])
	}
	return pr
}

// alive tells whether the server runs. A process that only got the number of
// a server that is gone does not count; one that answers on the socket does,
// even if its number cannot be seen from here (another container).
func (pr process) alive() bool {
	return pr.isServer() || pr.answers()
}

func (pr process) isServer() bool {
	if pr.pid <= 1 {
		return false
	}
	if err := syscall.Kill(pr.pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	if runtime.GOOS != "linux" {
		return true
	}
	return worksIn(pr.pid, pr.data)
}

// worksIn tells whether the current directory of a process is the cluster's;
// a zombie has none. Linux only.
func worksIn(pid int, data string) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	return err == nil && cwd == data
}

func (pr process) answers() bool {
	if pr.socket == "" {
		return false
	}
	conn, err := net.DialTimeout("unix", socketFile(pr.socket), time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// shutdown ends the server in order: sessions are cut, everything is on disk.
func (p *place) shutdown(ctx context.Context) error {
	pr := p.look()
	if !pr.isServer() {
		return nil
	}
	if err := syscall.Kill(pr.pid, syscall.SIGINT); err != nil {
		return fmt.Errorf("stopping the server (process %d): %w", pr.pid, err)
	}
	for pr.isServer() {
		if ctx.Err() != nil {
			return fmt.Errorf("the server (process %d) is still writing its last checkpoint; it ends by itself: %w", pr.pid, ctx.Err())
		}
		pause(ctx, 10*time.Millisecond)
	}
	if !strings.HasPrefix(pr.socket, p.dir) {
		_ = os.Remove(pr.socket)
	}
	return nil
}

// quitLeftovers asks the processes of a server that was killed to end at once.
// They hold its shared memory, and a busy one notices late that it is orphaned.
func (p *place) quitLeftovers() {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if worksIn(pid, p.data()) {
			_ = syscall.Kill(pid, syscall.SIGQUIT)
		}
	}
}
