package browser

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kartoteka/failpoint/tape"
)

// password of everybody in the tests.
const password = "клён рядом с домом"

// settings are added to the demo's configuration.
const settings = `
access:
  groups: {data-stewards: [steward]}
  limits: {login_a_minute: 1000, search_a_minute: 100000, reveal_a_day: 3, views_a_day: 100000}
  review: {hold: 4s, second_opinion: 0}
  sign_in:
    local: true
    oidc: {issuer: "%s", client_id: kartoteka, client_secret: app-secret, groups_claim: groups, name: Example Bank}
`

// hub is a demo hub that is served, and the browser that looks at it.
type hub struct {
	dir, program, address, link string
	home                        string // the hub's state, if it is not the demo's
	modules                     string // node_modules
	browser                     context.Context
	people                      map[string]*http.Cookie
	stop                        []func()
	said                        *tape.Tape
	last, served                int      // processes: the one started last, and the one that serves
	codes                       []string // of customers, those with most records first
	records                     map[string]int
	rows                        map[string][]string // of a code: SOURCE/KEY
}

var shared struct {
	once sync.Once
	hub  *hub
	skip string
	err  error
}

// theHub is the one of all tests. Without Chromium or what npm brings, the test is skipped.
func theHub(t testing.TB) *hub {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a hub and a browser")
	}
	shared.once.Do(func() { shared.hub, shared.skip, shared.err = start() })
	switch {
	case shared.skip != "":
		t.Skip(shared.skip)
	case shared.err != nil:
		t.Fatal(shared.err)
	}
	return shared.hub
}

func TestMain(m *testing.M) {
	code := m.Run()
	if h := shared.hub; h != nil {
		h.close()
	}
	os.Exit(code)
}

func start() (h *hub, skip string, err error) {
	modules, err := nodeModules()
	if err != nil {
		return nil, err.Error(), nil
	}
	h = &hub{modules: modules, people: map[string]*http.Cookie{}, said: &tape.Tape{}}
	defer func() {
		if err != nil {
			h.close()
			h = nil
		}
	}()
	for _, step := range []func() error{h.build, h.demo, h.provider, h.serve, h.start, h.first, h.invite} {
		if err := step(); err != nil {
			return h, "", err
		}
	}
	return h, "", nil
}

// nodeModules finds what npm installed, and sees that there is a Chromium and a node to use it.
func nodeModules() (string, error) {
	dir := os.Getenv("KARTOTEKA_TEST_NODE_MODULES")
	if dir == "" {
		dir = "../../.cache/browser/node_modules"
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for _, program := range []string{"chromium", "node"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Errorf("no %s; run scripts/need browser", program)
		}
	}
	for _, file := range []string{"axe-core/axe.min.js", "oidc-provider/package.json"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			return "", fmt.Errorf("no %s; run scripts/need browser", file)
		}
	}
	return dir, nil
}

func (h *hub) build() (err error) {
	if h.dir, err = os.MkdirTemp("", "kartoteka-browser-"); err != nil {
		return err
	}
	h.stop = append(h.stop, func() { _ = os.RemoveAll(h.dir) })
	if err = os.Chmod(h.dir, 0o755); err != nil { // the database's user must get in
		return err
	}
	if h.program = os.Getenv("KARTOTEKA_TEST_PROGRAM"); h.program != "" {
		return nil
	}
	h.program = filepath.Join(h.dir, "kartoteka")
	out, err := exec.Command("go", "build", "-tags", "timetzdata", "-o", h.program, "kartoteka/cmd/kartoteka").CombinedOutput()
	if err != nil {
		return fmt.Errorf("building: %w: %s", err, out)
	}
	return nil
}

// demo makes the hub's customers and questions.
func (h *hub) demo() error {
	people := os.Getenv("KARTOTEKA_TEST_PEOPLE")
	if people == "" {
		people = "1200"
	}
	if _, err := h.run("demo", "--people", people, "--dir", h.state(), "--output", "json"); err != nil {
		return err
	}
	rows, err := h.verb("export", "crosswalk")
	h.bySize(rows)
	return err
}

// bySize sorts the codes of a crosswalk, those with most records first.
func (h *hub) bySize(rows string) {
	h.records, h.rows = map[string]int{}, map[string][]string{}
	for line := range strings.Lines(rows) {
		if fields := strings.Split(strings.TrimSpace(line), ","); len(fields) == 4 && fields[3] != "status" {
			h.records[fields[2]]++
			h.rows[fields[2]] = append(h.rows[fields[2]], fields[0]+"/"+fields[1])
		}
	}
	h.codes = slices.SortedFunc(maps.Keys(h.records), func(a, b string) int {
		return cmp.Or(cmp.Compare(h.records[b], h.records[a]), cmp.Compare(a, b))
	})
}

