package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kartoteka/customer"
)

// R31: searches, views and reveals of a person are bounded, each is kept, and who opens an invented customer
// raises an alert. Programs and the command line have no budget.
func TestAbuse(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	var sheet bytes.Buffer
	sheet.WriteString("id;ФИО;ИНН;телефон\n")
	for i, name := range []string{"Петрова Анна Игоревна", "Жуков Борис Львович", "Ёлкина Вера Ильинична", "Носов Глеб Юрьевич", "Смирнова Дарья Олеговна"} {
		sheet.WriteString(strings.Join([]string{string(rune('1' + i)), name, []string{"526317984689", "500100732259", "", "", ""}[i], "+7 901 555-00-0" + string(rune('1'+i))}, ";") + "\n")
	}
	file := filepath.Join(d.dir, "crm.csv")
	if err := os.WriteFile(file, sheet.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	d.ok("load", file, "--source", "crm", "--key", "id")
	codes := d.crosswalk()
	var all []string
	for _, key := range []string{"1", "2", "3", "4", "5"} {
		all = append(all, codes["crm/"+key])
	}
	config := filepath.Join(d.dir, "kartoteka.yaml")
	if err := os.WriteFile(config, []byte("version: 1\naccess:\n  limits: {search_a_minute: 2, reveal_a_day: 1, views_a_day: 3}\n  honey: [\""+all[2]+"\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := d.spawn(nil, "serve", "--listen", "127.0.0.1:0", "--config", config)
	address := strings.TrimSpace(p.says("serving on "))
	var i invitation
	d.json(exitOK, nil, &i, "users", "add", "anna", "--role", "steward", "--address", address)
	anna := &visitor{T: t, address: address}
	anna.chooses(i.Link, "")
	get := func(path string) (int, string) {
		t.Helper()
		status, body, _ := anna.asks(http.MethodGet, path, nil, "Accept", "application/json")
		return status, body
	}

	if status, body := get("/v1/golden/" + all[0]); status != http.StatusOK || strings.Contains(body, "526317984689") || !strings.Contains(body, "•••4689") {
		t.Errorf("a secret is shown, or no hint: %d %s", status, body)
	}
	for range 3 { // again and again is one look
		get("/v1/golden/" + all[0])
	}
	for n, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
		if status, body := get("/v1/golden/" + all[n+1]); status != want {
			t.Errorf("view %d: %d %s", n+2, status, body)
		}
	}
	for n, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
		if status, body := get("/v1/match?text=" + url.QueryEscape("Носов")); status != want {
			t.Errorf("search %d: %d %s", n, status, body)
		}
	}
	for n, want := range []int{http.StatusOK, http.StatusTooManyRequests} {
		order, err := json.Marshal(map[string]string{"attribute": "inn", "reason": "the customer's letter"})
		if err != nil {
			t.Fatal(err)
		}
		status, body := anna.posts("/v1/golden/"+all[n]+"/reveal", order)
		if status != want || (status == http.StatusOK) != strings.Contains(body, "526317984689") {
			t.Errorf("reveal %d: %d %s", n, status, body)
		}
	}
	p.says("honey: somebody looked")
	if _, body := fetch(t, address+"/metrics"); !strings.Contains(body, "kartoteka_honey_views_total 1") {
		t.Error("no alert among the metrics")
	}
	var visits struct{ Visits []customer.Visit }
	d.json(exitOK, nil, &visits, "audit", "visits", "--who", "local:anna", "--act", "customer.reveal")
	if len(visits.Visits) != 1 || visits.Visits[0].Reason != "the customer's letter" || visits.Visits[0].Fields[0] != "inn" || visits.Visits[0].Codes[0].String() != all[0] {
		t.Errorf("%+v", visits)
	}
	d.json(exitOK, nil, &visits, "audit", "visits", "--code", all[0])
	if len(visits.Visits) != 2 {
		t.Errorf("who looked at the first: %+v", visits)
	}
	var s auditVerifySummary
	d.json(exitOK, &s, nil, "audit", "verify")
	if s.Visits < 7 || s.Faults != 0 {
		t.Errorf("%+v", s)
	}
}

// posts sends JSON as a script of our own pages does.
func (v *visitor) posts(path string, body []byte) (int, string) {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.address+path, bytes.NewReader(body))
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Hub-CSRF", "1")
	r.Header.Set("Cookie", "__Host-kartoteka="+v.cookie)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		v.Fatal(err)
	}
	return answer.StatusCode, text.String()
}
