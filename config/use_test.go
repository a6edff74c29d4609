package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartoteka/config"
	"kartoteka/customer"
)

// settings is what a connector would have.
type settings struct {
	URL     string        `yaml:"url" doc:"of the database"`
	Table   string        `yaml:"table"`
	Overlap time.Duration `yaml:"overlap" doc:"read again"`
	Limit   int           `yaml:"limit"`
	Auth    struct {
		Password string `yaml:"password"`
	} `yaml:"auth"`
	Files []string `yaml:"files"`
}

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestDecodeGivesAKindItsSettings(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret: #\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := `sources: {a: {from: x, with: {url: "postgres://${env:WHO}@db", overlap: 10m, key: ID, auth: {password: "${env:PASS}"}, files: [a, b]}}}`
	c, err := config.Parse("k.yaml", []byte(text), env("WHO", "hub", "PASS_FILE", secret))
	if err != nil {
		t.Fatal(err)
	}
	got := settings{Limit: 7}
	if err := c.Decode(c.Source("a"), &got); err != nil {
		t.Fatal(err)
	}
	want := settings{URL: "postgres://hub@db", Overlap: 10 * time.Minute, Limit: 7, Files: []string{"a", "b"}}
	want.Auth.Password = "s3cret: #"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	elsewhere, err := config.Parse("k.yaml", []byte(text), env())
	if err != nil {
		t.Fatal(err)
	}
	if err := elsewhere.Check(elsewhere.Source("a"), &got); err != nil || got.URL != "postgres://${env:WHO}@db" {
		t.Errorf("checked without secrets: %v, %s", err, got.URL)
	}
}

func TestDecodeTellsEveryFaultButNoSecret(t *testing.T) {
	for _, c := range []struct{ name, with, want string }{
		{"unknown keys", "{tabel: x, auth: {user: u}}", "k.yaml:1: sources.a.with.tabel: unknown key; did you mean table?\n" +
			"k.yaml:1: sources.a.with.auth.user: unknown key; known here: password"},
		{"a secret of another type", "{limit: \"${env:PASS}\"}", "k.yaml:1: sources.a.with: a str does not fit, int is wanted; kartoteka connectors shows the settings"},
		{"secrets that are not set", "{url: \"${env:NO}\", auth: {password: \"${env:NOR}\"}}",
			"k.yaml:1: sources.a.with.url: the secret is not set: set NO, or NO_FILE to a file that holds it\n" +
				"k.yaml:1: sources.a.with.auth.password: the secret is not set: set NOR, or NOR_FILE to a file that holds it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := config.Parse("k.yaml", []byte("sources: {a: {from: x, with: "+c.with+"}}"), env("PASS", "canary"))
			if err != nil {
				t.Fatal(err)
			}
			err = cfg.Decode(cfg.Source("a"), &settings{})
			if err == nil || strings.Contains(err.Error(), "canary") {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	dir := t.TempDir()
	c, err := config.Parse("k.yaml", nil, env("A", "1", "B_FILE", dir, "C_FILE", filepath.Join(dir, "none"), "D", "${env:A}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, ok := range [][2]string{{"plain", "plain"}, {"a${env:A}b", "a1b"}, {"${env:D}", "${env:A}"}, {"$A", "$A"}} {
		if got, err := c.Resolve(ok[0]); got != ok[1] || err != nil {
			t.Errorf("Resolve(%s) = %s, %v", ok[0], got, err)
		}
	}
	for _, bad := range []string{"${env:B}", "${env:C}", "${env:E}", "${A}", "${env:A"} {
		if _, err := c.Resolve(bad); !errors.Is(err, config.ErrSecret) {
			t.Errorf("Resolve(%s): %v", bad, err)
		}
	}
}

func TestPrintLoadsAgainAndKeepsSecrets(t *testing.T) {
	for _, name := range []string{"good_bank.yaml", "good_everything.yaml"} {
		c := load(t, name)
		var first, second bytes.Buffer
		if err := c.Print(&first); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(first.String(), "canary") {
			t.Errorf("a secret is shown:\n%s", first.String())
		}
		again, err := config.Parse(c.Path, first.Bytes(), nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, first.String())
		}
		again.Model = c.Model
		if c.Fingerprint() != again.Fingerprint() {
			t.Errorf("%s: another fingerprint", name)
		}
		for _, s := range c.Sources {
			if diff := cmp.Diff(s.Mapping, again.Source(s.Name).Mapping); diff != "" {
				t.Errorf("%s: %s", s.Name, diff)
			}
		}
		if diff := cmp.Diff(c.Publish, again.Publish); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(c.Feed.Views, again.Feed.Views); diff != "" {
			t.Error(diff)
		}
		if err := again.Print(&second); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lines(first.String()), lines(second.String())); diff != "" {
			t.Error(diff)
		}
	}
}

// lines drops the origins and the padding before them.
func lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		before, _, _ := strings.Cut(line, " # ")
		out = append(out, strings.TrimRight(before, " \n"))
	}
	return out
}

