package stewardtest

import (
	"context"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// People are two accounts and a token.
type People struct{}

// List implements steward.People.
func (People) List(context.Context) ([]customer.Account, error) {
	return []customer.Account{{ID: 1, Login: "anna", Name: "Анна Петрова", Roles: []string{"admin", "steward"}, SignedIn: Moment},
		{ID: 2, Login: "oleg", Name: "Олег", Roles: []string{"viewer"}, Sources: []customer.Source{"crm"}, Disabled: true}}, nil
}

// Invite implements steward.People.
func (People) Invite(context.Context, customer.Account) (string, time.Time, error) {
	return "one-time", Moment.Add(24 * time.Hour), nil
}

// Reset implements steward.People.
func (People) Reset(context.Context, string) (string, time.Time, error) {
	return "one-time", Moment.Add(24 * time.Hour), nil
}

// Disable implements steward.People.
func (People) Disable(context.Context, string, string) (a customer.Account, err error) { return a, nil }

// Enable implements steward.People.
func (People) Enable(context.Context, string) (a customer.Account, err error) { return a, nil }

// SetRoles implements steward.People.
func (People) SetRoles(context.Context, string, []string, []customer.Source) (a customer.Account, err error) {
	return a, nil
}

// Sessions implements steward.People.
func (People) Sessions(context.Context) ([]customer.Session, error) { return nil, nil }

// EndSession implements steward.People.
func (People) EndSession(context.Context, int64) error { return nil }

// Tokens implements steward.People.
func (People) Tokens(context.Context, bool) ([]customer.Token, error) {
	return []customer.Token{{ID: 3, Name: "billing", Owner: "local:anna", Scopes: []string{"customer.search"}, Until: Moment.AddDate(0, 3, 0)}}, nil
}

// AddToken implements steward.People.
func (People) AddToken(context.Context, customer.Token, time.Duration) (string, customer.Token, error) {
	return "ktk_once", customer.Token{}, nil
}

// RevokeToken implements steward.People.
func (People) RevokeToken(context.Context, int64) error { return nil }

// Prefer implements steward.People.
func (People) Prefer(ctx context.Context, lang, prefs string) error {
	s := access.From(ctx)
	s.Lang, s.Prefs = lang, prefs
	return nil
}

// Operations implements steward.Audit.
func (People) Operations(context.Context, string, customer.Code, int64, int) ([]customer.AuditRow, error) {
	return []customer.AuditRow{{Operation: 41, At: Moment, Kind: "merge", Actor: "local:anna", Reason: "один паспорт", Changes: 2, Codes: []customer.Code{Anna, Anya}}}, nil
}

// Visits implements steward.Audit.
func (People) Visits(context.Context, string, customer.Code, int64, int) ([]customer.Visit, error) {
	return []customer.Visit{{ID: 9, At: Moment, Who: "local:anna", Act: "customer.reveal", Codes: []customer.Code{Anna}, Fields: []string{"passport"}, Reason: "звонок клиента"}}, nil
}

// Assign implements steward.Assigner.
func (d *Desk) Assign(_ context.Context, task int64, to string) error {
	t, err := d.find(task)
	if err == nil {
		t.Assigned = to
	}
	return err
}

// Colleagues implements steward.Assigner.
func (d *Desk) Colleagues(context.Context) ([]desk.Colleague, error) {
	return []desk.Colleague{{ID: "local:anna", Name: "Анна"}, {ID: "local:oleg", Name: "Олег"}}, d.Err
}
