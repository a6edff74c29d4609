package signin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
)

// ErrInput says that what was asked for cannot be; the message says what would.
var ErrInput = errors.New("not accepted")

// inviting is how long an invitation is good for.
const inviting = 24 * time.Hour

// People keeps the accounts and tokens of a hub. Each method asks the policy who may, by the subject
// of its context, and leaves a row that tells who did it.
type People struct {
	Store  Store
	Policy *access.Policy
	Now    func() time.Time // nil: the clock
}

// Invited is an account, or none yet, with the secret of the invitation: it is shown once.
type Invited struct {
	Account customer.Account
	Token   string // of /setup?token=TOKEN
	Until   time.Time
}

func (p *People) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

func (p *People) may(ctx context.Context, act access.Act) error {
	return p.Policy.May(access.From(ctx), act)
}

func visit(ctx context.Context, act, reason string) *customer.Visit {
	return &customer.Visit{Who: access.From(ctx).ID, Act: act, Reason: reason}
}

// List gives all accounts, without hashes of passwords.
func (p *People) List(ctx context.Context) ([]customer.Account, error) {
	if err := p.may(ctx, access.ManageUsers); err != nil {
		if p.may(ctx, access.ReadAudit) != nil {
			return nil, err
		}
	}
	list, err := p.Store.Accounts(ctx)
	for i := range list {
		list[i].Password = ""
	}
	return list, err
}

// Add makes a local account and invites its person to choose a password.
func (p *People) Add(ctx context.Context, a customer.Account) (Invited, error) {
	if err := p.may(ctx, access.ManageUsers); err != nil {
		return Invited{}, err
	}
	a.Login = normalLogin(a.Login)
	if a.Name == "" {
		a.Name = a.Login
	}
	if !loginForm.MatchString(a.Login) {
		return Invited{}, fmt.Errorf("%w: a login is 2 to 100 letters, digits and . _ @ + -", ErrInput)
	}
	if err := knownRoles(a.Roles); err != nil {
		return Invited{}, err
	}
	id, err := p.Store.AddAccount(ctx, visit(ctx, "account.add", a.Actor()+": "+strings.Join(a.Roles, ", ")), &a)
	if err != nil {
		return Invited{}, err
	}
	a.ID = id
	return p.invite(ctx, a)
}

func knownRoles(names []string) error {
	for _, name := range names {
		if !slices.Contains(access.Roles(), access.Role(name)) {
			return fmt.Errorf("%w: there is no role %q; there are %s", ErrInput, name, strings.Join(rolesText(), ", "))
		}
	}
	return nil
}

func rolesText() []string {
	var out []string
	for _, r := range access.Roles() {
		out = append(out, string(r))
	}
	return out
}

func (p *People) invite(ctx context.Context, a customer.Account) (Invited, error) {
	token := secret()
	i := customer.Invitation{Hash: hashOf(token), Account: a.ID, Roles: a.Roles, Until: p.now().Add(inviting)}
	who := "the first account"
	if a.ID != 0 {
		who = a.Actor()
	}
	err := p.Store.Invite(ctx, visit(ctx, "account.invite", who), &i)
	return Invited{Account: a, Token: token, Until: i.Until}, err
}

// First invites the first person of a hub that has no accounts, who chooses login and password and gets
// these roles; false if there are accounts. Former invitations of the kind are void.
func (p *People) First(ctx context.Context, roles ...access.Role) (Invited, bool, error) {
	if err := p.may(ctx, access.ManageUsers); err != nil {
		return Invited{}, false, err
	}
	list, err := p.Store.Accounts(ctx)
	if err != nil || len(list) > 0 {
		return Invited{}, false, err
	}
	var a customer.Account
	for _, r := range roles {
		a.Roles = append(a.Roles, string(r))
	}
	i, err := p.invite(ctx, a)
	return i, err == nil, err
}

// Find gives an account by what people call it: its login, or oidc:NUMBER.
func (p *People) Find(ctx context.Context, name string) (customer.Account, error) {
	if text, is := strings.CutPrefix(name, "oidc:"); is {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return customer.Account{}, fmt.Errorf("account: %w", customer.ErrUnknown)
		}
		return p.Store.AccountByID(ctx, id)
	}
	return p.Store.Account(ctx, normalLogin(strings.TrimPrefix(name, "local:")))
}