func TestPrintSaysWhereALineComesFrom(t *testing.T) {
	var b bytes.Buffer
	if err := parse(t, "company:\n  country: UA\n").Print(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "country: UA # kartoteka.yaml:2\n") || !strings.Contains(b.String(), "time_zone: Europe/Kyiv\n") {
		t.Errorf("got\n%s", b.String())
	}
}

func TestSchemaKnowsKindsAndKeys(t *testing.T) {
	text, err := config.Schema([]config.KindSchema{{Name: "postgres", Summary: "a table", Settings: &settings{Table: "t", Overlap: time.Minute}}})
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	at := func(path ...string) any {
		var v any = schema
		for _, p := range path {
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no %v", path)
			}
			v = m[p]
		}
		return v
	}
	for _, c := range []struct {
		want any
		path []string
	}{
		{"read again", []string{"$defs", "postgres", "properties", "overlap", "description"}},
		{"1m0s", []string{"$defs", "postgres", "properties", "overlap", "default"}},
		{"t", []string{"$defs", "postgres", "properties", "table", "default"}},
		{false, []string{"$defs", "postgres", "additionalProperties"}},
		{[]any{"postgres"}, []string{"properties", "sources", "additionalProperties", "properties", "from", "enum"}},
		{[]any{"one", "many"}, []string{"properties", "portrait", "properties", "person", "additionalProperties", "anyOf"}},
		{false, []string{"additionalProperties"}},
	} {
		got := at(c.path...)
		if c.path[len(c.path)-1] == "anyOf" {
			got = got.([]any)[1].(map[string]any)["properties"].(map[string]any)["holds"].(map[string]any)["enum"]
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v: %s", c.path, diff)
		}
	}
	for _, key := range []string{"version", "company", "trust", "portrait", "matching", "sources", "feed"} {
		if at("properties", key) == nil {
			t.Errorf("no %s", key)
		}
	}
}

func TestFragmentsAddSourcesAndAttributes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	base := parse(t, "sources: {crm: {from: excel, every: 5m, map: {phone: P}}}")
	one := write("one.yaml", "portrait: {person: {loyalty_no: text}}\nsources: {shop: {key: ID, kind: person, map: {loyalty_no: CARD, name: [A, B, C]}}}")
	two := write("two.yaml", "sources: {crm: {map: {phone: [P, Q]}}}")
	c, err := config.LoadFragments(base, one, two)
	if err != nil {
		t.Fatal(err)
	}
	want := &customer.Mapping{Key: []string{"ID"}, Kind: &customer.KindRule{Always: customer.Person}, Fields: []customer.Field{
		{Attribute: "loyalty_no", Columns: []string{"CARD"}},
		{Attribute: "name", Columns: []string{"A", "B", "C"}, Parts: []string{"last", "first", "patronymic"}},
	}}
	if diff := cmp.Diff(want, c.Source("shop").Mapping); diff != "" {
		t.Error(diff)
	}
	if s := c.Source("crm"); s.Every != "5m" || len(s.Mapping.Fields) != 2 || len(base.Source("crm").Mapping.Fields) != 1 {
		t.Errorf("crm: %+v", s)
	}
	if names(c, customer.Person) != defaultPerson+" loyalty_no" || names(base, customer.Person) != defaultPerson {
		t.Error(names(c, customer.Person))
	}
	bad := []string{write("three.yaml", "trust: [a]"), write("four.yaml", "sources: {x: {map: {fone: P}}}")}
	_, err = config.LoadFragments(base, bad...)
	wantError := bad[1] + ":1: sources.x.map.fone: the portrait has no attribute \"fone\"; did you mean phone?\n" +
		bad[0] + ":1: trust: unknown key; known here: version, portrait, sources"
	if err == nil || err.Error() != wantError {
		t.Errorf("got %v", err)
	}
}

