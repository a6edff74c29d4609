package chaos

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// spoiling is what befalls one commit.
type spoiling struct {
	before func()      // done before the server gets it
	lost   bool        // the server does not get it, or gets it and its answer is lost
	reply  bool        // of lost: it is the answer
	after  func()      // done when the server has got it
	fired  func(n int) // told when it is this one's turn; n counts commits
	unused func()      // told when it never was, if not nil
}

// proxy stands between the hub and PostgreSQL, counts commits, and spoils those it is told to.
type proxy struct {
	listener net.Listener
	target   func() string // the server's socket, which may change

	mu      sync.Mutex
	armed   []spoiling
	commits int
	conns   map[net.Conn]bool
}

// startProxy listens on a socket in dir that looks like PostgreSQL's.
func startProxy(dir string, target func() string) (*proxy, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: l, target: target, conns: map[net.Conn]bool{}}
	go p.accept()
	return p, nil
}

// arm spoils the next commit that is not spoiled otherwise.
func (p *proxy) arm(s spoiling) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = append(p.armed, s)
}

// disarm forgets what was not used.
func (p *proxy) disarm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.armed {
		if s.unused != nil {
			s.unused()
		}
	}
	p.armed = nil
}

func (p *proxy) close() { _ = p.listener.Close() }

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.serve(client)
	}
}

// commit is how a transaction's end looks on the wire: a simple query.
var commit = []byte("Q\x00\x00\x00\x0bcommit\x00")

func (p *proxy) serve(client net.Conn) {
	defer client.Close() //nolint:errcheck // it may be closed already
	server, err := net.Dial("unix", p.target())
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // it may be closed already
	var mute atomic.Bool
	go func() {
		defer client.Close() //nolint:errcheck // ends the reading below
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || mute.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil || !p.forward(server, buffer[:n], &mute) {
			return
		}
	}
}

// forward passes bytes on to the server; false ends the connection.
func (p *proxy) forward(server net.Conn, b []byte, mute *atomic.Bool) bool {
	var s spoiling
	if bytes.HasSuffix(b, commit) {
		s = p.take()
	}
	if s.before != nil {
		s.before()
	}
	if s.lost && !s.reply {
		return false
	}
	mute.Store(s.reply) // then the first answer ends the connection
	_, err := server.Write(b)
	if s.after != nil {
		s.after()
	}
	return err == nil
}

func (p *proxy) take() (s spoiling) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commits++
	if len(p.armed) > 0 {
		s, p.armed = p.armed[0], p.armed[1:]
		s.fired(p.commits)
	}
	return s
}
