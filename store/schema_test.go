package store_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/store"
	"kartoteka/store/storetest"
)

var update = flag.Bool("update", false, "write schema.sql anew")

// connect gives a connection to a fresh database with the schema.
func connect(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), storetest.New(t, migrateLease))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// TestSchemaIsTheDumpedOne shows in a diff what a migration does to the whole.
func TestSchemaIsTheDumpedOne(t *testing.T) {
	t.Parallel()
	got := dump(t, connect(t))
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil { //nolint:gosec // a source file
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("store/schema.sql is not what the migrations give; go test ./store -run Schema -update writes it:\n%s", diff)
	}
}

// dump writes the schema as SQL, in an order that does not depend on the server.
func dump(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("-- What the migrations add up to. Written by go test ./store -run Schema -update; the reasons stand in migrations/.\n")
	for _, s := range lines(t, conn, `SELECT 'CREATE SEQUENCE ' || c.relname || ';' FROM pg_class c
		WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('i', 'a'))
		ORDER BY c.relname COLLATE "C"`) {
		b.WriteString("\n" + s + "\n")
	}
	for _, table := range lines(t, conn, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname COLLATE "C"`) {
		parts := append(lines(t, conn, columnsSQL, table), lines(t, conn, constraintsSQL, table)...)
		fmt.Fprintf(&b, "\nCREATE TABLE %s (\n    %s\n);\n", table, strings.Join(parts, ",\n    "))
		for _, index := range lines(t, conn, indexesSQL, table) {
			b.WriteString(index + ";\n")
		}
		for _, policy := range lines(t, conn, policiesSQL, table) {
			b.WriteString(policy + ";\n")
		}
	}
	return b.String()
}

const (
	columnsSQL = `SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
			|| CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END
			|| CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
			|| coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
		FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		WHERE a.attrelid = ('public.' || $1)::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`
	constraintsSQL = `SELECT 'CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
		WHERE conrelid = ('public.' || $1)::regclass AND contype IN ('p', 'u', 'f', 'c') ORDER BY conname COLLATE "C"`
	indexesSQL = `SELECT replace(pg_get_indexdef(x.indexrelid), 'public.', '') FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
		WHERE x.indrelid = ('public.' || $1)::regclass AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u'))
		ORDER BY i.relname COLLATE "C"`
	policiesSQL = `SELECT 'ALTER TABLE ' || c.relname || ' ENABLE ROW LEVEL SECURITY; -- policy ' || p.polname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
		WHERE c.oid = ('public.' || $1)::regclass AND c.relrowsecurity ORDER BY p.polname COLLATE "C"`
)

func lines(t *testing.T, conn *pgx.Conn, sql string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEachColumnIsOnTheMapOfPersonalData holds the tables against personal.txt, both ways.
func TestEachColumnIsOnTheMapOfPersonalData(t *testing.T) {
	t.Parallel()
	personal, plain := store.PersonalMap()
	var mapped []string
	for _, list := range []map[string][]string{personal, plain} {
		for table, columns := range list {
			for _, c := range columns {
				mapped = append(mapped, table+"."+c)
			}
		}
	}
	slices.Sort(mapped)
	there := lines(t, connect(t), `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' ORDER BY (table_name || '.' || column_name) COLLATE "C"`)
	if diff := cmp.Diff(mapped, there); diff != "" {
		t.Errorf("personal.txt and the tables differ; say of each new column whether it may hold personal data:\n%s", diff)
	}
}

// TestMigrationsSayWhatIsPersonal keeps the comments beside the columns true.
func TestMigrationsSayWhatIsPersonal(t *testing.T) {
	t.Parallel()
	personal, _ := store.PersonalMap()
	said := map[string][]string{}
	for _, text := range migrationFiles(t) {
		table := ""
		for line := range strings.Lines(text) {
			if rest, is := strings.CutPrefix(line, "CREATE TABLE "); is {
				table, _, _ = strings.Cut(rest, " ")
			}
			code, comment, _ := strings.Cut(line, "--")
			if strings.HasPrefix(strings.TrimSpace(comment), "personal") && strings.TrimSpace(code) != "" {
				declared := strings.Split(strings.TrimRight(strings.TrimSpace(code), ", "), ",") // the last column of the line
				said[table] = append(said[table], strings.Fields(declared[len(declared)-1])[0])
			}
		}
	}
	if diff := cmp.Diff(personal, said); diff != "" {
		t.Errorf("personal.txt and the comments in migrations differ:\n%s", diff)
	}
}

func migrationFiles(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		text, err := os.ReadFile("migrations/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}
