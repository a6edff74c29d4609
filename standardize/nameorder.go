package standardize

import (
	"strings"

	"kartoteka/customer"
)

// order decides which word is what.
func (n *personName) order(t []nameToken) {
	for i := range t {
		if t[i].comma && i < len(t)-1 && i < 2 && t[i+1].patronymic != 2 && !n.manyCommas(t) {
			n.last, n.sure = t[:i+1], true
			n.firstThenPatronymic(t[i+1:])
			return
		}
	}
	for i := range t {
		if t[i].initial {
			n.withInitials(t)
			return
		}
	}
	switch p := n.patronymicAt(t); {
	case len(t) == 1:
		n.single(t)
	case p >= 0:
		n.aroundPatronymic(t, p)
	case len(t) == 2:
		n.pair(t)
	default:
		n.several(t)
	}
}

func (n *personName) manyCommas(t []nameToken) bool {
	commas := 0
	for i := range t[:len(t)-1] {
		if t[i].comma {
			commas++
		}
	}
	return commas != 1
}

// firstThenPatronymic splits what is left beside a surname.
func (n *personName) firstThenPatronymic(t []nameToken) {
	if len(t) > 0 {
		n.first = t[:1]
		n.patronymic = t[1:]
	}
}

func (n *personName) single(t []nameToken) {
	if t[0].given.class > 2 && !surnameLike(&t[0]) {
		n.first = t
	} else if t[0].given.class > 4 {
		n.first = t
	} else {
		n.last = t
	}
}

// withInitials reads "Ковалев А.П.", "А.П. Ковалев", "John F. Kennedy", "Мария К.".
func (n *personName) withInitials(t []nameToken) {
	var full, initials []nameToken
	for i := range t {
		if t[i].initial {
			initials = append(initials, t[i])
		} else {
			full = append(full, t[i])
		}
	}
	for i := range initials {
		initials[i].text = strings.ToUpper(initials[i].text)
	}
	switch {
	case len(full) == 0:
		n.last, n.note = initials[:1], noteOrder
		n.firstThenPatronymic(initials[1:])
	case len(full) == 1 && len(initials) == 1 && full[0].given.class > 3 && !surnameLike(&full[0]):
		n.first, n.last = full, initials
	case len(full) == 2 && full[1].patronymic == 2 && t[len(t)-1].patronymic == 2: // Иванов И. Иванович
		n.last, n.first, n.patronymic, n.sure = full[:1], initials[:1], full[1:], true
	case len(full) == 1 || len(initials) >= 2:
		n.last, n.first = full, initials[:1]
		n.patronymic = initials[1:]
	case len(full) == 2:
		n.pair(full)
		n.patronymic = initials
	default:
		n.several(full)
	}
}

// patronymicAt finds the patronymic: a sure ending behind a given name first, a slip only beside known words.
func (n *personName) patronymicAt(t []nameToken) int {
	if len(t) == 3 {
		markSlips(t)
	}
	best, rating := -1, 0
	for i := 1; i < len(t); i++ {
		if t[i].patronymic == 0 {
			continue
		}
		r := int(t[i].patronymic) * 4
		switch {
		case t[i-1].given.class > 0:
			r += 3
		case i == 2 && t[0].given.class > 0: // given name, surname, patronymic
			r++
		}
		if i == len(t)-1 {
			r++
		}
		if t[i].patronymic == 1 && (len(t) != 3 || t[i].given.class > 0 || t[0].given.class == 0 && t[1].given.class == 0) {
			continue
		}
		if len(t) == 2 && !fatherKnown(t[i].folded) && t[i].script == cyrillic {
			continue
		}
		if r > rating {
			best, rating = i, r
		}
	}
	return best
}

// fatherKnown reports whether the name inside a patronymic is a given name, so that
// "Роман Петрович" is no surname.
func fatherKnown(folded string) bool {
	names := givenNames()
	for _, rule := range fatherRules {
		if stem, ok := strings.CutSuffix(folded, rule[0]); ok {
			if g := names[stem+rule[1]]; g.class > 2 {
				return true
			}
		}
	}
	return strings.HasSuffix(folded, "ич") && !strings.HasSuffix(folded, "вич") || strings.Contains(folded, " ") || turkicPatronymic(folded)
}

