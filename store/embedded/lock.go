package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lock is an advisory lock on a file of the state directory. The kernel
// releases it when the process ends, however it ends; children do not inherit it.
type lock struct{ file *os.File }

// lockStart takes the lock under which a server is started or stopped.
func lockStart(ctx context.Context, state string) (*lock, error) {
	l, err := openLock(filepath.Join(state, "postgres.start.lock"))
	if err != nil {
		return nil, err
	}
	for !l.try(unix.LOCK_EX) {
		pause(ctx, 20*time.Millisecond)
		if ctx.Err() != nil {
			l.release()
			return nil, fmt.Errorf("another process is starting or stopping the server: %w", ctx.Err())
		}
	}
	return l, nil
}

// shareMembers joins the processes that use the server. Needs the start lock:
// only its holder ever takes this one exclusively, so there is nothing to wait for.
func shareMembers(state string) (*lock, error) {
	l, err := openLock(filepath.Join(state, "postgres.members.lock"))
	if err != nil {
		return nil, err
	}
	if !l.try(unix.LOCK_SH) {
		l.release()
		return nil, errors.New("another program holds postgres.members.lock; end it and try again")
	}
	return l, nil
}

func openLock(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, explainFile(err)
	}
	return &lock{f}, nil
}

func (l *lock) try(how int) bool {
	for {
		err := unix.Flock(int(l.file.Fd()), how|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}

// becomeOnly tells whether no other process shares the lock. Needs the start lock.
func (l *lock) becomeOnly() bool { return l != nil && l.try(unix.LOCK_EX) }

func (l *lock) release() {
	if l != nil {
		_ = l.file.Close()
	}
}
