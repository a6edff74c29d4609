package api

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// Options say how the API answers.
type Options struct {
	// Guard stands before everything: it finds out who asks and puts the subject into the context. Without
	// it nobody is known, and nobody may read a customer.
	Guard func(http.Handler) http.Handler
	// Policy says who may ask what and sees what; nil is the built-in one.
	Policy *access.Policy
	// LoopbackOnly answers only requests that name this machine, for a hub without sign-in.
	LoopbackOnly bool
	Logger       *slog.Logger
	// Metrics are collectors of other rooms that /metrics shows as well.
	Metrics []prometheus.Collector
	Version string
	// Views are the readers that ?view=NAME answers for; Portrait is what they are read by.
	Views    map[string]access.View
	Portrait *customer.Portrait
	// Desk, if not nil, answers what is about customers, questions, operations and sources.
	Desk *desk.Desk
	// People, if not nil, answers what is about accounts and tokens.
	People People
	// Degraded, if not nil, names what does not work though the hub does: sources whose last reading
	// failed. /readyz lists it; it holds no secrets.
	Degraded func(context.Context) []string
	// Matcher, if not nil, answers /v1/match; else the desk does.
	Matcher Matcher
	// Secret, if not nil, gives the secret under which a source signs what it sends; nil for none.
	Secret func(customer.Source) []byte
	// Pages, if not nil, answers what the API does not.
	Pages http.Handler

	Timeout time.Duration // of a request, waiting aside; 10 s by default
	MaxWait time.Duration // of a long poll; 60 s by default
	Ping    time.Duration // between signs of life of a stream; 15 s by default
}

// Limits of requests.
const (
	maxHeader = 64 << 10
	maxBody   = 1 << 20
)

// Server answers HTTP requests about a hub.
type Server struct {
	hub     Hub
	options Options
	metrics *metrics
	stop    context.Context // ends when the server begins to shut down: long polls return
	handler func() http.Handler
}

// New makes the server of a hub.
func New(hub Hub, o Options) *Server {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.MaxWait == 0 {
		o.MaxWait = time.Minute
	}
	if o.Ping == 0 {
		o.Ping = 15 * time.Second
	}
	if o.Matcher == nil && o.Desk != nil {
		o.Matcher = o.Desk
	}
	s := &Server{hub: hub, options: o, metrics: newMetrics(&o), stop: context.Background()}
	s.handler = sync.OnceValue(s.handle)
	return s
}

// Handler answers all requests.
func (s *Server) Handler() http.Handler { return s.handler() }

func (s *Server) handle() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.limited(s.readyz))
	mux.HandleFunc("GET /metrics", s.may(access.ReadMetrics, s.metrics.handler().ServeHTTP))
	mux.HandleFunc("GET /v1/changes", s.may(access.ReadChanges, only([]string{"after", "limit", "wait", "golden", "view"}, s.noted(s.changes))))
	mux.HandleFunc("GET /v1/snapshot", s.may(access.ReadChanges, only([]string{"next", "limit", "view"}, s.limited(s.noted(s.snapshot)))))
	mux.HandleFunc("GET /v1/golden/{code}", s.may(access.ReadCustomer, only([]string{"view"}, s.limited(s.golden))))
	mux.HandleFunc("GET /v1/crosswalk/{source}/{key...}", s.may(access.ReadCustomer, only(nil, s.limited(s.crosswalk))))
	mux.HandleFunc("GET /v1/match", s.may(access.Search, s.limited(s.match)))
	mux.HandleFunc("POST /v1/match", s.may(access.Search, s.limited(s.match)))
	s.described(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.otherwise(mux, w, r) })
	h := s.metrics.measure(s.recovered(mux))
	h = http.MaxBytesHandler(h, maxPush)
	if s.options.Guard != nil {
		h = s.options.Guard(h)
	}
	if s.options.LoopbackOnly {
		h = onlyLoopbackHosts(h)
	}
	return harmless(h)
}

// may lets pass whom the policy allows the act.
func (s *Server) may(act access.Act, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := s.options.Policy.May(access.From(r.Context()), act); err != nil {
			problem(w, http.StatusForbidden, "forbidden", err.Error())
			return
		}
		next(w, r)
	}
}

// noted keeps that the subject reads the feed, before it does.
func (s *Server) noted(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.options.Desk != nil {
			if err := s.options.Desk.Viewed(r.Context(), access.ReadChanges); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		next(w, r)
	}
}

// Serve answers on a listener until the context ends; then it lets running requests finish
// for as long as Timeout. It returns nil after an orderly end.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	s.stop = ctx
	server := &http.Server{Handler: s.Handler(), MaxHeaderBytes: maxHeader, ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout: s.options.Timeout, WriteTimeout: s.options.MaxWait + 2*s.options.Timeout, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.options.Logger.Handler(), slog.LevelWarn)}
	ended := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Timeout)
		defer cancel()
		ended <- server.Shutdown(grace)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-ended
}

// limited bounds the time of a request.
func (s *Server) limited(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.options.Timeout)
		defer cancel()
		next(w, r.WithContext(ctx))
	}
}

// recovered keeps a panic to its request. The value of a panic may be personal, so the log
// names the pattern only.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				s.options.Logger.Error("request panicked", "pattern", r.Pattern)
				problem(w, http.StatusInternalServerError, "internal", "The hub failed; its log says why.")
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// harmless sets what keeps browsers and caches from keeping or guessing at answers.
func harmless(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) { text(w, "ok\n") }

func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.hub.Ready(r.Context()); err != nil {
		problem(w, http.StatusServiceUnavailable, "not_ready", err.Error())
		return
	}
	said := "ready\n"
	if s.options.Degraded != nil {
		for _, what := range s.options.Degraded(r.Context()) {
			said += "degraded: " + what + "\n"
		}
	}
	text(w, said)
}

func text(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(body))
}

func (s *Server) otherwise(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	if s.options.Pages != nil && !strings.HasPrefix(r.URL.Path, "/v1/") {
		s.options.Pages.ServeHTTP(w, r)
		return
	}
	get := r.Clone(r.Context())
	get.Method = http.MethodGet
	if _, pattern := mux.Handler(get); r.Method != http.MethodGet && r.Method != http.MethodHead && pattern != "/" {
		w.Header().Set("Allow", "GET, HEAD")
		problem(w, http.StatusMethodNotAllowed, "method", "This path is only read; use GET.")
		return
	}
	problem(w, http.StatusNotFound, "path", "There is no such path, or not for "+r.Method+"; /openapi.json lists all.")
}
