package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// scratchPrefix begins the names of scratch databases; letters and digits follow.
const scratchPrefix = "kartoteka_scratch_"

// Scratch runs f on a new database beside the hub's, which is dropped afterwards. Those that were
// left behind by processes that were killed are dropped first.
func Scratch(ctx context.Context, url string, f func(url string) error) error {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return redact(err)
	}
	name := scratchPrefix + strings.ToLower(rand.Text()[:8])
	cfg.RuntimeParams["application_name"] = name // tells that somebody works with it
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return away(err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing was kept
	if err := dropAbandoned(ctx, conn); err != nil {
		return err
	}
	quoted := pgx.Identifier{name}.Sanitize()
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+quoted); Temporary(err) {
		return away(err)
	} else if err != nil {
		return fmt.Errorf("a scratch database cannot be made: %w; allow it (ALTER ROLE ... CREATEDB), or leave the check out", scrub(err))
	}
	err = f(withDatabase(url, cfg.Database, name))
	_, dropped := conn.Exec(context.WithoutCancel(ctx), `DROP DATABASE IF EXISTS `+quoted+` WITH (FORCE)`)
	return errors.Join(err, away(dropped))
}

// dropAbandoned drops the scratch databases of this role, of any hub on the server, that nobody
// works with: whoever does has a connection of the database's name for as long as it is there.
func dropAbandoned(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		SELECT d.datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
		WHERE r.rolname = current_user AND d.datname ~ ('^' || $1 || '[a-z0-9]{8}$')
			AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.application_name = d.datname OR a.datname = d.datname)`, scratchPrefix)
	if err != nil {
		return away(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range names {
		// Without FORCE: one that is in use after all stays. What cannot be dropped is tried again by the next.
		_, _ = conn.Exec(ctx, `DROP DATABASE IF EXISTS `+pgx.Identifier{name}.Sanitize())
	}
	return away(err)
}

// withDatabase names another database in a connection string, which is a URL or a list of settings.
func withDatabase(url, before, name string) string {
	if at := strings.Index(url, "://"); at >= 0 {
		head, query, _ := strings.Cut(url, "?")
		head = strings.TrimSuffix(head, "/"+before) + "/" + name
		if query != "" {
			head += "?" + query
		}
		return head
	}
	return url + " dbname=" + name
}