// Reset takes the password of a local account away, ends its sessions, and invites its person to choose
// another one.
func (p *People) Reset(ctx context.Context, name string) (Invited, error) {
	a, err := p.change(ctx, name, "account.reset", "", func(a *customer.Account) error {
		if a.Login == "" {
			return fmt.Errorf("%w: this account signs in at the identity provider; its password is there", ErrInput)
		}
		a.Password = ""
		return nil
	})
	if err != nil {
		return Invited{}, err
	}
	return p.invite(ctx, a)
}

// Disable locks an account out: its sessions end and its tokens are not answered, from the next request on.
func (p *People) Disable(ctx context.Context, name, reason string) (customer.Account, error) {
	return p.change(ctx, name, "account.disable", reason, func(a *customer.Account) error {
		if a.Actor() == access.From(ctx).ID {
			return fmt.Errorf("%w: you cannot lock yourself out; another admin can", ErrInput)
		}
		a.Disabled = true
		return nil
	})
}

// Enable lets an account in again.
func (p *People) Enable(ctx context.Context, name string) (customer.Account, error) {
	return p.change(ctx, name, "account.enable", "", func(a *customer.Account) error { a.Disabled = false; return nil })
}

// SetRoles gives an account other roles and limits it to some sources (nil: none), from the next request
// on. Roles that the identity provider's groups give stay as they are.
func (p *People) SetRoles(ctx context.Context, name string, roles []string, sources []customer.Source) (customer.Account, error) {
	if err := knownRoles(roles); err != nil {
		return customer.Account{}, err
	}
	reason := strings.Join(roles, ", ")
	if len(sources) > 0 {
		reason += fmt.Sprintf("; limited to %d sources", len(sources))
	}
	return p.change(ctx, name, "account.roles", reason, func(a *customer.Account) error {
		if a.Actor() == access.From(ctx).ID {
			return fmt.Errorf("%w: you cannot change your own roles; another admin can", ErrInput)
		}
		a.Roles, a.Sources = roles, sources
		return nil
	})
}

func (p *People) change(ctx context.Context, name, act, reason string, f func(*customer.Account) error) (customer.Account, error) {
	if err := p.may(ctx, access.ManageUsers); err != nil {
		return customer.Account{}, err
	}
	a, err := p.Find(ctx, name)
	if err != nil {
		return a, err
	}
	if err := f(&a); err != nil {
		return a, err
	}
	why := a.Actor()
	if reason != "" {
		why += ": " + reason
	}
	err = p.Store.ChangeAccount(ctx, visit(ctx, act, why), &a)
	return a, err
}

// me gives the account of the subject; [ErrInput] if it has none, like the command line.
func (p *People) me(ctx context.Context) (customer.Account, error) {
	s := access.From(ctx)
	name, local := strings.CutPrefix(s.Person(), "local:")
	id, oidc := strings.CutPrefix(s.Person(), "oidc:")
	switch {
	case local:
		return p.Store.Account(ctx, name)
	case oidc:
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			return p.Store.AccountByID(ctx, n)
		}
	}
	return customer.Account{}, fmt.Errorf("%w: only who has an account here can do that", ErrInput)
}

// Sessions gives the subject's own sessions, the latest used first.
func (p *People) Sessions(ctx context.Context) ([]customer.Session, error) {
	a, err := p.me(ctx)
	if err != nil {
		return nil, err
	}
	return p.Store.Sessions(ctx, a.ID)
}

// EndSession ends one of the subject's own sessions; 0 ends all.
func (p *People) EndSession(ctx context.Context, session int64) error {
	a, err := p.me(ctx)
	if err != nil {
		return err
	}
	return p.Store.EndSession(ctx, visit(ctx, "sign_out", ""), a.ID, session)
}

// Prefer keeps with the subject's own account how the person likes the pages, and the language if one
// is chosen.
func (p *People) Prefer(ctx context.Context, lang, prefs string) error {
	a, err := p.me(ctx)
	if err != nil {
		return err
	}
	return p.Store.Chose(ctx, a.ID, lang, prefs)
}
