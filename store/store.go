// Package store keeps the hub in PostgreSQL.
//
// It implements the small interfaces that resolve, pipelines, feed and api declare; the SQL stands
// beside its Go. Whatever changes codes happens in the lane: a transaction that holds one advisory lock.
package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"kartoteka/customer"
)

var (
	// ErrUnsafe says that the server may lose what it acknowledged; its settings must be mended.
	ErrUnsafe = errors.New("the database server may lose acknowledged data")
	// ErrNewer says that the schema was made by a newer hub; use that one.
	ErrNewer = errors.New("the database was written by a newer kartoteka")
	// ErrUnknown says that a code, record or source is not there.
	ErrUnknown = customer.ErrUnknown
	// ErrAway says that the database does not answer; the same call may succeed later.
	ErrAway = errors.New("the database does not answer")
)

// Store is an open hub database.
type Store struct {
	pool       *pgxpool.Pool
	readers    *pgxpool.Pool // of [Store.InScope]: its plans are made for the reading role
	wall       Wall
	numbering  Numbering
	secret     []byte                   // of keyed hashes
	reserve    func(serial int64) error // tells the witness; nil without one
	reservedTo atomic.Int64
	before     func(context.Context) error // asked once before the lane is entered; nil: nothing
	asked      atomic.Bool
	codec      customer.Codec
	portrait   *customer.Portrait
	news       news // of commits
	sessions   sessions
	shutSet    shutSet
	carriers   carriers
	patience   time.Duration // with a holder of the lane who does nothing
	watching   sync.Mutex    // one of this process looks whether the holder of the lane still works
}

// Numbering gives each serial a personal code of its own, in an order that a secret of the hub hides.
type Numbering interface {
	Code(serial int64) customer.Code
}

// Open connects, checks that the server keeps what it acknowledges, and brings the schema up to
// date. Number makes the numbering of the hub's secret key; golden.NewPermutation is one.
// Accept names server settings that may be off although a crash can lose acknowledged changes then.
func Open[N Numbering](ctx context.Context, url string, number func(key []byte) (N, error), accept ...string) (*Store, error) {
	return open(ctx, url, func(key []byte) (Numbering, error) { return number(key) }, accept)
}

func open(ctx context.Context, url string, number func(key []byte) (Numbering, error), accept []string) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database address: %w; it looks like postgres://user@host:5432/name", redact(err))
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = application
	cfg.ConnConfig.RuntimeParams["client_encoding"] = "UTF8"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if cfg.MaxConns < 8 {
		cfg.MaxConns = 8
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, redact(err))
	}
	readers, err := pgxpool.NewWithConfig(ctx, cfg.Copy()) // connects when it is used
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("%w: %w", ErrAway, redact(err))
	}
	s := &Store{pool: pool, readers: readers, patience: laneIdle}
	s.shutSet.version, s.carriers.version = -1, -1
	ensureHub := func(ctx context.Context) error { return s.ensureHub(ctx, number) }
	checkServer := func(ctx context.Context) error { return s.checkServer(ctx, accept) }
	for _, step := range []func(context.Context) error{checkServer, s.migrate, ensureHub} {
		if err := step(ctx); err != nil {
			s.closePools()
			return nil, err
		}
	}
	return s, nil
}

// redact keeps a connection error from showing its address with a password.
func redact(err error) error {
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		return errors.New("it cannot be read")
	}
	return err
}

// Close closes all connections.
func (s *Store) Close() {
	s.news.end()
	s.sessions.end()
	s.closePools()
}

func (s *Store) closePools() {
	s.readers.Close()
	s.pool.Close()
}

// Use sets the portrait that stored records are read with.
func (s *Store) Use(p *customer.Portrait) {
	s.portrait, s.codec = p, customer.NewCodec(p)
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// checkServer refuses settings with which a crash loses acknowledged changes, unless they are accepted by name.
func (s *Store) checkServer(ctx context.Context, accept []string) error {
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := s.pool.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return fmt.Errorf("%w: %w", ErrAway, err)
		}
		if value == "off" && !slices.Contains(accept, name) {
			return fmt.Errorf("%w: %s is off; set it to on, or accept the loss by its name: KARTOTEKA_ACCEPT_DATA_LOSS=%s", ErrUnsafe, name, name)
		}
	}
	return nil
}

// Tx is one transaction.
type Tx struct {
	pgx.Tx
	s    *Store
	bulk *bulkState

	nodes   map[customer.RecordID]int64 // that records were put into and Write has to write
	vacant  map[int64]bool              // those of them that hold no record until then
	current bool                        // statements see what was committed before them: no snapshot
	holds   bool                        // the lane
	looked  bool                        // shutSet is as new as this transaction

	indexVersion int64        // when it looked
	indexed      []indexEntry // what it changed since
	reindexed    bool         // it changed everything

	reopened bool
	mending  bool               // a repair: the index may hold keys without records
	own      [2]map[uint64]bool // shut by this transaction
}

// InTx runs f in a transaction and commits if it returns nil.
func (s *Store) InTx(ctx context.Context, f func(*Tx) error) error {
	return s.transact(ctx, s.pool, pgx.TxOptions{}, func(tx pgx.Tx) error { return f(&Tx{Tx: tx, s: s, current: true}) })
}

// transact is pgx.BeginTxFunc, but tells when it was the connection that failed.
func (*Store) transact(ctx context.Context, pool *pgxpool.Pool, options pgx.TxOptions, f func(pgx.Tx) error) error {
	written, lost := false, true // until it has begun
	err := pgx.BeginTxFunc(ctx, pool, options, func(tx pgx.Tx) error {
		err := f(tx)
		// Without an error what may still fail is the commit.
		written = err == nil
		lost = written || tx.Conn().IsClosed()
		return err
	})
	if written {
		err = committed(err)
	}
	var refused *pgconn.PgError
	if err == nil || !lost || ctx.Err() != nil || errors.Is(err, ErrAway) || errors.Is(err, pgx.ErrTxCommitRollback) || errors.As(err, &refused) && !Temporary(err) {
		return err
	}
	return fmt.Errorf("%w: %w; nothing that was acknowledged is lost, run the same command once it answers", ErrAway, scrub(err))
}

// Temporary reports whether an error may pass: the same call can succeed later.
func Temporary(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P") || pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "25P03"
	}
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.Is(err, ErrAway) || errors.Is(err, ErrApplying) || pgconn.SafeToRetry(err)
}

// scrub drops the detail of a database error: PostgreSQL prints keys there.
func scrub(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return fmt.Errorf("database: %s (SQLSTATE %s)", pg.Message, pg.Code)
	}
	return err
}
