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

// memoTable is a hash table with open addressing that only grows; at most half of it is taken.
type memoTable[V any] struct {
	slots []memoSlot[V]
	taken int // under the memo's mutex
}

// memoSlot has the hash beside the entry, so that only the entry that is looked for is touched.
type memoSlot[V any] struct {
	hash  atomic.Uint64 // 0 is free; set when the entry is
	entry atomic.Pointer[memoEntry[V]]
}

type memoEntry[V any] struct {
	text string
	made V
}

// Of gives what fold makes of s.
func (m *Memo[V]) Of(s string, fold func(string) V) V {
	if len(s) > memoLength {
		return fold(s)
	}
	hash := xxhash.Sum64String(s) | 1
	if t := m.table.Load(); t != nil {
		if e, _ := t.find(hash, s); e != nil {
			return e.made
		}
	}
	s = strings.Clone(s) // what is made of it may hold it
	return m.add(hash, &memoEntry[V]{s, fold(s)})
}

// Forget lets go of everything; what was asked for stays valid.
func (m *Memo[V]) Forget() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.table.Store(nil)
}

// Forget lets go of what is remembered of texts in general, after the last row of a large input.
// Whatever comes next is remembered anew.
func Forget() {
	nameWords.Forget()
	streetLines.Forget()
	placeColumns.Forget()
	addressTexts.Forget()
	plainDomains.Forget()
}

// find gives the entry of a text, else the free slot where it would stand.
func (t *memoTable[V]) find(hash uint64, s string) (*memoEntry[V], *memoSlot[V]) {
	mask := uint64(len(t.slots) - 1)
	for i := hash >> 1 & mask; ; i = (i + 1) & mask {
		slot := &t.slots[i]
		switch slot.hash.Load() {
		case 0:
			return nil, slot
		case hash:
			if e := slot.entry.Load(); e.text == s {
				return e, slot
			}
		}
	}
}

func (s *memoSlot[V]) put(hash uint64, e *memoEntry[V]) {
	s.entry.Store(e)
	s.hash.Store(hash)
}

// add remembers an entry and gives its value, or that of another goroutine that came before.
func (m *Memo[V]) add(hash uint64, e *memoEntry[V]) V {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	t := m.table.Load()
	if t == nil || t.taken >= min(len(t.slots)/2, memoTexts) {
		t = t.grown()
		defer m.table.Store(t)
	}
	old, slot := t.find(hash, e.text)
	if old != nil {
		return old.made
	}
	slot.put(hash, e)
	t.taken++
	return e.made
}

// grown gives a table of twice the size with the same entries, or an empty one.
func (t *memoTable[V]) grown() *memoTable[V] {
	if t == nil || t.taken >= memoTexts {
		return &memoTable[V]{slots: make([]memoSlot[V], memoFirst)}
	}
	to := &memoTable[V]{slots: make([]memoSlot[V], 2*len(t.slots)), taken: t.taken}
	for i := range t.slots {
		if hash := t.slots[i].hash.Load(); hash != 0 {
			e := t.slots[i].entry.Load()
			_, slot := to.find(hash, e.text)
			slot.put(hash, e)
		}
	}
	return to
}
