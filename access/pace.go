package access

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// paceKeys is how many keys a pace remembers; beyond, it forgets those that have all their tries.
const paceKeys = 50_000

// Pace bounds how often somebody does something in a minute: so many times at once, then evenly. It
// is safe for concurrent use. The nil Pace bounds nothing.
type Pace struct {
	mu       sync.Mutex
	minutely int
	keys     map[string]*rate.Limiter
}

// NewPace allows so many a minute for each key; 0 or less gives the nil Pace.
func NewPace(minutely int) *Pace {
	if minutely <= 0 {
		return nil
	}
	return &Pace{minutely: minutely, keys: map[string]*rate.Limiter{}}
}

// Take counts one for the key, and returns 0 if there was one to take, else how long to wait for it.
func (p *Pace) Take(key string, now time.Time) time.Duration {
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.keys[key]
	if l == nil {
		if len(p.keys) >= paceKeys {
			p.forget(now)
		}
		l = rate.NewLimiter(rate.Limit(float64(p.minutely)/60), p.minutely)
		p.keys[key] = l
	}
	if l.AllowN(now, 1) {
		return 0
	}
	missing := 1 - l.TokensAt(now)
	return time.Duration(missing * 60 / float64(p.minutely) * float64(time.Second))
}

func (p *Pace) forget(now time.Time) {
	for key, l := range p.keys {
		if l.TokensAt(now) >= float64(p.minutely) {
			delete(p.keys, key)
		}
	}
	if len(p.keys) >= paceKeys { // an attack from everywhere: who waits, waits anew
		clear(p.keys)
	}
}
