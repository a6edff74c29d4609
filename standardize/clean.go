package standardize

import (
	"strings"
	"unicode"
)

// clean gives NFC without control and zero-width signs and marks of stress, blanks collapsed (a line break
// stays one), trimmed, without the apostrophe by which Excel marks a text.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	s = compose(s)
	var b strings.Builder
	b.Grow(len(s))
	gap, before := byte(0), rune(0)
	for _, r := range s {
		stressed := (r == '\u0301' || r == '\u0300') && unicode.Is(unicode.Cyrillic, before)
		before = r
		switch {
		case stressed: // Си́доров, as encyclopedias write it
			continue
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

// placeholderBegins tells texts that are no placeholders without folding them.
var placeholderBegins = beginsOf(placeholders)

// begins has a bit for each way in which the texts of a set begin: most others need not be folded
// to see that they are not in it. Look-alikes of one another begin alike.
type begins [16]uint64

func beginsOf(set map[string]bool) *begins {
	b := new(begins)
	for text := range set {
		first, second := firstTwo(text)
		at := beginning(first, second)
		b[at>>6] |= 1 << (at & 63)
	}
	return b
}

// may reports whether a text may be in the set, by its first two letters or digits.
func (b *begins) may(first, second rune) bool {
	at := beginning(first, second)
	return b[at>>6]>>(at&63)&1 != 0
}

// firstTwo gives the first two letters or digits of a text; 0 for none.
func firstTwo(s string) (first, second rune) {
	for _, r := range s {
		if !isLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if first != 0 {
			return first, r
		}
		first = r
	}
	return first, 0
}

func beginning(first, second rune) uint32 {
	return (uint32(alike(first))*31 + uint32(alike(second))) & 1023
}

// alike gives one small letter for all that look like it.
func alike(r rune) rune {
	if r = lower(r); r >= 0x400 && r < 0x460 {
		return alikes[r-0x400]
	}
	return r
}

// alikes are the Cyrillic letters from U+0400, those with a Latin twin as this.
var alikes = func() (out [0x60]rune) {
	for i := range out {
		switch r := rune(0x400 + i); {
		case r == 'ё':
			out[i] = 'e'
		case toLatin[unicode.ToUpper(r)] != 0: // в, н, м and т look like Latin letters only when large
			out[i] = lower(toLatin[unicode.ToUpper(r)])
		default:
			out[i] = r
		}
	}
	return out
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
	first, second := firstTwo(s)
	switch {
	case first == 0:
		return true
	case first != second && (first >= '0' && first <= '9' || !placeholderBegins.may(first, second)):
		return false // no word for nothing begins with a digit
	case first == second && isOneSign(s, first):
		return !strings.ContainsRune("IVX", first)
	case first >= '0' && first <= '9':
		return false
	}
	var buffer [128]byte
	return placeholders[string(appendFold(buffer[:0], s))]
}

// isOneSign reports whether one letter or digit is all of a text, three times or more.
func isOneSign(s string, sign rune) bool {
	n := 0
	for _, r := range s {
		switch {
		case r == sign:
			n++
		case isLetter(r) || unicode.IsDigit(r):
			return false
		}
	}
	return n > 2
}
