package browser

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "write the screenshots of docs/workbench")

// shot is a picture of the documentation.
type shot struct {
	name, prefs   string
	width, height int64
	path          func(*hub, testing.TB) string
	ready         string // selector
	act           func(*tab)
}

// shoot takes a picture of what is seen of a page, not more than high pixels of it.
func (p *tab) shoot(width, height int64) []byte {
	p.Helper()
	r, err := chromedp.Call(p.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng,
		Clip: &page.Viewport{Width: float64(width), Height: float64(height), Scale: 1}, CaptureBeyondViewport: new(true)})
	if err != nil {
		p.Fatal(err)
	}
	return smaller(p, r.Data)
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
	dir := os.Getenv("KARTOTEKA_TEST_SHOTS")
	if dir == "" {
		dir = "../../docs/workbench"
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, s := range shots {
		t.Run(s.name, func(t *testing.T) {
			p := h.tab(t, "root")
			p.size(s.width, s.height)
			p.prefer(s.prefs)
			p.visit(s.path(h, t))
			if s.ready != "" {
				p.sees(s.ready)
			}
			if s.act != nil {
				s.act(p)
			}
			height := min(max(eval[int64](p, "document.documentElement.scrollHeight"), s.height), 2*s.height)
			picture := p.shoot(s.width, height)
			if len(picture) > 150<<10 {
				t.Errorf("%s has %d bytes", s.name, len(picture))
			}
			if err := os.WriteFile(filepath.Join(dir, s.name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func at(path string) func(*hub, testing.TB) string {
	return func(*hub, testing.TB) string { return path }
}

const light = "lang=en&theme=light"

var shots = []shot{
	{name: "signin", prefs: light, width: 1280, height: 700, path: at("/me")},
	{name: "queue", prefs: light, width: 1280, height: 900, path: at("/tasks"), ready: "[data-test=tasks]"},
	{name: "task", prefs: light, width: 1280, height: 900, path: at("/tasks"), ready: "[data-test=start]", act: startTask},
	{name: "search", prefs: light, width: 1280, height: 700, path: at("/customers?q=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2"), ready: "main table, main [data-test]"},
	{name: "card", prefs: light, width: 1280, height: 900, path: card("")},
	{name: "records", prefs: light, width: 1280, height: 900, path: card("/records")},
	{name: "history", prefs: light, width: 1280, height: 900, path: card("/history")},
	{name: "cluster", prefs: light, width: 1280, height: 900, path: card("/cluster")},
	{name: "me", prefs: light, width: 1280, height: 900, path: at("/me")},
	{name: "help", prefs: light, width: 1280, height: 900, path: at("/tasks"), act: func(p *tab) { p.press("Shift+Slash"); p.sees("#help") }},
	{name: "task-ru-dark", prefs: "lang=ru&theme=dark", width: 1280, height: 900, path: at("/tasks"), ready: "[data-test=start]", act: startTask},
	{name: "task-uk-320", prefs: "lang=uk&theme=light", width: 320, height: 900, path: at("/tasks"), ready: "[data-test=start]", act: startTask},
	{name: "queue-320", prefs: light, width: 320, height: 900, path: at("/tasks")},
	{name: "card-dark", prefs: "lang=uk&theme=dark", width: 1280, height: 900, path: card("")},
}

// startTask takes the next task, as its key does.
func startTask(p *tab) {
	p.Helper()
	p.press("KeyN")
	p.sees("[data-test=task]")
	p.wait("performance.getEntriesByName('painted').length > 0")
}

// card is a page of a customer with some records.
func card(tail string) func(*hub, testing.TB) string {
	return func(h *hub, t testing.TB) string { return "/customers/" + h.person(t, 5, 12, 0) + tail }
}
