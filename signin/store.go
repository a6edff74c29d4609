package signin

import (
	"context"
	"time"

	"kartoteka/customer"
)

// Store keeps accounts and what opens a door for them. What is not there, or not valid any more, is
// customer.ErrUnknown; a login that is taken is customer.ErrTaken. Each change comes with the row that tells
// who made it, in the same transaction.
type Store interface {
	Accounts
	Sessions
	Tokens
	Journeys
}

// Accounts are the people who may sign in.
type Accounts interface {
	Accounts(ctx context.Context) ([]customer.Account, error)
	Account(ctx context.Context, login string) (customer.Account, error)
	AccountByID(ctx context.Context, id int64) (customer.Account, error)
	AddAccount(ctx context.Context, v *customer.Visit, a *customer.Account) (int64, error)
	// ChangeAccount ends the account's sessions if it is disabled or has another password.
	ChangeAccount(ctx context.Context, v *customer.Visit, a *customer.Account) error
	// Welcome notes what the identity provider says of an account, or makes it.
	Welcome(ctx context.Context, a *customer.Account) (customer.Account, error)
	// Chose keeps the language if one is chosen, and how the person likes the pages.
	Chose(ctx context.Context, account int64, lang, prefs string) error
	// Invite makes former invitations of the same account void.
	Invite(ctx context.Context, v *customer.Visit, i *customer.Invitation) error
	Invitation(ctx context.Context, hash []byte) (customer.Invitation, error)
	// Accept uses an invitation up; of several who try, one does.
	Accept(ctx context.Context, v *customer.Visit, hash []byte, a *customer.Account) (int64, error)
}

// Sessions are browsers in which somebody signed in.
type Sessions interface {
	OpenSession(ctx context.Context, v *customer.Visit, n *customer.Session) error
	Session(ctx context.Context, hash []byte, idle time.Duration) (customer.Session, customer.Account, error)
	Touch(ctx context.Context, session int64) error
	RenewSession(ctx context.Context, n *customer.Session, hash []byte, rights int64, grace time.Duration) (bool, error)
	EndSession(ctx context.Context, v *customer.Visit, account, session int64) error
	Sessions(ctx context.Context, account int64) ([]customer.Session, error)
}

// Tokens let programs ask.
type Tokens interface {
	AddToken(ctx context.Context, v *customer.Visit, t *customer.Token) error
	Tokens(ctx context.Context, account int64) ([]customer.Token, error)
	Token(ctx context.Context, hash []byte) (customer.Token, customer.Account, error)
	UseToken(ctx context.Context, token int64) error
	RevokeToken(ctx context.Context, v *customer.Visit, account, token int64) error
}

// Journeys are sign-ins that went to the identity provider.
type Journeys interface {
	Depart(ctx context.Context, j *customer.Journey) error
	// Arrive takes a journey; it succeeds once.
	Arrive(ctx context.Context, hash []byte) (customer.Journey, error)
}
