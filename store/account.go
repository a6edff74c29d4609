package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"kartoteka/customer"
)

const accountColumns = `a.id, coalesce(a.login, ''), coalesce(a.issuer, ''), coalesce(a.subject, ''), a.name, a.password,
	a.roles, a.sources, a.group_roles, a.group_sources, a.lang, a.prefs, a.disabled, a.rights, a.created, a.signed_in`

func accountFields(a *customer.Account, signedIn **time.Time) []any {
	return []any{&a.ID, &a.Login, &a.Issuer, &a.Subject, &a.Name, &a.Password, &a.Roles, &a.Sources, &a.GroupRoles, &a.GroupSources,
		&a.Lang, &a.Prefs, &a.Disabled, &a.Rights, &a.Created, signedIn}
}

func scanAccount(row pgx.CollectableRow) (a customer.Account, err error) {
	var signedIn *time.Time
	err = row.Scan(accountFields(&a, &signedIn)...)
	a.SignedIn = orNever(signedIn)
	return a, err
}

// Accounts returns all accounts in the order of their numbers.
func (s *Store) Accounts(ctx context.Context) ([]customer.Account, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+accountColumns+` FROM account a ORDER BY a.id`)
	if err != nil {
		return nil, accountError(err)
	}
	list, err := pgx.CollectRows(rows, scanAccount)
	return list, accountError(err)
}

// Account returns the local account of a login, or [customer.ErrUnknown].
func (s *Store) Account(ctx context.Context, login string) (customer.Account, error) {
	return s.oneAccount(ctx, `a.login = $1`, login)
}

// AccountOf returns the account of an identity provider's key, or [customer.ErrUnknown].
func (s *Store) AccountOf(ctx context.Context, issuer, subject string) (customer.Account, error) {
	return s.oneAccount(ctx, `a.issuer = $1 AND a.subject = $2`, issuer, subject)
}

// AccountByID returns an account by its number, or [customer.ErrUnknown].
func (s *Store) AccountByID(ctx context.Context, id int64) (customer.Account, error) {
	return s.oneAccount(ctx, `a.id = $1`, id)
}

func (s *Store) oneAccount(ctx context.Context, where string, args ...any) (customer.Account, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+accountColumns+` FROM account a WHERE `+where, args...)
	if err != nil {
		return customer.Account{}, accountError(err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, scanAccount)
	return a, accountError(err)
}

// Administer changes accounts and tokens and leaves the row that tells of it. It does not wait for
// the lane: to lock somebody out must not.
func (s *Store) Administer(ctx context.Context, v *customer.Visit, f func(*Tx) error) error {
	err := s.InTx(ctx, func(tx *Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return tx.Note(ctx, v)
	})
	return accountError(err)
}

// AddAccount makes an account and returns its number; [customer.ErrTaken] if there is one of that login or key.
func (s *Store) AddAccount(ctx context.Context, v *customer.Visit, a *customer.Account) (id int64, err error) {
	err = s.Administer(ctx, v, func(tx *Tx) (err error) {
		id, err = tx.addAccount(ctx, a)
		return err
	})
	return id, err
}

func (tx *Tx) addAccount(ctx context.Context, a *customer.Account) (id int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO account (login, issuer, subject, name, password, roles, sources, group_roles, group_sources, lang)
		VALUES (nullif($1, ''), nullif($2, ''), nullif($3, ''), $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		a.Login, a.Issuer, a.Subject, a.Name, a.Password, none(a.Roles), a.Sources, none(a.GroupRoles), a.GroupSources, a.Lang).Scan(&id)
	return id, err
}

// none writes no roles as an empty list, where NULL is not allowed.
func none(roles []string) []string {
	if roles == nil {
		return []string{}
	}
	return roles
}

// ChangeAccount writes name, password, roles, sources and whether the account is disabled. Its
// sessions get new tokens at their next request, or end if it is disabled or has another password.
func (s *Store) ChangeAccount(ctx context.Context, v *customer.Visit, a *customer.Account) error {
	return s.Administer(ctx, v, func(tx *Tx) error { return tx.changeAccount(ctx, a) })
}

