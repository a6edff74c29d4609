// Package tape keeps what a process says, readable while it speaks.
package tape

import (
	"bytes"
	"sync"
)

// Tape is an [io.Writer] that many may write to and read from at once. The zero one is empty.
type Tape struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer]; it never fails.
func (t *Tape) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(b)
}

// String gives all that was written so far.
func (t *Tape) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
