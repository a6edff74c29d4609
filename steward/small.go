package steward

import "strconv"

// number reads a number of an address; 0 for anything else.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func text(n int64) string { return strconv.FormatInt(n, 10) }
