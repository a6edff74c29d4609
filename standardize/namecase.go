package standardize

import "strings"

// ending leads from an oblique ending to the nominative one.
type ending struct{ oblique, nominative string }

// Oblique endings of patronymics, which alone make the case certain.
var (
	fatherEndings = map[byte][]ending{
		'm': {{"ичу", "ич"}, {"ича", "ич"}, {"ичем", "ич"}, {"иче", "ич"}, {"ичеві", "ич"}, {"ичові", "ич"}},
		'f': {{"овне", "овна"}, {"овны", "овна"}, {"овну", "овна"}, {"овной", "овна"}, {"евне", "евна"}, {"евны", "евна"}, {"евну", "евна"}, {"евной", "евна"},
			{"ичне", "ична"}, {"ичны", "ична"}, {"ичну", "ична"}, {"ичной", "ична"}, {"івні", "івна"}, {"івну", "івна"}, {"івною", "івна"}, {"ївні", "ївна"}, {"ївну", "ївна"}},
	}
	surnameCases = map[byte][]ending{
		'm': {{"ову", "ов"}, {"ова", "ов"}, {"овым", "ов"}, {"ове", "ов"}, {"еву", "ев"}, {"ева", "ев"}, {"евым", "ев"}, {"еве", "ев"}, {"ину", "ин"}, {"ина", "ин"}, {"иным", "ин"}, {"ине", "ин"},
			{"скому", "ский"}, {"ского", "ский"}, {"ским", "ский"}, {"ском", "ский"}, {"цкому", "цкий"}, {"цкого", "цкий"}, {"цким", "цкий"}, {"цком", "цкий"},
			{"ському", "ський"}, {"ського", "ський"}, {"цькому", "цький"}, {"цького", "цький"},
			{"чуку", "чук"}, {"чука", "чук"}, {"чуком", "чук"}, {"юку", "юк"}, {"юка", "юк"}, {"яну", "ян"}, {"яна", "ян"}, {"яном", "ян"}},
		'f': {{"овой", "ова"}, {"ову", "ова"}, {"евой", "ева"}, {"еву", "ева"}, {"иной", "ина"}, {"ину", "ина"}, {"ской", "ская"}, {"скую", "ская"}, {"цкой", "цкая"}, {"цкую", "цкая"},
			{"ової", "ова"}, {"овій", "ова"}, {"евій", "ева"}, {"ською", "ська"}, {"ської", "ська"}, {"ській", "ська"}},
	}
	givenCases = []ending{{"у", ""}, {"а", ""}, {"ом", ""}, {"е", ""}, {"ю", "й"}, {"я", "й"}, {"ем", "й"}, {"ю", "ь"}, {"я", "ь"}, {"ем", "ь"}, {"ю", ""},
		{"е", "а"}, {"ы", "а"}, {"у", "а"}, {"ой", "а"}, {"и", "а"}, {"ию", "ия"}, {"ии", "ия"}, {"ией", "ия"}, {"е", "я"}, {"и", "я"}, {"ю", "я"}, {"ей", "я"},
		{"ві", ""}, {"ові", ""}, {"і", "а"}, {"ії", "ія"}, {"ію", "ія"}, {"и", "ь"}, {"авлу", "авел"}, {"авла", "авел"}, {"етру", "етр"}, {"ьву", "ев"}, {"ьва", "ев"}}
)

// nominative puts "Иванову Ивану Ивановичу" into the nominative, where an oblique patronymic or a given name that
// is none as it stands, beside a surname in the same case, makes that certain.
func (n *personName) nominative() {
	if n.note != noteOrder && n.note != "" || len(n.last) != 1 || len(n.first) != 1 || n.first[0].given.class > 2 && len(n.patronymic) == 0 || n.first[0].initial {
		return
	}
	if n.last[0].script != cyrillic || n.first[0].script != cyrillic || len(n.patronymic) > 1 {
		return
	}
	words := []*nameToken{&n.last[0], &n.first[0]}
	if len(n.patronymic) == 1 {
		if n.patronymic[0].patronymic == 2 {
			return
		}
		words = append(words, &n.patronymic[0])
	}
	for _, gender := range [...]byte{'m', 'f'} {
		if n.ofCase(words, gender) {
			n.note, n.sure = noteDeclined, true
			return
		}
	}
}

// ofCase reads the words as of one gender; the patronymic may stand second or last.
func (n *personName) ofCase(words []*nameToken, gender byte) bool {
	if len(words) == 3 {
		for _, order := range [...][3]int{{0, 1, 2}, {2, 0, 1}} { // surname, given name, patronymic; given name, patronymic, surname
			last, first, father := words[order[0]], words[order[1]], words[order[2]]
			patronymic, ok := swapEnding(father.folded, fatherEndings[gender])
			given := nominativeGiven(first.folded, gender, 0)
			if !ok || given == "" {
				continue
			}
			surname, ok := swapEnding(last.folded, surnameCases[gender])
			if !ok {
				surname = last.folded
			}
			n.place(surname, given, patronymic)
			return true
		}
		return false
	}
	for i := range words {
		last, first := words[i], words[1-i]
		surname, ok := swapEnding(last.folded, surnameCases[gender])
		if given := nominativeGiven(first.folded, gender, 6); ok && given != "" && first.given.class == 0 && last.given.class == 0 {
			n.place(surname, given, "")
			return true
		}
	}
	return false
}

// place writes the words of a name anew.
func (n *personName) place(last, first, patronymic string) {
	n.last, n.first, n.patronymic = []nameToken{newToken(capitalize(last), false)}, []nameToken{newToken(capitalize(first), false)}, nil
	if patronymic != "" {
		n.patronymic = []nameToken{newToken(capitalize(patronymic), false)}
	}
}

// swapEnding leads a word to the nominative.
func swapEnding(folded string, endings []ending) (string, bool) {
	for _, e := range endings {
		if head, ok := strings.CutSuffix(folded, e.oblique); ok && len(head) > 3 {
			return head + e.nominative, true
		}
	}
	return "", false
}

// nominativeGiven finds the given name of the gender, and of at least the class, that an oblique form belongs to; "" for none.
func nominativeGiven(folded string, gender byte, class uint8) string {
	names, best, found := givenNames(), class, ""
	for _, e := range givenCases {
		head, ok := strings.CutSuffix(folded, e.oblique)
		if !ok {
			continue
		}
		if g := names[head+e.nominative]; g.gender == gender && g.class > best {
			best, found = g.class, head+e.nominative
		}
	}
	return found
}
