package desk

import (
	"errors"
	"fmt"

	"kartoteka/customer"
	"kartoteka/store"
)

var (
	// ErrUnknown says that there is no such code, record, question or source, or none that the
	// subject sees; the caller looks for another one.
	ErrUnknown = customer.ErrUnknown
	// ErrInvalid says that the request is not what it should be; its text says what to change.
	ErrInvalid = errors.New("wrong arguments")
	// ErrTask says that a question cannot be answered: it is closed, or somebody else has claimed it.
	ErrTask = errors.New("this question cannot be answered")
	// ErrEmpty says that nothing was loaded yet; the caller loads something.
	ErrEmpty = errors.New("the hub is empty; kartoteka load FILE fills it")
	// ErrRuleset says that the hub's answers depend on another ruleset than this program and
	// configuration give: it is read-only until a plan is applied.
	ErrRuleset = errors.New("the ruleset of the database is another one than this program and configuration give; nothing is changed until you run kartoteka plan, which tells what would change, and apply")
	// ErrLimit says that the subject asked more often than it may; it waits, or asks for less.
	ErrLimit = errors.New("too many requests")
	// ErrAway says that the database does not answer; the caller asks again.
	ErrAway = store.ErrAway
	// ErrKinds says that a person and an organization are never compared.
	ErrKinds = errors.New("kinds are never compared")
)

// invalid is an ErrInvalid with its text.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}
