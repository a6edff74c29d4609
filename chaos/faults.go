package chaos

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"kartoteka/failpoint"
	"kartoteka/feed/feedtest"
)

// The faults.
const (
	Kill      = "kill"      // SIGKILL, or an error, at a failpoint; SIGKILL of kartoteka serve
	Pause     = "pause"     // SIGSTOP at a failpoint or anywhere, and SIGCONT later
	Terminate = "term"      // SIGTERM to kartoteka serve, sometimes twice
	PgKill    = "pgkill"    // SIGKILL of PostgreSQL around a commit
	LostReply = "lostreply" // the connection is cut around a commit
	KafkaDown = "kafkadown" // the broker is away, loses replies, stores late
	DiskFull  = "diskfull"  // PostgreSQL's file system has no room
)

// Faults are all of them.
var Faults = []string{Kill, Pause, Terminate, PgKill, LostReply, KafkaDown, DiskFull}

// areas are the failpoints that each kind of operation passes; * passes with all of them.
var areas = map[string]string{load: "load. turn.", late: "load. turn.", snapshot: "load. turn.", decide: "decide.", maintain: "maintain.",
	export: "file.", verify: "verify.", care: "checkpoint.", split: "decide.", unmerge: "decide.", pin: "decide.",
	erase: "erase.", backup: "backup.", replan: "file.", apply: "apply.", "first": "migrate. bulk.", "serve": "feed. job. turn."}

// chances decides which orders processes get.
type chances struct{ faults []string }

func (c *chances) has(fault string) bool { return slices.Contains(c.faults, fault) }

// orderOf gives about a third of the operations an order.
func (c *chances) orderOf(random *rand.Rand, kind string) string {
	if random.IntN(3) > 0 {
		return ""
	}
	return c.order(random, kind, 2)
}

// order orders something for one of the points of a kind of operation.
func (c *chances) order(random *rand.Rand, kind string, most int) string {
	points := pointsOf(kind)
	point, n := points[random.IntN(len(points))], 1+random.IntN(most)
	action := []string{"kill", "kill", "kill", "error", "pause"}[random.IntN(5)]
	if !c.has(Kill) && action != "pause" || !c.has(Pause) && action == "pause" {
		return ""
	}
	return fmt.Sprintf("%s:%d=%s", point, n, action)
}

func pointsOf(kind string) (out []string) {
	own := strings.Fields(areas[kind])
	if !slices.Contains([]string{export, verify, backup, replan}, kind) {
		own = append(own, "lane.", "migrate.locked", "migrate.hub")
	}
	for _, p := range failpoint.Points {
		if slices.ContainsFunc(own, func(area string) bool { return strings.HasPrefix(p.Name, area) }) {
			out = append(out, p.Name)
		}
	}
	return out
}

// disturbances knows when anything but a process's own order may make it fail.
type disturbances struct {
	mu     sync.Mutex
	active int
	last   time.Time
}

func (d *disturbances) begin() (end func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.active++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.active--
		d.last = time.Now()
	}
}

// since reports whether there was any since a moment.
func (d *disturbances) since(t time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.active > 0 || d.last.Add(grace).After(t)
}

// grace is how long after a disturbance a server that answered once may still go: processes of one that was
// killed, or had no room, notice late.
const grace = 3 * time.Second

// faults lets faults befall the trial after counts of operations that follow from the seed.
type faults struct {
	*trial
	mu     sync.Mutex
	random *rand.Rand
	kinds  []string // that do not befall operations by order
	done   int
	due    int
	wait   sync.WaitGroup // for faults that last
}

func newFaults(t *trial) *faults {
	f := &faults{trial: t, random: rand.New(rand.NewPCG(t.Seed, 2)), due: 2}
	for _, kind := range t.Faults {
		if kind == DiskFull && !t.database.small || kind == KafkaDown && t.broker == nil {
			t.report.Skipped = append(t.report.Skipped, kind)
			continue
		}
		f.kinds = append(f.kinds, kind)
	}
	return f
}

// progress is called after each operation.
func (f *faults) progress() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done++; f.done < f.due || len(f.kinds) == 0 {
		return
	}
	f.due += 3 + f.random.IntN(6)
	f.befall(f.kinds[f.random.IntN(len(f.kinds))])
}

func (f *faults) befall(kind string) {
	while := time.Duration(100+f.random.IntN(1200)) * time.Millisecond
	server := f.servers[f.random.IntN(len(f.servers))]
	often := f.random.IntN(2) == 0
	if kind != PgKill && kind != LostReply { // these wait for a commit
		f.happened(kind, while.String())
	}
	switch kind {
	case Kill:
		server.signal(syscall.SIGKILL)
	case Terminate:
		server.terminate(often)
	case Pause:
		server.signal(syscall.SIGSTOP)
		f.later(while, func() { server.signal(syscall.SIGCONT) })
	case PgKill:
		f.killServer(often)
	case LostReply:
		for range 1 + f.random.IntN(4) {
			f.cut(f.random.IntN(2) == 0)
		}
	case KafkaDown:
		f.broker.Down()
		f.later(while, func() { f.must(f.broker.Up()) })
	case DiskFull:
		f.fillDisk(while)
	}
}

func (f *faults) happened(kind, detail string) {
	f.report.fault(kind)
	f.must(f.note(Entry{Event: "fault", Detail: kind + " " + detail}))
}

// later does something when a while has passed.
func (f *faults) later(while time.Duration, do func()) {
	f.wait.Add(1)
	time.AfterFunc(while, func() {
		defer f.wait.Done()
		do()
	})
}

// cut cuts the connection of the next commit, before the server gets it or before its answer arrives.
func (f *faults) cut(reply bool) {
	f.database.proxy.arm(spoiling{lost: true, reply: reply, fired: func(n int) {
		f.disturbed.begin()()
		f.happened(LostReply, fmt.Sprintf("commit %d, reply %v", n, reply))
	}})
}

// killServer kills PostgreSQL just before or just after the next commit reaches it.
func (f *faults) killServer(after bool) {
	f.wait.Add(1)
	kill := func() {
		end := f.disturbed.begin()
		f.database.kill()
		go func() {
			defer f.wait.Done()
			defer end()
			f.must(f.database.answers(f.ctx))
		}()
	}
	s := spoiling{before: kill, fired: func(n int) { f.happened(PgKill, fmt.Sprintf("commit %d, after it %v", n, after)) }}
	if after {
		s.before, s.after = nil, kill
	}
	s.unused = f.wait.Done
	f.database.proxy.arm(s)
}

func (f *faults) fillDisk(while time.Duration) {
	end := f.disturbed.begin()
	free, err := f.database.fill()
	f.must(err)
	f.later(while, func() {
		defer end()
		free()
		f.must(f.database.answers(f.ctx))
	})
}

// fates lets the broker lose and delay some of what it is sent.
func fates(seed uint64) func(string) feedtest.Fate {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 3))
	return func(string) feedtest.Fate {
		mu.Lock()
		defer mu.Unlock()
		if n := random.IntN(100); n < 4 {
			return []feedtest.Fate{feedtest.ReplyLost, feedtest.RequestLost, feedtest.StoredLate, feedtest.StoredLate}[n]
		}
		return feedtest.Answered
	}
}
