package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"kartoteka/failpoint/tape"
)

// asProgram makes the test binary the program itself: crash tests kill real processes.
const asProgram = "KARTOTEKA_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is the program running as a child.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	out   tape.Tape
	err   tape.Tape
	ended chan struct{}
}

// spawn starts the program; environment entries of more win.
func spawn(t *testing.T, more []string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: exec.Command(self, args...), ended: make(chan struct{})}
	p.cmd.Env = append(append(withoutHub(os.Environ()), asProgram+"=1"), more...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // the state tells
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// withoutHub drops what would point the child at somebody's hub.
func withoutHub(env []string) (out []string) {
	for _, e := range env {
		if !strings.HasPrefix(e, "KARTOTEKA_") || strings.HasPrefix(e, "KARTOTEKA_POSTGRES_BIN=") {
			out = append(out, e)
		}
	}
	return out
}

// wait gives the exit code, or the negative signal that ended the process.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(2 * time.Minute):
		p.t.Fatalf("%v does not end:\n%s", p.cmd.Args[1:], &p.err)
	}
	status, _ := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return -int(status.Signal())
	}
	return status.ExitStatus()
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
}

// says waits until the process has said something on stderr and returns what follows on the line.
func (p *process) says(what string) string {
	p.t.Helper()
	var rest string
	eventually(p.t, func() error {
		_, after, said := strings.Cut(p.err.String(), what)
		if !said {
			select {
			case <-p.ended:
				p.t.Fatalf("%v ended without saying %q:\n%s", p.cmd.Args[1:], what, &p.err)
			default:
			}
			return fmt.Errorf("%q was not said: %s", what, &p.err)
		}
		rest, _, _ = strings.Cut(after, "\n")
		return nil
	})
	return rest
}

// stops waits until the process stands still at a failpoint; false if it ended before.
func (p *process) stops() bool {
	p.t.Helper()
	paused := func() bool { return strings.Contains(p.err.String(), ": pause\n") }
	eventually(p.t, func() error {
		select {
		case <-p.ended:
			return nil
		default:
		}
		if !paused() {
			return errors.New("it does not stop")
		}
		return nil
	})
	return paused()
}

// eventually waits until f returns nil.
func eventually(t *testing.T, f func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		err := f()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// spawn starts the program on the door's database.
func (d *door) spawn(more []string, args ...string) *process {
	d.Helper()
	return spawn(d.T, append([]string{"KARTOTEKA_DATABASE_URL=" + d.url}, more...), append(args, "--state", d.dir)...)
}
