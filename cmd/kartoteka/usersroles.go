package main

import (
	"context"
	"fmt"
	"io"

	"kartoteka/access"
	"kartoteka/customer"
)

type usersDisableCommand struct {
	User   string `arg:"" placeholder:"USER" help:"Login of the account, or oidc:NUMBER."`
	Reason string `placeholder:"TEXT" help:"Why; it is kept in the audit."`
}

func (*usersDisableCommand) Help() string {
	return `Locks an account out: its sessions end and its tokens are refused, from the next request on.

Example:

    $ kartoteka users disable anna --reason "left the company"`
}

func (c *usersDisableCommand) run(ctx context.Context, a *app) (output, error) {
	return a.changeUser(ctx, "is locked out", func(h *hub) (customer.Account, error) { return h.people().Disable(ctx, c.User, c.Reason) })
}

// changeUser changes an account and tells what became of it.
func (a *app) changeUser(ctx context.Context, became string, change func(*hub) (customer.Account, error)) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		account, err := change(h)
		if err != nil {
			return output{}, err
		}
		u := shownUser(&account)
		return output{result: u, human: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s %s\n", u.User, became)
			return err
		}}, nil
	})
}

type usersEnableCommand struct {
	User string `arg:"" placeholder:"USER" help:"Login of the account, or oidc:NUMBER."`
}

func (*usersEnableCommand) Help() string {
	return `Lets an account in again, with the password and the roles that it had. Sessions that ended stay ended.

Example:

    $ kartoteka users enable anna`
}

func (c *usersEnableCommand) run(ctx context.Context, a *app) (output, error) {
	return a.changeUser(ctx, "may sign in again", func(h *hub) (customer.Account, error) { return h.people().Enable(ctx, c.User) })
}

type usersRolesCommand struct {
	User   string            `arg:"" placeholder:"USER" help:"Login of the account, or oidc:NUMBER."`
	Role   []access.Role     `placeholder:"ROLE" help:"Role that it has from now on; may repeat. Without any it has none."`
	Source []customer.Source `placeholder:"SOURCE" help:"Only customers with a record of these sources are seen; may repeat."`
}

func (*usersRolesCommand) Help() string {
	return `Gives an account other roles, and limits, than it had, from its next request on. Roles that the groups of the
identity provider give are not among them: the configuration has those (access.groups).

Example:

    $ kartoteka users roles anna --role steward --role approver
    $ kartoteka users roles oidc:3 --role auditor`
}

func (c *usersRolesCommand) run(ctx context.Context, a *app) (output, error) {
	return a.changeUser(ctx, "has other roles now", func(h *hub) (customer.Account, error) {
		return h.people().SetRoles(ctx, c.User, roleNames(c.Role), c.Source)
	})
}
