package naming

import "strconv"

var numberWords = map[string]int{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
	"twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
	"forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5,
	"sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8, "9th": 9,
	"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12, "xiii": 13, "xiv": 14, "xv": 15, "xvi": 16, "xx": 20,
	"первый": 1, "первая": 1, "второй": 2, "третий": 3, "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "перший": 1, "другий": 2, "третій": 3}

// numbers writes numbers in words and in Roman figures with digits: "forty four" as "44".
func numbers(list []string) []string {
	out := make([]string, 0, len(list))
	tens := 0
	for i, w := range list {
		n, known := numberWords[w]
		if !known && i == len(list)-1 && i > 0 && len(w) == 1 {
			n, known = map[string]int{"i": 1, "v": 5, "x": 10}[w], w == "i" || w == "v" || w == "x"
		}
		switch {
		case !known:
			out, tens = append(out, w), 0
		case tens > 0 && n < 10:
			out[len(out)-1], tens = strconv.Itoa(tens+n), 0
		default:
			out, tens = append(out, strconv.Itoa(n)), 0
			if n >= 20 && n%10 == 0 {
				tens = n
			}
		}
	}
	return out
}

// isNumber reports whether a word holds a digit: "23", "ar16".
func isNumber(w string) bool {
	for i := range len(w) {
		if w[i] >= '0' && w[i] <= '9' {
			return true
		}
	}
	return false
}
