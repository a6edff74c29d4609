package standardize

import (
	"strings"
	"unicode"

	"kartoteka/customer"
)

// parseEmail reads one or several addresses of a cell. The standard form is the address in lower
// case; what providers hold to be the same mailbox is left to comparison.
func parseEmail(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	if at := plainEmail(in.text); at > 0 && !isFillerEmail(in.text[:at], in.text[at+1:]) {
		return result(dst, customer.Plausible, in.text, "")
	}
	begin := len(dst)
	text := strings.ToLower(in.text)
	if !strings.Contains(text, "@") {
		return invalid(dst, noteEmailShape)
	}
	if strings.Count(text, "@") == 1 {
		text = joinAddress(text)
	}
	for word := range strings.FieldsFuncSeq(text, isEmailBreak) {
		if strings.Contains(word, "@") {
			dst = appendEmail(dst, word)
		}
	}
	if len(dst) == begin {
		return invalid(dst, noteEmailShape)
	}
	if len(dst) == begin+1 {
		dst[begin].Raw = ""
	}
	return dst
}

// plainEmail finds the @ of an address that is standard already; 0 for any other text.
func plainEmail(s string) int {
	at, dot := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9' && (at == 0 || dot == 0), c == '_' && at == 0, c == '-' && i > 0:
		case c == '.' && i > 0 && s[i-1] != '.' && s[i-1] != '@':
			dot = i
		case c == '@' && at == 0 && i > 0 && i <= 64 && s[i-1] != '.':
			at, dot = i, 0
		default:
			return 0
		}
	}
	if at == 0 || dot < at+2 || len(s)-dot < 3 || s[at+1] == '-' || s[len(s)-1] == '-' {
		return 0
	}
	return at
}

func isEmailBreak(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",;<>()|\"«»[]", r)
}

// joinAddress takes out the blanks around @ and the comma before the last domain of one address.
func joinAddress(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, " @", "@"), "@ ", "@")
	at := strings.IndexByte(s, '@')
	if comma := strings.IndexByte(s[at:], ','); comma > 0 && !strings.Contains(s[at:], ".") {
		s = s[:at+comma] + "." + s[at+comma+1:]
	}
	return s
}

func appendEmail(dst []customer.Value, raw string) []customer.Value {
	address := strings.TrimPrefix(strings.TrimPrefix(raw, "e-mail:"), "mailto:")
	if i := strings.LastIndexByte(address, ':'); i >= 0 {
		address = address[i+1:]
	}
	address, _, _ = strings.Cut(address, "/")
	address, _, _ = strings.Cut(address, "?")
	address = strings.TrimRight(strings.TrimLeft(address, ".'`-"), ".'`-_!?:*")
	if scriptOf(address)&(latin|cyrillic) == latin|cyrillic {
		address = replaceRunes(address, toLatin)
	}
	v := customer.Value{Verdict: customer.Invalid, Raw: raw, Note: noteEmailShape}
	local, domain, _ := strings.Cut(address, "@")
	if isMailbox(local, domain) {
		v = customer.Value{Verdict: customer.Plausible, Raw: raw, Standard: address}
		if isFillerEmail(local, domain) {
			v = customer.Value{Verdict: customer.Filler, Raw: raw}
		}
	}
	return append(dst, v)
}

// isMailbox checks the shape.
func isMailbox(local, domain string) bool {
	if local == "" || len(local) > 64 || len(domain) > 253 || strings.ContainsAny(local, "\\\"@ ") || strings.Contains(local, "..") {
		return false
	}
	dot := strings.LastIndexByte(domain, '.')
	if dot < 1 || len(domain)-dot < 3 || strings.Contains(domain, "..") || domain[0] == '-' {
		return false
	}
	for _, r := range domain {
		if !isLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-' {
			return false
		}
	}
	return strings.IndexFunc(domain[dot+1:], isASCIIDigit) < 0 || strings.HasPrefix(domain[dot+1:], "xn--")
}

var (
	fillerLocals = foldedSet("no net none noemail nomail nomaile notmail null na nan нет нету test тест testtest 123 1234 12345 123456 aaa qwe qwerty asd xxx noname unknown fake non nein nope",
		"no email", "no mail", "no reply", "no name", "not mail", "e mail")
	fillerDomains = foldedSet("", "test ru", "test com", "no ru", "net ru", "no com", "none com", "noemail com", "a ru", "aa ru", "test test", "mail mail", "нет рф", "email email", "nomail ru", "no no", "none none", "localhost localdomain", "123 ru")
)

func isFillerEmail(local, domain string) bool {
	var buffer [128]byte
	return len(local) < 16 && fillerLocals[string(appendFold(buffer[:0], local))] ||
		len(domain) < 24 && fillerDomains[string(appendFold(buffer[:0], domain))] || isRepeated(local) && len(local) > 2
}
