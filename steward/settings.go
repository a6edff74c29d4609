package steward

import (
	"net/http"

	"kartoteka/access"
)

// settingsBody is the page of the rules that the hub works by.
type settingsBody struct {
	Settings *Settings
	MayPlan  bool
	May      []roleRights
}

// Settings are the rules of the hub, as a page shows them.
type Settings struct {
	Ruleset string // hash
	// Link is what a pair must reach to be one customer, by kind, in bits.
	Links []LinkAt
	// Pending is a plan that is being applied; "" for none.
	Pending string
}

// LinkAt is the threshold of a kind.
type LinkAt struct {
	Kind string
	Bits float64
}

type roleRights struct {
	Role access.Role
	May  []access.Act
}

func (s *Site) settings(w http.ResponseWriter, r *http.Request) error {
	f := s.frame(r, "settings", "steward.nav.settings")
	if err := s.options.Policy.May(f.Who, access.ReadSettings); err != nil {
		return err
	}
	b := settingsBody{MayPlan: s.options.Policy.Can(f.Who, access.Plan)}
	if s.options.Settings != nil {
		x, err := s.options.Settings(r.Context())
		if err != nil {
			return err
		}
		b.Settings = x
	}
	for _, role := range access.Roles() {
		b.May = append(b.May, roleRights{role, s.options.Policy.Rights(role).May})
	}
	return s.show(w, r, http.StatusOK, "settings", f, b)
}
