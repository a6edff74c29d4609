package standardize

import (
	"strings"

	"kartoteka/customer"
)

// roleTrader is the role of a person who trades alone.
const roleTrader = "sole_trader"

// personName is a name taken apart.
type personName struct {
	last, first, patronymic []nameToken
	suffix, maiden, role    string
	sure                    bool
	note                    string
}

// parseName reads a person's name: of one text in any order, or of parts.
func parseName(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	var n personName
	switch parts := in.raw.Parts; {
	case len(parts) > 1:
		n = nameOfParts(parts, in.scratch)
	case in.text == in.scratch.nameText:
		n = in.scratch.name
		otherLayout(in.text, &n)
	default:
		n = nameOfText(in.text, in.scratch)
		otherLayout(in.text, &n)
	}
	if len(n.last)+len(n.first) == 0 {
		return invalid(dst, noteName)
	}
	return append(dst, n.value(in.scratch))
}

// value writes the name.
func (n *personName) value(memory *scratch) customer.Value {
	parts := memory.list(customer.NameParts)
	parts[customer.NameLast], parts[customer.NameFirst], parts[customer.NamePatronymic] = words(n.last), words(n.first), words(n.patronymic)
	parts[customer.NameSuffix], parts[customer.NameMaiden], parts[customer.NameRole] = n.suffix, n.maiden, n.role
	parts[customer.NameGender] = n.gender()
	v := customer.Value{Verdict: customer.Plausible, Parts: parts, Note: n.note}
	v.Standard = memory.joined(parts[customer.NameLast], parts[customer.NameFirst], parts[customer.NamePatronymic], n.suffix)
	if n.sure && n.note == "" && len(n.last) > 0 && len(n.first) > 0 && n.first[0].given.class > 0 {
		v.Verdict = customer.Valid
	}
	return v
}

func words(tokens []nameToken) string {
	switch len(tokens) {
	case 0:
		return ""
	case 1:
		return tokens[0].text
	}
	list := make([]string, len(tokens))
	for i := range tokens {
		list[i] = tokens[i].text
	}
	return strings.Join(list, " ")
}

// spaced joins what is not empty by blanks.
func spaced(texts ...string) string {
	size := 0
	for _, s := range texts {
		size += len(s) + 1
	}
	var b strings.Builder
	b.Grow(size)
	for _, s := range texts {
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String()
}

// nameOfText reads a whole name.
func nameOfText(text string, memory *scratch) personName {
	var n personName
	text = n.cutBrackets(text)
	memory.nameText = "" // its words are overwritten
	tokens := nameTokens(memory.tokens[0][:0], text)
	tokens = n.takeRole(tokens)
	tokens = n.firstPerson(dropRanks(tokens))
	tokens = n.takeOrganization(tokens)
	tokens = n.takeMaiden(dropRemarks(tokens))
	tokens = n.takeSuffix(dropTitles(tokens))
	tokens = joinParticles(joinTails(tokens))
	tokens = dropRepeats(tokens)
	if len(tokens) == 0 || len(tokens) > 8 {
		return personName{}
	}
	n.order(tokens)
	n.finish()
	return n
}

// finish writes what was found in the common way.
func (n *personName) finish() {
	if len(n.patronymic) == 1 {
		n.patronymic[0].apart()
	}
	n.nominative()
}

var (
	maidenWords = foldedSet("урожд урожденная урождённая дев девичья девичестве дівоче ур née nee born geb geborene домо domu до брака бывш ранее")
	remarkWords = foldedSet("муж жена мама папа сын дочь брат сестра директор бухгалтер менеджер сотрудник клиент вип vip основной дубль старый новый тест не умер умерла архив мл ст младший старший копия")
	particles   = foldedSet("van von der den de del della di da la le el al bin ibn ter ten dos фон ван де дер аль эль ибн абу абдул абд ла бен бин")
	traders     = foldedSet("ип фоп флп спд спдфл чп ie кфх пбоюл sp фопп адвокат нотариус самозанятый", "фл п")
)

// takeRole takes ИП, ФОП and their long forms off either end.
func (n *personName) takeRole(tokens []nameToken) []nameToken {
	for len(tokens) > 1 && traders[tokens[0].folded] {
		n.role, tokens = roleTrader, tokens[1:]
	}
	for _, long := range longTraders {
		if rest, ok := cutPhrase(tokens, long); ok {
			n.role, tokens = roleTrader, rest
		}
	}
	for len(tokens) > 1 && traders[tokens[len(tokens)-1].folded] {
		n.role, tokens = roleTrader, tokens[:len(tokens)-1]
	}
	return tokens
}

var longTraders = [][]string{{"индивидуальный", "предприниматель"}, {"фізична", "особа підприємець"}, {"физическое", "лицо предприниматель"}, {"фізична", "особа", "підприємець"},
	{"глава", "кфх"}, {"individual", "entrepreneur"}, {"жеке", "кәсіпкер"}, {"жк"}, {"індывідуальны", "прадпрымальнік"}}

// cutPhrase removes a phrase that stands at either end.
func cutPhrase(tokens []nameToken, phrase []string) ([]nameToken, bool) {
	k := len(phrase)
	if len(tokens) <= k {
		return tokens, false
	}
	if matches(tokens[:k], phrase) {
		return tokens[k:], true
	}
	if end := len(tokens) - k; matches(tokens[end:], phrase) {
		return tokens[:end], true
	}
	return tokens, false
}

func matches(tokens []nameToken, phrase []string) bool {
	for i := range phrase {
		if tokens[i].folded != phrase[i] {
			return false
		}
	}
	return true
}

// joinParticles makes "van der Berg" and "аль Рашид" one word.
func joinParticles(tokens []nameToken) []nameToken {
	for i := len(tokens) - 2; i >= 0; i-- {
		t := &tokens[i]
		if t.folded == "mc" || t.folded == "mac" && !t.small {
			joined := newToken(capitalize(t.folded)+capitalize(tokens[i+1].folded), false)
			joined.comma, tokens[i] = tokens[i+1].comma, joined
			tokens = append(tokens[:i+1], tokens[i+2:]...)
			continue
		}
		if !particles[t.folded] || i == 0 && (len(tokens) < 3 || t.given.class > 0 && !tokens[1].comma) {
			continue
		}
		next := tokens[i+1]
		next.text, next.folded, next.given = strings.ToLower(t.text)+" "+next.text, t.folded+" "+next.folded, givenName{}
		tokens[i] = next
		tokens = append(tokens[:i+1], tokens[i+2:]...)
	}
	return tokens
}
