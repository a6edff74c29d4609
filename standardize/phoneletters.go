package standardize

import (
	"strings"
	"unicode/utf8"

	"kartoteka/customer"
)

// digitsOfLetters are letters that are typed for the digit that they look like.
var digitsOfLetters = map[rune]byte{'O': '0', 'o': '0', 'О': '0', 'о': '0', 'I': '1', 'l': '1', 'І': '1', 'і': '1',
	'З': '3', 'з': '3', 'S': '5', 's': '5', 'б': '6', 'B': '8', 'В': '8'}

// keypad is the digit on whose key a Latin letter stands, from A.
const keypad = "22233344455566677778889999"

// among reports whether an unlabeled word stands in a number instead of behind it: between
// digits, or one or two letters that touch one.
func among(raw string, begin, end int, before bool) bool {
	glued := begin > 0 && isASCIIDigit(rune(raw[begin-1])) || end < len(raw) && isASCIIDigit(rune(raw[end]))
	return glued && utf8.RuneCountInString(raw[begin:end]) < 3 || before && countDigits(raw[end:]) > 0
}

// lettered reads a number with letters among its digits: look-alikes of digits, and the words of
// free-phone numbers (8-800-700-ALFA). What does not give a number that there is stays refused:
// the digits alone would be somebody else's.
func (z *Standardizer) lettered(p *phonePiece, city string) customer.Value {
	v := customer.Value{Raw: p.raw, Kind: p.kind, Verdict: customer.Invalid, Note: noteLetters}
	for _, spelled := range [...]string{withSlips(p.raw), withKeypad(p.raw)} {
		if spelled == p.raw {
			continue
		}
		q := readPhone(spelled)
		w := customer.Value{}
		line := z.place(&w, q, city)
		if q.letters || w.Verdict != customer.Valid || spelled != withSlips(p.raw) && line != "toll_free" {
			continue
		}
		v.Verdict, v.Standard, v.Parts = customer.Plausible, w.Standard, []string{q.extension, line, q.remark}
		return v
	}
	return v
}

// withSlips writes short words of look-alikes as the digits.
func withSlips(raw string) string {
	return eachWord(raw, func(begin, end int) (string, bool) {
		out := make([]byte, 0, 2)
		for _, r := range raw[begin:end] {
			if digitsOfLetters[r] == 0 {
				return "", false
			}
			out = append(out, digitsOfLetters[r])
		}
		return string(out), len(out) < 3
	})
}

// withKeypad writes Latin words of three letters and more as their keys.
func withKeypad(raw string) string {
	return eachWord(raw, func(begin, end int) (string, bool) {
		out := make([]byte, 0, end-begin)
		for _, r := range strings.ToUpper(raw[begin:end]) {
			if r < 'A' || r > 'Z' {
				return "", false
			}
			out = append(out, keypad[r-'A'])
		}
		return string(out), len(out) > 2
	})
}

// eachWord puts something else for the words of a text.
func eachWord(s string, other func(begin, end int) (string, bool)) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		end := i + size
		if isLetter(r) {
			for end < len(s) {
				next, n := utf8.DecodeRuneInString(s[end:])
				if !isLetter(next) {
					break
				}
				end += n
			}
			if text, ok := other(i, end); ok {
				b.WriteString(text)
				i = end
				continue
			}
		}
		b.WriteString(s[i:end])
		i = end
	}
	return b.String()
}
