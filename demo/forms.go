package demo

import (
	"strings"
	"unicode"
)

// gendered turns a man's surname into a woman's; hyphenated parts each.
func gendered(last string, female bool) string {
	if !female {
		return last
	}
	parts := strings.Split(last, "-")
	for i, s := range parts {
		parts[i] = feminine(s)
	}
	return strings.Join(parts, "-")
}

func feminine(s string) string {
	for _, end := range []string{"ский", "цкий", "ський", "цький"} {
		if strings.HasSuffix(s, end) {
			if strings.HasSuffix(s, "ький") {
				return strings.TrimSuffix(s, "ий") + "а"
			}
			return strings.TrimSuffix(s, "ий") + "ая"
		}
	}
	for _, end := range []string{"ов", "ев", "ёв", "ин", "ын"} {
		if strings.HasSuffix(s, end) {
			return s + "а"
		}
	}
	return s
}

// patronymic makes the Russian patronymic of a father.
func patronymic(father *given, female bool) string {
	s := father.patronymic
	if !female {
		return s
	}
	switch {
	case s == "Ильич":
		return "Ильинична"
	case strings.HasSuffix(s, "ович"), strings.HasSuffix(s, "евич"):
		return strings.TrimSuffix(s, "ич") + "на"
	default: // Никитич
		return strings.TrimSuffix(s, "ич") + "ична"
	}
}

// ukPatronymic makes the Ukrainian one.
func ukPatronymic(father *given, female bool) string {
	s := father.ukPatronymic
	if !female {
		return s
	}
	for _, end := range [][2]string{{"йович", "ївна"}, {"ьович", "івна"}, {"ович", "івна"}, {"ліч", "лівна"}} {
		if strings.HasSuffix(s, end[0]) {
			return strings.TrimSuffix(s, end[0]) + end[1]
		}
	}
	return s
}

var ukToRussian = strings.NewReplacer("ський", "ский", "ська", "ская", "і", "и", "І", "И", "ї", "и", "Ї", "И", "є", "е", "Є", "Е", "ґ", "г", "Ґ", "Г", "'", "ъ")

// russianOf gives the everyday Russian spelling of a Ukrainian surname.
func russianOf(uk string) string { return ukToRussian.Replace(uk) }

// table is a transliteration, by letter; lower case.
type table map[rune]string

var (
	latinBase = table{'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m",
		'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ъ': "ie",
		'ы': "y", 'ь': "", 'э': "e", 'ю': "iu", 'я': "ia", 'і': "i", 'ї': "i", 'є': "ie", 'ґ': "g", '\'': ""}
	latinGOST   = changed(latinBase, table{'ё': "yo", 'й': "j", 'х': "x", 'ц': "cz", 'щ': "shh", 'ъ': "", 'ь': "'", 'э': "e", 'ю': "yu", 'я': "ya"})
	latinFolk   = changed(latinBase, table{'ё': "yo", 'й': "y", 'ъ': "", 'х': "h", 'ю': "yu", 'я': "ya", 'щ': "sch"})
	latinBGN    = changed(latinBase, table{'ё': "yo", 'й': "y", 'ъ': "", 'ю': "yu", 'я': "ya"})
	latinKMU    = changed(latinBase, table{'г': "h", 'и': "y", 'ґ': "g"})
	latinTables = []table{latinBase, latinGOST, latinFolk, latinFolk, latinBGN}
)

func changed(base, by table) table {
	t := table{}
	for k, v := range base {
		t[k] = v
	}
	for k, v := range by {
		t[k] = v
	}
	return t
}

// latinize writes a name by a table, with capitals where the name has them.
func (t table) latinize(s string) string {
	var b strings.Builder
	for _, r := range s {
		low := unicode.ToLower(r)
		out, known := t[low]
		switch {
		case !known:
			b.WriteRune(r)
		case low != r && out != "":
			b.WriteString(strings.ToUpper(out[:1]) + out[1:])
		default:
			b.WriteString(out)
		}
	}
	return b.String()
}

// passportLatin is ICAO 9303, as in passports of travel.
func passportLatin(s string) string { return latinBase.latinize(s) }

// inLatin writes a name in one of the spellings that people use.
func inLatin(p *person, last, first string, d *dice) (string, string) {
	if p.tongue == latin {
		return last, first
	}
	if p.tongue == ukrainian && d.chance(0.6) {
		return latinKMU.latinize(p.uk[0]), latinKMU.latinize(p.uk[1])
	}
	t := pick(d, latinTables)
	l, f := t.latinize(last), t.latinize(first)
	if strings.HasSuffix(last, "ий") {
		l = strings.TrimSuffix(t.latinize(strings.TrimSuffix(last, "ий")), "y") + "y"
	}
	if p.given != nil && first == p.given.ru && d.chance(0.5) {
		f = p.given.latin
	}
	return l, f
}
