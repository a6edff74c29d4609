package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// p95 of what took so long.
func p95(list []time.Duration) time.Duration {
	slices.Sort(list)
	if len(list) == 0 {
		return 0
	}
	return list[min(len(list)-1, len(list)*95/100)]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// timed asks for pages and tells how long the answers took.
func (h *hub) timed(t testing.TB, paths []string) (out []time.Duration) {
	t.Helper()
	for _, path := range paths {
		start := time.Now()
		if status, text := h.ask(t, "anna", http.MethodGet, path, "", "Accept", "text/html"); status != http.StatusOK {
			t.Fatalf("%s: %d %.300s", path, status, text)
		}
		out = append(out, time.Since(start))
	}
	return out
}

// decisions answers n questions by key and tells how long it took from the key to the next question on
// the screen, as the page's own marks say. A person looks before answering, so that the page behind is
// there already; one in a hurry does not wait for it.
func (p *tab) decisions(n int, hurry bool) (out []time.Duration) {
	p.Helper()
	for i := range n {
		id := p.asked()
		p.wait("performance.getEntriesByType('resource').some(e => e.name.endsWith('after=" + id + "') && e.responseEnd)" + map[bool]string{true: " || true"}[hurry])
		p.press([]string{"Digit2", "Digit2", "Digit2", "Digit1"}[i%4])
		p.leaves(id)
		took := eval[float64](p, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
			const last = n => performance.getEntriesByName(n).at(-1).startTime; done(last('painted') - last('decided')) })))`)
		out = append(out, time.Duration(took*float64(time.Millisecond)))
	}
	return out
}

// ahead are the times of the requests for the question behind the one that was shown.
func (p *tab) ahead() (out []time.Duration) {
	p.Helper()
	for _, took := range eval[[]float64](p, "performance.getEntriesByType('resource').filter(e => e.name.includes('/tasks/next?')).map(e => e.duration)") {
		out = append(out, time.Duration(took*float64(time.Millisecond)))
	}
	return out
}

// frames opens a page, scrolls through it, and tells the longest time in which nothing could be painted.
func (p *tab) frames(path string) time.Duration {
	p.Helper()
	if status := p.visit(path); status != http.StatusOK {
		p.Fatalf("%s: %d", path, status)
	}
	took := eval[float64](p, `new Promise(done => {
		let longest = 0, last = performance.now(), left = 60;
		new PerformanceObserver(l => l.getEntries().forEach(e => { longest = Math.max(longest, e.duration); })).observe({type: 'longtask', buffered: true});
		const frame = now => {
			longest = Math.max(longest, now - last); last = now;
			scrollBy(0, 400);
			if (left--) requestAnimationFrame(frame); else setTimeout(() => done(longest), 100);
		};
		requestAnimationFrame(now => { last = now; requestAnimationFrame(frame); });
	})`)
	return time.Duration(took * float64(time.Millisecond))
}

// searches are what people type: names, more and less of them, phones, e-mails.
func (h *hub) searches(t testing.TB, x *base) (out []string) {
	t.Helper()
	for i, code := range x.Codes[:min(len(x.Codes), 80)] {
		var card struct {
			Golden struct {
				Attributes map[string][]struct{ Value string }
			}
		}
		h.get(t, "root", "/v1/golden/"+code, &card)
		first := func(name string) string {
			if list := card.Golden.Attributes[name]; len(list) > 0 {
				return list[0].Value
			}
			return ""
		}
		name := strings.Fields(first("name") + " Иванова Анна")
		asked := []string{strings.Join(name, " "), name[0], name[0] + " " + name[1], first("phone"), first("email"), name[0] + " " + first("birth_date"), "Смирнов Александр", name[1] + " " + first("phone")}[i%8]
		if strings.TrimSpace(asked) != "" {
			out = append(out, "/customers?q="+url.QueryEscape(asked))
		}
	}
	return out
}

// weight is how many bytes a page has with its style, script and pictures.
func (h *hub) weight(t testing.TB, path string) int {
	t.Helper()
	_, page := h.ask(t, "anna", http.MethodGet, path, "", "Accept", "text/html")
	bytes := len(page)
	for _, name := range strings.SplitAfter(page, `"/assets/`)[1:] {
		name, _, _ := strings.Cut(name, `"`)
		_, asset := h.ask(t, "", http.MethodGet, "/assets/"+name, "")
		bytes += len(asset)
	}
	return bytes
}