var fatherRules = [][2]string{{"ович", ""}, {"овна", ""}, {"ьевич", "ий"}, {"ьевна", "ий"}, {"евич", "й"}, {"евна", "й"}, {"евич", "ь"}, {"евна", "ь"},
	{"инична", "я"}, {"ична", "а"}, {"івна", ""}, {"ївна", "й"}, {"йович", "й"}, {"ович", "о"}, {"івна", "о"}}

// aroundPatronymic places the rest: surname first, given name first, or both before it.
func (n *personName) aroundPatronymic(t []nameToken, p int) {
	n.patronymic = t[p : p+1]
	n.sure = true
	switch {
	case p == 1 && len(t) == 3 && t[0].given.class == 0 && t[2].given.class > 2: // surname, patronymic, given name
		n.last, n.first = t[:1], t[2:]
	case p == 1:
		n.first, n.last = t[:1], t[2:]
	case p == 2 && len(t) == 3 && firstThenLast(&t[0], &t[1]):
		n.first, n.last = t[:1], t[1:2]
	default:
		n.first = t[p-1 : p]
		n.last = append(append([]nameToken(nil), t[:p-1]...), t[p+1:]...)
	}
	if len(n.last) == 0 {
		n.last = nil
	}
}

// firstThenLast reads "Ирина Качалова Петровна": only the first of two words before the
// patronymic is a given name.
func firstThenLast(a, b *nameToken) bool {
	if a.given.class == 0 || b.given.class > 0 && a.given.class <= b.given.class+3 {
		return false
	}
	return !surnameLike(a) || a.given.class > 2 && surnameLike(b) && b.given.class == 0
}

// pair decides between two words without a patronymic.
func (n *personName) pair(t []nameToken) {
	score := func(x *nameToken) int {
		s := int(x.given.class)
		if surnameLike(x) {
			s -= 3
		}
		if firmSurname(x) {
			s--
		}
		if withParticle(x) {
			s -= 2
		}
		return s
	}
	first, second := score(&t[0]), score(&t[1])
	lastFirst := second > first
	if first == second {
		lastFirst = t[0].script == cyrillic || t[0].shout
	}
	if lastFirst {
		n.last, n.first = t[:1], t[1:]
	} else {
		n.first, n.last = t[:1], t[1:]
	}
	n.sure = first-second > 2 || second-first > 2
	if !n.sure {
		n.note = noteOrder
	}
}

// several decides among three words and more without a patronymic.
func (n *personName) several(t []nameToken) {
	k := len(t)
	switch {
	case t[0].script&latin != 0 && (t[0].given.class > 0 || t[1].given.class == 0 || t[k-1].given.class == 0 && !surnameLike(&t[0])):
		n.first, n.patronymic, n.last = t[:1], t[1:k-1], t[k-1:] // John Fitzgerald Kennedy
		n.sure = t[0].given.class > 0
	case t[0].given.class > 2 && !surnameLike(&t[0]) && t[1].given.class > 0 && t[k-1].given.class < 2:
		n.first, n.patronymic, n.last = t[:1], t[1:k-1], t[k-1:] // Анна Мария Иванова
		n.sure = surnameLike(&t[k-1])
	case t[0].given.class > 4 && t[1].given.class == 0 && surnameLike(&t[k-1]):
		n.first, n.patronymic, n.last = t[:1], t[1:k-1], t[k-1:]
	case t[1].given.class == 0 && t[2].given.class > 4: // two-word surname
		n.last, n.first, n.patronymic = t[:2], t[2:3], t[3:]
	default:
		n.last, n.first, n.patronymic = t[:1], t[1:2], t[2:]
		n.sure = t[1].given.class > 0
	}
	if !n.sure {
		n.note = noteOrder
	}
}

