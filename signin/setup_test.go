package signin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kartoteka/access"
	"kartoteka/customer"
)

// R30: there is no account and no password until somebody uses the link, which works once.
func TestFirstRun(t *testing.T) {
	h := build(t, nil)
	if list, err := h.people.List(h.admin()); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	for _, login := range []string{"admin", "root", "kartoteka", ""} {
		for _, password := range []string{"", "admin", "password", "kartoteka"} {
			if got := h.signIn(h.browser(), login, password); got.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s/%s: %d", login, password, got.StatusCode)
			}
		}
	}
	older, ok, err := h.people.First(h.admin(), access.Admin)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	i, _, err := h.people.First(h.admin(), access.Admin, access.Steward)
	if err != nil {
		t.Fatal(err)
	}
	if got := h.ask(h.browser(), http.MethodGet, "/setup?token="+older.Token, nil); got.StatusCode != http.StatusGone {
		t.Errorf("an older link: %d", got.StatusCode)
	}
	for range 2 { // to look at it does not use it up
		if got := h.ask(h.browser(), http.MethodGet, "/setup?token="+i.Token, nil); got.StatusCode != http.StatusOK {
			t.Error(got.StatusCode)
		}
	}
	b := h.browser()
	if got := h.choose(b, i.Token, "Anna", good); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	if got := h.ask(b, http.MethodGet, "/", nil); got.body != "local:anna admin,steward" {
		t.Error(got.body)
	}
	if got := h.choose(h.browser(), i.Token, "boris", good); got.StatusCode != http.StatusGone {
		t.Errorf("the link works twice: %d", got.StatusCode)
	}
	if _, ok, err := h.people.First(h.admin(), access.Admin); err != nil || ok {
		t.Error("a second first account", ok, err)
	}
}

func TestPasswordsThatAreRefused(t *testing.T) {
	h := build(t, nil)
	i, err := h.people.Add(h.admin(), customer.Account{Login: "anna.petrova", Roles: []string{"viewer"}})
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]string{
		"short":                   "Too short",
		"одиннадцать":             "Too short",
		"passwordpassword":        "among the first",
		"Password1234!":           "among the first",
		"qwertyuiop[]":            "among the first",
		"йцукенгшщзхъ":            "among the first",
		"123456789012":            "among the first",
		"abcabcabcabc":            "among the first",
		"anna.petrova":            "among the first",
		"anna.petrova2026":        "among the first",
		"приветприветпривет":      "among the first",
		strings.Repeat("ab", 600): "Too long",
	} {
		if got := h.choose(h.browser(), i.Token, "", password); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d, want %s", password, got.StatusCode, want)
		}
	}
	for _, password := range []string{"сырой клён едет вверх", "aaaa bbbb cccc dddd", "        пробелы", "827364512093 ok", "e\u0301trange voyage"} {
		i, err := h.people.Reset(h.admin(), "anna.petrova")
		if err != nil {
			t.Fatal(err)
		}
		if got := h.choose(h.browser(), i.Token, "", password); got.StatusCode != http.StatusSeeOther {
			t.Errorf("%q: %d", password, got.StatusCode)
		}
		if got := h.signIn(h.browser(), "anna.petrova", password); got.StatusCode != http.StatusSeeOther {
			t.Errorf("%q does not open: %d", password, got.StatusCode)
		}
	}
	if got := h.signIn(h.browser(), "anna.petrova", "\u00e9trange voyage"); got.StatusCode != http.StatusSeeOther {
		t.Error("another keyboard writes the same letter otherwise:", got.StatusCode)
	}
}

func TestAnInvitationIsForItsAccount(t *testing.T) {
	h := build(t, nil)
	h.member("boris", "viewer")
	i, err := h.people.Add(h.admin(), customer.Account{Login: "anna", Roles: []string{"viewer"}})
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	if got := h.choose(b, i.Token, "boris", good); got.StatusCode != http.StatusSeeOther {
		t.Fatal(got.StatusCode)
	}
	if got := h.ask(b, http.MethodGet, "/", nil); got.body != "local:anna viewer" {
		t.Error(got.body)
	}
	h.signIn(h.client, "anna", good)
	if _, err := h.people.Reset(h.admin(), "anna"); err != nil {
		t.Fatal(err)
	}
	if got := h.ask(h.client, http.MethodGet, "/v1/x", nil); got.StatusCode != http.StatusUnauthorized {
		t.Error("a reset leaves the session:", got.StatusCode)
	}
	if got := h.signIn(h.browser(), "anna", good); got.StatusCode != http.StatusUnauthorized {
		t.Error("a reset leaves the password:", got.StatusCode)
	}
	late, err := h.people.Reset(h.admin(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	h.exec(`UPDATE invitation SET until = clock_timestamp() - interval '1 second'`)
	if got := h.choose(h.browser(), late.Token, "", good); got.StatusCode != http.StatusGone {
		t.Error("a link of yesterday:", got.StatusCode)
	}
}

// No secret that opens a door stands in the database.
func TestSecretsAreKeptByTheirHashes(t *testing.T) {
	h := build(t, nil)
	h.member("anna", "steward")
	h.signIn(h.client, "anna", good)
	token := h.token("anna", "customer.read")
	i, err := h.people.Add(h.admin(), customer.Account{Login: "boris"})
	if err != nil {
		t.Fatal(err)
	}
	var dump strings.Builder
	for _, table := range []string{"account", "session", "token", "invitation", "visit"} {
		for _, row := range h.rows(`SELECT row_to_json(t)::text FROM ` + table + ` t`) {
			dump.WriteString(row)
		}
	}
	for name, secret := range map[string]string{"password": good, "session": h.session(h.client), "token": token, "token's end": token[4:], "invitation": i.Token} {
		if secret == "" || strings.Contains(dump.String(), secret) {
			t.Errorf("%s stands in the database", name)
		}
	}
	if !strings.Contains(dump.String(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Error("no argon2id")
	}
}

func (h *house) exec(sql string) {
	h.Helper()
	if err := h.store.InTx(h.Context(), func(tx *storeTx) error { _, err := tx.Exec(h.Context(), sql); return err }); err != nil {
		h.Fatal(err)
	}
}

func (h *house) rows(sql string) (out []string) {
	h.Helper()
	err := h.store.InTx(h.Context(), func(tx *storeTx) error {
		rows, err := tx.Query(h.Context(), sql)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return out
}
