package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// mouse presses the left button in the middle of an element, wherever it is drawn.
func (p *tab) mouse(selector string) {
	p.Helper()
	p.sees(selector)
	at := eval[[]float64](p, "(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })(document.querySelector("+quote(selector)+"))")
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		if _, err := chromedp.Call(p.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at[0], Y: at[1], Button: input.MouseButtonLeft, ClickCount: 1}); err != nil {
			p.Fatal(err)
		}
	}
}

// crosswalk is the code of a source record.
func (h *hub) crosswalk(t testing.TB, row string) string {
	t.Helper()
	var found struct{ Code string }
	h.get(t, "root", "/v1/crosswalk/"+row, &found)
	return found.Code
}

// leads waits until the code of a source record is as it should be.
func (h *hub) leads(t testing.TB, row string, to func(string) bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !to(h.crosswalk(t, row)); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s stays with %s", row, h.crosswalk(t, row))
		}
	}
}

// preview is what a page says that an operation would do: the codes, and the action.
const preview = `[...document.querySelectorAll('[data-test=operate] .code a')].map(e => e.textContent).sort().concat([...document.querySelectorAll('input[name=action], input[name=record], input[name=to]')].map(e => e.value))`

// W19, W20: the graph splits and moves by mouse and by keyboard, and asks for the same as the table does.
func TestGraphDoesWhatTheTableDoes(t *testing.T) {
	h := theHub(t)
	code, other := h.person(t, 4, 9, 2), h.person(t, 2, 3, 4)
	p := h.tab(t, "anna")
	const node, box, split = "[data-test=graph] a:nth-of-type(1)", "[data-test=pick-1]", "[data-test=split]"
	asks := func(choose func()) string {
		t.Helper()
		p.visit("/customers/" + code + "/cluster")
		choose()
		p.wait("document.querySelector('" + box + "').checked && document.querySelector('" + node + "').classList.contains('chosen') && document.querySelector('#chosen').textContent.endsWith(' 1')")
		p.click(split)
		p.sees("[data-test=confirm]")
		return strings.Join(eval[[]string](p, preview), " ")
	}
	byTable := asks(func() { p.click(box) })
	for name, choose := range map[string]func(){
		"mouse": func() { p.mouse(node + " circle") },
		"Enter": func() { p.tabTo(node); p.press("Enter") },
		"Space": func() { p.tabTo(node); p.press("Space") },
		"X":     func() { p.tabTo(node); p.pressIn("ru", "KeyX") },
	} {
		if got := asks(choose); got != byTable {
			t.Errorf("split by %s: %s, by the table: %s", name, got, byTable)
		}
	}
	p.visit("/customers/" + code + "/cluster")
	p.mouse(node + " circle")
	row := eval[string](p, "document.querySelector('"+box+"').value")
	p.pressIn("uk", "KeyM")
	p.wait("document.activeElement.id === 'move-to'")
	p.write(other)
	p.press("Enter")
	p.sees("[data-test=confirm]")
	if got := eval[[]string](p, preview); len(got) < 3 || !strings.Contains(strings.Join(got, " "), "move") {
		t.Fatalf("Enter in the code's field asks for %v", got)
	}
	p.press("Tab")
	p.tabTo("[data-test=confirm]")
	p.press("Enter")
	p.sees("[data-test=card]")
	h.leads(t, row, func(now string) bool { return now == other })
}

// W22: a merge of long ago is undone from the page of what happened, after it was shown.
func TestMergeIsUndoneFromHistory(t *testing.T) {
	h := theHub(t)
	a, b := h.person(t, 2, 3, 6), h.person(t, 2, 3, 8)
	row, former := h.rows[b][0], h.crosswalk(t, h.rows[b][0])
	if _, err := h.verb("merge", a, b, "--reason", "long ago"); err != nil {
		t.Fatal(err)
	}
	stays := h.crosswalk(t, row)
	if _, err := h.verb("pin", stays, "email", "later@example.test"); err != nil { // something happens afterwards
		t.Fatal(err)
	}
	p := h.tab(t, "anna")
	p.visit("/customers/" + stays + "/history")
	undo := eval[string](p, "[...document.querySelectorAll('[data-test=history] tr')].find(r => r.textContent.includes('long ago')).querySelector('[data-test^=revert-]').dataset.test")
	p.tabTo("[data-test=" + undo + "]")
	p.press("Enter")
	p.sees("[data-test=confirm]")
	if got := p.text("[data-test=operate]"); !strings.Contains(got, a) || !strings.Contains(got, b) {
		t.Fatalf("both customers are not shown: %s", got)
	}
	if h.crosswalk(t, row) != stays {
		t.Fatal("done before it was confirmed")
	}
	p.tabTo("[data-test=confirm]")
	p.press("Enter")
	p.sees("[data-test=card]")
	h.leads(t, row, func(now string) bool { return now == former || former == stays && now != "" })
	h.leads(t, h.rows[a][0], func(now string) bool { return now != h.crosswalk(t, row) })
}

// W15: what was chosen on the page stays when the source is loaded again, when another source says
// something else, and when the value is gone from all of them.
func TestAChoiceOutlivesLoads(t *testing.T) {
	h := theHub(t)
	const head = "id;ФИО;Дата рождения;Телефон;E-mail\n"
	rows := func(name, text string) {
		t.Helper()
		path := filepath.Join(h.dir, name+".csv")
		if err := os.WriteFile(path, []byte(head+text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := h.verb("load", path, "--source", name, "-q"); err != nil {
			t.Fatal(err)
		}
	}
	rows("kiosk", "1;Златопольский Ферапонт Ипполитович;03.02.1971;8 (973) 555-01-77;old@example.test\n")
	code := h.crosswalk(t, "kiosk/1")
	form := url.Values{"action": {"pin"}, "attribute": {"name"}, "value": {"Златопольский Ферапонт"}}.Encode()
	if status, said := h.ask(t, "anna", http.MethodPost, "/customers/"+code+"/operate", form, "Content-Type", "application/x-www-form-urlencoded", "X-Hub-CSRF", "1"); status != http.StatusSeeOther {
		t.Fatalf("%d %.300s", status, said)
	}
	shown := func() string {
		var card struct {
			Golden struct {
				Attributes map[string][]struct{ Value, Rule string }
			}
		}
		h.get(t, "root", "/v1/golden/"+code+"/card", &card)
		return fmt.Sprint(card.Golden.Attributes["name"])
	}
	const want = "[{Златопольский Ферапонт pinned}]"
	for deadline := time.Now().Add(patience); shown() != want; time.Sleep(100 * time.Millisecond) { // it is held
		if time.Now().After(deadline) {
			t.Fatal(shown())
		}
	}
	rows("kiosk", "1;Златопольский Ферапонт Ипполитович;03.02.1971;8 (973) 555-01-77;new@example.test\n")
	rows("counter", "77;ЗЛАТОПОЛЬСКИЙ ФЕРАПОНТ ИППОЛИТОВИЧ;03.02.1971;8 (973) 555-01-77;new@example.test\n")
	if now := h.crosswalk(t, "counter/77"); now != code {
		t.Fatalf("the other source's row is of %s, not of %s", now, code)
	}
	if got := shown(); got != want {
		t.Errorf("after the loads %s", got)
	}
	p := h.tab(t, "anna")
	p.visit("/customers/" + code)
	p.sees("[data-test=unpin-name]")
}
