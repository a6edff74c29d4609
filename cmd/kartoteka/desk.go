package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"kartoteka/access"
	"kartoteka/desk"
	"kartoteka/feed"
	"kartoteka/matching"
	"kartoteka/store"
)

// local lets a verb ask as whoever runs it: who has the database has everything.
func local(ctx context.Context) context.Context {
	s := access.Local(os.Getenv("USER"))
	s.ID = actor()
	return access.With(ctx, s)
}

// desk is what verbs ask.
func (h *hub) desk() *desk.Desk { return desk.New(h.deskOptions()) }

// seen is what the feed and look-ups over HTTP ask: as much of the hub as who asks may see.
func (h *hub) seen() store.Seen { return store.Seen{Store: h.Store, Scope: desk.Scope} }

// unwalled says that the database does not keep customers from who does not see them, and the cure; "" if it does.
func (h *hub) unwalled() string {
	w := h.Wall()
	if w.Missing == "" {
		return ""
	}
	return fmt.Sprintf("no second wall: %s; that subjects see their customers only is up to the hub alone until an administrator of the database runs once: %s", w.Missing, w.Cure)
}

// watchedDesk is what API and pages ask: every look at a customer is kept, and people have limits.
func (h *hub) watchedDesk(a *app) (*desk.Desk, *desk.Watch) {
	l, o := &h.conf.Access.Limits, h.deskOptions()
	w := desk.NewWatch(h.Store, desk.Limits{SearchesAMinute: l.SearchAMinute, RevealsADay: l.RevealADay, ViewsADay: l.ViewsADay, ExportsADay: l.ExportADay}, h.conf.Access.Honey, a.logger(), time.Now)
	o.Audit = w
	return desk.New(o), w
}

func (h *hub) deskOptions() desk.Options {
	r := &h.conf.Access.Review
	var topics desk.Topics
	if k := h.conf.Feed.Kafka; k != nil {
		of := feed.TopicsOf(k.Prefix)
		topics = desk.Topics{Role: feed.Role, Golden: of.Golden, Events: of.Events}
	}
	return desk.Options{Topics: topics, Store: h.Store, Compile: h.compileFrom(h.rules, h.row.RulesetHash), Rulemaker: h.rulemaker, Pushes: h.pushes, Portrait: h.conf.Portrait, Policy: h.conf.Access.Policy(),
		TasksADay: h.conf.Publish.TasksADay, TimeZone: h.conf.TimeZone,
		Review: desk.Review{Hold: r.Hold, Second: r.SecondOpinion, HideScore: desk.HideScore(r.HideScore), AboveRecords: r.FourEyes.AboveRecords, Confirmed: r.FourEyes.Confirmed,
			Kinds: r.FourEyes.Kinds, Rules: r.FourEyes.Rules, BulkAbove: r.FourEyes.BulkAbove}}
}

// compileFrom makes the ruleset that a hub's row names, as the desk needs it; the one that is compiled
// already is taken as it is.
func (h *hub) compileFrom(known *ruleset, hash string) func(store.Hub) (*desk.Rules, error) {
	return func(row store.Hub) (*desk.Rules, error) {
		if known != nil && hash == row.RulesetHash {
			return rulesOf(known), nil
		}
		r, err := h.compiled(row)
		if err != nil {
			return nil, err
		}
		return rulesOf(r), nil
	}
}

func rulesOf(r *ruleset) *desk.Rules {
	return &desk.Rules{Hash: r.stored.Hash, Portrait: r.conf.Portrait, Company: r.company, Matcher: r.matcher, Resolve: r.rules, Stored: r.stored, Laid: r.laid, Trained: r.trained}
}

// compiled makes the ruleset that a hub's row names, with the configuration at hand.
func (h *hub) compiled(row store.Hub) (*ruleset, error) {
	extra, err := readStored(row.Ruleset)
	if err != nil {
		return nil, err
	}
	model, err := matching.ReadModel([]byte(row.Model))
	if err != nil {
		return nil, fmt.Errorf("model of the database: %w", err)
	}
	return compileRuleset(h.conf, extra, model, row.Epoch)
}
