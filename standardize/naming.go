package standardize

import "strings"

// CutForms takes legal forms off both ends of the folded words of an organization's name and
// gives the codes of those it found: "ооо ромашка" leaves "ромашка" and OOO. Of words that
// are nothing but a form nothing is cut.
func CutForms(folded []string) (core []string, codes []string) {
	words := make([]orgWord, len(folded))
	for i, w := range folded {
		words[i].folded = w
	}
	forms := legalForms()
	from, to := 0, len(words)
	for range 3 {
		f, n := forms.atStart(words[from:to])
		if n == 0 || n == to-from {
			break
		}
		from, codes = from+n, append(codes, f.code)
	}
	for range 3 {
		f, n := forms.atEnd(words[from:to])
		if n == 0 || n == to-from {
			break
		}
		to, codes = to-n, append(codes, f.code)
	}
	return folded[from:to], codes
}

// IsNameTitle reports whether a folded word is a form of address or a degree: mr, господин, PhD.
func IsNameTitle(folded string) bool {
	return titleWords[folded] || suffixes[folded] != "" || traders[strings.TrimSpace(folded)]
}