func TestFragmentTextIsReadBack(t *testing.T) {
	c := load(t, "good_everything.yaml")
	for _, s := range c.Sources {
		if s.Mapping == nil {
			continue
		}
		text, err := config.Fragment(c.Portrait, s.Name, s.Mapping, []customer.Attribute{config.Complete(customer.Attribute{
			Kind: customer.Person, Name: "x.Табельный номер", Type: customer.TypeText, Holds: customer.One, SharedBy: 1})})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "m.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		base := load(t, "good_everything.yaml")
		base.Sources = nil
		got, err := config.LoadFragments(base, path)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(s.Mapping, got.Source(s.Name).Mapping); diff != "" {
			t.Errorf("%s\n%s", diff, text)
		}
		if !strings.HasSuffix(names(got, customer.Person), "x.Табельный номер") {
			t.Error(names(got, customer.Person))
		}
	}
}

func TestSchedules(t *testing.T) {
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Skip(err)
	}
	start := time.Date(2026, 11, 21, 10, 7, 0, 0, moscow)
	for every, want := range map[string]time.Duration{"5m": 5 * time.Minute, "0 * * * *": 53 * time.Minute, "@hourly": 53 * time.Minute,
		"@every 90s": 90 * time.Second, "0 3 * * *": 16*time.Hour + 53*time.Minute} {
		s, err := config.ParseSchedule(every, moscow)
		if err != nil {
			t.Errorf("%s: %v", every, err)
			continue
		}
		if got := s.Next(start).Sub(start); got != want {
			t.Errorf("%s: next in %s, want %s", every, got, want)
		}
	}
	for _, every := range []string{"", "10", "TZ=", "TZ=Europe/Kyiv", "CRON_TZ=UTC 0 * * * *", "0 0 30 2 *", "0 0 31 11 *", "* * * *", "*/0 * * * *",
		"61 * * * *", "0s", "-5m", "@every", "@every x", "@every 0s", "@nightly", "9000h", "0 0 * * 8"} {
		if s, err := config.ParseSchedule(every, moscow); err == nil {
			t.Errorf("%q is taken for a schedule: %v", every, s)
		}
	}
}

func TestFind(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	t.Chdir(dir)
	write := func(path string) string {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	find := func(flag string, variables ...string) string {
		path, err := config.Find(flag, env(variables...), state)
		if err != nil {
			return "error"
		}
		return path
	}
	if got := find(""); got != "" {
		t.Errorf("found %s", got)
	}
	inState := write(filepath.Join(state, config.FileName))
	if got := find(""); got != inState {
		t.Errorf("found %s", got)
	}
	write(config.FileName)
	if got := find(""); got != config.FileName {
		t.Errorf("found %s", got)
	}
	named := write(filepath.Join(state, "other.yaml"))
	if got := find("", "KARTOTEKA_CONFIG", named); got != named {
		t.Errorf("found %s", got)
	}
	if got := find(named, "KARTOTEKA_CONFIG", "none"); got != named {
		t.Errorf("found %s", got)
	}
	if got := find("none.yaml"); got != "error" {
		t.Errorf("found %s", got)
	}
	if got := find(state); got != "error" {
		t.Errorf("found %s", got)
	}
}

func TestFaultsAreJSON(t *testing.T) {
	_, err := config.Parse("dir/k.yaml", []byte("company: {countri: RU}"), nil)
	text, marshal := json.Marshal(config.AllFaults(err))
	want := `[{"file":"dir/k.yaml","line":1,"path":"company.countri","message":"unknown key","suggestion":"did you mean country?"}]`
	if string(text) != want || marshal != nil {
		t.Errorf("got %s, %v", text, marshal)
	}
}
