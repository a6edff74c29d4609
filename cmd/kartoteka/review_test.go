package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
)

// office is a hub with questions and people who work at it.
type office struct {
	*testing.T
	door *door
	desk *desk.Desk
	hub  *hub
	now  time.Time
}

func openOffice(t *testing.T, r desk.Review) *office {
	t.Helper()
	o := &office{T: t, door: heldDoor(t), now: time.Now()}
	lookup := func(name string) (string, bool) { return o.door.url, name == "KARTOTEKA_DATABASE_URL" }
	a := &app{out: t.Output(), err: t.Output(), lookup: lookup}
	a.State, a.Config = o.door.dir, o.door.dir+"/kartoteka.yaml"
	var err error
	if o.hub, err = a.openHub(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.hub.close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	o.desk = desk.New(desk.Options{Store: o.hub.Store, Compile: o.hub.compileFrom(o.hub.rules, o.hub.row.RulesetHash), Rulemaker: o.hub.rulemaker, Portrait: o.hub.conf.Portrait, TimeZone: "UTC", Review: r,
		Now: func() time.Time { return o.now }})
	return o
}

// as is the context of a person at the workbench.
func (o *office) as(name string, roles ...access.Role) context.Context {
	if roles == nil {
		roles = []access.Role{access.Steward}
	}
	return access.With(o.Context(), &access.Subject{ID: "local:" + name, Name: name, Roles: roles, Via: access.ViaSession})
}

func (o *office) next(name string) *desk.Task {
	o.Helper()
	t, err := o.desk.Next(o.as(name), desk.TaskFilter{Kinds: []customer.TaskKind{customer.TaskHeldJoin}, Beyond: true})
	if err != nil {
		o.Fatal(err)
	}
	return t
}

func (o *office) answer(ctx context.Context, t *desk.Task, yes bool) *desk.Answered {
	o.Helper()
	a, err := o.desk.Answer(ctx, t.ID, desk.Verdict{Approve: yes, Version: t.Version, Reason: "seen"})
	if err != nil {
		o.Fatal(err)
	}
	return a
}

func (o *office) carryOut() {
	o.Helper()
	if err := o.desk.CarryOut(o.Context()); err != nil {
		o.Fatal(err)
	}
}

func (o *office) positions() int64 {
	o.Helper()
	last, err := o.hub.Last(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	return last
}

func (o *office) merged() int {
	n := 0
	at := o.door.crosswalk()
	if at["desk/1"] == at["desk/2"] {
		n++
	}
	if at["desk/3"] == at["desk/4"] {
		n++
	}
	return n
}

func TestAnAnswerCanBeUndoneBeforeAnythingLeaves(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{Hold: time.Hour})
	task, before := o.next("anna"), o.positions()
	a := o.answer(o.as("anna"), task, true)
	if a.Pending == nil || a.Pending.State != customer.ProposalHeld || a.Preview == nil || a.Merged != 1 {
		t.Fatalf("%+v", a)
	}
	o.carryOut()
	if o.positions() != before || o.merged() != 0 {
		t.Fatal("it was carried out while it could be undone")
	}
	if other := o.next("boris"); other == nil || other.ID == task.ID {
		t.Fatalf("an answered question is asked again: %+v", other)
	}
	if _, err := o.desk.Undo(o.as("boris"), a.Pending.ID); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("undone by somebody else: %v", err)
	}
	if _, err := o.desk.Undo(o.as("anna"), a.Pending.ID); err != nil {
		t.Fatal(err)
	}
	if twice, err := o.desk.Undo(o.as("anna"), a.Pending.ID); err != nil || twice.Pending.State != customer.ProposalUndone {
		t.Errorf("undone twice: %v", err)
	}
	again, err := o.desk.Task(o.as("anna"), task.ID)
	if err != nil || again.State != customer.TaskOpen || again.Claim == nil || !again.Claim.Mine {
		t.Fatalf("the question is not back: %+v %v", again, err)
	}
	if o.positions() != before {
		t.Error("an undone answer left something in the change log")
	}
}

func TestAHeldAnswerIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{Hold: time.Nanosecond})
	task := o.next("anna")
	v := desk.Verdict{Approve: true, Version: task.Version, Request: "r1"}
	first, err := o.desk.Answer(o.as("anna"), task.ID, v)
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := o.desk.Answer(o.as("anna"), task.ID, v); err != nil || twice.Pending == nil || twice.Pending.ID != first.Pending.ID || !twice.Repeated {
		t.Errorf("a double click: %+v %v", twice, err)
	}
	o.carryOut()
	o.carryOut()
	if o.merged() != 1 {
		t.Error("it was not carried out")
	}
	done, err := o.desk.Pendings(o.as("anna"), desk.PendingFilter{State: customer.ProposalDone, Mine: true}, "")
	if err != nil || len(done.Rows) != 1 || done.Rows[0].Operation == 0 {
		t.Fatalf("%+v %v", done, err)
	}
	if late, err := o.desk.Answer(o.as("anna"), task.ID, v); err != nil || !late.Repeated || late.Operation != done.Rows[0].Operation {
		t.Errorf("sent again afterwards: %+v %v", late, err)
	}
	if _, err := o.desk.Undo(o.as("anna"), first.Pending.ID); err != nil || o.merged() != 0 {
		t.Errorf("a carried out answer is taken back: %v", err)
	}
	o.door.ok("verify")
}

