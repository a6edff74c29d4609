package main

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"kartoteka/access"
	"kartoteka/api"
	"kartoteka/config"
	"kartoteka/connectors"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/feed"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/signin"
	"kartoteka/store"
	"kartoteka/store/checkpoint"
	"kartoteka/store/embedded"
)

// The exit codes.
const (
	exitOK           = 0
	exitFailed       = 1
	exitInput        = 2 // usage, configuration, input that is not what it should be
	exitSurroundings = 3 // database, broker, port, permission
	exitRejects      = 4 // done, but rows were rejected or a brake held
)

// The errors of the command line itself.
var (
	errUsage        = errors.New("wrong arguments")
	errInput        = errors.New("bad input")
	errSurroundings = errors.New("the surroundings do not allow it")
	errRejects      = errors.New("done with rejects")
)

// exits maps errors to exit codes and to the stable code in JSON; the first that fits counts.
var exits = []struct {
	is   error
	exit int
	code string
}{
	{errUsage, exitInput, "usage"},
	{errInput, exitInput, "input"},
	{connectors.ErrInput, exitInput, "input"},
	{config.ErrPreset, exitInput, "config.preset"},
	{errKind, exitInput, "config.kind"},
	{signin.ErrInput, exitInput, "input"},
	{customer.ErrTaken, exitInput, "taken"},
	{desk.ErrInvalid, exitInput, "usage"},
	{desk.ErrEmpty, exitInput, "input"},
	{desk.ErrKinds, exitInput, "input"},
	{desk.ErrTask, exitInput, "task.closed"},
	{access.ErrForbidden, exitInput, "forbidden"},
	{matching.ErrModel, exitInput, "model"},
	{api.ErrListen, exitInput, "listen"},
	{feed.ErrTopic, exitSurroundings, "feed.topic"},
	{feed.ErrDenied, exitSurroundings, "feed.denied"},
	{feed.ErrAbsent, exitSurroundings, "feed.absent"},
	{feed.ErrBroker, exitSurroundings, "feed.broker"},
	{errFeedBroken, exitFailed, "feed.broken"},
	{store.ErrAway, exitSurroundings, "database.away"},
	{customer.ErrLeaseHeld, exitSurroundings, "busy"},
	{customer.ErrLeaseLost, exitSurroundings, "lost"},
	{store.ErrInUse, exitSurroundings, "busy"},
	{store.ErrRestored, exitSurroundings, "restored"},
	{store.ErrApplying, exitSurroundings, "plan.applying"},
	{resolve.ErrErased, exitInput, "erase.impossible"},
	{desk.ErrPlan, exitInput, "plan.refused"},
	{checkpoint.ErrSignature, exitFailed, "checkpoint"},
	{desk.ErrRuleset, exitSurroundings, "ruleset.changed"},
	{store.ErrUnknown, exitInput, "unknown"},
	{resolve.ErrContradiction, exitInput, "decision.contradiction"},
	{resolve.ErrUndecidable, exitInput, "decision.impossible"},
	{resolve.ErrNothing, exitInput, "decision.nothing"},
	{resolve.ErrStale, exitInput, "stale"},
	{resolve.ErrRequest, exitInput, "request.other"},
	{customer.ErrUnknown, exitInput, "unknown"},
	{errRejects, exitRejects, "rejects"},
	{syscall.EPIPE, exitFailed, "pipe"}, // the reader of our output has gone
	{errSurroundings, exitSurroundings, "surroundings"},
	{connectors.ErrSurroundings, exitSurroundings, "surroundings"},
	{connectors.ErrTemporary, exitSurroundings, "temporary"},
	{fs.ErrPermission, exitSurroundings, "permission"},
	{embedded.ErrMissing, exitSurroundings, "postgresql.missing"},
	{fs.ErrNotExist, exitInput, "not_found"}, // a file that the user named
	{syscall.EISDIR, exitInput, "not_found"}, // a directory where a file is wanted
	{fs.ErrExist, exitInput, "exists"},       // a file that would be overwritten
	{context.Canceled, exitFailed, "interrupted"},
}

// exitCode gives the exit code of an error; nil is 0.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	exit, _ := exitOf(err)
	return exit
}

func exitOf(err error) (exit int, code string) {
	if config.AllFaults(err) != nil {
		return exitInput, "config"
	}
	for _, e := range exits {
		if errors.Is(err, e.is) {
			return e.exit, e.code
		}
	}
	return exitFailed, "failed"
}
