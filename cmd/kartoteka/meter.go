package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// meter shows progress on stderr: a bar with rate and time left on a terminal, a line per ten
// seconds elsewhere.
type meter struct {
	app   *app
	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	stage string
	last  time.Time
}

func (a *app) newMeter() *meter { return &meter{app: a, last: time.Now()} }

// show is called often and prints seldom. A total of 0 is unknown.
func (m *meter) show(stage string, done, total int64) {
	if m.app.Quiet {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !isTerminal(m.app.err) {
		if time.Since(m.last) >= 10*time.Second {
			m.last = time.Now()
			m.app.remark("%s: %s", stage, amount(done, total))
		}
		return
	}
	if stage != m.stage {
		m.finish()
		if total == 0 {
			total = -1
		}
		m.stage, m.bar = stage, progressbar.NewOptions64(total, progressbar.OptionSetWriter(m.app.err), progressbar.OptionSetDescription(stage),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	_ = m.bar.Set64(done)
}

func amount(done, total int64) string {
	if total > 0 {
		return fmt.Sprintf("%d of %d", done, total)
	}
	return fmt.Sprint(done)
}

func (m *meter) finish() {
	if m.bar != nil {
		_ = m.bar.Finish()
		m.bar = nil
	}
}

func (m *meter) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.finish()
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
