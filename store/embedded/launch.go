package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// logLimit is the size at which the server's log starts anew.
const logLimit = 16 << 20

// patience is how long a start waits for the processes of a killed server.
const patience = 30 * time.Second

// bring makes sure that a server runs and accepts connections. Needs the start lock.
func (s *Server) bring(ctx context.Context) error {
	if s.place == nil {
		p, err := settle(s.state, s.log)
		if err != nil {
			return err
		}
		s.place = p
	}
	if pr, err := s.place.await(ctx); err != nil || pr.status == "ready" {
		s.setSocket(pr.socket)
		return err
	}
	return s.launch(ctx)
}

// await waits for a running server to be ready, or for a stopping one to be
// gone. It returns the zero process when none runs.
func (p *place) await(ctx context.Context) (process, error) {
	for {
		pr := p.look()
		switch {
		case !pr.alive():
			return process{}, nil
		case pr.status == "ready":
			return pr, nil
		case ctx.Err() != nil:
			return pr, fmt.Errorf("the server (process %d) is %s: %w", pr.pid, pr.status, ctx.Err())
		}
		pause(ctx, 20*time.Millisecond)
	}
}

func (s *Server) launch(ctx context.Context) error {
	bin, err := s.place.ready()
	if err != nil {
		return err
	}
	socket, err := s.place.makeSocketDir()
	if err != nil {
		return err
	}
	if err := s.place.configure(bin, socket, s.settings); err != nil {
		return err
	}
	s.setSocket(socket)
	return s.insist(ctx, bin)
}

// insist starts the server, again and again while processes of one that was
// killed still hold its memory, or when it is killed while starting.
func (s *Server) insist(ctx context.Context, bin binaries) error {
	s.place.dropStale()
	end := time.Now().Add(patience)
	for try := 0; ; try++ {
		err := s.place.spawn(ctx, bin)
		if !errors.Is(err, errLeftovers) && !errors.Is(err, errKilled) || time.Now().After(end) {
			return err
		}
		if try == 5 {
			s.place.quitLeftovers()
		}
		pause(ctx, 200*time.Millisecond)
	}
}

// dropStale removes a postmaster.pid whose number now belongs to some other
// process: the server would refuse to start, taking it for itself.
func (p *place) dropStale() {
	pr := p.look()
	if pr.pid > 1 && syscall.Kill(pr.pid, 0) == nil && !pr.alive() {
		_ = os.Remove(filepath.Join(p.data(), "postmaster.pid"))
	}
}

// spawn starts the server once and waits until it is ready or gone.
func (p *place) spawn(ctx context.Context, bin binaries) error {
	out, err := p.openLog()
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	from, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	cmd := p.command(bin.path("postgres"), "-D", p.data(), "-c", "config_file="+p.file("postgresql.conf"))
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s as user %s: %w", bin.path("postgres"), p.account.name, err)
	}
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }()
	return p.untilReady(ctx, cmd, gone, from)
}

func (p *place) untilReady(ctx context.Context, cmd *exec.Cmd, gone <-chan struct{}, from int64) error {
	for {
		select {
		case <-gone:
			if st, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && st.Signaled() {
				return fmt.Errorf("%w (%v): is there enough memory?", errKilled, st.Signal())
			}
			return explainOutput("the server", p.logSince(from), p.logFile())
		case <-ctx.Done():
			_ = cmd.Process.Signal(syscall.SIGINT)
			<-gone
			return fmt.Errorf("waiting for the server: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
		if pr := p.look(); pr.pid == cmd.Process.Pid && pr.status == "ready" {
			return nil
		}
	}
}

// openLog opens the server's log, anew when it has grown too long; the former one is kept.
func (p *place) openLog() (*os.File, error) {
	if info, err := os.Stat(p.logFile()); err == nil && info.Size() > logLimit {
		_ = os.Rename(p.logFile(), p.logFile()+".1")
	}
	f, err := os.OpenFile(p.logFile(), os.O_RDWR|os.O_CREATE|os.O_APPEND|unix.O_NOFOLLOW, 0o600)
	return f, explainFile(err)
}

func (p *place) logSince(offset int64) string {
	f, err := os.Open(p.logFile())
	if err != nil {
		return err.Error()
	}
	defer func() { _ = f.Close() }()
	var b strings.Builder
	_, _ = io.Copy(&b, io.NewSectionReader(f, offset, 64<<10))
	return b.String()
}
