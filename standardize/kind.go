package standardize

import (
	"unicode/utf8"

	"kartoteka/customer"
)

// Kind tells what sort of customer a row is about: as the row says, else by legal form, sort of
// number, attributes that only one kind has, shape of the name. It is "" when nothing tells, so
// that the caller may take the majority of the file.
func (z *Standardizer) Kind(m *customer.Mapped) customer.Kind {
	return z.kind(plainText(m), new(scratch))
}

func (z *Standardizer) kind(m *customer.Mapped, memory *scratch) customer.Kind {
	if m.Kind != "" {
		return m.Kind
	}
	var byNumber, byAttribute, byShape customer.Kind
	for i := range m.Values {
		raw := &m.Values[i]
		a := z.portrait.Attribute(raw.Attribute)
		if raw.Text == "" && raw.Parts == nil {
			continue
		}
		switch {
		case a.Type == customer.TypePersonName || a.Type == customer.TypeOrgName:
			kind, sure := kindOfName(raw, memory)
			if sure {
				return kind
			}
			byShape = first(byShape, kind)
		case isIdentity(a.Type):
			byNumber = first(byNumber, kindOfNumber(a.Type, raw.Text))
		}
		if byAttribute == "" && z.twins[raw.Attribute] < 0 && !isPlaceholder(clean(memory.joinParts(raw))) {
			byAttribute = first(byAttribute, a.Kind)
		}
	}
	return first(byNumber, byAttribute, byShape)
}

// first is the first kind that tells something.
func first(kinds ...customer.Kind) customer.Kind {
	for _, k := range kinds {
		if k != "" {
			return k
		}
	}
	return ""
}

// kindOfName judges a name: a legal form is sure, the shape of a person's name is not.
func kindOfName(raw *customer.RawValue, memory *scratch) (kind customer.Kind, sure bool) {
	if len(raw.Parts) > 1 {
		for _, part := range raw.Parts {
			if part != "" {
				return customer.Person, false
			}
		}
		return "", false
	}
	text := clean(raw.Text)
	words := orgWords(text)
	if f, n := legalForms().atStart(words); n > 0 && n < len(words) {
		return kindOfForm(f), true
	}
	if f, n := legalForms().atEnd(words); n > 0 && n < len(words) && !initialsLike(words, n) {
		return kindOfForm(f), true
	}
	if institutional(words) && (len(words) > 4 || !hasPatronymic(text, memory)) {
		return customer.Organization, false
	}
	if len(words) < 5 {
		memory.name, memory.nameText = nameOfText(text, memory), text
		if looksPersonal(&memory.name) {
			return customer.Person, false
		}
	}
	for i := range words {
		if words[i].quote || words[i].closed {
			return customer.Organization, false
		}
	}
	return "", false
}

// hasPatronymic sees a person behind a word for an office: "Отдел кадров Петрова Анна Ивановна".
func hasPatronymic(text string, memory *scratch) bool {
	memory.name, memory.nameText = nameOfText(text, memory), text
	return len(memory.name.patronymic) > 0 && memory.name.patronymic[0].patronymic == 2
}

func kindOfForm(f legalForm) customer.Kind {
	if f.trader {
		return customer.Person
	}
	return customer.Organization
}

// initialsLike sees "Ковалев АО" and "Smith S A": a form that may as well be initials.
func initialsLike(words []orgWord, n int) bool {
	tail := words[len(words)-n:]
	for i := range tail {
		if len(tail) > 1 && utf8.RuneCountInString(tail[i].folded) > 1 {
			return false
		}
	}
	if len(tail) == 1 && utf8.RuneCountInString(tail[0].folded) > 2 {
		return false
	}
	t := newToken(words[0].text, false)
	return len(words)-n == 1 && (surnameLike(&t) || len(tail) == 2)
}

// looksPersonal wants a known given name or a patronymic, or initials beside a surname.
func looksPersonal(n *personName) bool {
	switch {
	case len(n.patronymic) > 0 && n.patronymic[0].patronymic == 2:
		return true
	case len(n.first) == 0 || len(n.last) == 0:
		return len(n.first) == 1 && n.first[0].given.class > 4
	case n.first[0].initial:
		return len(n.last) == 1 && surnameLike(&n.last[0]) || len(n.patronymic) > 0
	}
	return n.first[0].given.class > 2 || len(n.last) == 1 && firmSurname(&n.last[0])
}

// kindOfNumber judges a number; an ИНН with two readings tells nothing.
func kindOfNumber(t customer.TypeName, text string) customer.Kind {
	s, lost := number(clean(text))
	if lost || isRepeated(s) {
		return ""
	}
	if t == customer.TypeINN && len(s) == 10 && isDigits(s) && checkINN12("00"+s) {
		return ""
	}
	if t == customer.TypeINN && !isDigits(s) || t == customer.TypeIIN && !isDigits(s) {
		return ""
	}
	return numberKind(t, s)
}
