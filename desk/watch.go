package desk

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// Limits bound what one person can do; 0 is no limit.
type Limits struct {
	SearchesAMinute int
	RevealsADay     int
	ViewsADay       int // customers, questions and histories that were opened
	ExportsADay     int // spans of five minutes in which the feed or a snapshot was read
}

// day is what budgets are for: the last 24 hours.
const day = 24 * time.Hour

// again is how long the same look of the same subject counts as one: pages ask for parts of themselves.
const again = 5 * time.Minute

// lookedAt are the acts that count as opening a customer.
var lookedAt = []string{string(access.ReadCustomer), string(access.ReadTasks), string(access.ReadHistory)}

// Watch is an [Auditor] that keeps every look in the store, holds people to their limits, and raises
// an alert when somebody opens a customer whom nobody has a reason to look at. It is safe for
// concurrent use.
type Watch struct {
	store  *store.Store
	limits Limits
	honey  []customer.Code
	log    *slog.Logger
	now    func() time.Time
	pace   *access.Pace
	alerts prometheus.Counter

	mu     sync.Mutex
	recent map[string]time.Time // looks that were noted
}

// NewWatch makes a watch. Honey are the codes of invented customers.
func NewWatch(s *store.Store, l Limits, honey []customer.Code, log *slog.Logger, now func() time.Time) *Watch {
	return &Watch{store: s, limits: l, honey: honey, log: log, now: now, pace: access.NewPace(l.SearchesAMinute), recent: map[string]time.Time{},
		alerts: prometheus.NewCounter(prometheus.CounterOpts{Name: "kartoteka_honey_views_total", Help: "Looks at invented customers, at whom nobody has a reason to look."})}
}

// Metrics are the watch's own numbers.
func (w *Watch) Metrics() []prometheus.Collector { return []prometheus.Collector{w.alerts} }

// Searches implements Auditor.
func (w *Watch) Searches(_ context.Context, who *access.Subject) error {
	if wait := w.pace.Take(who.Person(), w.now()); wait > 0 {
		return &Limited{wait}
	}
	return nil
}

// Viewed implements Auditor.
func (w *Watch) Viewed(ctx context.Context, who *access.Subject, act access.Act, codes []customer.Code) error {
	codes = slices.DeleteFunc(slices.Clone(codes), func(c customer.Code) bool { return c == 0 })
	slices.Sort(codes)
	codes = slices.Compact(codes)
	if len(codes) == 0 && act != access.ReadChanges || w.wasRecent(who.ID, act, codes) {
		return nil
	}
	v := customer.Visit{Who: who.ID, Act: string(act), Codes: codes}
	budget, counted := 0, []string(nil)
	if slices.Contains(lookedAt, v.Act) {
		w.smell(who, act, codes)
		budget, counted = w.limits.ViewsADay, lookedAt
	}
	if act == access.ReadChanges {
		budget, counted = w.limits.ExportsADay, []string{v.Act}
	}
	if err := w.note(ctx, who, &v, budget, counted); err != nil {
		return err
	}
	w.remember(who.ID, act, codes)
	return nil
}

// Revealed implements Auditor.
func (w *Watch) Revealed(ctx context.Context, who *access.Subject, code customer.Code, attribute, reason string) error {
	v := customer.Visit{Who: who.ID, Act: string(access.Reveal), Fields: []string{attribute}, Reason: reason}
	if code != 0 {
		v.Codes = only(code)
		w.smell(who, access.Reveal, v.Codes)
	}
	return w.note(ctx, who, &v, w.limits.RevealsADay, []string{v.Act})
}

// Changed implements Auditor.
func (w *Watch) Changed(ctx context.Context, who *access.Subject, act access.Act, reason string) error {
	return w.note(ctx, who, &customer.Visit{Who: who.ID, Act: string(act), Reason: reason}, 0, nil)
}

// note keeps a look. Budgets are those of persons: a program is limited by what its token names.
func (w *Watch) note(ctx context.Context, who *access.Subject, v *customer.Visit, budget int, counted []string) error {
	if who.Via != access.ViaSession && who.Owner == "" {
		budget = 0
	}
	err := w.store.Visit(ctx, v, store.Budget{Most: budget, Acts: counted, Since: w.now().Add(-day)})
	if errors.Is(err, customer.ErrBudget) {
		w.log.Warn("a budget is used up", "who", who.ID, "act", v.Act)
		return &Limited{time.Hour}
	}
	return err
}

// smell raises the alert. The log names who and whom by what is stable and says nothing of either.
func (w *Watch) smell(who *access.Subject, act access.Act, codes []customer.Code) {
	for _, code := range codes {
		if slices.Contains(w.honey, code) {
			w.alerts.Inc()
			w.log.Error("honey: somebody looked at a customer whom nobody has a reason to look at", "who", who.ID, "act", string(act), "code", code.String())
		}
	}
}

func look(who string, act access.Act, codes []customer.Code) string {
	key := who + "\x00" + string(act)
	for _, c := range codes {
		key += "\x00" + c.String()
	}
	return key
}

func (w *Watch) wasRecent(who string, act access.Act, codes []customer.Code) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, noted := w.recent[look(who, act, codes)]
	return noted && w.now().Sub(at) < again
}

func (w *Watch) remember(who string, act access.Act, codes []customer.Code) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.recent) >= 10_000 {
		clear(w.recent) // then some looks are noted once more
	}
	w.recent[look(who, act, codes)] = w.now()
}
