package demo

import (
	"strings"
	"unicode"
)

var noYo = strings.NewReplacer("ё", "е", "Ё", "Е")

func withoutYo(s string) string { return noYo.Replace(s) }

func initial(s string) string {
	if s == "" {
		return ""
	}
	return string([]rune(s)[:1]) + "."
}

// neighbors are the keys beside each other on the Russian keyboard.
var neighbors = keysBeside("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "qwertyuiop", "asdfghjkl", "zxcvbnm")

func keysBeside(rows ...string) map[rune][]rune {
	beside := map[rune][]rune{}
	for _, row := range rows {
		keys := []rune(row)
		for i := range keys {
			if i > 0 {
				beside[keys[i]] = append(beside[keys[i]], keys[i-1])
			}
			if i+1 < len(keys) {
				beside[keys[i]] = append(beside[keys[i]], keys[i+1])
			}
		}
	}
	return beside
}

// typo drops, doubles, swaps or mistypes one letter, seldom the first.
func typo(s string, d *dice) string {
	r := []rune(s)
	if len(r) < 3 {
		return s
	}
	i := d.between(1, len(r)-1)
	switch d.n(4) {
	case 0:
		return string(r[:i]) + string(r[i+1:])
	case 1:
		return string(r[:i]) + string(r[i]) + string(r[i:])
	case 2:
		if i+1 == len(r) {
			i--
		}
		if i > 0 {
			r[i], r[i+1] = r[i+1], r[i]
		}
		return string(r)
	default:
		if near := neighbors[r[i]]; len(near) > 0 {
			r[i] = pick(d, near)
		}
		return string(r)
	}
}

// wrongDigit changes one digit of the last four.
func wrongDigit(s string, d *dice) string {
	if len(s) < 5 {
		return s
	}
	b := []byte(s)
	i := len(b) - 1 - d.n(4)
	b[i] = '0' + (b[i]-'0'+byte(d.between(1, 9)))%10
	return string(b)
}

var alike = map[rune]rune{'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'х': 'x', 'у': 'y', 'і': 'i', 'А': 'A', 'В': 'B', 'Е': 'E', 'К': 'K', 'М': 'M', 'Н': 'H',
	'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T', 'Х': 'X'}

// lookAlike writes one Cyrillic letter with the Latin one that looks the same.
func lookAlike(s string, d *dice) string {
	r := []rune(s)
	var places []int
	for i, c := range r {
		if _, ok := alike[c]; ok {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return s
	}
	i := pick(d, places)
	r[i] = alike[r[i]]
	return string(r)
}

var layout = layoutTable("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")

func layoutTable(from, to string) map[rune]rune {
	m, keys := map[rune]rune{}, []rune(to)
	for i, r := range []rune(from) {
		m[r] = keys[i]
	}
	return m
}

// wrongLayout is what appears when the keyboard was left in English.
func wrongLayout(s string) string {
	return strings.Map(func(r rune) rune {
		low := unicode.ToLower(r)
		out, ok := layout[low]
		switch {
		case !ok:
			return r
		case low != r:
			return unicode.ToUpper(out)
		}
		return out
	}, s)
}
