package matching

import (
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
)

// memo remembers what was made of a text: names, cities and streets come again and again. It
// holds a bounded number of texts and may be used from several goroutines.
type memo[V any] struct {
	shards [memoShards]struct {
		sync.RWMutex
		made map[string]V
	}
}

const (
	memoShards = 64
	memoTexts  = 1 << 13 // in one shard; a full shard starts anew
)

// of gives what fold makes of s.
func (m *memo[V]) of(s string, fold func(string) V) V {
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

// skeletons are shared by all rulesets: they depend on the text alone.
var skeletons memo[word]

// skeletonWord is the interned skeleton of a text that is likely to come again.
func skeletonWord(s string) word {
	if s == "" {
		return none
	}
	return skeletons.of(s, func(s string) word { return skeleton(s) })
}
