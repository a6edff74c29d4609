package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
	"kartoteka/store"
)

func visit(act string) *customer.Visit { return &customer.Visit{Who: "cli:test", Act: act} }

func TestAccountsSessionsAndTokens(t *testing.T) {
	t.Parallel()
	s, ctx := openStore(t), t.Context()
	anna := customer.Account{Login: "anna", Name: "Anna", Password: "$argon2id$1", Roles: []string{"steward"}, Sources: []customer.Source{"crm"}}
	id, err := s.AddAccount(ctx, visit("account.add"), &anna)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddAccount(ctx, visit("account.add"), &anna); !errors.Is(err, customer.ErrTaken) {
		t.Errorf("a second anna: %v", err)
	}
	got, err := s.Account(ctx, "anna")
	if err != nil || got.ID != id || got.Actor() != "local:anna" {
		t.Fatalf("%+v %v", got, err)
	}
	if diff := cmp.Diff(anna.Sources, got.Sources); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Account(ctx, "boris"); !errors.Is(err, customer.ErrUnknown) {
		t.Error(err)
	}

	now := time.Now()
	n := customer.Session{Hash: []byte("one"), Account: id, Rights: got.Rights, Created: now, Until: now.Add(time.Hour)}
	if err := s.OpenSession(ctx, visit("sign_in"), &n); err != nil {
		t.Fatal(err)
	}
	found, a, err := s.Session(ctx, []byte("one"), time.Minute)
	if err != nil || a.Login != "anna" || found.Former {
		t.Fatalf("%+v %+v %v", found, a, err)
	}
	if _, _, err := s.Session(ctx, []byte("one"), 0); !errors.Is(err, customer.ErrUnknown) {
		t.Errorf("idle: %v", err)
	}
	if ok, err := s.RenewSession(ctx, &found, []byte("two"), 2, time.Minute); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if ok, err := s.RenewSession(ctx, &found, []byte("three"), 2, time.Minute); err != nil || ok {
		t.Error("renewed twice", ok, err)
	}
	if former, _, err := s.Session(ctx, []byte("one"), time.Minute); err != nil || !former.Former {
		t.Error(former, err)
	}

	key := customer.Token{Hash: []byte("key"), Name: "feed", Account: id, Scopes: []string{"feed.read"}, Created: now, By: "cli:test", Until: now.Add(time.Hour)}
	if err := s.AddToken(ctx, visit("token.add"), &key); err != nil {
		t.Fatal(err)
	}
	token, owner, err := s.Token(ctx, []byte("key"))
	if err != nil || owner.Login != "anna" || token.Owner != "local:anna" {
		t.Fatalf("%+v %+v %v", token, owner, err)
	}
	got.Disabled = true
	if err := s.ChangeAccount(ctx, visit("account.disable"), &got); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Token(ctx, []byte("key")); !errors.Is(err, customer.ErrUnknown) {
		t.Errorf("token of a disabled account: %v", err)
	}
	if list, err := s.Sessions(ctx, id); err != nil || len(list) != 0 {
		t.Error("a disabled account has sessions", list, err)
	}
	if err := s.RevokeToken(ctx, visit("token.revoke"), 0, token.ID); err != nil {
		t.Error(err)
	}
	if err := s.RevokeToken(ctx, visit("token.revoke"), 0, token.ID); !errors.Is(err, customer.ErrUnknown) {
		t.Error(err)
	}
}

func TestAnInvitationIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	s, ctx := openStore(t), t.Context()
	i := customer.Invitation{Hash: []byte("first"), Roles: []string{"admin"}, Until: time.Now().Add(time.Hour)}
	if err := s.Invite(ctx, visit("account.invite"), &i); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	results := make(chan error, 8)
	for range 8 {
		wait.Go(func() {
			_, err := s.Accept(ctx, visit("account.accept"), i.Hash, &customer.Account{Login: "anna", Name: "Anna", Password: "x", Roles: i.Roles})
			results <- err
		})
	}
	wait.Wait()
	close(results)
	accepted := 0
	for err := range results {
		if err == nil {
			accepted++
		} else if !errors.Is(err, customer.ErrUnknown) {
			t.Error(err)
		}
	}
	if accepted != 1 {
		t.Errorf("accepted %d times", accepted)
	}
	old := customer.Invitation{Hash: []byte("old"), Until: time.Now().Add(-time.Second)}
	if err := s.Invite(ctx, visit("account.invite"), &old); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invitation(ctx, old.Hash); !errors.Is(err, customer.ErrUnknown) {
		t.Error(err)
	}
}

func TestARestoredHubHasNoSessions(t *testing.T) {
	t.Parallel()
	s, ctx := openStore(t), t.Context()
	id, err := s.AddAccount(ctx, visit("account.add"), &customer.Account{Login: "anna", Name: "Anna"})
	if err != nil {
		t.Fatal(err)
	}
	n := customer.Session{Hash: []byte("one"), Account: id, Created: time.Now(), Until: time.Now().Add(time.Hour)}
	i := customer.Invitation{Hash: []byte("i"), Account: id, Until: time.Now().Add(time.Hour)}
	if err := errors.Join(s.OpenSession(ctx, visit("sign_in"), &n), s.Invite(ctx, visit("account.invite"), &i), s.MarkRestored(ctx, "test")); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Sessions(ctx, id); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if _, err := s.Invitation(ctx, i.Hash); !errors.Is(err, customer.ErrUnknown) {
		t.Error(err)
	}
}

