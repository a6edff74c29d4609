package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"kartoteka/customer"
	"kartoteka/signin"
)

type tokensCommand struct {
	List   tokensListCommand   `cmd:"" help:"List the tokens by which programs ask the hub."`
	Add    tokensAddCommand    `cmd:"" help:"Make a token; prints its secret, once."`
	Revoke tokensRevokeCommand `cmd:"" help:"End a token, at once."`
}

// tokenShown is a token as it is shown; its secret is not kept.
type tokenShown struct {
	Token   int64             `json:"token"`
	Name    string            `json:"name"`
	Owner   string            `json:"owner,omitempty"` // none: a service
	Scopes  []string          `json:"scopes"`
	Sources []customer.Source `json:"sources,omitempty"`
	Created time.Time         `json:"created"`
	By      string            `json:"by"`
	Until   time.Time         `json:"until"`
	Used    *time.Time        `json:"used,omitempty"`
	Revoked *time.Time        `json:"revoked,omitempty"`
	Secret  string            `json:"secret,omitempty"` // of a new one only
}

func shownToken(t *customer.Token) tokenShown {
	out := tokenShown{Token: t.ID, Name: t.Name, Owner: t.Owner, Scopes: t.Scopes, Sources: t.Sources, Created: t.Created.UTC(), By: t.By, Until: t.Until.UTC()}
	if !t.Used.IsZero() {
		out.Used = &t.Used
	}
	if !t.Revoked.IsZero() {
		out.Revoked = &t.Revoked
	}
	return out
}

func (t *tokenShown) state(now time.Time) string {
	switch {
	case t.Revoked != nil:
		return "revoked"
	case now.After(t.Until):
		return "ended"
	}
	return "until " + t.Until.Format(time.DateOnly)
}

func (t *tokenShown) line(now time.Time) string {
	owner, used := t.Owner, "never"
	if owner == "" {
		owner = "service"
	}
	if t.Used != nil {
		used = t.Used.Local().Format("2006-01-02 15:04")
	}
	return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s", t.Token, t.Name, owner, strings.Join(t.Scopes, ", "), t.state(now), used)
}

type tokensListCommand struct{}

func (*tokensListCommand) Help() string {
	return `Lists tokens, the latest first: whose roles they have, which acts they are limited to, how long they last and when
they were used last. Secrets are not kept and cannot be shown again.

Example:

    $ kartoteka tokens list`
}

func (*tokensListCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		list, err := h.people().Tokens(ctx, true)
		if err != nil {
			return output{}, err
		}
		tokens := make([]tokenShown, len(list))
		for i := range list {
			tokens[i] = shownToken(&list[i])
		}
		return output{summary: map[string]int{"tokens": len(tokens)}, result: map[string]any{"tokens": tokens}, human: func(w io.Writer) error {
			now := time.Now()
			return table(w, "TOKEN\tNAME\tOWNER\tSCOPES\tSTATE\tUSED", tokens, func(t *tokenShown) string { return t.line(now) })
		}}, nil
	})
}

type tokensAddCommand struct {
	Name   string            `arg:"" placeholder:"NAME" help:"What it is for."`
	Scope  []string          `required:"" placeholder:"ACT" help:"What it may be used for: feed.read, customer.read, customer.search, source.write, metrics.read, ...; may repeat."`
	User   string            `placeholder:"USER" help:"Login whose roles it has, as they are when it is used; without it the token is a service's."`
	Source []customer.Source `placeholder:"SOURCE" help:"Only customers with a record of these sources are seen; may repeat."`
	Days   int               `default:"90" placeholder:"N" help:"How long it lasts, at most 365."`
}

func (*tokensAddCommand) Help() string {
	return `Makes a token and prints its secret, which is not kept: who loses it makes another. A program sends it with each
request, as Authorization: Bearer SECRET, never in an address. It may do what its scopes name, if its owner may.
Secret attributes are masked for it unless customer.reveal is among its scopes.

Example:

    $ kartoteka tokens add warehouse --scope feed.read --scope customer.reveal --days 365
    $ kartoteka tokens add prometheus --scope metrics.read
    $ curl -s -H "Authorization: Bearer $TOKEN" 'http://127.0.0.1:8080/v1/changes?after=0'`
}

func (c *tokensAddCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		secret, t, err := h.people().AddToken(ctx, signin.NewToken{Name: c.Name, Owner: c.User, Scopes: c.Scope, Sources: c.Source, Lasts: time.Duration(c.Days) * 24 * time.Hour})
		if err != nil {
			return output{}, err
		}
		shown := shownToken(&t)
		shown.Secret = secret
		return output{result: shown, human: func(w io.Writer) error {
			a.remark("token %d, until %s; its secret is shown this once:", t.ID, t.Until.Format(time.DateOnly))
			_, err := fmt.Fprintln(w, secret)
			return err
		}}, nil
	})
}

type tokensRevokeCommand struct {
	Token int64 `arg:"" placeholder:"N" help:"Number of the token."`
}

func (*tokensRevokeCommand) Help() string {
	return `Ends a token, from the next request on.

Example:

    $ kartoteka tokens revoke 3`
}

func (c *tokensRevokeCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		if err := h.people().RevokeToken(ctx, c.Token); err != nil {
			return output{}, err
		}
		return output{result: map[string]int64{"token": c.Token}, human: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "token %d is refused from now on\n", c.Token)
			return err
		}}, nil
	})
}
