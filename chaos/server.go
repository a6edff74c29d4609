package chaos

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"time"
)

// server keeps a process of kartoteka serve: whenever it ends, another one is started.
type server struct {
	*trial
	random *rand.Rand
	orders bool // for its failpoints
	done   chan struct{}

	mu       sync.Mutex
	child    *child
	asked    int  // signals to end
	killed   bool // by us
	stopping bool
}

func (t *trial) startServer(slot uint64, orders bool) *server {
	s := &server{trial: t, random: rand.New(rand.NewPCG(t.Seed, 10+slot)), orders: orders, done: make(chan struct{})}
	go s.keep()
	return s
}

func (s *server) keep() {
	defer close(s.done)
	for s.once() {
		time.Sleep(100 * time.Millisecond)
	}
}

// once runs one process; false ends the keeping.
func (s *server) once() bool {
	s.mu.Lock()
	if s.stopping {
		s.mu.Unlock()
		return false
	}
	order := ""
	if s.orders {
		order = s.chances.order(s.random, "serve", 4)
	}
	began := time.Now()
	c, err := s.program.start(order, "serve", "--listen", "127.0.0.1:0")
	if err != nil {
		s.mu.Unlock()
		s.must(err)
		return false
	}
	s.child, s.asked, s.killed = c, 0, false
	s.mu.Unlock()
	if strings.Contains(order, "pause") {
		go c.wake(time.Duration(s.random.IntN(3000)) * time.Millisecond)
	}
	<-c.ended
	code, _ := c.wait(time.Second)
	s.judge(c, code, began)
	return true
}

// judge tells whether the process had a reason to end as it did.
func (s *server) judge(c *child, code int, began time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fired := s.report.ended(c)
	switch {
	case fired != "", code == -int(syscall.SIGKILL) && s.killed, code == 0 && s.asked > 0, code == 128+int(syscall.SIGTERM) && s.asked > 1:
	case !serving(c) && s.disturbed.since(began): // it could not start
	default:
		s.violation("serve", fmt.Sprintf("%s ended with %d after %d SIGTERM: %s", c.name, code, s.asked, lastLine(c.said())))
	}
}

func (s *server) signal(what syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return
	}
	s.killed = s.killed || what == syscall.SIGKILL
	s.child.signal(what)
}

// serving reports whether a process has got as far as serving.
func serving(c *child) bool { return c != nil && strings.Contains(c.said(), "serving on ") }

// terminate asks the process to end, with twice to end at once.
func (s *server) terminate(twice bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.child
	if !serving(c) {
		return
	}
	s.asked++
	c.signal(syscall.SIGTERM)
	if twice {
		s.asked++
		c.signal(syscall.SIGTERM)
	}
	go func() {
		if _, err := c.wait(30 * time.Second); err != nil {
			s.violation("serve", err.Error())
		}
	}()
}

// stop ends the process in order, and starts no other.
func (s *server) stop() {
	s.mu.Lock()
	s.stopping = true
	c := s.child
	s.mu.Unlock()
	if c != nil {
		c.signal(syscall.SIGCONT)
		_ = eventually(s.ctx, 20*time.Second, func() error {
			if c.running() && !serving(c) {
				return errors.New("it does not serve yet")
			}
			return nil
		})
		s.terminate(false)
	}
	<-s.done
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
