package steward

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/resolve"
	"kartoteka/steward/stewardtest"
)

func TestVerdictGoesOnToTheNextTask(t *testing.T) {
	v := visit(t)
	form := url.Values{"verdict": {"same"}, "kind": {"possible_match"}, "request": {"r1"}, "version": {"x"}, "reason": {"паспорт"}, "pick.phone": {"+79162001137"}, "edit.email": {"a@b.ru"}}
	r, _ := v.do("POST", "/tasks/17/answer", form)
	where := r.Header.Get("Location")
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(where, "/tasks/18?") {
		t.Fatalf("%d %s", r.StatusCode, where)
	}
	got := v.desk.Answers[0]
	if !got.Approve || got.Request != "r1" || got.Reason != "паспорт" || len(got.Pins) != 2 {
		t.Errorf("%+v", got)
	}
	v.has(v.get(where), `data-test="undo"`, `name="operation" value="1017"`)
	r, body := v.do("POST", "/tasks/18/answer", url.Values{"verdict": {"different"}, "kind": {"held_join"}}, "X-Fragment", "undo")
	v.has(body, `data-test="undo"`)
	if r.StatusCode != http.StatusOK || strings.Contains(body, "<main") || v.desk.Answers[1].Approve {
		t.Errorf("%d %+v", r.StatusCode, v.desk.Answers[1])
	}
	r, body = v.do("POST", "/undo", url.Values{"operation": {"1018"}, "task": {"18"}}, "X-Fragment", "main")
	if r.Header.Get("X-Path") != "/tasks/18" || v.desk.Orders[0].Deed.Action != "revoke" {
		t.Errorf("%+v", v.desk.Orders)
	}
	v.has(body, `data-task="18"`)
}

func TestOneCustomerIsANoToASplit(t *testing.T) {
	for kind, want := range map[customer.TaskKind]bool{customer.TaskPossibleMatch: true, customer.TaskConflict: true, customer.TaskHeldJoin: true, customer.TaskOverMerge: false,
		customer.TaskHeldSplit: false, customer.TaskKeyReuse: false, customer.TaskDisagreement: true, customer.TaskOversized: true} {
		if approves(kind, verdictSame) != want || approves(kind, verdictDifferent) == want {
			t.Errorf("%s: same approves %v", kind, !want)
		}
	}
}

func TestStaleAnswerIsShownAgain(t *testing.T) {
	v := visit(t)
	v.desk.AnswerIs = &desk.Stale{Err: fmt.Errorf("%w: x", resolve.ErrStale), Changed: []desk.StaleCode{{Code: stewardtest.Anna, Seen: 7, Version: 9, Fields: []string{"phone"}}}}
	r, body := v.do("POST", "/tasks/17/answer", url.Values{"verdict": {"same"}, "kind": {"possible_match"}, "reason": {"видел паспорт"}, "pick.phone": {"+79162001137"}})
	if r.StatusCode != http.StatusConflict {
		t.Errorf("%d", r.StatusCode)
	}
	v.has(body, "была версия 7, теперь 9", "телефон", `value="видел паспорт"`, `value="&#43;79162001137" checked`)
}

func TestEnterInAFieldDecidesNothing(t *testing.T) {
	v := visit(t)
	r, body := v.do("POST", "/tasks/17/answer", url.Values{"verdict": {"none"}, "reason": {"близнецы"}})
	if r.StatusCode != http.StatusBadRequest || len(v.desk.Answers) > 0 {
		t.Errorf("%d", r.StatusCode)
	}
	v.has(body, `value="близнецы"`)
}

func TestSkipAndSnooze(t *testing.T) {
	v := visit(t)
	r, _ := v.do("POST", "/tasks/17/answer", url.Values{"verdict": {"skip"}, "days": {"1"}, "reason": {"позвоню"}})
	if r.StatusCode != http.StatusSeeOther || v.desk.Tasks[0].Snoozed == nil || v.desk.Tasks[0].SkipReason != "позвоню" {
		t.Errorf("%d %+v", r.StatusCode, v.desk.Tasks[0].TaskRow)
	}
}

func TestNextClaimsTheOneBehind(t *testing.T) {
	v := visit(t)
	r, body := v.do("POST", "/tasks/next?after=17", nil, "X-Fragment", "main")
	if r.Header.Get("X-Path") != "/tasks/18" || v.desk.Tasks[1].TaskRow.Claim == nil {
		t.Errorf("%s", r.Header.Get("X-Path"))
	}
	v.has(body, `<main`, `data-task="18"`, `data-left="300"`)
	if r, _ := v.do("POST", "/tasks/18/claim", nil, "X-Fragment", "claim"); r.StatusCode != http.StatusNoContent || r.Header.Get("X-Until") == "" {
		t.Errorf("%d", r.StatusCode)
	}
	if r, _ := v.do("POST", "/tasks/20/claim", nil, "X-Fragment", "claim"); r.StatusCode != http.StatusConflict {
		t.Errorf("somebody else's: %d", r.StatusCode)
	}
}

