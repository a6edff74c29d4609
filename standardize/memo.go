package standardize

import (
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
)

// Memo remembers what was made of a text: names, cities and streets come again and again. It
// holds a bounded number of short texts and may be used from several goroutines.
type Memo[V any] struct {
	shards [memoShards]struct {
		sync.RWMutex
		made map[string]V
		_    [32]byte // so that neighbors do not share a line of the processor's cache
	}
}

const (
	memoShards = 64
	memoTexts  = 1 << 13 // in one shard; a full shard starts anew
	memoLength = 64      // bytes of the longest text that is remembered
)

// Of gives what fold makes of s.
func (m *Memo[V]) Of(s string, fold func(string) V) V {
	if len(s) > memoLength {
		return fold(s)
	}
	shard := &m.shards[xxhash.Sum64String(s)%memoShards]
	shard.RLock()
	v, ok := shard.made[s]
	shard.RUnlock()
	if ok {
		return v
	}
	s = strings.Clone(s) // what is made of it may hold it
	v = fold(s)
	shard.Lock()
	if shard.made == nil || len(shard.made) >= memoTexts {
		shard.made = map[string]V{}
	}
	shard.made[s] = v
	shard.Unlock()
	return v
}