// nameOfParts reads a name whose columns say what they hold, and mends swapped and shared columns.
func nameOfParts(parts []string, memory *scratch) personName {
	memory.nameText = ""
	part := func(i int) string {
		if i < len(parts) {
			return clean(parts[i])
		}
		return ""
	}
	last, first, patronymic := part(customer.NameLast), part(customer.NameFirst), part(customer.NamePatronymic)
	if isPlaceholder(patronymic) { // нет, не указано
		patronymic = ""
	}
	if last+first == "" {
		return nameOfLone(patronymic, true, memory)
	}
	if lone := last + first; patronymic == "" && (last == "" || first == "" || isPlaceholder(last) || isPlaceholder(first)) {
		if isPlaceholder(last) || isPlaceholder(first) {
			lone = map[bool]string{true: first, false: last}[isPlaceholder(last)]
		}
		return nameOfLone(lone, last == "" || isPlaceholder(last), memory)
	}
	var n personName
	n.sure = true
	text := n.cutBrackets(last)
	n.last = joinParticles(n.takeSuffix(n.takeRole(nameTokens(memory.tokens[0][:0], text))))
	n.first = joinParticles(dropTitles(nameTokens(memory.tokens[1][:0], first)))
	n.patronymic = joinTails(nameTokens(memory.tokens[2][:0], patronymic))
	if m := nameTokens(nil, part(customer.NameMaiden)); len(m) > 0 {
		n.maiden = words(m)
	}
	if s := part(customer.NameSuffix); s != "" {
		n.suffix = s
	}
	n.mendColumns()
	n.finish()
	return n
}

// nameOfLone reads the only filled column: a whole name, or just what the column says.
func nameOfLone(text string, isFirst bool, memory *scratch) personName {
	n := nameOfText(text, memory)
	if len(n.last)+len(n.first)+len(n.patronymic) != 1 {
		return n
	}
	if len(n.patronymic) == 0 {
		only := append(append([]nameToken(nil), n.last...), n.first...)
		n.last, n.first = only, nil
		if isFirst || only[0].given.class > 5 && !surnameLike(&only[0]) {
			n.last, n.first = nil, only
		}
	}
	return n
}

// mendColumns moves words that stand in a wrong column.
func (n *personName) mendColumns() {
	if k := len(n.first); k > 1 && len(n.patronymic) == 0 && (n.first[k-1].patronymic == 2 || n.first[k-1].initial) {
		n.first, n.patronymic = n.first[:k-1], n.first[k-1:]
	}
	for i := range n.first {
		if n.first[i].initial {
			n.first[i].text = strings.ToUpper(n.first[i].text)
		}
	}
	if len(n.first) == 0 && len(n.last) == 1 && len(n.patronymic) > 0 && n.last[0].given.class > 4 {
		n.first, n.last, n.note = n.last, nil, noteSwapped
	}
	if len(n.last) != 1 || len(n.first) != 1 || n.first[0].initial {
		return
	}
	last, first := &n.last[0], &n.first[0]
	if last.given.class == 0 && first.given.class == 0 && firmSurname(first) && !surnameLike(last) {
		n.last, n.first, n.note = n.first, n.last, noteSwapped
		return
	}
	swapped := last.given.class > 2 && !surnameLike(last) && first.given.class == 0 || last.given.class > 4 && surnameLike(first) && first.given.class < 2
	if last.script&latin != 0 { // Cooper, Harris, Ludwig are surnames too
		swapped = (last.given.class > 2 && !surnameLike(last) || last.given.class > 4) && firmSurname(first)
	}
	if swapped {
		n.last, n.first, n.note = n.first, n.last, noteSwapped
	}
}

// surnameLike knows a Slavic, Armenian or Georgian surname by its end.
func surnameLike(t *nameToken) bool { return surnameEndings[t.script&(latin|cyrillic)].of(t.folded) }

// firmSurname knows endings that hardly any given name has.
func firmSurname(t *nameToken) bool { return firmEndings.of(t.folded) }

// gender is what the name itself tells: by patronymic, else given name, else surname.
func (n *personName) gender() string {
	if len(n.patronymic) > 0 {
		if g := patronymicGender(&n.patronymic[len(n.patronymic)-1]); g != "" {
			return g
		}
	}
	if len(n.first) > 0 {
		switch n.first[0].given.gender {
		case 'm':
			return "m"
		case 'f':
			return "f"
		}
	}
	if len(n.last) > 0 {
		return surnameGender(&n.last[len(n.last)-1])
	}
	return ""
}

func patronymicGender(t *nameToken) string {
	if t.patronymic == 0 {
		return ""
	}
	switch {
	case daughterEndings.of(t.folded):
		return "f"
	case sonEndings.of(t.folded):
		return "m"
	}
	return ""
}

func surnameGender(t *nameToken) string {
	switch {
	case womanEndings.of(t.folded):
		return "f"
	case manEndings.of(t.folded):
		return "m"
	}
	return ""
}

func hasAnySuffix(s string, endings ...string) bool {
	for _, e := range endings {
		if len(s) > len(e)+1 && strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}