func TestAnswersThatWaitAreUndone(t *testing.T) {
	v := visit(t)
	due := stewardtest.Moment.Add(10 * time.Second)
	v.desk.Pending = &desk.Pending{ID: 6, State: customer.ProposalHeld, Due: &due}
	_, body := v.do("POST", "/tasks/17/answer", url.Values{"verdict": {"same"}, "kind": {"possible_match"}}, "X-Fragment", "undo")
	v.has(body, `data-seconds="10"`, `name="proposal" value="6"`)
	if r, _ := v.do("POST", "/undo", url.Values{"proposal": {"6"}, "task": {"17"}}); r.Header.Get("Location") != "/tasks/17" || len(v.desk.Undone) != 1 {
		t.Errorf("%s %v", r.Header.Get("Location"), v.desk.Undone)
	}
	if r, _ := v.do("POST", "/proposals/6", url.Values{"act": {"approve"}}); r.StatusCode != http.StatusSeeOther || len(v.desk.Approved) != 1 {
		t.Errorf("%d", r.StatusCode)
	}
}

func TestSplitIsShownBeforeItIsDone(t *testing.T) {
	v := visit(t)
	where := "/customers/" + stewardtest.Anna.String() + "/operate"
	r, body := v.do("POST", where, url.Values{"action": {"split"}, "record": {"shop/9", "crm/1042"}, "reason": {"мать и дочь"}})
	if r.StatusCode != http.StatusOK || !v.desk.Orders[0].DryRun {
		t.Fatalf("%d %+v", r.StatusCode, v.desk.Orders)
	}
	v.has(body, `name="confirm"`, `name="record" value="shop/9"`, `value="мать и дочь"`, `name="expect" value="`+stewardtest.Anna.String()+`:7"`, stewardtest.Olena.String())
	r, _ = v.do("POST", where, url.Values{"action": {"split"}, "record": {"shop/9"}, "confirm": {"1"}, "expect": {stewardtest.Anna.String() + ":7"}})
	if got := v.desk.Orders[1]; r.StatusCode != http.StatusSeeOther || got.DryRun || got.Expect[stewardtest.Anna] != 7 {
		t.Errorf("%d %+v", r.StatusCode, got)
	}
}

func TestSecretsAreRevealedForAReason(t *testing.T) {
	v := visit(t)
	body := v.get("/customers/" + stewardtest.Anna.String())
	if strings.Contains(body, "9204 123456") {
		t.Error("shown at once")
	}
	_, body = v.do("POST", "/customers/"+stewardtest.Anna.String()+"/reveal", url.Values{"attribute": {"passport"}, "reason": {"звонок"}})
	v.has(body, "9204 123456")
}

func TestLinksAndTokensAreShownOnce(t *testing.T) {
	v := visit(t)
	_, body := v.do("POST", "/settings/users", url.Values{"act": {"add"}, "name": {"Вера"}, "role": {"viewer"}})
	v.has(body, "/setup?token=one-time")
	_, body = v.do("POST", "/settings/tokens", url.Values{"name": {"billing"}, "scope": {"customer.search"}, "days": {"30"}})
	v.has(body, "ktk_once")
}

func TestRejectsAreMendedOnThePage(t *testing.T) {
	v := visit(t)
	_, body := v.do("POST", "/rejects/4/replay", url.Values{"column": {"id", "ФИО"}, "text": {"1", "Иванов Иван"}})
	v.has(body, `data-test="receipt"`, stewardtest.Anna.String())
	v.has(v.get("/rejects?source=shop"), `data-test="state-filtered"`)
}

func TestManyAreShownBeforeTheyAreAnswered(t *testing.T) {
	v := visit(t)
	v.has(v.get("/tasks?kind=held_join"), `href="/tasks/bulk?kind=held_join"`)
	if r, _ := v.do("GET", "/tasks/bulk", nil); r.StatusCode != http.StatusBadRequest {
		t.Errorf("without a kind: %d", r.StatusCode)
	}
	_, body := v.do("POST", "/tasks/bulk?kind=possible_match", url.Values{"answer": {"no"}, "reason": {"тест"}})
	v.has(body, `action="/batches/8"`, `data-test="bulk-done"`)
	if _, _ = v.do("POST", "/batches/8", url.Values{"act": {"undo"}}); len(v.desk.Undone) != 1 {
		t.Error("not taken back")
	}
}

func TestFirstStepsAreShownOnce(t *testing.T) {
	v := visit(t)
	v.has(v.get("/tasks/17"), `data-test="guide"`)
	r, _ := v.do("POST", "/tasks/17/answer", url.Values{"verdict": {"same"}, "kind": {"possible_match"}})
	_, body := v.do("GET", "/tasks/18", nil, "Cookie", strings.SplitN(r.Header.Get("Set-Cookie"), ";", 2)[0])
	if strings.Contains(body, `data-test="guide"`) {
		t.Error("shown to who has answered")
	}
}
