package standardize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	titleWords = foldedSet(`гр гражданин гражданка господин госпожа пан пані пани mr mrs ms miss mx dr prof sir dame madam тов товарищ доктор профессор професор доцент академик
		herr frau mme mlle señor señora señorita signor signora sra rev reverend gospodin спадар спадарыня мырза`,
		"г н", "г жа", "гр н", "гр ка", "п н", "д р", "п і", "mr mrs")
	// jobWords stand before or behind a name as a remark; alone they are no name either.
	jobWords = foldedSet("директор гендиректор бухгалтер главбух менеджер клиент клиентка покупатель заказчик контрагент поставщик абонент плательщик получатель вкладчик заемщик собственник арендатор представитель контакт водитель курьер director manager customer client")
	degrees  = foldedSet("phd ph.d md mba cpa dds esq esquire rn jd dphil msc bsc kbe obe")
	suffixes = map[string]string{"jr": "Jr", "jnr": "Jr", "sr": "Sr", "snr": "Sr", "ii": "II", "iii": "III", "iv": "IV",
		"младший": "мл.", "старший": "ст.", "мл": "мл.", "ст": "ст.", "молодший": "мл."}
	ranks     = foldedSet("bt of earl duke baron baronet bart viscount marquess marquis countess duchess baroness viscountess")
	stopWords = foldedSet("паспорт инн снилс тел телефон моб договор проживает адрес прописан passport phone")
	orgMarks  = foldedSet("ооо оао зао пао тов тоо одо чуп ltd llc inc gmbh corp plc")
)

// dropTitles takes forms of address, jobs and degrees off both ends.
func dropTitles(tokens []nameToken) []nameToken {
	for len(tokens) > 1 && (titleWords[tokens[0].folded] || jobWords[tokens[0].folded] || tokens[0].folded == "sr" && !tokens[0].comma) {
		tokens = tokens[1:]
	}
	switch k := len(tokens); {
	case k > 3 && degreeAt(tokens[:3]):
		tokens = tokens[3:]
	case k > 3 && tokens[0].folded == "h" && tokens[1].folded == "c" && tokens[0].small: // Dr. h.c.
		tokens = tokens[2:]
	}
	for len(tokens) > 1 {
		last := &tokens[len(tokens)-1]
		switch {
		case len(tokens) > 4 && degreeAt(tokens[len(tokens)-3:]):
			tokens = tokens[:len(tokens)-3]
		case last.given.class > 0 || !titleWords[last.folded] && !degrees[last.folded]:
			return tokens
		default:
			tokens = tokens[:len(tokens)-1]
		}
		tokens[len(tokens)-1].comma = false
	}
	return tokens
}

// degreeAt knows к.т.н., д.м.н. and the like, written small.
func degreeAt(t []nameToken) bool {
	return t[0].initial && t[1].initial && t[2].initial && t[0].small && t[2].small && (t[0].folded == "к" || t[0].folded == "д") && t[2].folded == "н"
}

// dropRemarks cuts a name where a passport, a phone or a job behind it begins.
func dropRemarks(tokens []nameToken) []nameToken {
	for i := 2; i < len(tokens); i++ {
		if stopWords[tokens[i].folded] {
			return tokens[:i]
		}
	}
	if k := len(tokens); k > 2 && jobWords[tokens[k-1].folded] {
		tokens = tokens[:k-1]
		tokens[k-2].comma = false
	}
	return tokens
}

// dropRanks leaves out a peer's rank, and behind a comma what it is of: "John Smith, Earl of Example".
func dropRanks(tokens []nameToken) []nameToken {
	for i := 1; i < len(tokens); i++ {
		if !ranks[tokens[i].folded] || tokens[i].given.class > 0 {
			continue
		}
		if tokens[i-1].comma && i > 1 {
			tokens[i-1].comma = false
			return tokens[:i]
		}
		if i+1 < len(tokens) && i == 1 && !tokens[0].comma {
			return append(tokens[:i], tokens[i+1:]...)
		}
	}
	return tokens
}

// dropRepeats leaves out a word or a whole name that is written twice.
func dropRepeats(tokens []nameToken) []nameToken {
	if k := len(tokens); k > 3 && k%2 == 0 && sameWords(tokens[:k/2], tokens[k/2:]) {
		return tokens[:k/2]
	}
	if len(tokens) > 2 && tokens[0].folded == tokens[1].folded && !tokens[0].initial {
		return tokens[1:]
	}
	return tokens
}