func TestFourEyesAreTwoPersons(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{Kinds: []customer.TaskKind{customer.TaskHeldJoin}})
	task := o.next("anna")
	both := o.as("anna", access.Steward, access.Approver)
	a := o.answer(both, task, true)
	if a.Pending == nil || a.Pending.State != customer.ProposalAwaiting {
		t.Fatalf("%+v", a)
	}
	if _, err := o.desk.Approve(both, a.Pending.ID, true, ""); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("approved by its author: %v", err)
	}
	token := access.With(o.Context(), &access.Subject{ID: "token:7", Owner: "local:anna", Roles: []access.Role{access.Approver}, Via: access.ViaToken})
	if _, err := o.desk.Approve(token, a.Pending.ID, true, ""); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("approved by its author's token: %v", err)
	}
	if _, err := o.desk.Approve(o.as("boris"), a.Pending.ID, true, ""); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("approved by a steward: %v", err)
	}
	if shown, err := o.desk.Proposed(o.as("vera", access.Approver), a.Pending.ID); err != nil || shown.Preview == nil || shown.Merged != 1 {
		t.Errorf("the approver does not see what is approved: %+v %v", shown, err)
	}
	if done, err := o.desk.Approve(o.as("vera", access.Approver), a.Pending.ID, true, "agreed"); err != nil || done.Merged != 1 || o.merged() != 1 {
		t.Fatalf("%+v %v", done, err)
	}
	refused := o.answer(o.as("anna"), o.next("anna"), true)
	if _, err := o.desk.Approve(o.as("vera", access.Approver), refused.Pending.ID, false, "twins"); err != nil || o.merged() != 1 {
		t.Error(err)
	}
	if back := o.next("boris"); back == nil || back.ID != refused.Task {
		t.Errorf("a refused answer does not give the question back: %+v", back)
	}
}

func TestASecondOpinionIsBlind(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{Second: 1, HideScore: desk.HideTwice})
	asked := []*desk.Task{}
	for range 2 {
		task := o.next("anna")
		if a := o.answer(o.as("anna"), task, true); a.Pending == nil || a.Pending.State != customer.ProposalHeld {
			t.Fatalf("%+v", a)
		}
		asked = append(asked, task)
	}
	agreed, disputed := asked[0], asked[1]
	if again := o.next("anna"); again != nil {
		t.Fatal("the first person is asked again")
	}
	second := o.next("boris")
	if second != nil && (!second.Blind || second.Bits != 0 || second.Loss != 0 || second.Together != nil || second.Why != nil) {
		t.Errorf("the second person sees the score: %+v %+v", second.TaskRow, second.Why)
	}
	if second == nil || second.ID != agreed.ID || second.Pending != "" {
		t.Fatalf("the second person is not asked, or told that it is a second opinion: %+v", second)
	}
	o.answer(o.as("boris"), second, true)
	local := access.With(t.Context(), access.Local("test"))
	if seen, err := o.desk.Task(local, disputed.ID); err != nil || seen.Blind || seen.Why == nil || seen.Bits == 0 {
		t.Errorf("the command line does not see the score: %+v %v", seen, err)
	}
	if second = o.next("boris"); second == nil || second.ID != disputed.ID {
		t.Fatalf("%+v", second)
	}
	waits := o.answer(o.as("boris"), second, false)
	if o.carryOut(); o.merged() != 1 {
		t.Error("who agree are two")
	}
	if after, err := o.desk.Task(o.as("boris"), agreed.ID); err != nil || after.State != customer.TaskDone || after.Blind || after.Bits == 0 {
		t.Errorf("the score is hidden after the answer: %+v %v", after, err)
	}
	if waits.Pending == nil || waits.Pending.State != customer.ProposalAwaiting {
		t.Fatalf("a dispute is for a third person: %+v", waits)
	}
	if _, err := o.desk.Approve(o.as("anna", access.Approver), waits.Pending.ID, false, ""); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("decided by one of the two: %v", err)
	}
	if _, err := o.desk.Approve(o.as("vera", access.Approver), waits.Pending.ID, true, ""); err != nil || o.merged() != 1 {
		t.Error(err)
	}
}

func TestAnAnswerThatWasOvertakenGivesItsQuestionBack(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{Hold: time.Nanosecond})
	task := o.next("anna")
	a := o.answer(o.as("anna"), task, true)
	local := access.With(t.Context(), access.Local("test"))
	if _, err := o.desk.Operate(local, desk.Order{Deed: desk.Deed{Action: "confirm", Code: task.Code.String()}}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.desk.Operate(local, desk.Order{Deed: desk.Deed{Action: "pin", Code: task.Code.String(), Attribute: "email", Value: "other@example.ru"}}); err != nil {
		t.Fatal(err)
	}
	o.carryOut()
	failed, err := o.desk.Pendings(o.as("anna"), desk.PendingFilter{State: customer.ProposalFailed}, "")
	if err != nil || len(failed.Rows) != 1 || failed.Rows[0].ID != a.Pending.ID || failed.Rows[0].Reason != "stale" || o.merged() != 0 {
		t.Fatalf("%+v %v", failed, err)
	}
	if back := o.next("boris"); back == nil || back.ID != task.ID {
		t.Errorf("the question is not back: %+v", back)
	}
}

func TestManyQuestionsAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{Hold: time.Nanosecond, BulkAbove: 1})
	approver := o.as("vera", access.Approver)
	filter := desk.TaskFilter{Kinds: []customer.TaskKind{customer.TaskHeldJoin}}
	if _, err := o.desk.Bulk(o.as("anna"), desk.BulkOrder{Filter: filter, Approve: true}); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("by a steward: %v", err)
	}
	told, err := o.desk.Bulk(approver, desk.BulkOrder{Filter: filter, Approve: true, DryRun: true})
	if err != nil || told.Count != 2 || len(told.Sample) != 2 || told.Worst == nil || told.Batch != 0 {
		t.Fatalf("%+v %v", told, err)
	}
	b, err := o.desk.Bulk(approver, desk.BulkOrder{Filter: filter, Approve: true})
	if err != nil || b.State != customer.ProposalAwaiting || len(b.Items) != 2 {
		t.Fatalf("more than one person may answer: %+v %v", b, err)
	}
	if _, err := o.desk.ApproveBulk(approver, b.Batch, true, ""); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("approved by its author: %v", err)
	}
	if done, err := o.desk.ApproveBulk(o.as("boris", access.Approver), b.Batch, true, ""); err != nil || len(done.Items) != 2 || done.Items[0].Operation == 0 || o.merged() != 2 {
		t.Fatalf("%+v %v", done, err)
	}
	if undone, err := o.desk.UndoBulk(approver, b.Batch); err != nil || undone.Items[0].Error+undone.Items[1].Error != "" || o.merged() != 0 {
		t.Fatalf("%+v %v", undone, err)
	}
	o.door.ok("verify")
}

func TestNotesAndAssignments(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{})
	task := o.next("anna")
	if err := o.desk.Comment(o.as("anna"), task.ID, "Вернуться после звонка в отделение"); err != nil {
		t.Fatal(err)
	}
	if err := o.desk.Assign(o.as("anna"), task.ID, "local:boris"); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("assigned to others by a steward: %v", err)
	}
	vera := o.as("vera", access.Approver)
	if err := o.desk.Assign(vera, task.ID, "local:boris"); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("assigned to nobody: %v", err)
	}
	for login, role := range map[string]access.Role{"boris": access.Steward, "klara": access.Viewer} {
		if _, err := o.hub.AddAccount(t.Context(), &customer.Visit{At: o.now, Who: "test", Act: "users"}, &customer.Account{Login: login, Name: login, Roles: []string{string(role)}}); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := o.desk.Colleagues(vera); err != nil || len(list) != 1 || list[0].ID != "local:boris" {
		t.Errorf("who may be asked: %+v %v", list, err)
	}
	if err := o.desk.Assign(vera, task.ID, "local:boris"); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]int{"boris": 1, "anna": 0} {
		if q, err := o.desk.Queue(o.as(who), desk.TaskFilter{Assigned: true}, ""); err != nil || len(q.Rows) != want || want > 0 && q.Rows[0].Comments != 1 {
			t.Errorf("assigned to %s: %+v %v", who, q, err)
		}
	}
	if other := o.next("anna"); other != nil && other.ID == task.ID {
		t.Error("it is still asked of somebody else")
	}
	got, err := o.desk.Task(o.as("boris"), task.ID)
	if err != nil || got.Assigned != "local:boris" || len(got.Notes) != 1 || got.Notes[0].Author != "local:anna" {
		t.Errorf("%+v %v", got, err)
	}
}

// TestTheFeedOfACustomer: each version is told with its place in the log, and whether it is on the topics.
func TestTheFeedOfACustomer(t *testing.T) {
	t.Parallel()
	o := openOffice(t, desk.Review{})
	task := o.next("anna")
	o.answer(o.as("anna"), task, true)
	for _, topics := range []desk.Topics{{}, {Role: "feed.kafka", Golden: "g", Events: "e"}} {
		f, err := desk.New(desk.Options{Store: o.hub.Store, Compile: o.hub.compileFrom(o.hub.rules, o.hub.row.RulesetHash), Portrait: o.hub.conf.Portrait, Topics: topics}).
			Feed(o.as("anna"), resolve.Who{Code: task.Code}, 10)
		if err != nil || len(f.Changes) < 2 || f.Events != topics.Events {
			t.Fatalf("%+v %v", f, err)
		}
		if newest, older := f.Changes[0], f.Changes[1]; newest.Kind != customer.Merged || newest.Version != older.Version+1 || newest.Position <= older.Position || newest.Epoch == 0 || newest.Published {
			t.Errorf("%+v after %+v", newest, older)
		}
	}
}
