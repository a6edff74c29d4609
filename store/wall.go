package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Wall is how the rows of customers are kept from who does not see them, behind the policy of the hub: a
// role that owns nothing and is asked for each row.
type Wall struct {
	Role string
	// Missing says why the role cannot be used, "" if it can, and Cure what an administrator of the database
	// runs once to change it.
	Missing, Cure string
}

// Wall tells whether what is read under a scope is read under the role for it.
func (s *Store) Wall() Wall { return s.wall }

// readable are the tables that are read under a scope, and the columns of those that hold secrets.
var readable = map[string]string{
	"block": "", "body": "", "change": "", "closed": "", "consent": "", "consent_grant": "", "decision": "", "decision_record": "", "erased": "",
	"feed_cursor": "", "feed_parked": "", "feed_resend": "", "golden": "", "history": "", "keeper": "", "move": "", "note": "", "op": "", "pin": "", "plan": "",
	"product": "", "proposal": "", "record": "", "reject": "", "relation": "", "run": "", "schedule": "", "source": "", "task": "",
	"hub": "one, epoch, next_serial, crosswalk_key, last_position, last_operation, chain_head, ruleset_hash, ruleset, model, applying, applying_from, " +
		"shut_version, reopen_version, index_version, restored, address",
}

// raiseWall brings the role about, with what it may read. It is called by one process at a time.
func (s *Store) raiseWall(ctx context.Context, db *pgx.Conn) error {
	var owner string
	if err := db.QueryRow(ctx, `SELECT current_user`).Scan(&owner); err != nil {
		return away(err)
	}
	// Of the owner's name: hubs of different owners on one server must not read under each other's role.
	s.wall = Wall{Role: clipped(owner, 50) + "_reader"}
	role, own := pgx.Identifier{s.wall.Role}.Sanitize(), pgx.Identifier{owner}.Sanitize()
	s.wall.Cure = fmt.Sprintf(`CREATE ROLE %s NOLOGIN; GRANT %s TO %s`, role, role, own)
	usable, err := s.mayTakeRole(ctx, db)
	if err == nil && !usable {
		if err = s.makeRole(ctx, db, role, own); err == nil {
			usable, err = s.mayTakeRole(ctx, db)
		}
	}
	if err == nil && usable {
		err = s.grantReads(ctx, db, role)
	}
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && refused.Code == "42501":
		s.wall.Missing = "the hub's role in the database may not make roles"
	case err != nil:
		return away(err)
	case !usable && s.wall.Missing == "":
		s.wall.Missing = "the hub's role in the database may not take the role " + s.wall.Role
	default:
		return s.judgeWall(ctx, db)
	}
	return nil
}

// clipped shortens a name: PostgreSQL cuts names after 63 bytes.
func clipped(name string, most int) string {
	return strings.ToValidUTF8(name[:min(len(name), most)], "")
}

// mayTakeRole reports whether the role is there and the hub's role may become it.
func (s *Store) mayTakeRole(ctx context.Context, db *pgx.Conn) (may bool, err error) {
	if err = db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, s.wall.Role).Scan(&may); err != nil || !may {
		return false, err
	}
	_, err = db.Exec(ctx, `BEGIN; SET LOCAL ROLE `+pgx.Identifier{s.wall.Role}.Sanitize()+`; ROLLBACK`)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42501" {
		_, err = db.Exec(ctx, `ROLLBACK`)
		return false, err
	}
	return err == nil, err
}

// makeRole makes what is lacking. Another hub of the same owner may do so at the same moment.
func (*Store) makeRole(ctx context.Context, db *pgx.Conn, role, owner string) error {
	_, err := db.Exec(ctx, `DO $$ BEGIN
		CREATE ROLE `+role+` NOLOGIN;
	EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
	END $$`)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `DO $$ BEGIN
		GRANT `+role+` TO `+owner+`;
	EXCEPTION WHEN unique_violation THEN NULL;
	END $$`)
	return err
}

// grantReads lets the role read, if it may not yet: a restored database has lost it.
func (s *Store) grantReads(ctx context.Context, db *pgx.Conn, role string) error {
	var lacking bool
	if err := db.QueryRow(ctx, `SELECT NOT has_schema_privilege($1, 'public', 'USAGE')
		OR EXISTS (SELECT FROM unnest($2::text[]) t WHERE NOT has_any_column_privilege($1, 'public.' || t, 'SELECT'))`,
		s.wall.Role, tablesRead()).Scan(&lacking); err != nil || !lacking {
		return err
	}
	grants := `GRANT USAGE ON SCHEMA public TO ` + role
	for table, columns := range readable {
		if columns != "" {
			columns = " (" + columns + ")"
		}
		grants += `; GRANT SELECT` + columns + ` ON ` + table + ` TO ` + role
	}
	_, err := db.Exec(ctx, grants)
	return err
}

func tablesRead() (out []string) {
	for table := range readable {
		out = append(out, table)
	}
	return out
}

// judgeWall refuses a role that policies do not hold: one that somebody gave more rights.
func (s *Store) judgeWall(ctx context.Context, db *pgx.Conn) error {
	var beyond bool
	if err := db.QueryRow(ctx, `SELECT rolsuper OR rolbypassrls OR EXISTS (
			SELECT FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_has_role(r.oid, c.relowner, 'USAGE'))
		FROM pg_roles r WHERE rolname = $1`, s.wall.Role).Scan(&beyond); err != nil {
		return away(err)
	}
	if beyond {
		s.wall.Missing = "the role " + s.wall.Role + " has rights by which the database does not ask it for rows"
		s.wall.Cure = `ALTER ROLE ` + pgx.Identifier{s.wall.Role}.Sanitize() + ` NOSUPERUSER NOBYPASSRLS, and take it out of the roles that own tables`
	} else {
		s.wall.Cure = ""
	}
	return nil
}
