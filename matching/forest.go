package matching

// forest is a union–find over places; the root of a tree is its smallest place, so that the
// outcome does not depend on the order of unions.
type forest struct{ parent []int32 }

func newForest(n int) *forest {
	f := &forest{make([]int32, n)}
	for i := range f.parent {
		f.parent[i] = int32(i)
	}
	return f
}

func (f *forest) find(x int32) int32 {
	for f.parent[x] != x {
		f.parent[x] = f.parent[f.parent[x]]
		x = f.parent[x]
	}
	return x
}

func (f *forest) union(a, b int32) {
	a, b = f.find(a), f.find(b)
	if a > b {
		a, b = b, a
	}
	f.parent[b] = a
}
