package standardize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// unglue parts words that were typed without blanks: "ИвановИванИванович", "ИвановИИ". It appends
// nothing for a word that is written as words are.
func unglue(dst []string, word string) []string {
	inner := 0
	small := false
	for _, r := range word {
		upper := unicode.IsUpper(r)
		if upper && small {
			inner++
		}
		small = !upper && isLetter(r)
	}
	if inner == 0 || inner > 2 || len(word) > 80 {
		return dst
	}
	script := scriptOf(word)
	if script != cyrillic && script != latin {
		return dst
	}
	parts := camel(dst, word)
	if capitalize(parts[0]) != parts[0] {
		return dst // capitals with a slip among them
	}
	last := parts[len(parts)-1]
	if n := utf8.RuneCountInString(last); inner == 1 && n == 2 && strings.ToUpper(last) == last && utf8.RuneCountInString(parts[0]) > 3 {
		_, size := utf8.DecodeRuneInString(last)
		return append(parts[:1], last[:size], last[size:])
	}
	for _, part := range parts {
		if script != cyrillic || utf8.RuneCountInString(part) < 3 || strings.ToUpper(part) == part {
			return dst
		}
	}
	return parts
}

// camel cuts a word where a capital follows a small letter.
func camel(dst []string, word string) []string {
	begin, small := 0, false
	for i, r := range word {
		upper := unicode.IsUpper(r)
		if upper && small {
			dst = append(dst, word[begin:i])
			begin = i
		}
		small = !upper && isLetter(r)
	}
	return append(dst, word[begin:])
}

// Letters that a digit may stand for, by a slip of the hand or of a scanner.
var (
	latinOfDigit    = [10]rune{0: 'o', 1: 'l', 3: 'e', 5: 's', 8: 'b'}
	cyrillicOfDigit = [10]rune{0: 'о', 3: 'з', 4: 'ч', 6: 'б', 8: 'в'}
)

// slipInside sees a digit between letters: "Ив8нов", "J0hn".
func slipInside(s string) bool { return s[0] >= '0' && s[0] <= '9' && letterAt(s, 1) }

// slipAtStart sees a digit before three letters and more: "5mith", but not 3rd.
func slipAtStart(s string) bool {
	if !slipInside(s) {
		return false
	}
	n := 0
	for _, r := range s[1:] {
		if !isLetter(r) {
			break
		}
		n++
	}
	return n > 2
}

// lettersForDigits writes a word with its digits as letters.
func lettersForDigits(word string) string {
	if strings.IndexFunc(word, isASCIIDigit) < 0 {
		return word
	}
	letters := &latinOfDigit
	if scriptOf(word)&cyrillic != 0 {
		letters = &cyrillicOfDigit
	}
	return strings.Map(func(r rune) rune {
		if isASCIIDigit(r) && letters[r-'0'] != 0 {
			return letters[r-'0']
		}
		return r
	}, word)
}

// apostrophes are other signs of the keyboard that stand for one: Лук"янова, Лук*янова.
var apostrophes = strings.NewReplacer("\"", "'", "*", "'")

// signAsApostrophe sees such a sign before a letter that an apostrophe stands before.
func signAsApostrophe(s string) bool {
	if s[0] != '"' && s[0] != '*' {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[1:])
	return strings.ContainsRune("яюєїЯЮЄЇ", r)
}

// withOrdinal reads "John Smith 3rd" as John Smith III.
func withOrdinal(tokens []nameToken, rest string) []nameToken {
	if roman := ordinalSuffixes[rest]; roman != "" {
		return append(tokens, nameToken{text: roman, folded: roman, script: latin})
	}
	return tokens
}

var ordinalSuffixes = map[string]string{"2nd": "ii", "3rd": "iii", "4th": "iv"}

// skipNumber gives the size of a number and the letters of an ordinal behind it.
func skipNumber(s string) int {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if len(s) >= i+2 && (len(s) == i+2 || !letterAt(s, i+2)) {
		switch s[i : i+2] {
		case "st", "nd", "rd", "th":
			i += 2
		}
	}
	return i
}

// joinDoubleSurname reads "Иванова - Петрова Мария" as one surname with a hyphen.
func joinDoubleSurname(tokens []nameToken, text string) []nameToken {
	if len(tokens) < 3 || !strings.Contains(text, "- ") && !strings.Contains(text, " -") && !strings.Contains(text, "– ") {
		return tokens
	}
	a, b := &tokens[0], &tokens[1]
	if a.given.class > 0 || b.given.class > 0 || !surnameLike(a) || !surnameLike(b) {
		return tokens
	}
	joined := newToken(a.text+"-"+b.text, false)
	joined.comma = b.comma
	tokens[1] = joined
	return tokens[1:]
}

// doubleGiven knows "Hans-Peter" and "Мария-Антуанетта": two given names with a hyphen.
func doubleGiven(folded string) givenName {
	i := strings.IndexByte(folded, ' ')
	if i < 0 {
		return givenName{}
	}
	names := givenNames()
	one, two := names[folded[:i]], names[folded[i+1:]]
	if one.class == 0 || two.class == 0 {
		return givenName{}
	}
	return givenName{one.gender, min(one.class, two.class)}
}

// tails end a Turkic patronymic, in all their spellings; each leads to one of them.
var tails = func() map[string]string {
	m := map[string]string{}
	for tail, spellings := range map[string]string{"оглы": "оглы огли оглу углы", "угли": "угли ўғли", "улы": "улы ұлы", "уулу": "уулу", "кызы": "кызы гызы қызы", "кизи": "кизи қизи",
		"ogly": "ogly oglu oğlu oglou", "ugli": "ugli", "uly": "uly uli", "kyzy": "kyzy gyzy qyzy qızı", "kizi": "kizi qizi"} {
		for spelling := range strings.FieldsSeq(spellings) {
			m[Fold(spelling)] = tail
		}
	}
	return m
}()

// joinTails makes "Октай оглы" one word: a patronymic.
func joinTails(tokens []nameToken) []nameToken {
	for i := 1; i < len(tokens); i++ {
		tail, ok := tails[tokens[i].folded]
		if !ok {
			continue
		}
		t := &tokens[i-1]
		t.text, t.folded, t.patronymic = t.text+" "+tail, t.folded+" "+tail, 2
		t.given, t.comma = givenName{}, tokens[i].comma
		return append(tokens[:i], tokens[i+1:]...)
	}
	return tokens
}

// turkicPatronymic knows "Болатқызы" and "Октайоглы"; -улы only behind a given name.
func turkicPatronymic(folded string) bool {
	if hasAnySuffix(folded, "кызы", "қызы", "гызы", "қизи", "кизи", "оглы", "огли", "ўғли", "ұлы", "уулу") {
		return len(folded) > 14
	}
	head, ok := strings.CutSuffix(folded, "улы")
	return ok && givenNames()[strings.TrimRight(head, " ")].class > 1
}

// apart writes "Октайоглы" and "Октай-оглы" as "Октай оглы".
func (t *nameToken) apart() {
	if t.patronymic == 2 && t.script == cyrillic && strings.HasSuffix(t.folded, "ич") || strings.HasSuffix(t.folded, "на") || t.initial {
		return
	}
	for ending, tail := range tails {
		head, ok := strings.CutSuffix(t.folded, ending)
		if !ok || len(head) < 5 || len(t.text) < len(ending) {
			continue
		}
		text := strings.TrimRight(t.text[:len(t.text)-len(ending)], "- ")
		t.text, t.folded, t.patronymic = text+" "+tail, strings.TrimRight(head, " ")+" "+tail, 2
		return
	}
}
