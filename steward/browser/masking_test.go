package browser

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A viewer sees secrets by their hint and has no button; a steward sees one whole for a reason, as
// often as a day allows.
func TestMaskingByRole(t *testing.T) {
	h := theHub(t)
	code := h.person(t, 5, 12, 2)
	path := "/customers/" + code
	vera := h.tab(t, "vera")
	vera.visit(path)
	if got := vera.text("main"); !strings.Contains(got, "•••") {
		t.Errorf("nothing is masked: %s", got)
	}
	if vera.count("form[action$='/reveal'], form[action$='/operate'] button") > 0 {
		t.Error("a viewer has buttons")
	}
	vera.visit("/tasks")
	if vera.count("[data-test=start]") > 0 {
		t.Error("a viewer can take a question")
	}
	if status := vera.visit("/audit"); status != http.StatusForbidden {
		t.Errorf("a viewer at the audit: %d", status)
	}
	vera.sees("[data-test=state-forbidden]")

	anna := h.tab(t, "anna")
	anna.visit(path)
	anna.click("details:has(form[action$='/reveal']) summary")
	anna.fill("form[action$='/reveal'] [name=reason]", "сверка с паспортом в отделении")
	anna.press("Enter")
	anna.sees("[data-test=revealed]")
	secret := strings.TrimSpace(anna.text("[data-test=revealed]"))
	if len(secret) < 8 || strings.Contains(secret, "•") {
		t.Errorf("revealed %q", secret)
	}
	vera.visit(path + "/records")
	if strings.Contains(eval[string](vera, "document.documentElement.outerHTML"), secret) {
		t.Error("the page of a viewer holds the secret")
	}
	form := url.Values{"attribute": {"passport"}, "reason": {"ещё раз"}}.Encode()
	status := 0
	for range 4 {
		status, _ = h.ask(t, "anna", http.MethodPost, path+"/reveal", form, "X-Hub-CSRF", "1", "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("more than the day's budget: %d", status)
	}
	if status, _ := h.ask(t, "vera", http.MethodPost, path+"/reveal", form, "X-Hub-CSRF", "1", "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"); status != http.StatusForbidden {
		t.Errorf("a viewer reveals: %d", status)
	}
}
