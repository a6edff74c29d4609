package matching

import "math/bits"

// longest is how many bytes of a text the distances look at; names and numbers are shorter.
const longest = 64

// within gives the edit distance of two texts (insert, drop, change, swap of neighbors) if it
// is at most limit, else limit + 1. It compares bytes, so it is meant for skeletons and
// digits, and it does not allocate.
func within(a, b string, limit int) int {
	if a == b {
		return 0
	}
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > limit {
		return limit + 1
	}
	a, b = trim(a, b)
	if limit == 1 || len(a) == 0 {
		return oneEdit(a, b, limit)
	}
	var rows [3][longest + 1]uint8
	for j := range len(b) + 1 {
		rows[0][j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		last, now, before := &rows[(i-1)%3], &rows[i%3], &rows[(i+1)%3]
		if least := editRow(a, b, i, now, last, before); int(least) > limit {
			return limit + 1
		}
	}
	return min(int(rows[len(a)%3][len(b)]), limit+1)
}

// oneEdit is within of two texts without a common beginning or end, the first no longer, if the
// limit is 1 or the first is empty.
func oneEdit(a, b string, limit int) int {
	switch {
	case len(a) == 0:
		return min(len(b), limit+1)
	case len(b) == 1, len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]:
		return 1
	}
	return 2
}

// trim cuts what both texts begin and end with.
func trim(a, b string) (string, string) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b
}

// editRow fills the i-th row of the distance table from the two above and returns its least cell.
func editRow(a, b string, i int, now, last, before *[longest + 1]uint8) uint8 {
	now[0] = uint8(i)
	least := now[0]
	for j := 1; j <= len(b); j++ {
		d := last[j-1]
		if a[i-1] != b[j-1] {
			d = 1 + min(d, last[j], now[j-1])
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
		}
		now[j] = d
		least = min(least, d)
	}
	return least
}

// jaroWinkler is the similarity of Winkler (1990) in thousandths, on bytes, without allocation.
func jaroWinkler(a, b string) int {
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	var usedA, usedB uint64
	reach := max(max(len(a), len(b))/2-1, 0)
	for i := range len(a) {
		for j := max(0, i-reach); j <= min(i+reach, len(b)-1); j++ {
			if a[i] == b[j] && usedB>>j&1 == 0 {
				usedA |= 1 << i
				usedB |= 1 << j
				break
			}
		}
	}
	common := bits.OnesCount64(usedA)
	if common == 0 {
		return 0
	}
	half := 0
	for x, y := usedA, usedB; x != 0; x, y = x&(x-1), y&(y-1) {
		if a[bits.TrailingZeros64(x)] != b[bits.TrailingZeros64(y)] {
			half++
		}
	}
	jaro := (1000*common/len(a) + 1000*common/len(b) + 1000*(common-half/2)/common) / 3
	return winkler(a, b, jaro)
}

// winkler raises a similarity above 0.7 by a tenth for each of the first four letters that agree.
func winkler(a, b string, jaro int) int {
	if jaro <= 700 {
		return jaro
	}
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + prefix*(1000-jaro)/10
}

// ordered gives two texts in one order, for comparisons whose comparison depends on the order of arguments.
func ordered(a, b string) (string, string) {
	if a > b {
		return b, a
	}
	return a, b
}

// sameLetters reports texts that differ in digits alone.
func sameLetters(x, y string) bool {
	i, j := 0, 0
	for {
		for i < len(x) && isDigit(x[i]) {
			i++
		}
		for j < len(y) && isDigit(y[j]) {
			j++
		}
		if i == len(x) || j == len(y) {
			return i == len(x) && j == len(y)
		}
		if x[i] != y[j] {
			return false
		}
		i, j = i+1, j+1
	}
}