// A token that was revoked after the backup is not good again: all rest until the restored hub is confirmed, and
// end then unless the person who confirms knows better.
func TestTokensOfARestoredHub(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		s, ctx := openStore(t), t.Context()
		token := customer.Token{Hash: []byte("t"), Name: "warehouse", Scopes: []string{"feed.read"}, Created: time.Now(), Until: time.Now().Add(time.Hour), By: "anna"}
		if err := s.AddToken(ctx, visit("token.add"), &token); err != nil {
			t.Fatal(err)
		}
		is := func(when string, want error) {
			t.Helper()
			if _, _, err := s.Token(ctx, token.Hash); !errors.Is(err, want) {
				t.Errorf("%s, keep %v: %v", when, keep, err)
			}
		}
		is("before", nil)
		if err := s.MarkRestored(ctx, "test"); err != nil {
			t.Fatal(err)
		}
		is("restored", customer.ErrUnknown)
		err := s.InLaneToConfirm(ctx, func(tx *store.Tx) error {
			revoked, err := tx.EndConfirm(ctx, keep)
			if revoked != map[bool]int64{false: 1, true: 0}[keep] {
				t.Errorf("%d revoked", revoked)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		is("confirmed", map[bool]error{false: customer.ErrUnknown, true: nil}[keep])
	}
}

func TestAJourneyComesBackOnce(t *testing.T) {
	t.Parallel()
	s, ctx := openStore(t), t.Context()
	j := customer.Journey{Hash: []byte("j"), State: "s", Nonce: "n", Verifier: "v", Next: "/", Until: time.Now().Add(time.Minute)}
	if err := s.Depart(ctx, &j); err != nil {
		t.Fatal(err)
	}
	if back, err := s.Arrive(ctx, j.Hash); err != nil || back.Nonce != "n" {
		t.Fatal(back, err)
	}
	if _, err := s.Arrive(ctx, j.Hash); !errors.Is(err, customer.ErrUnknown) {
		t.Error(err)
	}
}

// 16 writers never fork the chain of visits nor overdraw a budget, and each kind of tampering is told.
func TestVisits(t *testing.T) {
	t.Parallel()
	s, ctx := openStore(t), t.Context()
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for range 5 {
				v := customer.Visit{Who: "local:anna", Act: "customer.reveal", Codes: []customer.Code{customer.WithCheckDigit(7)}, Fields: []string{"inn"}, Reason: "letter of 3 May"}
				if err := s.Visit(ctx, &v, store.Budget{Most: 50, Acts: []string{v.Act}, Since: time.Now().Add(-time.Hour)}); err != nil && !errors.Is(err, customer.ErrBudget) {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	list, err := s.Visits(ctx, store.VisitFilter{Code: customer.WithCheckDigit(7), Limit: 100})
	if err != nil || len(list) != 50 || list[0].Fields[0] != "inn" {
		t.Fatalf("%d %v", len(list), err)
	}
	if faults := walkVisits(t, s); len(faults) != 0 {
		t.Fatal(faults)
	}
	for _, c := range []struct{ name, sql string }{
		{"altered", `UPDATE visit SET who = 'local:boris' WHERE id = 9`},
		{"taken out", `DELETE FROM visit WHERE id = 9`},
		{"taken from the end", `DELETE FROM visit WHERE id = 50`},
		{"code changed", `UPDATE visit SET codes = '{}' WHERE id = 3`},
	} {
		undo := errors.New("undo")
		err := s.InTx(ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(ctx, c.sql); err != nil {
				return err
			}
			var faults []customer.AuditFault
			if _, err := tx.WalkVisits(ctx, func(f customer.AuditFault) { faults = append(faults, f) }); err != nil {
				return err
			}
			if len(faults) != 1 {
				t.Errorf("%s: %v", c.name, faults)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Error(err)
		}
	}
}

func walkVisits(t *testing.T, s *store.Store) (faults []customer.AuditFault) {
	t.Helper()
	err := s.InSnapshot(t.Context(), func(tx *store.Tx) error {
		_, err := tx.WalkVisits(t.Context(), func(f customer.AuditFault) { faults = append(faults, f) })
		return err
	})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatal(err)
	}
	return faults
}

func TestWelcomeRaisesRightsWithTheGroups(t *testing.T) {
	t.Parallel()
	s, ctx := openStore(t), t.Context()
	a := customer.Account{Issuer: "https://id", Subject: "42", Name: "Anna", GroupRoles: []string{"viewer"}}
	first, err := s.Welcome(ctx, &a)
	if err != nil {
		t.Fatal(err)
	}
	same, err := s.Welcome(ctx, &a)
	if err != nil || same.ID != first.ID || same.Rights != first.Rights {
		t.Errorf("%+v %v", same, err)
	}
	a.GroupRoles = []string{"steward"}
	if more, err := s.Welcome(ctx, &a); err != nil || more.Rights != first.Rights+1 || more.Actor() == "local:" {
		t.Errorf("%+v %v", more, err)
	}
}
