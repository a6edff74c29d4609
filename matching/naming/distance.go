package naming

import "slices"

const side = longestWord + 3 // letters, both ends, and nothing

// grid holds the costs of all beginnings of two words; it lives on the caller's stack.
type grid [side][side]int16

// distance is what it costs to write one word as the other, in hundredths of a letter, by the
// generalized edit distance over sequences of letters (after Brill and Moore, 2000). It gives
// up, with a cost above the limit, when no way within the limit is left.
func (t *table) distance(g *grid, rows, columns []symbol, limit int16) int16 {
	t.first(g, columns)
	alive := 0 // rows since one had a cell within the limit
	for i := 1; i <= len(rows); i++ {
		if t.row(g, rows, columns, i) > limit {
			if alive++; alive >= t.longest {
				return limit + 1
			}
			continue
		}
		alive = 0
	}
	return g[len(rows)][len(columns)]
}

func (t *table) first(g *grid, columns []symbol) {
	g[0][0] = 0
	for j, c := range columns {
		g[0][j+1] = min(never, g[0][j]+t.drop[c])
	}
}

// row fills a row and gives the least cost in it.
func (t *table) row(g *grid, rows, columns []symbol, i int) (least int16) {
	r := rows[i-1]
	dropRow := t.dropping(rows, i)
	g[i][0] = min(never, g[i-1][0]+dropRow)
	least = g[i][0]
	for j := 1; j <= len(columns); j++ {
		c := columns[j-1]
		best := min(g[i-1][j-1]+t.replacing(r, c), g[i-1][j]+dropRow, g[i][j-1]+t.dropping(columns, j))
		if i > 1 && j > 1 && r == columns[j-2] && rows[i-2] == c && r != c {
			best = min(best, g[i-2][j-2]+costSwap)
		}
		best = t.spellings(g, rows[:i], columns[:j], r, c, best)
		if base := t.letters.base[c]; base != c {
			best = t.spellings(g, rows[:i], columns[:j], r, base, best)
		}
		g[i][j] = min(best, never)
		least = min(least, best)
	}
	return least
}

// spellings tries the entries that end with these two letters.
func (t *table) spellings(g *grid, rows, columns []symbol, r, c symbol, best int16) int16 {
	span := t.spans[int(r)<<8|int(c)]
	for k := span[0]; k < span[1]; k++ {
		s := &t.list[k]
		i, j := len(rows)-len(s.rows), len(columns)-len(s.columns)
		if i < 0 || j < 0 || g[i][j]+s.cost >= best || !t.ends(rows, s.rows) || !t.ends(columns, s.columns) {
			continue
		}
		best = g[i][j] + s.cost
	}
	return best
}

// ends reports whether a word ends with a sequence; signs above letters may be missing in it.
func (t *table) ends(word, sequence []symbol) bool {
	word = word[len(word)-len(sequence):]
	for i, s := range sequence {
		if word[i] != s && t.letters.base[word[i]] != s {
			return false
		}
	}
	return true
}

// dropping is the cost of leaving out the letter before i: little, if it is doubled.
func (t *table) dropping(word []symbol, i int) int16 {
	s := word[i-1]
	if i > 1 && word[i-2] == s {
		return min(costDouble, t.drop[s])
	}
	return t.drop[s]
}

func (t *table) replacing(r, c symbol) int16 {
	switch {
	case r == c:
		return 0
	case r <= closing || c <= closing:
		return never
	case t.letters.base[r] == t.letters.base[c]:
		return 1
	case t.vowel[r] && t.vowel[c]:
		return costVowel
	case t.vowel[r] != t.vowel[c]:
		return costMixed
	}
	return costConsonant
}

// apart is the distance of two words of whatever scripts, and how many hundredths of a letter they have.
func (ts *tables) apart(g *grid, x, y *spelled, limit int16) int16 {
	switch {
	case x.script == scriptCyrillic && y.script == scriptLatin:
		return ts.cross.distance(g, x.letters, y.letters, limit)
	case x.script == scriptLatin && y.script == scriptCyrillic:
		return ts.cross.distance(g, y.letters, x.letters, limit)
	}
	if slices.Compare(x.letters, y.letters) > 0 {
		x, y = y, x // so that both ways give the same
	}
	if x.script == scriptCyrillic {
		return ts.cyrillic.distance(g, x.letters, y.letters, limit)
	}
	return ts.latin.distance(g, x.letters, y.letters, limit)
}

// walk compares many words in alphabetical order with one: rows of a common beginning are kept.
type walk struct {
	grid  grid
	least [side + 1]int16
	last  []symbol
	known int // rows that hold for last
}

// along is [table.distance] for the next word of a walk.
func (t *table) along(w *walk, rows, columns []symbol, limit int16) int16 {
	if w.last == nil {
		t.first(&w.grid, columns)
	}
	w.known = min(w.known, common(w.last, rows))
	w.last = rows
	alive := 0
	for i := 1; i <= len(rows); i++ {
		if i > w.known {
			w.least[i] = t.row(&w.grid, rows, columns, i)
			w.known = i
		}
		if w.least[i] <= limit {
			alive = 0
		} else if alive++; alive >= t.longest {
			return limit + 1
		}
	}
	return w.grid[len(rows)][len(columns)]
}

func common(x, y []symbol) int {
	n := min(len(x), len(y))
	for i := range n {
		if x[i] != y[i] {
			return i
		}
	}
	return n
}
