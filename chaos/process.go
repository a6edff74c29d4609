package chaos

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"kartoteka/failpoint"
)

// program runs the hub's real binary.
type program struct {
	binary string
	logs   string   // folder for what the processes say
	env    []string // how they find the database and the configuration
	serial atomic.Int64
}

// child is one process of the program.
type child struct {
	name  string
	cmd   *exec.Cmd
	logs  string // path without .out and .err
	order string
	ended chan struct{}
}

// start starts the program with an order for its failpoints; each point it passes is named on stderr.
func (p *program) start(order string, args ...string) (*child, error) {
	name := fmt.Sprintf("%04d-%s", p.serial.Add(1), args[0])
	c := &child{name: name, cmd: exec.Command(p.binary, args...), logs: filepath.Join(p.logs, name), order: order, ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), p.env...)
	c.cmd.Env = append(c.cmd.Env, failpoint.Variable+"="+strings.TrimPrefix(order+",*=trace", ","))
	out, err := os.Create(c.logs + ".out")
	if err != nil {
		return nil, err
	}
	defer out.Close() //nolint:errcheck // the child has its own
	errs, err := os.Create(c.logs + ".err")
	if err != nil {
		return nil, err
	}
	defer errs.Close() //nolint:errcheck // the child has its own
	c.cmd.Stdout, c.cmd.Stderr = out, errs
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(c.ended)
		_ = c.cmd.Wait() // the state tells
	}()
	return c, nil
}

// wait gives the exit code, or the negative number of the signal that ended the process; one that
// does not end in time is asked for its stacks.
func (c *child) wait(most time.Duration) (int, error) {
	select {
	case <-c.ended:
	case <-time.After(most):
		c.signal(syscall.SIGCONT)
		c.signal(syscall.SIGQUIT)
		<-c.ended
		return 0, fmt.Errorf("%s does not end within %s; its stacks are in its log", c.name, most)
	}
	status, _ := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return -int(status.Signal()), nil
	}
	return status.ExitStatus(), nil
}

func (c *child) running() bool {
	select {
	case <-c.ended:
		return false
	default:
		return true
	}
}

func (c *child) signal(s syscall.Signal) { _ = c.cmd.Process.Signal(s) }

// said is what the process said on stderr so far.
func (c *child) said() string {
	text, _ := os.ReadFile(c.logs + ".err")
	return string(text)
}

// out is its result.
func (c *child) out() []byte {
	text, _ := os.ReadFile(c.logs + ".out")
	return text
}

// wake lets a process that its order made stand still go on after a while.
func (c *child) wake(after time.Duration) {
	for c.running() && !strings.Contains(c.said(), ": pause\n") {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(after)
	c.signal(syscall.SIGCONT)
}

var passed = regexp.MustCompile(`(?m)^failpoint (\S+): (\S+)$`)

// points lists the points the process passed, and the order it carried out, if it did.
func (c *child) points() (reached []string, fired string) {
	for _, m := range passed.FindAllStringSubmatch(c.said(), -1) {
		if m[2] == "trace" {
			reached = append(reached, m[1])
		} else {
			reached, fired = append(reached, m[1]), m[1]+"="+m[2]
		}
	}
	return reached, fired
}
