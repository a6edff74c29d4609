package desk

import (
	"context"
	"sync"
	"time"
)

// lasting is an answer that takes long to find. Whoever asks for it when it is old waits for the next one as long
// as they have patience, and then gets the last one. It is found once at a time, however many ask.
type lasting[T any] struct {
	mu      sync.Mutex
	known   bool
	value   T
	of      string // what it is an answer to
	at      time.Time
	took    time.Duration
	err     error
	finding chan struct{} // closed when it is found; nil when nobody looks
}

// longest bounds how long an answer is looked for.
const longest = 10 * time.Minute

// rested is how long an answer is good: a minute, or so long that finding it takes a hundredth of the time.
func rested(took time.Duration) time.Duration { return max(time.Minute, 100*took) }

// get is the answer to a question of a name; ok is false if it is not found yet.
func (l *lasting[T]) get(ctx context.Context, of string, patience time.Duration, now func() time.Time, find func(context.Context) (T, error)) (value T, at time.Time, ok bool, err error) {
	found := l.start(ctx, of, now, find)
	if found != nil {
		wait := time.NewTimer(patience)
		defer wait.Stop()
		select {
		case <-found:
		case <-wait.C:
		case <-ctx.Done():
			return value, at, false, ctx.Err()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known && l.of == of {
		return l.value, l.at, true, nil
	}
	return value, at, false, l.err
}

// start looks for an answer if there is none that is good; what it returns is closed when one is found, nil if
// there is one.
func (l *lasting[T]) start(ctx context.Context, of string, now func() time.Time, find func(context.Context) (T, error)) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known && l.of == of && now().Sub(l.at) < rested(l.took) {
		return nil
	}
	if l.finding == nil {
		l.finding, l.err = make(chan struct{}), nil
		go l.find(context.WithoutCancel(ctx), of, now, find)
	}
	return l.finding
}

func (l *lasting[T]) find(ctx context.Context, of string, now func() time.Time, find func(context.Context) (T, error)) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	begun := now()
	value, err := find(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err = err; err == nil {
		l.known, l.value, l.of, l.at, l.took = true, value, of, begun, now().Sub(begun)
	}
	close(l.finding)
	l.finding = nil
}