// BenchmarkWorkbench measures what a steward waits for, once; the figures are in docs/bench/workbench.md.
// KARTOTEKA_BENCH_PEOPLE sets the size of the base, KARTOTEKA_BENCH_BASE where it is kept.
func BenchmarkWorkbench(b *testing.B) {
	h, x, m := theBase(b)
	b.ReportMetric(0, "ns/op")
	r := &report{B: b, m: m}
	fmt.Printf("%d customers, %d questions, %d processors\n", x.People, x.Tasks, runtime.NumCPU())
	m.settle()
	h.timed(b, cardsOf(x)[:3])
	searches := h.searches(b, x)
	r.pages("search", 150, searches)
	r.pages("card", 150, cardsOf(x))
	r.pages("queue", 150, []string{"/tasks", "/tasks?kind=possible_match", "/tasks?mine=1", "/tasks", "/tasks?kind=possible_match", "/tasks?kind=over_merge"})
	r.pages("graph of 60", 1000, []string{"/customers/" + x.Sixty + "/cluster"})
	r.pages("table of 5,000", 1000, []string{"/customers/" + x.Many + "/cluster", "/customers/" + x.Many + "/records"})
	r.pages("task", 150, h.tasks(b, 20))
	r.pages("quality", 0, []string{"/quality", "/quality"})
	p := h.tab(b, "boris")
	p.visit("/tasks")
	n := int(min(200, max(4, x.Tasks/10)))
	eval[bool](p, "(performance.setResourceTimingBufferSize(10000), true)")
	p.press("KeyN")
	p.sees("[data-test=verdicts]")
	eval[bool](p, "(performance.setResourceTimingBufferSize(10000), true)")
	r.decisions("decision", n, 200, func(n int) []time.Duration { return p.decisions(n, false) })
	r.decisions("decision in a hurry", n/4, 0, func(n int) []time.Duration { return p.decisions(n, true) })
	r.row("question behind", 0, p.ahead(), "")
	r.figure("other hosts", float64(len(eval[[]string](p, "performance.getEntriesByType('resource').map(e => new URL(e.name).origin).filter(o => o !== location.origin)"))), 0, "")
	r.figure("task page", float64(h.weight(b, h.tasks(b, 1)[0]))/1024, 150, "KB")
	for _, page := range [][2]string{{"graph of 60", "/customers/" + x.Sixty + "/cluster"}, {"table of 5,000", "/customers/" + x.Many + "/cluster"}, {"records of 5,000", "/customers/" + x.Many + "/records"},
		{"card of 10 MB", "/customers/" + x.Long}, {"records of 10 MB", "/customers/" + x.Long + "/records"}, {"task of 10 MB", fmt.Sprint("/tasks/", x.Task)}} {
		r.figure("longest frame, "+page[0], ms(p.frames(page[1])), 200, "ms")
		r.figure("weight, "+page[0], float64(h.weight(b, page[1]))/1024, 0, "KB")
	}
	if os.Getenv("KARTOTEKA_BENCH_STATEMENTS") != "" {
		fmt.Println(m.dearest(25))
	}
}

func cardsOf(x *base) (out []string) {
	for _, code := range x.Codes[:min(len(x.Codes), 100)] {
		out = append(out, "/customers/"+code)
	}
	return out
}

// tasks are pages of questions.
func (h *hub) tasks(t testing.TB, n int) (out []string) {
	t.Helper()
	ids := h.openOnes(t)
	for _, id := range ids[:min(n, len(ids))] {
		out = append(out, "/tasks/"+id)
	}
	return out
}

// report writes figures as they come, beside their budgets.
type report struct {
	*testing.B
	m *meter
}

// pages measures pages; no budget is 0.
func (r *report) pages(what string, budget float64, paths []string) {
	r.Helper()
	r.decisions(what, len(paths), budget, func(int) []time.Duration { return r.m.hub.timed(r, paths) })
}

func (r *report) decisions(what string, n int, budget float64, f func(int) []time.Duration) {
	r.Helper()
	var took []time.Duration
	work := r.m.during(n, func() { took = f(n) })
	r.row(what, budget, took, work)
}

func (r *report) row(what string, budget float64, took []time.Duration, work string) {
	r.Helper()
	slow := p95(took)
	r.figure(what, ms(slow), budget, fmt.Sprintf("ms p95 of %d, median %.0f; hub + database each: %s", len(took), ms(took[len(took)/2]), work))
}

// figure tells one; more than the budget fails the benchmark if the base is large and the caller wants it.
func (r *report) figure(what string, value, budget float64, unit string) {
	r.Helper()
	verdict := ""
	switch {
	case budget > 0 && value > budget:
		verdict = fmt.Sprintf(" OVER %.0f", budget)
	case budget > 0:
		verdict = fmt.Sprintf(" within %.0f", budget)
	}
	fmt.Printf("%-34s %7.0f%s %s\n", what, value, verdict, unit)
	r.ReportMetric(value, strings.NewReplacer(" ", "-", ",", "").Replace(what))
}
