package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/signin"
)

type usersCommand struct {
	List    usersListCommand    `cmd:"" help:"List who may sign in, with which roles."`
	Add     usersAddCommand     `cmd:"" help:"Make an account; prints a link by which its person chooses a password."`
	Disable usersDisableCommand `cmd:"" help:"Lock an account out, at once."`
	Enable  usersEnableCommand  `cmd:"" help:"Let an account in again."`
	Reset   usersResetCommand   `cmd:"" help:"Take a password away; prints a link by which another one is chosen."`
	Roles   usersRolesCommand   `cmd:"" help:"Give an account other roles."`
}

// userShown is an account as it is shown.
type userShown struct {
	User       string            `json:"user"`
	Name       string            `json:"name"`
	Roles      []string          `json:"roles"`
	GroupRoles []string          `json:"group_roles,omitempty"` // by the groups of the identity provider
	Sources    []customer.Source `json:"sources,omitempty"`     // none: all
	Disabled   bool              `json:"disabled,omitempty"`
	Created    time.Time         `json:"created"`
	SignedIn   *time.Time        `json:"signed_in,omitempty"`
}

func shownUser(a *customer.Account) userShown {
	u := userShown{User: userName(a), Name: a.Name, Roles: append([]string{}, a.Roles...), GroupRoles: a.GroupRoles,
		Sources: append(append([]customer.Source(nil), a.Sources...), a.GroupSources...), Disabled: a.Disabled, Created: a.Created}
	if !a.SignedIn.IsZero() {
		u.SignedIn = &a.SignedIn
	}
	return u
}

// userName is how the verbs call an account: its login, or oidc:NUMBER.
func userName(a *customer.Account) string { return strings.TrimPrefix(a.Actor(), "local:") }

func (u *userShown) line() string {
	roles := strings.Join(append(append([]string{}, u.Roles...), u.GroupRoles...), ", ")
	state := "never signed in"
	if u.SignedIn != nil {
		state = u.SignedIn.Local().Format("2006-01-02 15:04")
	}
	if u.Disabled {
		state = "disabled"
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s", u.User, u.Name, roles, state)
}

func writeUsers(w io.Writer, users []userShown) error {
	return table(w, "USER\tNAME\tROLES\tSIGNED IN", users, (*userShown).line)
}

type usersListCommand struct{}

func (*usersListCommand) Help() string {
	return `Lists the accounts of people: those with a password of the hub, and those who came by the identity provider.

Example:

    $ kartoteka users list
    $ kartoteka users list --output json`
}

func (*usersListCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		list, err := h.people().List(ctx)
		if err != nil {
			return output{}, err
		}
		users := make([]userShown, len(list))
		for i := range list {
			users[i] = shownUser(&list[i])
		}
		return output{summary: map[string]int{"users": len(users)}, result: map[string]any{"users": users},
			human: func(w io.Writer) error { return writeUsers(w, users) }}, nil
	})
}

type usersAddCommand struct {
	Login   string            `arg:"" placeholder:"LOGIN" help:"What the person signs in with: a word, or an address of mail."`
	Name    string            `placeholder:"NAME" help:"What others call the person; the login if not said."`
	Role    []access.Role     `required:"" placeholder:"ROLE" help:"viewer, steward, approver, admin, auditor, privacy_officer; may repeat."`
	Source  []customer.Source `placeholder:"SOURCE" help:"Only customers with a record of these sources are seen; may repeat."`
	Address string            `placeholder:"URL" help:"Where people reach the hub, for the link; else access.sign_in.address, else where the hub was served last."`
}

func (*usersAddCommand) Help() string {
	return `Makes an account without a password and prints a link by which its person chooses one: once, within 24 hours.
Give it to that person and nobody else. The hub never sends mail.

Example:

    $ kartoteka users add anna --name "Anna Petrova" --role steward
    $ kartoteka users add boris --role viewer --source branch-sheet --address https://hub.example`
}

// invitation is the link of an account, as it is shown once.
type invitation struct {
	User  string    `json:"user"`
	Link  string    `json:"link"`
	Until time.Time `json:"until"`
}

func (h *hub) invitation(ctx context.Context, i *signin.Invited, address string) output {
	if address != "" {
		h.conf.Access.SignIn.Address = ""
	} else {
		address = h.served(ctx)
	}
	r := invitation{User: userName(&i.Account), Link: setupLink(h.conf, strings.TrimSuffix(address, "/"), i.Token), Until: i.Until.UTC().Truncate(time.Second)}
	return output{result: r, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s chooses a password within 24 hours, once, at\n  %s\n", r.User, r.Link)
		return err
	}}
}

// served is where people reach the hub as far as it knows: where it was served last, or will be.
func (h *hub) served(ctx context.Context) string {
	address, err := h.Address(ctx)
	if err != nil || address == "" {
		address = "http://" + listenAt("", h.conf)
	}
	return address
}

func (c *usersAddCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		i, err := h.people().Add(ctx, customer.Account{Login: c.Login, Name: c.Name, Roles: roleNames(c.Role), Sources: c.Source})
		if err != nil {
			return output{}, err
		}
		return h.invitation(ctx, &i, c.Address), nil
	})
}

func roleNames(roles []access.Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return out
}

type usersResetCommand struct {
	User    string `arg:"" placeholder:"USER" help:"Login of the account."`
	Address string `placeholder:"URL" help:"Where people reach the hub, for the link; else access.sign_in.address, else where the hub was served last."`
}

func (*usersResetCommand) Help() string {
	return `Takes the password of an account away, ends its sessions, and prints a link by which its person chooses another
one: once, within 24 hours.

Example:

    $ kartoteka users reset anna`
}

func (c *usersResetCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		i, err := h.people().Reset(ctx, c.User)
		if err != nil {
			return output{}, err
		}
		return h.invitation(ctx, &i, c.Address), nil
	})
}
