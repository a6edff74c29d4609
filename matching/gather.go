package matching

import (
	"slices"
	"sync"
	"sync/atomic"
)

// gathered sorts what each yields, without holding it twice: hashes spread it over buckets that
// fit into a processor's cache and are sorted one by one, by several workers. High must not
// contradict compare: where it differs, it orders the same way. Each is called twice and must
// yield the same both times.
func gathered[T any](n, workers int, high func(*T) uint64, each func(yield func(T)), compare func(x, y T) int) []T {
	shift := 64
	for buckets := 1; buckets < n/bucketSize && shift > 64-maxBucketBits; buckets *= 2 {
		shift--
	}
	starts := make([]int, 1<<(64-shift)+1)
	each(func(x T) { starts[high(&x)>>shift+1]++ })
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	all := make([]T, starts[len(starts)-1])
	next := slices.Clone(starts)
	each(func(x T) {
		at := &next[high(&x)>>shift]
		all[*at] = x
		*at++
	})
	sortBuckets(all, starts, workers, compare)
	return all
}

const (
	bucketSize    = 1 << 9
	maxBucketBits = 14
)

func sortBuckets[T any](all []T, starts []int, workers int, compare func(x, y T) int) {
	var wg sync.WaitGroup
	var taken atomic.Int64
	for range max(1, min(workers, len(starts)/2)) {
		wg.Go(func() {
			for i := int(taken.Add(1)); i < len(starts); i = int(taken.Add(1)) {
				slices.SortFunc(all[starts[i-1]:starts[i]], compare)
			}
		})
	}
	wg.Wait()
}
