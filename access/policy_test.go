package access_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartoteka/access"
	"kartoteka/customer"
)

var update = flag.Bool("update", false, "write the expected files anew")

func bank(t testing.TB) *customer.Portrait {
	t.Helper()
	p, err := customer.NewPortrait([]customer.Attribute{
		{Kind: customer.Person, Name: "name", Type: customer.TypePersonName},
		{Kind: customer.Person, Name: "inn", Type: customer.TypeINN, Sensitivity: customer.Secret},
		{Kind: customer.Organization, Name: "inn", Type: customer.TypeINN, Sensitivity: customer.Public},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The whole matrix, role by act and role by field, as a person would check it.
func TestMatrix(t *testing.T) {
	var p *access.Policy
	var b strings.Builder
	row := func(name string, cell func(access.Role) string) {
		fmt.Fprintf(&b, "%-22s", name)
		for _, r := range access.Roles() {
			fmt.Fprintf(&b, "%-16s", cell(r))
		}
		b.WriteString("\n")
	}
	row("act", func(r access.Role) string { return string(r) })
	for _, act := range access.Acts() {
		row(string(act), func(r access.Role) string {
			if p.Can(&access.Subject{Roles: []access.Role{r}}, act) {
				return "yes"
			}
			return "-"
		})
	}
	portrait := bank(t)
	for i := range portrait.Attributes {
		a := &portrait.Attributes[i]
		row("see "+string(a.Kind)[:6]+"."+a.Name, func(r access.Role) string {
			v := p.View(&access.Subject{Roles: []access.Role{r}}, portrait)
			return []string{"absent", "hint", "whole"}[v.Of(a.Kind, a.Name)]
		})
	}
	row("write name", func(r access.Role) string {
		if p.MayWrite(&access.Subject{Roles: []access.Role{r}}, "name") == nil {
			return "yes"
		}
		return "-"
	})
	got := strings.ReplaceAll(b.String(), " \n", "\n")
	for strings.Contains(got, " \n") {
		got = strings.ReplaceAll(got, " \n", "\n")
	}
	if *update {
		if err := os.WriteFile("testdata/matrix.txt", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("go test ./access -run Matrix -update, and look at every changed cell:\n%s", diff)
	}
}

func TestNobodyMayAnything(t *testing.T) {
	for _, s := range []*access.Subject{nil, {}, access.From(t.Context()), {Roles: []access.Role{"king"}}} {
		for _, act := range access.Acts() {
			if err := (*access.Policy)(nil).May(s, act); !errors.Is(err, access.ErrForbidden) {
				t.Errorf("%s: %v", act, err)
			}
		}
		d := document()
		seen := (*access.Policy)(nil).View(s, portrait(t)).Apply(portrait(t), d)
		if len(seen.Attributes)+len(seen.Consents)+len(seen.Products)+len(seen.Relations)+len(seen.Members) != 0 {
			t.Errorf("nobody sees %+v", seen)
		}
	}
}

func TestConfiguredRightsReplaceARolesLists(t *testing.T) {
	p := access.NewPolicy(map[access.Role]access.Rights{
		access.Viewer:  {May: []access.Act{access.ReadCustomer}, Mask: []string{"name"}, Hide: []string{"inn", access.Members}},
		access.Steward: {May: []access.Act{access.ReadCustomer, access.Pin}, Mask: []string{}, Write: []string{"name"}},
	})
	portrait := bank(t)
	viewer := &access.Subject{Roles: []access.Role{access.Viewer}}
	v := p.View(viewer, portrait)
	seen := v.Apply(portrait, document())
	if _, has := seen.Attributes["inn"]; has || seen.Members != nil || seen.Attributes["name"][0].Value != "П••• А•••" {
		t.Errorf("%+v", seen)
	}
	if p.Can(viewer, access.Search) {
		t.Error("a list that the configuration gives is the whole list")
	}
	steward := &access.Subject{Roles: []access.Role{access.Steward}}
	if got := p.View(steward, portrait).Of(customer.Person, "inn"); got != access.Whole {
		t.Error(got)
	}
	if p.MayWrite(steward, "name") != nil || p.MayWrite(steward, "inn") == nil || p.MayWrite(viewer, "name") == nil {
		t.Error("write")
	}
}

func TestScopesNarrowATokenToWhatItsRolesMay(t *testing.T) {
	var p *access.Policy
	token := &access.Subject{Roles: []access.Role{access.Service}, Via: access.ViaToken, Scopes: []access.Act{access.ReadChanges, access.ManageUsers}}
	for _, act := range access.Acts() {
		if got := p.Can(token, act); got != (act == access.ReadChanges) {
			t.Errorf("%s: %v", act, got)
		}
	}
	portrait := bank(t)
	if got := p.View(token, portrait).Of(customer.Person, "inn"); got != access.Hint {
		t.Error(got)
	}
	token.Scopes = append(token.Scopes, access.Reveal)
	if got := p.View(token, portrait).Of(customer.Person, "inn"); got != access.Whole {
		t.Error(got)
	}
	token.Roles = []access.Role{access.Auditor} // may not reveal, whatever the token says
	if got := p.View(token, portrait).Of(customer.Person, "inn"); got != access.Hint {
		t.Error(got)
	}
}

func TestSourcesLimitWhichCustomersAreSeen(t *testing.T) {
	s := &access.Subject{Roles: access.Roles(), Sources: []customer.Source{"branch"}}
	v := (*access.Policy)(nil).View(s, portrait(t))
	d := document()
	if !v.Filters() || v.Apply(portrait(t), d) != nil {
		t.Error("a customer of another source is seen")
	}
	d.Members = append(d.Members, customer.DocumentMember{Source: "branch", Key: "1"})
	if v.Apply(portrait(t), d) == nil {
		t.Error("a customer of the source is not seen")
	}
}

// One more role never takes a right or a value away.
func TestRolesOnlyAdd(t *testing.T) {
	var p *access.Policy
	portrait := bank(t)
	rapid.Check(t, func(t *rapid.T) {
		roles := rapid.SliceOfDistinct(rapid.SampledFrom(access.Roles()), rapid.ID).Draw(t, "roles")
		less, more := &access.Subject{Roles: roles}, &access.Subject{Roles: append(slices.Clone(roles), rapid.SampledFrom(access.Roles()).Draw(t, "one more"))}
		for _, act := range access.Acts() {
			if p.Can(less, act) && !p.Can(more, act) {
				t.Fatalf("%s is lost", act)
			}
		}
		for i := range portrait.Attributes {
			a := &portrait.Attributes[i]
			if p.View(less, portrait).Of(a.Kind, a.Name) > p.View(more, portrait).Of(a.Kind, a.Name) {
				t.Fatalf("%s is seen less", a.Name)
			}
		}
	})
}

func TestTextOfAView(t *testing.T) {
	p := bank(t)
	v := access.Masking(p)
	for _, c := range []struct {
		kind        customer.Kind
		name, value string
		want        string
	}{
		{customer.Person, "inn", "526317984689", "•••4689"},
		{customer.Organization, "inn", "7707083893", "7707083893"},
		{customer.Person, "name", "Петрова", "Петрова"},
	} {
		if got := v.Text(p, c.kind, c.name, c.value); got != c.want {
			t.Errorf("%s.%s: %q", c.kind, c.name, got)
		}
	}
	if got := (access.View{AllBut: []string{"name"}}).Text(p, customer.Person, "name", "Петрова"); got != "" {
		t.Error(got)
	}
}
