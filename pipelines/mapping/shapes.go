package mapping

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// The shapes that values are counted by.
type shape uint8

const (
	shapeEmail   shape = iota
	shapePhone         // 7 to 15 digits, written as a number to dial
	shapeMixed         // a telephone and an e-mail in one cell
	shapeDate          // a whole calendar date, written or as a serial of a spreadsheet
	shapeNumber        // digits, sign, decimal separator
	shapeDigits        // digits alone
	shapePerson        // two or more capitalized or plain words that may be a person
	shapeOrg           // legal form, business word, quotes
	shapeAddress       // letters and a house number, or type words
	shapeGender
	shapeKind // person or organization, as kind columns say it
	shapeBool
	shapeWord // letters, blanks, hyphens, apostrophes
	shapeText // four words or more
	shapeINNKPP
	shapeGUID
	shapes // how many there are
)

var (
	emailRE    = regexp.MustCompile(`(?i)[\p{L}\d._%+'-]+@[\p{L}\d-]+(\.[\p{L}\d-]+)+`)
	phoneRE    = regexp.MustCompile(`^[+\d(][\d\s()+.\-–—/*#]{4,}`)
	dateRE     = regexp.MustCompile(`^(\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}\s+\p{L}{3,}\.?\s+\d{4}|\p{L}{3,9}\.? \d{1,2}, \d{4})(\s*г\.?|\s*р\.?|[T ]\d{1,2}:\d\d.*)?$`)
	compactRE  = regexp.MustCompile(`^(1[89]|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$`)
	numberRE   = regexp.MustCompile(`^[+-]?\d+([.,]\d+)?%?$`)
	innKppRE   = regexp.MustCompile(`^\d{10,12}\s*[/\\]\s*\d{4}[0-9A-Z]{2}\d{3}$`)
	guidRE     = regexp.MustCompile(`(?i)^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$`)
	initialsRE = regexp.MustCompile(`^\p{Lu}[\p{L}'’-]+\s+\p{Lu}\.?\s?(\p{Lu}\.?)?$`)
)

// lookOf gives the shapes of one value as bits.
func lookOf(s string) uint32 {
	var b uint32
	set := func(x shape, ok bool) {
		if ok {
			b |= 1 << x
		}
	}
	digits, letters, spaces := count(s)
	mail := strings.IndexByte(s, '@') > 0 && emailRE.MatchString(s)
	if mail {
		rest := emailRE.ReplaceAllString(s, "")
		d, l, _ := count(rest)
		set(shapeEmail, d+l == 0)
		set(shapeMixed, d >= 5)
		if d+l == 0 {
			return b
		}
	}
	set(shapeDigits, digits > 0 && digits == utf8.RuneCountInString(s))
	set(shapeNumber, digits > 0 && numberRE.MatchString(s))
	if digits > 0 && len(s) <= 64 {
		set(shapeDate, digits <= 20 && letters <= 14 && (dateRE.MatchString(s) || compactRE.MatchString(s)))
		set(shapePhone, b&(1<<shapeDate) == 0 && digits >= 5 && phoneRE.MatchString(s) && digits >= letters)
		set(shapeINNKPP, digits >= 19 && innKppRE.MatchString(s))
		set(shapeGUID, len(s) >= 32 && guidRE.MatchString(s))
	}
	if letters == 0 {
		set(shapeBool, s == "0" || s == "1")
		return b
	}
	set(shapeWord, digits == 0 && onlyWords(s))
	set(shapeText, spaces >= 3 && letters > 3*digits)
	set(shapePerson, digits == 0 && !mail && personShape(s, spaces))
	set(shapeOrg, organizational(s))
	set(shapeAddress, letters > 2 && (digits > 0 && (strings.Count(s, ",") > 1 || hasWord(s, addressWordSet()))))
	if letters <= 24 {
		l := strings.ToLower(strings.Trim(s, " ."))
		set(shapeGender, genders[l])
		set(shapeKind, kindOf(s) != "")
		set(shapeBool, yesNo(l))
	}
	return b
}

func count(s string) (digits, letters, spaces int) {
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case unicode.IsLetter(r):
			letters++
		case r == ' ' || r == '\u00a0':
			spaces++
		}
	}
	return digits, letters, spaces
}

func onlyWords(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !strings.ContainsRune(" '’`ʼ-.\u00a0", r) && !unicode.Is(unicode.Mn, r) {
			return false
		}
	}
	return true
}

// personShape: two to five words without marks other than those of names, initials allowed.
func personShape(s string, spaces int) bool {
	if spaces < 1 || spaces > 4 || organizational(s) {
		return false
	}
	if i := strings.IndexByte(s, '('); i > 0 { // a maiden name
		s = s[:i]
	}
	return onlyWords(strings.TrimSpace(s)) || initialsRE.MatchString(s)
}

var genders = map[string]bool{"m": true, "f": true, "male": true, "female": true, "м": true, "ж": true, "муж": true, "жен": true, "мужской": true, "женский": true,
	"мужчина": true, "женщина": true, "ч": true, "чоловіча": true, "жіноча": true, "чол": true, "жін": true, "w": true, "man": true, "woman": true, "муж.": true, "жен.": true, "muzh": true, "zhen": true}

// addressWordSet holds the words of streets and houses.
var addressWordSet = wordSet(`ул улица просп пр-кт пр-т пер переулок шоссе наб бульвар обл область край респ г город д дом кв квартира корп мкр село с пос вул вулиця буд м st str street ave avenue rd road blvd ln lane dr drive court ct place crescent way ulitsa ul dom kv`)

// wordSet makes a set of a list when it is first asked for.
func wordSet(list string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		set := map[string]bool{}
		for w := range strings.FieldsSeq(list) {
			set[w] = true
		}
		return set
	})
}

// hasWord reports whether a text has a word of a set, in any case.
func hasWord(s string, set map[string]bool) bool {
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" ,.;()\"«»“”„/\u00a0", r) }) {
		if len(w) < 24 && set[strings.ToLower(w)] && w != "ИП" && w != "ФОП" {
			return true
		}
	}
	return false
}

// looksLike asks the standardizer whether a text is of a type.
func looksLike(t customer.TypeName, text string) bool {
	return standardize.Probe(t, text).Usable()
}

// passes reports a value that its type's check proves.
func passes(t customer.TypeName, text string) bool {
	return standardize.Probe(t, text) == customer.Valid
}

// placeholder reports texts that stand for nothing.
func placeholder(s string) bool {
	switch strings.ToLower(s) {
	case "", "-", "–", "—", "--", "нет", "н/д", "нд", "n/a", "na", "null", "none", "nan", "nil", `\n`, "0", ".", "?", "отсутствует", "не указано", "не указан", "немає", "unknown", "#н/д", "#n/a":
		return true
	}
	return false
}
