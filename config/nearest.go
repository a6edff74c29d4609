package config

import (
	"strings"
)

// nearest gives the known name that a misspelled one most likely means, "" if none is near.
func nearest(name string, known []string) string {
	folded := fold(name)
	best, least := "", allowed(folded)+1
	for _, k := range known {
		if d := distance([]rune(folded), []rune(fold(k))); d < least {
			best, least = k, d
		}
	}
	return best
}

// fold makes spellings that differ by case, hyphen or blank equal.
func fold(s string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(s))
}

// allowed is how many slips a name of this length may have.
func allowed(s string) int { return min(1+len([]rune(s))/4, 3) }

// distance counts the slips between two names: insertions, deletions, changes, and swaps of neighbors.
func distance(a, b []rune) int {
	if len(a)-len(b) > 3 || len(b)-len(a) > 3 {
		return 4
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// suggest is the cure of an unknown name.
func suggest(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return "did you mean " + near + "?"
	}
	return choices(known)
}

// choices lists what may stand in a place.
func choices(known []string) string {
	const most = 16
	if len(known) > most {
		known = append(known[:most:most], "...")
	}
	return "known here: " + strings.Join(known, ", ")
}
