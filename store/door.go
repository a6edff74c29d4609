package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// OpenSession keeps a new session and notes the sign-in.
func (s *Store) OpenSession(ctx context.Context, v *customer.Visit, n *customer.Session) error {
	return s.Administer(ctx, v, func(tx *Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM session WHERE until < clock_timestamp()`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE account SET signed_in = clock_timestamp() WHERE id = $1`, n.Account); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `INSERT INTO session (hash, account, rights, created, seen, until) VALUES ($1, $2, $3, $4, $4, $5) RETURNING id`,
			n.Hash, n.Account, n.Rights, n.Created, n.Until).Scan(&n.ID)
	})
}

// Session finds a session by the hash of its token, with the account as it is now, or [customer.ErrUnknown]:
// there is none, it has ended, or the account is disabled.
func (s *Store) Session(ctx context.Context, hash []byte, idle time.Duration) (n customer.Session, a customer.Account, err error) {
	var signedIn *time.Time
	err = s.pool.QueryRow(ctx, `SELECT s.id, s.hash, s.rights, s.created, s.seen, s.until, s.hash <> $1, `+accountColumns+`
		FROM session s JOIN account a ON a.id = s.account
		WHERE s.id IN (SELECT id FROM session WHERE hash = $1 UNION SELECT id FROM session WHERE former = $1 AND former_until > clock_timestamp())
			AND s.until > clock_timestamp() AND s.seen > clock_timestamp() - $2::interval AND NOT a.disabled`, hash, idle).
		Scan(append([]any{&n.ID, &n.Hash, &n.Rights, &n.Created, &n.Seen, &n.Until, &n.Former}, accountFields(&a, &signedIn)...)...)
	a.SignedIn, n.Account = orNever(signedIn), a.ID
	return n, a, accountError(err)
}

// Touch notes that a session is used.
func (s *Store) Touch(ctx context.Context, session int64) error {
	_, err := s.pool.Exec(ctx, `UPDATE session SET seen = clock_timestamp() WHERE id = $1`, session)
	return accountError(err)
}

// RenewSession gives a session a new token; the one before is good for a while longer, for requests that are
// on their way. It reports false if another request has renewed it meanwhile.
func (s *Store) RenewSession(ctx context.Context, n *customer.Session, hash []byte, rights int64, grace time.Duration) (bool, error) {
	done, err := s.pool.Exec(ctx, `UPDATE session SET former = hash, former_until = clock_timestamp() + $4::interval, hash = $2, rights = $3 WHERE id = $1 AND hash = $5`,
		n.ID, hash, rights, grace, n.Hash)
	return err == nil && done.RowsAffected() == 1, accountError(err)
}

// EndSession ends a session of an account; 0 ends all of it. It does not matter whether there is one.
func (s *Store) EndSession(ctx context.Context, v *customer.Visit, account, session int64) error {
	return s.Administer(ctx, v, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM session WHERE account = $1 AND ($2::bigint = 0 OR id = $2)`, account, session)
		return err
	})
}

// Sessions returns the sessions of an account that go on, the latest used first.
func (s *Store) Sessions(ctx context.Context, account int64) ([]customer.Session, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, account, rights, created, seen, until FROM session WHERE account = $1 AND until > clock_timestamp() ORDER BY seen DESC`, account)
	if err != nil {
		return nil, accountError(err)
	}
	list, err := collect(rows, func(n *customer.Session) []any {
		return []any{&n.ID, &n.Account, &n.Rights, &n.Created, &n.Seen, &n.Until}
	})
	return list, accountError(err)
}

const tokenColumns = `t.id, t.name, coalesce(t.account, 0), CASE WHEN t.account IS NULL THEN '' ELSE coalesce('local:' || a.login, 'oidc:' || a.id) END,
	t.scopes, t.sources, t.created, t.maker, t.until, t.used, t.revoked`

func scanToken(row pgx.CollectableRow) (t customer.Token, err error) {
	var used, revoked *time.Time
	err = row.Scan(&t.ID, &t.Name, &t.Account, &t.Owner, &t.Scopes, &t.Sources, &t.Created, &t.By, &t.Until, &used, &revoked)
	t.Used, t.Revoked = orNever(used), orNever(revoked)
	return t, err
}

