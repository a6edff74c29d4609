package matching

// noteWeak remembers a join of groups a and b that holds two groups of several nodes together by
// little evidence.
func (k *contraction) noteWeak(a, b int, total Weight) {
	x, y := &k.groups[a], &k.groups[b]
	if len(x.nodes) < 2 || len(y.nodes) < 2 || total >= k.bar+weak {
		return
	}
	w := Weak{k.entriesIn(x), k.entriesIn(y), total, k.bar}
	k.weakly.Lock()
	defer k.weakly.Unlock()
	k.partition.weak = append(k.partition.weak, w)
}
