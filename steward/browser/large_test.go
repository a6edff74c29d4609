package browser

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// header is that of the files of large customers.
var header = []string{"record_id", "last_name", "first_name", "patronymic", "birth_date", "phone", "email", "inn", "city", "address"}

// large writes a customer of 60 records of which no two are alike, and one of many, who moved often.
func large(out io.Writer, many int) error {
	w := csv.NewWriter(out)
	_ = w.Write(header)
	for i := range 60 {
		_ = w.Write([]string{fmt.Sprintf("s%d", i), "Шестидесятников", "Аристарх", "Елизарович", "1961-04-12", "+7 913 555 10 20", fmt.Sprintf("aristarkh%d@pochta.example", i), "500100732259", "Томск", fmt.Sprintf("ул. Лесная, %d, кв. %d", i%9+1, i+1)})
	}
	for i := range many {
		_ = w.Write([]string{fmt.Sprintf("m%d", i), "Пятитысячный", "Епифан", "Лаврентьевич", "1955-10-23", "+7 914 777 10 20", "epifan@pochta.example", "773370857141", "Чита", fmt.Sprintf("ул. Мира, %d, кв. 8", i%12+1)})
	}
	w.Flush()
	return w.Error()
}

// Sixty records are a graph within a second; of more there is a table with pages, each record on one of them.
func TestLargeClusters(t *testing.T) {
	h := theHub(t)
	name := filepath.Join(h.dir, "large.csv")
	f, err := os.Create(name)
	must(t, err)
	must(t, large(f, 130))
	must(t, f.Close())
	if _, err := h.verb("load", name, "--source", "large", "--key", "record_id"); err != nil {
		t.Fatal(err)
	}
	p := h.tab(t, "anna")
	start := time.Now()
	p.visit("/customers/" + h.codeOf(t, "large/s0") + "/cluster")
	p.sees("[data-test=graph]")
	if took := time.Since(start); took > time.Second {
		t.Logf("the graph was there after %v; on a quiet machine it is within a second", took)
	}
	if nodes := p.count("[data-test=graph] [data-node]"); nodes != 60 {
		t.Errorf("the graph has %d records", nodes)
	}

	p.visit("/customers/" + h.codeOf(t, "large/m0") + "/cluster")
	var pages []int
	seen := map[string]bool{}
	for range 5 {
		rows := eval[[]string](p, "[...document.querySelectorAll('[data-test=cluster] tr[id]')].map(r => r.id)")
		pages = append(pages, len(rows))
		for _, r := range rows {
			seen[r] = true
		}
		if p.count("[data-test=cluster] .pager a") == 0 {
			break
		}
		p.visit(strings.TrimSuffix(p.url(), "?"+eval[string](p, "location.search.slice(1)")) + eval[string](p, "document.querySelector('[data-test=cluster] .pager a').getAttribute('href')"))
	}
	if p.count("[data-test=graph]") > 0 || fmt.Sprint(pages) != "[50 50 30]" || len(seen) != 130 {
		t.Errorf("pages of %v records, %d in all", pages, len(seen))
	}
}

// codeOf is the code of a source record.
func (h *hub) codeOf(t testing.TB, ref string) string {
	t.Helper()
	var found struct{ Code string }
	h.get(t, "root", "/v1/crosswalk/"+ref, &found)
	return found.Code
}
