package matching

// Forest is a union–find over places; the root of a tree is its smallest place, so that the
// outcome does not depend on the order of unions.
type Forest struct{ parent []int32 }

// NewForest makes n trees of one place each.
func NewForest(n int) *Forest {
	f := &Forest{make([]int32, n)}
	for i := range f.parent {
		f.parent[i] = int32(i)
	}
	return f
}

// Find gives the root of a place.
func (f *Forest) Find(x int32) int32 {
	for f.parent[x] != x {
		f.parent[x] = f.parent[f.parent[x]]
		x = f.parent[x]
	}
	return x
}

// Union joins the trees of two places.
func (f *Forest) Union(a, b int32) {
	a, b = f.Find(a), f.Find(b)
	if a > b {
		a, b = b, a
	}
	f.parent[b] = a
}
