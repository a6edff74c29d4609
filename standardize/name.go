package standardize

import (
	"strings"
	"unicode"

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
	return append(dst, n.value())
}

// value writes the name.
func (n *personName) value() customer.Value {
	parts := make([]string, customer.NameParts)
	parts[customer.NameLast], parts[customer.NameFirst], parts[customer.NamePatronymic] = words(n.last), words(n.first), words(n.patronymic)
	parts[customer.NameSuffix], parts[customer.NameMaiden], parts[customer.NameRole] = n.suffix, n.maiden, n.role
	parts[customer.NameGender] = n.gender()
	v := customer.Value{Verdict: customer.Plausible, Parts: parts, Note: n.note}
	v.Standard = spaced(parts[customer.NameLast], parts[customer.NameFirst], parts[customer.NamePatronymic], n.suffix)
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
	text, maiden := cutBrackets(text)
	memory.nameText = "" // its words are overwritten
	tokens := nameTokens(memory.tokens[0][:0], text)
	var n personName
	n.maiden = maiden
	tokens = n.takeRole(tokens)
	tokens = n.takeSuffix(dropTitles(tokens))
	tokens = joinParticles(joinTails(tokens))
	if len(tokens) == 0 || len(tokens) > 8 {
		return personName{}
	}
	n.order(tokens)
	return n
}

// cutBrackets takes a maiden name out of brackets; other remarks in brackets are dropped.
func cutBrackets(text string) (rest, maiden string) {
	open := strings.IndexByte(text, '(')
	if open < 0 {
		return text, ""
	}
	inside, after, _ := strings.Cut(text[open+1:], ")")
	inside = strings.TrimSpace(inside)
	tokens := nameTokens(nil, inside)
	for len(tokens) > 0 && maidenWords[tokens[0].folded] {
		tokens = tokens[1:]
	}
	if len(tokens) == 1 && !tokens[0].initial && tokens[0].given.class < 4 && !remarkWords[tokens[0].folded] && unicode.IsUpper(firstLetter(inside[strings.LastIndexByte(inside, ' ')+1:])) {
		maiden = tokens[0].text
	}
	return strings.TrimSpace(text[:open] + " " + after), maiden
}

func firstLetter(s string) rune {
	for _, r := range s {
		if isLetter(r) {
			return r
		}
	}
	return 0
}

var (
	maidenWords = foldedSet("урожд урожденная дев девичья ур née nee born до брака бывш ранее")
	remarkWords = foldedSet("муж жена мама папа сын дочь брат сестра директор бухгалтер менеджер сотрудник клиент вип vip основной дубль старый новый тест не умер умерла архив мл ст младший старший копия")
	titleWords  = foldedSet("гр гражданин гражданка господин госпожа пан пані пани mr mrs ms miss dr prof sir madam тов товарищ доктор профессор herr frau mme", "г н", "г жа", "гр н", "гр ка", "п н")
	suffixes    = map[string]string{"jr": "Jr", "sr": "Sr", "ii": "II", "iii": "III", "iv": "IV", "phd": "PhD", "md": "MD", "esq": "Esq", "младший": "мл.", "старший": "ст."}
	tails       = foldedSet("оглы огли оглу угли углы улы уулу кызы кизи гызы қызы ұлы ўғли қизи ogly oglu uly kyzy gyzy qizi oglou ugli")
	particles   = foldedSet("van von der den de del della di da la le el al bin ibn ter ten dos фон ван де дер аль эль ибн абу абдул абд ла бен бин")
	traders     = foldedSet("ип фоп флп спд спдфл чп ie кфх пбоюл sp фопп адвокат нотариус самозанятый", "фл п")
)

func dropTitles(tokens []nameToken) []nameToken {
	for len(tokens) > 1 && titleWords[tokens[0].folded] {
		tokens = tokens[1:]
	}
	return tokens
}

// takeRole takes ИП, ФОП and their long forms off either end.
func (n *personName) takeRole(tokens []nameToken) []nameToken {
	for _, long := range longTraders {
		if rest, ok := cutPhrase(tokens, long); ok {
			n.role, tokens = roleTrader, rest
		}
	}
	for len(tokens) > 1 && traders[tokens[0].folded] {
		n.role, tokens = roleTrader, tokens[1:]
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

// takeSuffix takes Jr, III and the like off the end.
func (n *personName) takeSuffix(tokens []nameToken) []nameToken {
	for len(tokens) > 1 {
		s, ok := suffixes[tokens[len(tokens)-1].folded]
		if !ok {
			break
		}
		n.suffix, tokens = s, tokens[:len(tokens)-1]
		tokens[len(tokens)-1].comma = false
	}
	return tokens
}

// joinTails makes "Октай оглы" one word: a patronymic.
func joinTails(tokens []nameToken) []nameToken {
	for i := 1; i < len(tokens); i++ {
		if !tails[tokens[i].folded] {
			continue
		}
		t := &tokens[i-1]
		t.text, t.folded, t.patronymic = t.text+" "+strings.ToLower(tokens[i].text), t.folded+" "+tokens[i].folded, 2
		t.given = givenName{}
		return append(tokens[:i], tokens[i+1:]...)
	}
	return tokens
}

// joinParticles makes "van der Berg" and "аль Рашид" one word.
func joinParticles(tokens []nameToken) []nameToken {
	for i := len(tokens) - 2; i >= 0; i-- {
		t := &tokens[i]
		if !particles[t.folded] || i == 0 && (len(tokens) < 3 || t.given.class > 0) {
			continue
		}
		next := tokens[i+1]
		next.text, next.folded, next.given = strings.ToLower(t.text)+" "+next.text, t.folded+" "+next.folded, givenName{}
		tokens[i] = next
		tokens = append(tokens[:i+1], tokens[i+2:]...)
	}
	return tokens
}
