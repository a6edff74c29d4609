// Package failpoint makes the program die, fail or stand still, when its environment says so, at places where that must lose nothing.
package failpoint

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// Variable is the environment variable that holds orders, separated by commas: NAME[:N]=ACTION.
// The action is carried out when the point is passed for the N-th time, the first by default. The
// name * is any point. Actions are
//
//	kill    SIGKILL to this process
//	pause   SIGSTOP to this process; SIGCONT wakes it
//	error   Pass returns ErrOrdered
//	trace   each point is named on stderr when it is passed, whatever N is
const Variable = "KARTOTEKA_FAILPOINT"

// ErrOrdered is what a point returns that was told to fail.
var ErrOrdered = errors.New("failed because " + Variable + " says so")

type order struct {
	name, action string
	at           int64
	passed       atomic.Int64
}

var orders = sync.OnceValues(func() ([]*order, error) { return parse(os.Getenv(Variable)) })

// Check reports orders that cannot be read.
func Check() error {
	_, err := orders()
	return err
}

// Pass is called at a point. Without orders it costs a few nanoseconds and returns nil.
func Pass(name string) error {
	list, err := orders()
	if len(list) == 0 {
		return err
	}
	for _, o := range list {
		if err := o.pass(name); err != nil {
			return err
		}
	}
	return nil
}

func (o *order) pass(name string) error {
	if o.name != "*" && o.name != name || o.passed.Add(1) != o.at && o.action != "trace" {
		return nil
	}
	fmt.Fprintf(os.Stderr, "failpoint %s: %s\n", name, o.action)
	switch o.action {
	case "kill":
		return syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
	case "pause":
		return syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)
	case "error":
		return fmt.Errorf("%s: %w", name, ErrOrdered)
	}
	return nil
}

var actions = []string{"kill", "pause", "error", "trace"}

func parse(text string) (list []*order, err error) {
	if text == "" {
		return nil, nil
	}
	for _, one := range strings.Split(text, ",") {
		o, err := parseOne(one)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Variable, err)
		}
		list = append(list, o)
	}
	return list, nil
}

func parseOne(text string) (*order, error) {
	place, action, _ := strings.Cut(text, "=")
	name, count, counted := strings.Cut(place, ":")
	o := &order{name: name, action: action, at: 1}
	if !slices.Contains(actions, action) {
		return nil, fmt.Errorf("%q is no order; one looks like load.read:3=kill, with an action of %s", text, strings.Join(actions, ", "))
	}
	if name != "*" && !slices.ContainsFunc(Points, func(p Point) bool { return p.Name == name }) {
		return nil, fmt.Errorf("there is no point %q; kartoteka version --failpoints lists them", name)
	}
	if counted {
		n, err := strconv.ParseInt(count, 10, 64)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q: the count is a number from 1", text)
		}
		o.at = n
	}
	return o, nil
}
