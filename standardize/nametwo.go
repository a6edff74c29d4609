package standardize

import "strings"

// plural surnames: "Ивановы" beside two given names.
var pluralEndings = [...]struct{ plural, m, f string }{{"овы", "ов", "ова"}, {"евы", "ев", "ева"}, {"ины", "ин", "ина"}, {"ские", "ский", "ская"}, {"цкие", "цкий", "цкая"},
	{"ови", "ов", "ова"}, {"ські", "ський", "ська"}}

// singular writes the surname of a couple for one of them.
func (t *nameToken) singular(gender byte) {
	for _, e := range pluralEndings {
		if !strings.HasSuffix(t.folded, e.plural) {
			continue
		}
		end := e.m
		if gender == 'f' {
			end = e.f
		}
		t.text = strings.TrimSuffix(t.text, e.plural) + end
		t.folded = strings.TrimSuffix(t.folded, e.plural) + end
		return
	}
}

// firstPerson keeps the first of two persons: "Иванов Иван и Петрова Мария", "John & Mary Smith".
func (n *personName) firstPerson(t []nameToken) []nameToken {
	end, begin := border(t)
	if end == 0 {
		return t
	}
	a, b := t[:end], t[begin:]
	switch {
	case onlyTitles(a):
		a = b
	case len(a) == 1 && a[0].given.class == 0 && t[0].breaks == '/' && len(b) > 1 && b[1].given.class > 0: // Иванова/Петрова Мария
		n.maiden = b[0].text
		return append(a, b[1:]...)
	case len(a) == 1 && a[0].given.class == 0 && len(b) < 4:
		return t // its words stand on lines of their own
	case len(a) == 1 && len(b) > 1:
		b[len(b)-1].singular(a[0].given.gender)
		a = append(a, b[len(b)-1])
	case len(a) == 2 && len(b) == 1:
		a[0].singular(a[1].given.gender)
	}
	a[len(a)-1].comma = false
	n.note = noteTwoPersons
	return a
}

func onlyTitles(t []nameToken) bool {
	for i := range t {
		if !titleWords[t[i].folded] {
			return false
		}
	}
	return true
}

// border finds where the first person ends and the second begins; 0 when there is one person.
func border(t []nameToken) (end, begin int) {
	for i := range t {
		switch x := &t[i]; {
		case x.breaks != 0 && i+1 < len(t):
			return i + 1, i + 1
		case x.joins != 0 && conjunction(t, i):
			return i, i + 1
		case x.comma && i > 0 && len(t)-i > 2 && bothWhole(t[:i+1], t[i+1:]):
			return i + 1, i + 1
		}
	}
	return 0, 0
}

// conjunctions by how they are written.
var conjunctions = map[string]uint8{"и": 2, "і": 2, "та": 2, "and": 2, "und": 2, "И": 1, "І": 1, "ТА": 1, "AND": 1, "And": 1}

// conjunction tells the word "и" from an initial.
func conjunction(t []nameToken, i int) bool {
	if i == 0 || i+1 == len(t) || t[i].dot || t[i+1].initial || t[i-1].initial && len(t[i].folded) < 3 && t[i].joins < 2 {
		return false
	}
	if len(t)-i == 2 && t[i+1].patronymic > 0 {
		return false // И. Иванович
	}
	return t[i].joins == 2 || len(t[i].folded) > 2 || i > 1 && len(t)-i > 2 && t[i+1].patronymic == 0
}

// bothWhole tells two persons from a surname and the names behind its comma.
func bothWhole(a, b []nameToken) bool { return whole(a) && whole(b) }

func whole(t []nameToken) bool {
	given, surname, initial := false, false, false
	for i := range t {
		if t[i].patronymic == 2 && i > 0 && t[i].given.class == 0 && len(t) > 2 {
			return true
		}
		initial = initial || t[i].initial
		given = given || t[i].given.class > 4
		surname = surname || t[i].script == cyrillic && t[i].given.class == 0 && surnameLike(&t[i])
	}
	return surname && (given || initial)
}
