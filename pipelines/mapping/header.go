package mapping

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words cuts a heading into lower-case words: blanks, punctuation and changes of case part
// words (КонтактнаяИнформация, birthDate, DOC_SER), ё becomes е, № and # become "no".
func words(heading string) []string {
	s := norm.NFKC.String(heading) // № becomes "No", a no-break space a blank
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = word[:0]
		}
	}
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case r == '#':
			flush()
			out = append(out, "no")
			continue
		case r == '\'' || r == '’' || r == 'ʼ' || r == '`':
			continue // ім'я
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r):
			flush()
			continue
		case i > 0 && newWord(runes, i):
			flush()
		}
		word = append(word, lower(r))
	}
	flush()
	return out
}

// newWord reports whether a word begins at i within a run of letters: aB, or the B of ABc.
func newWord(r []rune, i int) bool {
	if !unicode.IsUpper(r[i]) {
		return false
	}
	if unicode.IsLower(r[i-1]) {
		return true
	}
	return unicode.IsUpper(r[i-1]) && i+2 < len(r) && unicode.IsLower(r[i+1]) && unicode.IsLower(r[i+2])
}

func lower(r rune) rune {
	if r = unicode.ToLower(r); r == 'ё' {
		return 'е'
	}
	return r
}

// squash joins words without blanks: BIRTHDT, birth_dt and "Birth dt" are one.
func squash(w []string) string { return strings.Join(w, "") }

var latinOf = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'є': "e", 'э': "e", 'ж': "zh", 'з': "z",
	'и': "i", 'і': "i", 'ї': "i", 'й': "i", 'ы': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p",
	'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ў': "u", 'ф': "f", 'х': "h", 'ц': "c", 'ч': "ch", 'ш': "sh", 'щ': "sh",
	'ъ': "", 'ь': "", 'ю': "iu", 'я': "ia",
}

var latinHabits = strings.NewReplacer("shch", "sh", "sch", "sh", "kh", "h", "ts", "c", "tc", "c", "tz", "c",
	"yu", "iu", "ju", "iu", "ya", "ia", "ja", "ia", "yo", "e", "jo", "e", "ye", "e", "je", "e", "y", "i", "j", "zh", "w", "v")

// skeleton is one Latin form for a Cyrillic word and for its popular transliterations, so
// that DATA_ROZHD, DATA ROJD and "дата рожд" meet.
func skeleton(squashed string) string {
	var b strings.Builder
	for _, r := range squashed {
		if l, ok := latinOf[r]; ok {
			b.WriteString(l)
		} else {
			b.WriteRune(r)
		}
	}
	s := latinHabits.Replace(b.String())
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if i == 0 || s[i] != s[i-1] {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// telling reports whether headings name their columns: not when they are numbers, letters
// of a sheet, or what a reader made up for a file without a header.
func telling(heading string) bool {
	w := words(heading)
	if len(w) == 0 {
		return false
	}
	s := strings.TrimRight(squash(w), "0123456789")
	switch s {
	case "", "column", "col", "c", "f", "field", "unnamed", "столбец", "колонка", "поле", "var", "v", "x", "стовпець":
		return false
	}
	return len(s) > 1 || s > "z" || strings.ContainsAny(heading, "#№") // a Latin letter alone is a sheet's own
}
