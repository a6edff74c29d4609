package customer

import (
	"errors"
	"strconv"
	"time"
)

// ErrTaken says that there is an account of that login; the caller chooses another one.
var ErrTaken = errors.New("there is an account of that name")

// Account is a person who may sign in to the hub. Roles are names of package access.
type Account struct {
	ID       int64
	Login    string // of a local account; "" of one that signs in at the identity provider only
	Issuer   string // of the identity provider; with Subject the key of the account there
	Subject  string
	Name     string // as people call the person
	Password string // its hash with salt and cost, in the form of PHC; "" for none
	// Roles and Sources were given by an admin, Groups' by the identity provider at the last
	// sign-in. Sources nil: all.
	Roles        []string
	Sources      []Source
	GroupRoles   []string
	GroupSources []Source
	Lang         string
	Prefs        string // how the person likes the pages, as the pages write it
	Disabled     bool
	Rights       int64 // rises when roles, sources or the password change: sessions get new tokens
	Created      time.Time
	SignedIn     time.Time // last; zero: never
}

// Actor is what the audit calls the account.
func (a *Account) Actor() string {
	if a.Login != "" {
		return "local:" + a.Login
	}
	return "oidc:" + strconv.FormatInt(a.ID, 10)
}

// Session is a browser in which somebody signed in. Its token is kept by its hash only.
type Session struct {
	ID      int64
	Hash    []byte // SHA-256 of the token
	Account int64
	Rights  int64 // of the account when the token was issued
	Created time.Time
	Seen    time.Time // about when it was used last
	Until   time.Time // ends then, used or not
	Former  bool      // found by the token before the present one, which is good for seconds
}

// Token lets a program ask the hub. Its secret is kept by its hash only.
type Token struct {
	ID      int64
	Name    string
	Hash    []byte // SHA-256 of the secret
	Account int64  // whose roles it has, as they are when it is used; 0: those of a service
	Owner   string // actor of the account, for people; "" for a service
	Scopes  []string
	Sources []Source // nil: all
	Created time.Time
	By      string // actor who made it
	Until   time.Time
	Used    time.Time // about when it was used last; zero: never
	Revoked time.Time // zero: not
}

// Invitation is a link by which a person chooses a password, once.
type Invitation struct {
	Hash    []byte // SHA-256 of its token
	Account int64  // 0: the first account of the hub, whose login the person chooses
	Roles   []string
	Until   time.Time
}

// Journey is a sign-in that has gone to the identity provider and is not back yet.
type Journey struct {
	Hash                   []byte // SHA-256 of the browser's cookie
	State, Nonce, Verifier string
	Next                   string // path to go on to
	Until                  time.Time
}

// Visit is a row of the record of who was let in, looked at whom, and changed who may.
type Visit struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Act    string    `json:"act"`
	Codes  []Code    `json:"codes,omitempty"`  // customers that were shown
	Fields []string  `json:"fields,omitempty"` // attributes that were shown whole although they are masked
	Reason string    `json:"reason,omitempty"`
}

// ErrBudget says that somebody has done as often as they may in a day; it passes with time.
var ErrBudget = errors.New("the budget of today is used up")