func (h *hub) state() string { return cmp.Or(h.home, filepath.Join(h.dir, "demo")) }

// run runs a verb to its end.
func (h *hub) run(args ...string) (string, error) {
	cmd := exec.Command(h.program, args...)
	cmd.Env = withoutHub()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("kartoteka %s: %w: %s", strings.Join(args, " "), err, &errs)
	}
	return out.String(), nil
}

// verb runs one on this hub.
func (h *hub) verb(args ...string) (string, error) {
	return h.run(append([]string{"--state", h.state(), "--config", filepath.Join(h.state(), "kartoteka.yaml")}, args...)...)
}

// person is the n-th code of somebody with so many records, who is asked about in no question.
func (h *hub) person(t testing.TB, least, most, n int) string {
	t.Helper()
	for _, code := range h.codes {
		if h.records[code] < least || h.records[code] > most {
			continue
		}
		var card struct {
			Tasks  []struct{} `json:"tasks"`
			Golden struct{ Kind string }
		}
		if h.get(t, "root", "/v1/golden/"+code, &card); card.Golden.Kind == "organization" || len(card.Tasks) > 0 {
			continue
		}
		if n--; n < 0 {
			return code
		}
	}
	t.Fatalf("no customer has %d to %d records", least, most)
	return ""
}

func withoutHub() (out []string) {
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "KARTOTEKA_") || strings.HasPrefix(e, "KARTOTEKA_POSTGRES_BIN=") {
			out = append(out, e)
		}
	}
	return out
}

// provider starts the identity provider and writes it into the configuration.
func (h *hub) provider() error {
	own, theirs, err := twoPorts()
	if err != nil {
		return err
	}
	h.address = "http://127.0.0.1:" + own
	p, err := h.spawn("ready", "node", "testdata/provider.mjs", h.modules, theirs, h.address+"/signin/oidc/callback")
	if err != nil {
		return err
	}
	h.stop = append(h.stop, p)
	f, err := os.OpenFile(filepath.Join(h.state(), "kartoteka.yaml"), os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, settings, "http://127.0.0.1:"+theirs)
	return errorsJoin(err, f.Close())
}

func errorsJoin(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func twoPorts() (a, b string, err error) {
	var out []string
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", err
		}
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		out = append(out, port)
	}
	return out[0], out[1], nil
}

// spawn starts a program and waits until it has said something.
func (h *hub) spawn(says string, args ...string) (stop func(), err error) {
	cmd := exec.Command(args[0], args[1:]...)
	said := &tape.Tape{}
	cmd.Env, cmd.Stdout, cmd.Stderr = withoutHub(), io.MultiWriter(said, h.said), io.MultiWriter(said, h.said)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	h.last = cmd.Process.Pid
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if strings.Contains(said.String(), says) {
			return stop, nil
		}
		select {
		case <-ended:
			return nil, fmt.Errorf("%s ended: %s", args[0], said)
		default:
		}
		if time.Now().After(deadline) {
			stop()
			return nil, fmt.Errorf("%s does not say %q: %s", args[0], says, said)
		}
	}
}

func (h *hub) serve() error {
	stop, err := h.spawn("serving on ", h.program, "--state", h.state(), "--config", filepath.Join(h.state(), "kartoteka.yaml"),
		"serve", "--listen", strings.TrimPrefix(h.address, "http://"))
	if err != nil {
		return err
	}
	h.served = h.last
	h.stop = append(h.stop, stop)
	_, rest, _ := strings.Cut(h.said.String(), "within 24 hours at\n")
	h.link, _, _ = strings.Cut(strings.TrimSpace(rest), "\n")
	return nil
}

// start starts the browser.
func (h *hub) start() error {
	ctx, cancel := chromedp.NewContext(context.Background())
	h.browser = ctx
	h.stop = append(h.stop, cancel)
	return chromedp.Do(ctx)
}

// roles of the people in the tests but olga, whose account is the first.
var roles = map[string][]string{"anna": {"steward"}, "boris": {"steward", "approver"}, "vera": {"viewer"}, "dina": {"steward"}, "root": everything, "rita": everything, "uma": everything}

var everything = []string{"admin", "steward", "approver", "auditor", "privacy_officer"}

func (h *hub) close() {
	for i := len(h.stop) - 1; i >= 0; i-- {
		h.stop[i]()
	}
}
