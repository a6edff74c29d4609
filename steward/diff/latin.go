package diff

import (
	"strings"
	"unicode"
)

// latin writes Cyrillic letters in Latin ones as passports do, close to ICAO Doc 9303.
var latin = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'ё': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "i", 'і': "i", 'ї': "i", 'й': "i",
	'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ў': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch",
	'ш': "sh", 'щ': "shch", 'ъ': "ie", 'ы': "y", 'ь': "", 'э': "e", 'ю': "iu", 'я': "ia", 'ʼ': "", '’': "",
}

// Latin writes a text in Latin letters; what is none of the known letters stays.
func Latin(s string) string {
	var b strings.Builder
	for _, r := range s {
		text, known := latin[unicode.ToLower(r)]
		switch {
		case !known:
			b.WriteRune(r)
		case unicode.IsUpper(r) && text != "":
			b.WriteString(strings.ToUpper(text[:1]) + text[1:])
		default:
			b.WriteString(text)
		}
	}
	return b.String()
}

// loose folds the ways in which Latin spellings of one name differ.
func loose(s string) string { return looseForms.Replace(s) }

var looseForms = strings.NewReplacer("shch", "sc", "sch", "sc", "kh", "h", "zh", "z", "ch", "c", "sh", "s", "ts", "c", "tz", "c", "iu", "u", "yu", "u", "ju", "u",
	"ia", "a", "ya", "a", "ja", "a", "ie", "e", "ye", "e", "je", "e", "yo", "o", "ei", "e", "ey", "e", "iy", "i", "yi", "i", "ii", "i", "ij", "i", "yy", "i", "y", "i", "j", "i", "x", "ks", "w", "v", "'", "")
