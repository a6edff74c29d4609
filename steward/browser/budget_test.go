package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// p95 of what took so long.
func p95(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[min(len(list)-1, len(list)*95/100)]
}

// timed asks for pages and tells how long the answers took.
func (h *hub) timed(t testing.TB, paths []string) (out []time.Duration) {
	t.Helper()
	for _, path := range paths {
		start := time.Now()
		if status, _ := h.ask(t, "anna", http.MethodGet, path, "", "Accept", "text/html"); status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		out = append(out, time.Since(start))
	}
	return out
}

// decisions are times from the key of a decision to the next task on the screen, as the page's own
// marks say.
func (p *tab) decisions(n int) (out []time.Duration) {
	p.Helper()
	p.visit("/tasks")
	p.press("KeyN")
	p.sees("[data-test=verdicts]")
	for range n {
		id := p.asked()
		p.wait("performance.getEntriesByType('resource').some(e => e.name.includes('after=" + id + "') && e.responseEnd)")
		p.press("Digit2")
		p.leaves(id)
		ms := eval[float64](p, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
			const last = n => performance.getEntriesByName(n).at(-1).startTime; done(last('painted') - last('decided')) })))`)
		out = append(out, time.Duration(ms*float64(time.Millisecond)))
	}
	return out
}

// BenchmarkWorkbench measures what a steward waits for, once; the figures are in docs/bench/workbench.md.
// KARTOTEKA_TEST_PEOPLE sets the size of the base.
func BenchmarkWorkbench(b *testing.B) {
	h := theHub(b)
	p := h.tab(b, "boris")
	var cards, searches []string
	for i := range 60 {
		code := h.codes[(i*37+5)%len(h.codes)]
		cards = append(cards, "/customers/"+code)
		searches = append(searches, "/customers?q="+url.QueryEscape([]string{"Иванова", "Смирнов Александр", "Petrov", "Кузнецова Анна 1980", "+79488149413"}[i%5]))
	}
	h.timed(b, cards[:3])
	b.ReportMetric(0, "ns/op")
	decided := p.decisions(8)
	hosts := eval[[]string](p, "performance.getEntriesByType('resource').map(e => new URL(e.name).origin).filter(o => o !== location.origin)")
	found, shown := h.timed(b, searches), h.timed(b, cards)
	graph := h.timed(b, []string{"/customers/" + h.person(b, 5, 60, 0) + "/cluster"})
	_, page := h.ask(b, "anna", http.MethodGet, "/tasks/"+h.openOnes(b)[0], "", "Accept", "text/html")
	bytes := len(page)
	for _, name := range strings.SplitAfter(page, `"/assets/`)[1:] {
		name, _, _ = strings.Cut(name, `"`)
		_, asset := h.ask(b, "", http.MethodGet, "/assets/"+name, "")
		bytes += len(asset)
	}
	b.ReportMetric(ms(p95(decided)), "ms-decision-p95")
	b.ReportMetric(ms(p95(found)), "ms-search-p95")
	b.ReportMetric(ms(p95(shown)), "ms-card-p95")
	b.ReportMetric(ms(p95(graph)), "ms-graph")
	b.ReportMetric(float64(bytes)/1024, "KB-task-page")
	b.ReportMetric(float64(len(hosts)), "other-hosts")
	fmt.Printf("| %d customers | decision %.0f ms | search %.0f ms | card %.0f ms | graph %.0f ms | task page %.0f KB | other hosts %d |\n",
		len(h.codes), ms(p95(decided)), ms(p95(found)), ms(p95(shown)), ms(p95(graph)), float64(bytes)/1024, len(hosts))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
