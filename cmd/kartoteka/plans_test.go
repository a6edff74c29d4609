package main

import (
	"errors"
	"strings"
	"testing"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/store"
)

// TestAPlanIsLookedAtBeforeItIsApplied asks for another threshold, looks at what it would do, lets another
// person apply it, and takes it off again.
func TestAPlanIsLookedAtBeforeItIsApplied(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{Rules: true})
	anna, boris := o.as("anna", access.Admin), o.as("boris", access.Admin)
	before := o.door.crosswalk()
	settings := "matching:\n  bits: {link: 59}\n"
	for name, bad := range map[string]string{"key": "bit: {link: 59}", "value": "bits: {link: high}", "beside": "model: /etc/passwd", "yaml": "{"} {
		if _, err := o.desk.AskPlan(anna, desk.PlanWish{Settings: &bad}); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.desk.AskPlan(o.as("vera"), desk.PlanWish{}); !errors.Is(err, access.ErrForbidden) {
		t.Error(err)
	}
	p, err := o.desk.AskPlan(anna, desk.PlanWish{Settings: &settings, Reason: "fewer joins", Request: "anna 1"})
	if err != nil || p.State != customer.PlanAsked {
		t.Fatalf("%v", err)
	}
	if again, err := o.desk.AskPlan(anna, desk.PlanWish{Settings: &settings, Reason: "fewer joins", Request: "anna 1"}); err != nil || again.ID != p.ID {
		t.Fatalf("%v", err)
	}
	p = o.worked(p.ID)
	if p.State != customer.PlanReady || p.Would.Tally.Split == 0 || len(p.Would.Parted) == 0 || len(p.Would.Curve) == 0 || p.Would.Links[0].Bits != 59 || p.Would.Ruleset.Model != "" {
		t.Fatalf("%s %s %+v", p.State, p.Detail, p.Would)
	}
	if _, err := o.desk.ApprovePlan(anna, p.ID, desk.PlanConsent{}); refusal(err) != "person" {
		t.Error(err)
	}
	if _, err := o.desk.ApprovePlan(boris, p.ID, desk.PlanConsent{}); !p.Braked || refusal(err) != "brake" {
		t.Errorf("%v %v", p.Braked, err)
	}
	if p, err = o.desk.ApprovePlan(boris, p.ID, desk.PlanConsent{Reason: "seen", Brake: 100}); err != nil || p.State != customer.PlanApproved {
		t.Fatalf("%v", err)
	}
	p = o.worked(p.ID)
	if p.State != customer.PlanApplied || p.Did == nil || p.Did.Changes != p.Would.Tally || p.Approver != "local:boris" {
		t.Fatalf("%s %s %+v", p.State, p.Detail, p.Did)
	}
	s, err := o.desk.Settings(anna)
	if err != nil || s.ReadOnly || s.Links[0].Bits != 59 || s.Laid != settings || len(s.Versions) != 1 || len(s.Curve) == 0 {
		t.Fatalf("%+v %v", s, err)
	}
	o.told(p.ID)
	// Another process with the same file goes on; a plan of the command line keeps what was laid over it.
	o.door.ok("load", "-q", "--source", "crm", o.door.file("more.csv", "id;ФИО;Телефон\n901;Лосева Ольга Ивановна;+7 916 200-99-01\n"))
	var planned planSummary
	if o.door.json(exitOK, &planned, nil, "plan"); planned.Changes.Events != 0 {
		t.Errorf("%+v", planned)
	}
	o.door.json(exitOK, &planned, nil, "plan", "--file-only", "--out", o.door.dir+"/off.json")
	o.door.json(exitOK, nil, nil, "apply", o.door.dir+"/off.json", "--brake", "100")
	after := o.door.crosswalk()
	for key, code := range before { // what waited for a person is approved by the plan as a whole
		if after[key] != code && !strings.HasPrefix(key, "desk/") && !strings.HasPrefix(key, "late/") {
			t.Errorf("%s is %s after it, not %s", key, after[key], code)
		}
	}
	if s, err = o.desk.Settings(anna); err != nil || s.Laid != "" || len(s.Versions) != 2 {
		t.Errorf("%+v %v", s, err)
	}
	o.door.json(exitOK, nil, nil, "verify")
}

// worked lets the hub do its part of a plan.
func (o *office) worked(id int64) *desk.ShownPlan {
	o.Helper()
	if err := o.desk.WorkPlan(o.Context()); err != nil {
		o.Fatal(err)
	}
	p, err := o.desk.Plan(o.as("anna", access.Admin), id)
	if err != nil {
		o.Fatal(err)
	}
	return p
}

// told looks for an applied plan in the audit.
func (o *office) told(id int64) {
	o.Helper()
	var rows []customer.AuditRow
	err := o.hub.InTx(o.Context(), func(tx *store.Tx) (err error) {
		rows, err = tx.ListAudit(o.Context(), store.AuditFilter{Actor: "local:boris", Limit: 5})
		return err
	})
	if err != nil || len(rows) == 0 || rows[0].Kind != "apply" || !strings.Contains(rows[0].Reason, "seen") {
		o.Errorf("plan %d: %+v %v", id, rows, err)
	}
}

func refusal(err error) string {
	var r *desk.Refusal
	if errors.As(err, &r) {
		return r.Fault
	}
	return ""
}

// TestAPlanThatCannotBeMade fails and says why; one that was given up is not made.
func TestAPlanThatCannotBeMade(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{})
	anna := o.as("anna", access.Admin)
	p, err := o.desk.AskPlan(anna, desk.PlanWish{})
	if err != nil {
		t.Fatal(err)
	}
	if p = o.worked(p.ID); p.State != customer.PlanReady {
		t.Fatalf("%s %s", p.State, p.Detail)
	}
	if err := o.hub.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE hub SET ruleset_hash = 'another'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.desk.ApprovePlan(anna, p.ID, desk.PlanConsent{}); refusal(err) != "ruleset" {
		t.Error(err)
	}
	if p, err = o.desk.DropPlan(anna, p.ID); err != nil || p.State != customer.PlanDropped {
		t.Errorf("%v", err)
	}
	if _, err := o.desk.ApprovePlan(anna, p.ID, desk.PlanConsent{}); refusal(err) != "state" {
		t.Error(err)
	}
	if _, err := o.desk.Plan(anna, 99); !errors.Is(err, desk.ErrUnknown) {
		t.Error(err)
	}
}
