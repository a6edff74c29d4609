package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"kartoteka/desk"
)

type applyCommand struct {
	Plan        string  `arg:"" placeholder:"PLAN" help:"File that kartoteka plan wrote."`
	Brake       float64 `default:"5" placeholder:"PERCENT" help:"Refuse a plan that joins, splits or removes more of the codes."`
	Drift       float64 `default:"1" placeholder:"PERCENT" help:"Refuse a plan after which more of the codes changed in the meantime."`
	AcceptWorse bool    `help:"Carry out a plan that lost on a labeled file."`
}

func (*applyCommand) Help() string {
	return `Carries out a plan in turns of the lane: stewards and readers go on, whatever else changes codes waits
until it is through. A run that was cut off goes on when the same command is given again. A plan is refused if the
hub has another ruleset than it was made for, if too much changed since, if it changes too many codes, or if this
program and its configuration would not give the ruleset that was planned.

Example:

    $ kartoteka apply next.json
    $ kartoteka apply next.json --brake 20`
}

type applySummary struct {
	desk.Applied
	Seconds float64 `json:"seconds"`
}

func (c *applyCommand) run(ctx context.Context, a *app) (output, error) {
	p, err := readPlan(c.Plan)
	if err != nil {
		return output{}, err
	}
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.loaded(); err != nil {
			return output{}, err
		}
		start := time.Now()
		m := a.newMeter()
		done, err := h.desk().ApplyPlan(ctx, p, desk.Terms{Actor: p.Actor, Brake: c.Brake, Drift: c.Drift, AcceptWorse: c.AcceptWorse, Progress: m.stages()})
		m.stop()
		if err != nil {
			return output{}, err
		}
		s := applySummary{*done, time.Since(start).Seconds()}
		return output{summary: s, human: func(w io.Writer) error { return s.write(w) }}, nil
	})
}

// stages shows the stages of a plan.
func (m *meter) stages() func(string, int, int) {
	return func(stage string, done, total int) { m.show(stage, int64(done), int64(total)) }
}

func (s *applySummary) write(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "applied plan %s in %.1f s: %d customers\n", s.Plan, s.Seconds, s.Codes); err != nil {
		return err
	}
	if err := writeTally(w, &s.Changes); err != nil {
		return err
	}
	said := "as planned\n"
	if s.Changes != s.Planned {
		said = "not all as planned, because the hub changed since the plan was made\n"
	}
	_, err := io.WriteString(w, said)
	return err
}
