// Package embedded runs the hub's private PostgreSQL server.
//
// The server listens on a unix socket only and keeps everything in the state
// directory. Any number of processes may use one state directory at once: the
// first starts the server, later ones join it, the last one out stops it. A
// server whose starter was killed goes on and is adopted by the next process;
// a server that was killed is started again by whoever notices first.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	owner    = "kartoteka" // the database superuser
	database = "kartoteka"
	port     = 5432 // names the socket file; nothing listens on TCP
)

// ErrMissing reports that no PostgreSQL server binaries were found. The error
// that wraps it names the places looked at and the command that installs them.
var ErrMissing = errors.New("PostgreSQL server is not installed")

// Server is a private PostgreSQL server that this process uses.
type Server struct {
	log      *slog.Logger
	state    string            // state directory, absolute, symlinks resolved
	settings map[string]string // asked by options; they win over the computed ones

	members *lock  // held shared for as long as this process uses the server
	place   *place // set once, by Start

	mu     sync.Mutex // guards socket, which a restart may set again
	socket string     // directory of the socket

	quit    chan struct{}
	watched chan struct{}
	stop    sync.Once
	stopErr error
}

// Option changes how the server is started; it has no effect when joining one.
type Option func(*Server)

// WithSetting sets a server parameter, as in postgresql.conf.
func WithSetting(name, value string) Option {
	return func(s *Server) { s.settings[name] = value }
}

// Start starts the server of the state directory, or joins the one that runs.
//
// It blocks until the server accepts connections, which after a crash includes
// recovery; ctx bounds only this wait. From then on the server is watched and
// started again if it dies. Every error is about the surroundings (nothing
// installed, no permission, disk full) and ends with a cure.
func Start(ctx context.Context, stateDir string, log *slog.Logger, options ...Option) (*Server, error) {
	s := &Server{
		log:      log,
		settings: map[string]string{},
		quit:     make(chan struct{}),
		watched:  make(chan struct{}),
	}
	for _, o := range options {
		o(s)
	}
	if err := s.start(ctx, stateDir); err != nil {
		return nil, fmt.Errorf("private PostgreSQL in %s: %w", stateDir, err)
	}
	go s.watch()
	return s, nil
}

// URL is the connection string of the hub's database. It stays the same
// when the server is started again.
func (s *Server) URL() string { return s.DatabaseURL(database) }

// DatabaseURL is the connection string of another database of the same server.
func (s *Server) DatabaseURL(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return connection(s.socket, name)
}

func (s *Server) setSocket(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.socket = dir
}

// Stop leaves the server, and stops it when no other process uses it.
//
// It is safe to call twice. When ctx ends first the server still stops by
// itself once its last checkpoint is written.
func (s *Server) Stop(ctx context.Context) error {
	s.stop.Do(func() {
		close(s.quit)
		<-s.watched
		s.stopErr = s.leave(ctx)
	})
	return s.stopErr
}

func (s *Server) start(ctx context.Context, stateDir string) error {
	state, err := makeState(stateDir)
	if err != nil {
		return err
	}
	s.state = state
	guard, err := lockStart(ctx, state)
	if err != nil {
		return err
	}
	defer guard.release()
	if s.members, err = shareMembers(state); err != nil {
		return err
	}
	if err := s.open(ctx); err != nil {
		return errors.Join(err, s.stopIfLast(context.WithoutCancel(ctx)))
	}
	return nil
}

// open brings the server up and makes sure that the hub's database exists. A
// server that was killed a moment ago may still look alive, so a failure to
// connect is believed only when the server stays.
func (s *Server) open(ctx context.Context) error {
	for try := 0; ; try++ {
		if err := s.bring(ctx); err != nil {
			return err
		}
		err := s.createDatabase(ctx)
		if err == nil || try == 10 || ctx.Err() != nil {
			return err
		}
		pause(ctx, 100*time.Millisecond)
	}
}

func (s *Server) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.DatabaseURL("postgres"))
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
	return err
}

// leave gives up this process's share and stops the server if nobody else has one.
func (s *Server) leave(ctx context.Context) error {
	guard, err := lockStart(ctx, s.state)
	if err != nil {
		s.members.release()
		return err
	}
	defer guard.release()
	return s.stopIfLast(ctx)
}

// stopIfLast needs the start lock.
func (s *Server) stopIfLast(ctx context.Context) error {
	defer s.members.release()
	if s.place == nil || !s.members.becomeOnly() {
		return nil
	}
	return s.place.shutdown(ctx)
}

// watch starts the server again when it dies while this process uses it.
func (s *Server) watch() {
	defer close(s.watched)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
			s.revive()
		}
	}
}

func (s *Server) revive() {
	if s.place.look().alive() {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := s.restart(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("private PostgreSQL is down", "state", s.state, "error", err)
		pause(ctx, time.Second)
	}
}

func (s *Server) restart(ctx context.Context) error {
	guard, err := lockStart(ctx, s.state)
	if err != nil {
		return err
	}
	defer guard.release()
	s.log.Warn("private PostgreSQL died; starting it again", "state", s.state)
	return s.bring(ctx)
}

func connection(socket, name string) string {
	q := url.Values{"host": {socket}, "port": {strconv.Itoa(port)}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(owner), Path: "/" + name, RawQuery: q.Encode()}
	return u.String()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
