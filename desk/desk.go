package desk

import (
	"context"
	"sync"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/standardize"
	"kartoteka/store"
)

// Rules is the ruleset that answers depend on, compiled.
type Rules struct {
	Hash     string // of what was compiled; another than the database's makes the hub read-only
	Portrait *customer.Portrait
	Company  standardize.Settings
	Matcher  *matching.Ruleset
	Resolve  *resolve.Rules
	Stored   customer.Ruleset // as the database keeps it
	Laid     string           // over the configuration, by a plan
	Trained  int64            // records that the model was trained on; 0: it is the shipped one
}

// Options is what the desk works with.
type Options struct {
	Store *store.Store
	// Compile makes the ruleset that a hub's row names, with the configuration at hand.
	Compile func(store.Hub) (*Rules, error)
	// Rulemaker makes other rulesets, for plans; nil where none are made.
	Rulemaker Rulemaker
	// Portrait is what customers are read by before the first load fixes a ruleset.
	Portrait *customer.Portrait
	// TasksADay is how many questions a day the stewards can answer, 0 for no limit; a day begins
	// at midnight in TimeZone.
	TasksADay int
	TimeZone  string
	// Review says what a second person has to see before it is done.
	Review Review
	// Policy says who may do and see what; nil is the built-in one.
	Policy *access.Policy
	// Audit, if not nil, hears of every look at a customer and of every value revealed.
	Audit Auditor
	// Topics are where customers are published.
	Topics Topics
	// Pushes, if not nil, takes in rows that are sent to the hub.
	Pushes Pushes
	// Now is the clock; nil is that of the computer.
	Now func() time.Time
}

// Desk answers and carries out what people and programs ask for. It is safe for concurrent use.
type Desk struct {
	options Options
	policy  *access.Policy

	counted lasting[[]store.Mixture]
	curve   lasting[estimated]

	mu      sync.Mutex
	weighed int64  // up to which change all questions are weighed
	named   string // the ruleset that the database named when rules were compiled
	rules   *Rules
}

// New returns a desk.
func New(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Policy == nil {
		o.Policy = &access.Policy{}
	}
	return &Desk{options: o, policy: o.Policy}
}

// rulesOf is the ruleset that the database names; nil before the first load.
func (d *Desk) rulesOf(ctx context.Context, tx *store.Tx) (*Rules, error) {
	hash, err := tx.RulesetHash(ctx)
	if err != nil || hash == "" {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.named == hash {
		return d.rules, nil
	}
	row, err := tx.Hub(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := d.options.Compile(row)
	if err == nil {
		d.named, d.rules = hash, rules
	}
	return rules, err
}

// Portrait is what customers are described by at present.
func (d *Desk) Portrait() *customer.Portrait {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rules != nil {
		return d.rules.Portrait
	}
	return d.options.Portrait
}

// Actor names a subject in the audit and in claims: stable, so that a changed name changes nothing.
func Actor(s *access.Subject) string { return s.ID }