func (tx *Tx) changeAccount(ctx context.Context, a *customer.Account) error {
	var ends bool
	if err := tx.QueryRow(ctx, `SELECT password <> $2 OR $3 FROM account WHERE id = $1 FOR UPDATE`, a.ID, a.Password, a.Disabled).Scan(&ends); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE account SET name = $2, password = $3, roles = $4, sources = $5, disabled = $6, rights = rights + 1 WHERE id = $1`,
		a.ID, a.Name, a.Password, none(a.Roles), a.Sources, a.Disabled); err != nil {
		return err
	}
	if !ends {
		return nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM session WHERE account = $1`, a.ID)
	return err
}

// Welcome notes what the identity provider said of an account at a sign-in, or makes the account.
// Rights rise if its roles or sources are others than before.
func (s *Store) Welcome(ctx context.Context, a *customer.Account) (customer.Account, error) {
	rows, err := s.pool.Query(ctx, `
		INSERT INTO account AS a (issuer, subject, name, roles, group_roles, group_sources, signed_in) VALUES ($1, $2, $3, '{}', $4, $5, clock_timestamp())
		ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name, group_roles = excluded.group_roles, group_sources = excluded.group_sources,
			signed_in = excluded.signed_in, rights = a.rights + CASE WHEN a.group_roles = excluded.group_roles
				AND a.group_sources IS NOT DISTINCT FROM excluded.group_sources THEN 0 ELSE 1 END
		RETURNING `+accountColumns, a.Issuer, a.Subject, a.Name, none(a.GroupRoles), a.GroupSources)
	if err != nil {
		return customer.Account{}, accountError(err)
	}
	welcomed, err := pgx.CollectExactlyOneRow(rows, scanAccount)
	return welcomed, accountError(err)
}

// Chose keeps how the person of an account likes the pages, and the language if one is chosen.
func (s *Store) Chose(ctx context.Context, account int64, lang, prefs string) error {
	_, err := s.pool.Exec(ctx, `UPDATE account SET lang = coalesce(nullif($2, ''), lang), prefs = $3 WHERE id = $1`, account, lang, prefs)
	return accountError(err)
}

// Invite keeps an invitation; former ones of the same account are void.
func (s *Store) Invite(ctx context.Context, v *customer.Visit, i *customer.Invitation) error {
	return s.Administer(ctx, v, func(tx *Tx) error { return tx.invite(ctx, i) })
}

func (tx *Tx) invite(ctx context.Context, i *customer.Invitation) error {
	if _, err := tx.Exec(ctx, `DELETE FROM invitation WHERE account IS NOT DISTINCT FROM nullif($1::bigint, 0) OR until < clock_timestamp()`, i.Account); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO invitation (hash, account, roles, until) VALUES ($1, nullif($2::bigint, 0), $3, $4)`, i.Hash, i.Account, none(i.Roles), i.Until)
	return err
}

// Invitation returns a valid invitation, or [customer.ErrUnknown].
func (s *Store) Invitation(ctx context.Context, hash []byte) (i customer.Invitation, err error) {
	err = s.pool.QueryRow(ctx, `SELECT hash, coalesce(account, 0), roles, until FROM invitation WHERE hash = $1 AND until > clock_timestamp()`, hash).
		Scan(&i.Hash, &i.Account, &i.Roles, &i.Until)
	return i, accountError(err)
}

// Accept uses an invitation up and writes what came of it: the account with its password, new if it
// has no number. [customer.ErrUnknown] says that the invitation is not valid any more, of whoever came second too;
// [customer.ErrTaken] that another account was the first.
func (s *Store) Accept(ctx context.Context, v *customer.Visit, hash []byte, a *customer.Account) (id int64, err error) {
	err = s.Administer(ctx, v, func(tx *Tx) error {
		var used []byte
		if err := tx.QueryRow(ctx, `DELETE FROM invitation WHERE hash = $1 AND until > clock_timestamp() RETURNING hash`, hash).Scan(&used); err != nil {
			return err
		}
		if id = a.ID; id != 0 {
			return tx.changeAccount(ctx, a)
		}
		var others bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM account)`).Scan(&others); err != nil {
			return err
		}
		if others {
			return customer.ErrTaken
		}
		id, err = tx.addAccount(ctx, a)
		return err
	})
	return id, err
}

func accountError(err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, customer.ErrTaken):
		return err
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("account: %w", customer.ErrUnknown)
	case errors.As(err, &pg) && pg.Code == "23505":
		return customer.ErrTaken
	}
	return fmt.Errorf("account: %w", away(err))
}
