package steward

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"kartoteka/access"
)

// Options say what the pages are about.
type Options struct {
	// Desk answers; without it there are the pages of sign-in only.
	Desk    Desk
	Policy  *access.Policy // decides which buttons are shown; the desk decides what is done
	Now     func() time.Time
	Logger  *slog.Logger
	Version string
	// SignOut tells that there is a sign-in, so that a page offers to leave.
	SignOut bool
	// People shows accounts, tokens and sessions; nil: their pages say that there are none.
	People People
	// Audit is who did what; nil: its page says that there is none.
	Audit Audit
}

// Site is the workbench.
type Site struct {
	options Options
	assets  *assets
	render  *renderer
	bend    func(*frame) // of tests
}

// New makes the workbench. It fails only if the embedded templates are broken.
func New(o Options) (*Site, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	render, err := newRenderer(a)
	if err != nil {
		return nil, err
	}
	return &Site{options: o, assets: a, render: render}, nil
}

// Handler answers every page.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /assets/{name}", s.assets)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.assets.urls["mark.svg"], http.StatusFound)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, s.home(r), http.StatusFound) })
	for pattern, h := range s.routes() {
		mux.HandleFunc(pattern, s.recovered(h))
	}
	mux.HandleFunc("/", s.recovered(func(w http.ResponseWriter, r *http.Request) error {
		return s.message(w, r, http.StatusNotFound, "steward.error.path")
	}))
	return secured(mux)
}

// home is the first page that whoever asks may see.
func (s *Site) home(r *http.Request) string {
	for _, page := range []struct {
		act  access.Act
		path string
	}{{access.ReadTasks, "/tasks"}, {access.Search, "/customers"}, {access.ReadSources, "/sources"}, {access.ReadAudit, "/audit"}} {
		if s.options.Policy.Can(access.From(r.Context()), page.act) {
			return page.path
		}
	}
	return "/me"
}

// handler answers a request, or says why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

func (s *Site) routes() map[string]handler {
	return map[string]handler{
		"GET /tasks":                                     s.queue,
		"GET /tasks/bulk":                                s.bulk,
		"POST /tasks/bulk":                               s.bulk,
		"POST /batches/{id}":                             s.batch,
		"POST /tasks/next":                               s.startNext,
		"GET /tasks/{id}":                                s.task,
		"POST /tasks/{id}/answer":                        s.answer,
		"POST /tasks/{id}/claim":                         s.claim,
		"POST /tasks/{id}/release":                       s.release,
		"POST /tasks/{id}/comment":                       s.comment,
		"POST /tasks/{id}/assign":                        s.assign,
		"GET /proposals":                                 s.proposals,
		"GET /proposals/{id}":                            s.proposal,
		"POST /proposals/{id}":                           s.settle,
		"POST /undo":                                     s.takeBack,
		"GET /customers":                                 s.search,
		"GET /customers/{code}":                          s.card,
		"GET /customers/{code}/records":                  s.cardRecords,
		"GET /customers/{code}/records/{record}/{place}": s.cell,
		"GET /customers/{code}/history":                  s.cardHistory,
		"GET /customers/{code}/feed":                     s.cardFeed,
		"GET /customers/{code}/cluster":                  s.cardCluster,
		"POST /customers/{code}/operate":                 s.operate,
		"POST /customers/{code}/reveal":                  s.reveal,
		"GET /sources":                                   s.sources,
		"GET /sources/{name}":                            s.source,
		"GET /rejects":                                   s.rejects,
		"GET /rejects/{id}":                              s.reject,
		"POST /rejects/{id}/replay":                      s.replay,
		"GET /quality":                                   s.quality,
		"POST /settings/plans":                           s.askPlan,
		"GET /runs/{id}":                                 s.run,
		"GET /quality/{file}":                            s.chartFile,
		"GET /settings/plans/{id}":                       s.plan,
		"POST /settings/plans/{id}":                      s.settlePlan,
		"GET /settings":                                  s.settings,
		"GET /settings/users":                            s.users,
		"POST /settings/users":                           s.changeUsers,
		"GET /settings/tokens":                           s.tokens,
		"POST /settings/tokens":                          s.changeTokens,
		"GET /audit":                                     s.audit,
		"POST /me/prefs":                                 s.setPrefs,
		"GET /me":                                        s.me,
		"POST /me/keys":                                  s.setKeys,
	}
}

// recovered turns an error and a panic into a page that says what to do. The value of a panic may
// be personal, so the log has the pattern only.
func (s *Site) recovered(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				if err, is := v.(error); is && errors.Is(err, http.ErrAbortHandler) {
					panic(v)
				}
				s.options.Logger.Error("page panicked", "pattern", r.Pattern)
				_ = s.message(w, r, http.StatusInternalServerError, "steward.error.internal")
			}
		}()
		if !storable(r) {
			_ = s.message(w, r, http.StatusBadRequest, "steward.error.invalid")
			return
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// storable reports whether all that was written into a request are texts that a database keeps: no NUL,
// and UTF-8. A form that cannot be read is the handler's.
func storable(r *http.Request) bool {
	_ = r.ParseForm()
	for name, values := range r.Form {
		for _, v := range append(values[:len(values):len(values)], name, r.URL.Path) {
			if strings.ContainsRune(v, 0) || !utf8.ValidString(v) {
				return false
			}
		}
	}
	return !strings.ContainsRune(r.URL.Path, 0) && utf8.ValidString(r.URL.Path)
}

// policy of the pages: everything is ours and in files, nothing may frame them.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
