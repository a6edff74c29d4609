package browser

import (
	"bytes"
	"flag"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "write the screenshots of docs/workbench")

// shot is a picture of the documentation.
type shot struct {
	name, prefs   string
	who           string // "-": nobody; "": somebody who may do everything
	width, height int64
	path          func(*hub, testing.TB) string
	ready         string // selector
	act           func(*tab)
}

// shoot takes a picture of the window.
func (p *tab) shoot() []byte {
	p.Helper()
	data, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatal(err)
	}
	return smaller(p, data)
}

// smaller packs a picture again, as well as it goes.
func smaller(t testing.TB, data []byte) []byte {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, paletted(picture)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestScreenshots(t *testing.T) {
	if !*update {
		t.Skip("writes files with -update only")
	}
	h := theHub(t)
	dir := shotsDir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, s := range shots {
		t.Run(s.name, func(t *testing.T) {
			p := h.tab(t, map[string]string{"-": "", "": "root"}[s.who])
			p.size(s.width, s.height)
			p.prefer(s.prefs)
			p.visit(s.path(h, t))
			if s.ready != "" {
				p.sees(s.ready)
			}
			if s.act != nil {
				s.act(p)
			}
			picture := p.shoot()
			if len(picture) > 150<<10 {
				t.Errorf("%s has %d bytes", s.name, len(picture))
			}
			if err := os.WriteFile(filepath.Join(dir, s.name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// shotsDir is where pictures are written.
func shotsDir() string {
	if dir := os.Getenv("KARTOTEKA_TEST_SHOTS"); dir != "" {
		return dir
	}
	return "../../docs/workbench"
}

func at(path string) func(*hub, testing.TB) string {
	return func(*hub, testing.TB) string { return path }
}

const light = "lang=en&theme=light"

var shots = []shot{
	{name: "signin", prefs: light, who: "-", width: 1280, height: 620, path: at("/tasks"), ready: "[data-test=signin]"},
	{name: "queue", prefs: light, width: 1280, height: 900, path: at("/tasks"), ready: "[data-test=tasks]"},
	{name: "task", prefs: light, width: 1280, height: 1000, path: question, ready: "[data-test=verdicts]"},
	{name: "evidence", prefs: light, width: 1280, height: 800, path: question, ready: "[data-test=verdicts]", act: scrolled("[data-test=sentences]")},
	{name: "card", prefs: light, width: 1280, height: 900, path: card("")},
	{name: "cluster", prefs: light, width: 1280, height: 900, path: card("/cluster")},
	{name: "history", prefs: light, width: 1280, height: 700, path: card("/history")},
	{name: "feed", prefs: light, width: 1280, height: 500, path: card("/feed"), ready: "[data-test=feed]"},
	{name: "search", prefs: light, width: 1280, height: 620, path: at("/customers?q=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0"), ready: "main table"},
	{name: "quality", prefs: light, width: 1280, height: 1000, path: at("/quality")},
	{name: "sources", prefs: light, width: 1280, height: 620, path: at("/sources")},
	{name: "settings", prefs: light, width: 1280, height: 900, path: at("/settings")},
	{name: "audit", prefs: light, width: 1280, height: 700, path: at("/audit")},
	{name: "keys", prefs: light, width: 1280, height: 800, path: at("/tasks"), act: func(p *tab) { p.press("Shift+Slash"); p.sees("#help") }},
	{name: "task-ru-dark", prefs: "lang=ru&theme=dark", width: 1280, height: 900, path: question, ready: "[data-test=verdicts]"},
	{name: "task-uk-320", prefs: "lang=uk&theme=light", width: 320, height: 900, path: question, ready: "[data-test=verdicts]"},
	{name: "nothing-found", prefs: light, width: 1280, height: 500, path: at("/customers?q=qqqqqqqq"), ready: "[data-test^=state]"},
}

// question is one that two customers are asked about, claimed by who looks.
func question(h *hub, t testing.TB) string {
	id := h.openOnes(t)[0]
	h.ask(t, "root", http.MethodPost, "/v1/tasks/"+id+"/claim", "", "X-Hub-CSRF", "1")
	t.Cleanup(func() { h.ask(t, "root", http.MethodPost, "/v1/tasks/"+id+"/release", "", "X-Hub-CSRF", "1") })
	return "/tasks/" + id
}

// scrolled brings an element to the middle of the window.
func scrolled(selector string) func(*tab) {
	return func(p *tab) {
		p.Helper()
		p.sees(selector)
		eval[bool](p, "(document.querySelector("+quote(selector)+").scrollIntoView({block: 'center'}), true)")
	}
}

// card is a page of a customer with some records.
func card(tail string) func(*hub, testing.TB) string {
	return func(h *hub, t testing.TB) string { return "/customers/" + h.person(t, 5, 12, 0) + tail }
}
