package steward

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kartoteka/access"
	"kartoteka/phrases"
	"kartoteka/resolve"
)

// rulePages are pages of rules and readings.
func rulePages() []string {
	return []string{"/runs/1", "/runs/2", "/settings/plans/1", "/settings/plans/2", "/settings/plans/3", "/settings/plans/4", "/settings/plans/5"}
}

func TestAChangeOfTheRulesIsAskedFor(t *testing.T) {
	v := visit(t)
	body := v.get("/settings")
	v.has(body, `data-test="curve"`, `<polyline class="series"`, "действует", `name="false_merge" value="3"`, `data-test="plan-4"`, `data-test="versions"`)
	r, _ := v.do("POST", "/settings/plans", url.Values{"what": {"costs"}, "false_merge": {"20"}, "missed_merge": {"0,5"}, "reason": {"меньше"}, "request": {"r1"}})
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/settings/plans/1" || len(v.desk.Wishes) != 1 || *v.desk.Wishes[0].Settings != "costs: {false_merge: 20, missed_merge: 0.5}\n" {
		t.Errorf("%d %s %+v", r.StatusCode, r.Header.Get("Location"), v.desk.Wishes)
	}
	for _, form := range []url.Values{{"what": {"costs"}, "false_merge": {"-1"}, "missed_merge": {"1"}, "reason": {"мало ли"}}, {"what": {"text"}, "text": {"wrong: 1"}, "reason": {"мало ли"}}} {
		r, body := v.do("POST", "/settings/plans", form)
		if r.StatusCode != http.StatusBadRequest {
			t.Errorf("%v: %d", form, r.StatusCode)
		}
		v.has(body, `role="alert"`, "мало ли", form.Get("text"))
	}
	v.who = &access.Subject{ID: "local:rita", Roles: []access.Role{access.Auditor}}
	if body := v.get("/settings"); strings.Contains(body, "data-test=\"plan-go\"") {
		t.Error("who may not plan is asked for a plan")
	}
}

func TestAPlanIsShownBeforeItIsApplied(t *testing.T) {
	v := visit(t)
	v.has(v.get("/settings/plans/1"), "data-live", "<progress", "сопоставляет")
	v.has(v.get("/settings/plans/2"), `data-test="effect"`, "клиентов разделено", `name="brake" value="10"`, `data-test="plan-apply"`)
	v.has(v.get("/settings/plans/4"), `data-test="applied"`, "local:oleg")
	v.has(v.get("/settings/plans/5"), "слишком многое изменилось")
	r, body := v.do("POST", "/settings/plans/2", url.Values{"act": {"apply"}, "reason": {"да"}})
	if r.StatusCode != http.StatusConflict {
		t.Errorf("%d", r.StatusCode)
	}
	v.has(body, `data-test="refused"`, "без подтверждения")
	if r, _ := v.do("POST", "/settings/plans/2", url.Values{"act": {"apply"}, "reason": {"да"}, "brake": {"10"}}); r.StatusCode != http.StatusSeeOther || len(v.desk.Consents) != 1 || v.desk.Consents[0].Brake != 10 {
		t.Errorf("%d %+v", r.StatusCode, v.desk.Consents)
	}
}

func TestChartsAreGivenAwayAsFiles(t *testing.T) {
	v := visit(t)
	v.has(v.get("/quality"), `href="/quality/sizes.csv"`, `href="/quality/days.svg"`)
	r, body := v.do("GET", "/quality/sources.csv", nil)
	if got := r.Header.Get("Content-Disposition"); got != "attachment; filename=kartoteka-sources-2026-11-22.csv" {
		t.Error(got)
	}
	v.has(body, "\ufeffИсточник,", "billing,2500,300\n")
	for _, name := range []string{"sources", "overlaps", "sizes", "weights", "days"} {
		r, body := v.do("GET", "/quality/"+name+".svg", nil)
		if err := xml.Unmarshal([]byte(body), new(struct{})); err != nil || r.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(body, "xmlns=") {
			t.Errorf("%s: %v %.200s", name, err, body)
		}
	}
	if harmless("=cmd()") != "'=cmd()" || harmless("-3") != "-3" || harmless("") != "" {
		t.Error("formulas are given away")
	}
	v.who = &access.Subject{ID: "local:vera", Roles: []access.Role{access.Steward}}
	r, body = v.do("GET", "/quality/sizes.csv", nil)
	if r.StatusCode != http.StatusForbidden || strings.Contains(body, "not allowed") {
		t.Errorf("%d", r.StatusCode)
	}
	v.has(body, `data-test="told"`, phrases.Ru.Sentence("steward.role.privacy_officer"))
}

func TestAReadingIsShown(t *testing.T) {
	v := visit(t)
	v.has(v.get("/runs/1"), "data-live", `href="/rejects?run=1&amp;all=1"`, "local:anna", "фамилия", "ключ")
	if body := v.get("/runs/2"); strings.Contains(body, "data-live") || strings.Contains(body, "alias") {
		t.Error("what is over is looked at again, or speaks English")
	}
	v.has(v.get("/sources/crm"), `data-test="mapping"`, `href="/runs/2"`, "98")
}

func TestRefusalsAreToldInTheLanguageOfThePage(t *testing.T) {
	err := fmt.Errorf("%w: code 4815-1623-4208 is retired; its customer has code 7935-8480-0467 now", resolve.ErrUndecidable)
	if got := told(phrases.Ru, err); got != "Код 4815-1623-4208 больше не используется: у клиента теперь код 7935-8480-0467." {
		t.Error(got)
	}
	for _, r := range refusals {
		if !phrases.Ru.Has(r.key) {
			t.Error(r.key)
		}
	}
	v := visit(t)
	v.has(v.get("/rejects"), "в строке нет ключа")
	v.has(v.get("/audit"), "объединены клиенты")
	v.has(v.get("/audit?of=views"), phrases.Ru.Sentence("steward.act.customer.reveal"))
}