func sameWords(a, b []nameToken) bool {
	for i := range a {
		if a[i].folded != b[i].folded {
			return false
		}
	}
	return true
}

// takeMaiden takes "урожденная Петрова", "née Jones", "z domu Nowak" out.
func (n *personName) takeMaiden(tokens []nameToken) []nameToken {
	for i := 1; i+1 < len(tokens); i++ {
		if !maidenWords[tokens[i].folded] || tokens[i].given.class > 0 {
			continue
		}
		n.maiden = tokens[i+1].text
		begin := i
		if i > 1 && tokens[i-1].initial && tokens[i-1].small { // в девичестве, z domu
			begin--
		}
		rest := append(tokens[:begin], tokens[i+2:]...)
		if begin == len(rest) {
			rest[begin-1].comma = false
		}
		return rest
	}
	return tokens
}

// takeSuffix takes Jr, III and the like off the end, and "мл." and "-старший" from where they stand.
func (n *personName) takeSuffix(tokens []nameToken) []nameToken {
	for len(tokens) > 1 {
		last := &tokens[len(tokens)-1]
		s, ok := suffixes[last.folded]
		if !ok || last.script == cyrillic && !last.dot && len(tokens) < 3 {
			break
		}
		n.suffix, tokens = s, tokens[:len(tokens)-1]
		tokens[len(tokens)-1].comma = false
	}
	for i := range tokens {
		t := &tokens[i]
		if t.dot && i > 0 && (t.folded == "мл" || t.folded == "ст") {
			n.suffix = suffixes[t.folded]
			return append(tokens[:i], tokens[i+1:]...)
		}
		if strings.HasSuffix(t.folded, "ший") {
			n.hyphenSuffix(t)
		}
	}
	return tokens
}

// hyphenSuffix cuts -старший and -младший off a word.
func (n *personName) hyphenSuffix(t *nameToken) {
	head, tail, ok := strings.Cut(t.text, "-")
	if s := suffixes[Fold(tail)]; ok && s != "" {
		n.suffix = s
		*t = nameToken{text: head, folded: Fold(head), script: t.script, comma: t.comma}
		t.given, t.patronymic = givenOf(t.folded, t.script), patronymicEnding(t.folded, t.script)
	}
}

// takeOrganization takes a legal form and what follows it out of a person's name; a form in front
// makes the whole an organization, whose name then stands for the surname.
func (n *personName) takeOrganization(tokens []nameToken) []nameToken {
	for i := range tokens {
		t := &tokens[i]
		if t.given.class > 0 || len(t.folded) > 8 || !orgMarks[t.folded] || len(tokens) == 1 {
			continue
		}
		n.note = noteOrganization
		switch {
		case i == 0:
			return tokens[1:]
		case i == 1 && len(tokens) > 2:
			return tokens
		}
		return tokens[:i]
	}
	return tokens
}

// cutBrackets takes a maiden name and "ст." out of brackets; other remarks in brackets are dropped.
// A letter in brackets inside a word is a part of it: К(Ф)Х.
func (n *personName) cutBrackets(text string) (rest string) {
	open := strings.IndexByte(text, '(')
	if open < 0 {
		return text
	}
	inside, after, _ := strings.Cut(text[open+1:], ")")
	inside = strings.TrimSpace(inside)
	if utf8.RuneCountInString(inside) == 1 && letterAt(after, 0) {
		return text[:open] + inside + after
	}
	n.ofBrackets(inside)
	return strings.TrimSpace(text[:open] + " " + after)
}

func (n *personName) ofBrackets(inside string) {
	tokens := nameTokens(nil, inside)
	if len(tokens) > 2 && tokens[0].initial && maidenWords[tokens[1].folded] {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && maidenWords[tokens[0].folded] {
		tokens = tokens[1:]
	}
	if len(tokens) != 1 || tokens[0].initial {
		return
	}
	t := &tokens[0]
	if s := suffixes[t.folded]; s != "" {
		n.suffix = s
	} else if t.given.class < 4 && !remarkWords[t.folded] && !jobWords[t.folded] && unicode.IsUpper(firstLetter(inside[strings.LastIndexByte(inside, ' ')+1:])) {
		n.maiden = t.text
	}
}

// withParticle knows "бен Ладен" and "Аль-Рашид".
func withParticle(t *nameToken) bool {
	head, _, ok := strings.Cut(t.folded, " ")
	return ok && particles[head]
}

func firstLetter(s string) rune {
	for _, r := range s {
		if isLetter(r) {
			return r
		}
	}
	return 0
}
