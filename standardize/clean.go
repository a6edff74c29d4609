package standardize

import (
	"strings"
	"unicode"
)

// clean gives NFC without control and zero-width signs, blanks collapsed (a line break
// stays one), trimmed, without the apostrophe by which Excel marks a text.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	s = compose(s)
	var b strings.Builder
	b.Grow(len(s))
	gap := byte(0)
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028':
			gap = '\n'
			continue
		case unicode.IsSpace(r):
			gap = max(gap, ' ')
			if gap == ' ' && r == ' ' {
				continue
			}
			continue
		case r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			continue
		}
		if gap != 0 && b.Len() > 0 {
			b.WriteByte(gap)
		}
		gap = 0
		b.WriteRune(r)
	}
	s = b.String()
	if strings.HasPrefix(s, "'") && strings.Count(s, "'") == 1 {
		s = strings.TrimSpace(s[1:])
	}
	return s
}

// isClean sees without an allocation that cleaning changes nothing.
func isClean(s string) bool {
	blank := true
	if s != "" && s[0] == '\'' {
		return false
	}
	for len(s) > 0 && s[0] < 0x7F { // ASCII is most of what there is
		switch c := s[0]; {
		case c > ' ':
			blank = false
		case c == ' ' && !blank:
			blank = true
		default:
			return false
		}
		if s = s[1:]; s == "" {
			return !blank
		}
	}
	for _, r := range s {
		switch {
		case r == ' ':
			if blank {
				return false
			}
			blank = true
			continue
		case r < ' ', r == 0x7F:
			return false
		case r < 0x7F, r >= 'А' && r <= 'я', r == 'ё', r == 'Ё', r == '№', r == '«', r == '»':
		default:
			return false
		}
		blank = false
	}
	return !blank || s == ""
}

// placeholders are texts by which people say "nothing" in a field that must be filled.
var placeholders = foldedSet(`нет нету неизвестно неизв неизвестен неизвестна отсутствует отсутств отсутсвует нд нда none null nil nan
	na unknown undefined no empty void blank xxx xx ххх хх test тест тестовый тестов проверка asdf qwerty йцукен фыва немає нема невідомо нет_данных
	пусто прочерк удален удалено удалить delete deleted noname anonymous аноним неуказано неуказан tbd todo дубль`,
	"н д", "н а", "n a", "нет данных", "не указано", "не указан", "не указана", "не известно", "не известен", "не заполнено", "не задано", "нет информации",
	"без имени", "без названия", "not available", "not specified", "not applicable", "no data", "не вказано", "немає даних", "не определено", "не определен",
	"нет телефона", "нет почты", "нет email", "no email", "no phone", "нет адреса", "test test", "тест тест", "тест тестович", "тестов тест тестович", "тестов тест", "без фамилии", "без отчества",
	"фамилия имя отчество", "иванов иван иванович тест", "физическое лицо", "физ лицо", "частное лицо", "розничный покупатель", "аноним", "пустая ссылка", "не має", "none none")

// placeholderLengths has, by first letter, a bit for each number of letters that a placeholder
// has: most texts need not be folded to see that they are none.
var placeholderLengths = func() map[rune]uint32 {
	m := map[rune]uint32{}
	for text := range placeholders {
		n, first := 0, rune(0)
		for _, r := range text {
			if r == ' ' {
				continue
			}
			if n++; n == 1 {
				first = r
			}
		}
		m[first] |= 1 << n
	}
	return m
}()

func foldedSet(words string, phrases ...string) map[string]bool {
	set := map[string]bool{}
	for _, w := range append(strings.Fields(words), phrases...) {
		set[Fold(strings.ReplaceAll(w, "_", " "))] = true
	}
	return set
}

// isPlaceholder reports whether a cleaned text says that there is nothing: no letter or digit
// at all, one letter or digit over and over, or a word for it.
func isPlaceholder(s string) bool {
	if len(s) > 60 {
		return false
	}
	same, first, n := true, rune(0), 0
	for _, r := range s {
		if !isLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if n > 31 {
			return false
		}
		if n++; n == 1 {
			first = r
		}
		if same = same && r == first; !same && first >= '0' && first <= '9' {
			return false // no word for nothing begins with a digit
		}
	}
	switch {
	case n == 0:
		return true
	case same && n > 2:
		return !strings.ContainsRune("IVX", first)
	case first < '0' || first > '9':
		if n > 31 || placeholderLengths[lower(first)]&(1<<n) == 0 {
			return false
		}
		var buffer [128]byte
		return placeholders[string(appendFold(buffer[:0], s))]
	}
	return false
}
