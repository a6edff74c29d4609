package standardize

import "strings"

var (
	quarters = foldedSet("мкр мкрн микрорайон мікрорайон м-н кв-л квартал жилмассив ж/м mkr")
	// streetShort has the ranks of those whom streets are named after, and big and small, as they are shortened.
	streetShort = map[string]string{"ак": "Академика", "акад": "Академика", "ген": "Генерала", "марш": "Маршала", "адм": "Адмирала", "проф": "Профессора",
		"бол": "Большая", "мал": "Малая", "нов": "Новая", "стар": "Старая", "верх": "Верхняя", "нижн": "Нижняя", "сев": "Северная", "юж": "Южная", "кр": "Красная", "сов": "Советская", "комс": "Комсомольская"}
	// namesake writes first names out.
	namesake = map[string]string{"к маркса": "Карла Маркса", "к либкнехта": "Карла Либкнехта", "р люксембург": "Розы Люксембург", "м горького": "Максима Горького",
		"б хмельницкого": "Богдана Хмельницкого", "б хмельницького": "Богдана Хмельницького", "л толстого": "Льва Толстого"}
)

// putStreet writes the name of a street in one way: "им. В. И. Ленина" as Ленина, "Строителей 3-я" as 3-я Строителей,
// "К. Маркса" as Карла Маркса. w is its type word.
func (a *postal) putStreet(w *addressWord, name []addressWord) {
	quarter := quarters[strings.ReplaceAll(w.lower, "-", " ")]
	if len(name) > 1 {
		name = streetName(name)
	}
	if len(name) == 1 && name[0].number && strings.HasPrefix(w.lower, "лин") { // 5-я линия
		digits, _, _ := strings.Cut(name[0].text, "-")
		a.put(levelStreet, digits+" линия")
		return
	}
	empty := a.part[partOfLevel[levelStreet]] == ""
	if quarter && !empty {
		return
	}
	a.put(levelStreet, shownWords(name))
	if quarter {
		a.weakStreet = true
	}
}

func streetName(name []addressWord) []addressWord {
	for len(name) > 1 && (strings.EqualFold(name[0].text, "им") || strings.EqualFold(name[0].text, "имени") || strings.EqualFold(name[0].text, "ім")) {
		name = name[1:]
	}
	if len(name) == 2 {
		var buffer [64]byte
		if full := namesake[string(foldWords(buffer[:0], name))]; full != "" {
			name[0].text, name[0].shown = full, true
			return name[:1]
		}
	}
	for len(name) > 1 && len(name[0].text) == 2 && name[0].dot && scriptOf(name[0].text) == cyrillic { // initials
		name = name[1:]
	}
	if full := streetShort[strings.ToLower(name[0].text)]; full != "" && name[0].dot && len(name) > 1 {
		name[0].text = full
	}
	if k := len(name); k > 1 && cyrillicOrdinal(name[k-1].text) {
		last := name[k-1]
		copy(name[1:], name[:k-1])
		name[0] = last
	}
	return name
}

// cyrillicOrdinal knows 1-я, 2-й, 3-е.
func cyrillicOrdinal(s string) bool {
	i := strings.IndexByte(s, '-')
	return i > 0 && isDigits(s[:i]) && len(s)-i < 8 && strings.ContainsAny(s[i:], "яйе")
}