// AddToken keeps a new token and sets its number.
func (s *Store) AddToken(ctx context.Context, v *customer.Visit, t *customer.Token) error {
	return s.Administer(ctx, v, func(tx *Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO token (hash, name, account, scopes, sources, created, maker, until)
			VALUES ($1, $2, nullif($3::bigint, 0), $4, $5, $6, $7, $8) RETURNING id`,
			t.Hash, t.Name, t.Account, none(t.Scopes), t.Sources, t.Created, t.By, t.Until).Scan(&t.ID)
	})
}

// Tokens returns the tokens of an account, or all if it is 0, the latest first.
func (s *Store) Tokens(ctx context.Context, account int64) ([]customer.Token, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+tokenColumns+` FROM token t LEFT JOIN account a ON a.id = t.account WHERE $1::bigint = 0 OR t.account = $1 ORDER BY t.id DESC`, account)
	if err != nil {
		return nil, accountError(err)
	}
	list, err := pgx.CollectRows(rows, scanToken)
	return list, accountError(err)
}

// Token finds a token by the hash of its secret, with its owner's account as it is now (no number: a
// service's), or [customer.ErrUnknown]: there is none, it has ended or was revoked, its owner is disabled, or the
// database was restored, which may not know yet that it was revoked.
func (s *Store) Token(ctx context.Context, hash []byte) (t customer.Token, a customer.Account, err error) {
	rows, err := s.pool.Query(ctx, `SELECT `+tokenColumns+` FROM token t LEFT JOIN account a ON a.id = t.account
		WHERE t.hash = $1 AND t.revoked IS NULL AND t.until > clock_timestamp() AND NOT coalesce(a.disabled, false)
			AND NOT EXISTS (SELECT FROM hub WHERE restored <> '')`, hash)
	if err != nil {
		return t, a, accountError(err)
	}
	if t, err = pgx.CollectExactlyOneRow(rows, scanToken); err != nil || t.Account == 0 {
		return t, a, accountError(err)
	}
	a, err = s.AccountByID(ctx, t.Account)
	return t, a, err
}

// UseToken notes that a token is used.
func (s *Store) UseToken(ctx context.Context, token int64) error {
	_, err := s.pool.Exec(ctx, `UPDATE token SET used = clock_timestamp() WHERE id = $1`, token)
	return accountError(err)
}

// RevokeToken ends a token of an account, or of anybody if that is 0; [customer.ErrUnknown] if there is no
// such token, or it was revoked before.
func (s *Store) RevokeToken(ctx context.Context, v *customer.Visit, account, token int64) error {
	return s.Administer(ctx, v, func(tx *Tx) error {
		done, err := tx.Exec(ctx, `UPDATE token SET revoked = clock_timestamp() WHERE id = $1 AND revoked IS NULL AND ($2::bigint = 0 OR account = $2)`, token, account)
		if err == nil && done.RowsAffected() == 0 {
			err = pgx.ErrNoRows
		}
		return err
	})
}

// Depart keeps a sign-in that goes to the identity provider.
func (s *Store) Depart(ctx context.Context, j *customer.Journey) error {
	_, err := s.pool.Exec(ctx, `WITH old AS (DELETE FROM journey WHERE until < clock_timestamp())
		INSERT INTO journey (hash, state, nonce, verifier, next, until) VALUES ($1, $2, $3, $4, $5, $6)`, j.Hash, j.State, j.Nonce, j.Verifier, j.Next, j.Until)
	return accountError(err)
}

// Arrive takes the sign-in that comes back, once; else [customer.ErrUnknown].
func (s *Store) Arrive(ctx context.Context, hash []byte) (j customer.Journey, err error) {
	err = s.pool.QueryRow(ctx, `DELETE FROM journey WHERE hash = $1 AND until > clock_timestamp() RETURNING hash, state, nonce, verifier, next, until`, hash).
		Scan(&j.Hash, &j.State, &j.Nonce, &j.Verifier, &j.Next, &j.Until)
	return j, accountError(err)
}
