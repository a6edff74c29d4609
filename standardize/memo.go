package standardize

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
)

// Memo remembers what was made of a text: names, cities and streets come again and again. It
// holds a bounded number of short texts and may be used from several goroutines. All who ask for
// one text are given one value, as long as it is remembered. Looking up takes no lock.
type Memo[V any] struct {
	table atomic.Pointer[memoTable[V]]
	mutex sync.Mutex // of those that add
}

const (
	memoFirst  = 1 << 6  // slots of a new table
	memoTexts  = 1 << 19 // a memo with so many starts anew
	memoLength = 64      // bytes of the longest text that is remembered
)

// memoTable is a hash table with open addressing that only grows; at most three slots of four are taken.
type memoTable[V any] struct {
	slots []atomic.Pointer[memoEntry[V]]
	taken int // under the memo's mutex
}

type memoEntry[V any] struct {
	hash uint64
	text string
	made V
}

// Of gives what fold makes of s.
func (m *Memo[V]) Of(s string, fold func(string) V) V {
	if len(s) > memoLength {
		return fold(s)
	}
	hash := xxhash.Sum64String(s)
	if t := m.table.Load(); t != nil {
		if e := t.slots[t.find(hash, s)].Load(); e != nil {
			return e.made
		}
	}
	s = strings.Clone(s) // what is made of it may hold it
	return m.add(&memoEntry[V]{hash, s, fold(s)})
}

// find gives the slot of a text, or the free one where it would stand.
func (t *memoTable[V]) find(hash uint64, s string) int {
	mask := len(t.slots) - 1
	for i := int(hash) & mask; ; i = (i + 1) & mask {
		if e := t.slots[i].Load(); e == nil || e.hash == hash && e.text == s {
			return i
		}
	}
}

// add remembers an entry and gives its value, or that of another goroutine that came before.
func (m *Memo[V]) add(e *memoEntry[V]) V {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	t := m.table.Load()
	if t == nil || t.taken >= min(len(t.slots)/4*3, memoTexts) {
		t = t.grown()
		defer m.table.Store(t)
	}
	at := t.find(e.hash, e.text)
	if old := t.slots[at].Load(); old != nil {
		return old.made
	}
	t.slots[at].Store(e)
	t.taken++
	return e.made
}

// grown gives a table of twice the size with the same entries, or an empty one.
func (t *memoTable[V]) grown() *memoTable[V] {
	if t == nil || t.taken >= memoTexts {
		return &memoTable[V]{slots: make([]atomic.Pointer[memoEntry[V]], memoFirst)}
	}
	to := &memoTable[V]{slots: make([]atomic.Pointer[memoEntry[V]], 2*len(t.slots)), taken: t.taken}
	for i := range t.slots {
		if e := t.slots[i].Load(); e != nil {
			to.slots[to.find(e.hash, e.text)].Store(e)
		}
	}
	return to
}
