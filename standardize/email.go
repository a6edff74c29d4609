package standardize

import (
	"strings"
	"unicode"

	"kartoteka/customer"
)

// parseEmail reads one or several addresses of a cell. The standard form is the address in lower
// case, with slips of writing mended, which the note tells; what providers hold to be the same
// mailbox is left to comparison: [Mailbox].
func parseEmail(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	if at := plainEmail(in.text); at > 0 && !isFillerLocal(in.text[:at], in.text[at+1:]) && plainDomains.Of(in.text[at+1:], isPlainDomain) {
		return result(dst, customer.Plausible, in.text, "")
	}
	begin := len(dst)
	text := strings.ToLower(in.text)
	if !strings.Contains(text, "@") {
		return invalid(dst, noteEmailShape)
	}
	joined := text
	if strings.Count(text, "@") == strings.Count(text, "@@")+1 {
		joined = joinAddress(text)
	}
	for word := range strings.FieldsFuncSeq(joined, isEmailBreak) {
		if strings.Contains(word, "@") {
			dst = appendEmail(dst, word, joined != text)
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

// joinAddress takes out the blanks around @, its double, and the comma before the last domain of one address.
func joinAddress(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, " @", "@"), "@ ", "@")
	s = strings.ReplaceAll(s, "@@", "@")
	at := strings.IndexByte(s, '@')
	if comma := strings.IndexByte(s[at:], ','); comma > 0 && !strings.Contains(s[at:], ".") {
		s = s[:at+comma] + "." + s[at+comma+1:]
	}
	return s
}

// appendEmail standardizes one address; mended says that its writing was mended already.
func appendEmail(dst []customer.Value, raw string, mended bool) []customer.Value {
	address := inOneScript(trimAddress(raw))
	mended = mended || !strings.Contains(raw, address)
	local, domain, _ := strings.Cut(address, "@")
	if isFillerEmail(local, domain) {
		return append(dst, customer.Value{Verdict: customer.Filler, Raw: raw})
	}
	if right := mendDomain(domain); right != "" {
		mended, domain = true, right
	}
	if !isMailbox(local, domain) {
		return append(dst, customer.Value{Verdict: customer.Invalid, Raw: raw, Note: noteEmailShape})
	}
	v := customer.Value{Verdict: customer.Plausible, Raw: raw, Standard: local + "@" + domain}
	if mended {
		v.Note = noteEmailMended
	}
	return append(dst, v)
}

// trimAddress takes off what stands before and behind an address.
func trimAddress(raw string) string {
	address := strings.TrimPrefix(strings.TrimPrefix(raw, "e-mail:"), "mailto:")
	if i := strings.LastIndexByte(address, ':'); i >= 0 {
		address = address[i+1:]
	}
	address, _, _ = strings.Cut(address, "/")
	address, _, _ = strings.Cut(address, "?")
	return strings.TrimRight(strings.TrimLeft(address, ".'`-"), ".'`-_!?:*")
}

// inOneScript writes look-alike Cyrillic letters of an address in Latin, and so the domain of a
// provider that was typed with the keyboard switched to Cyrillic.
func inOneScript(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	if scriptOf(address)&cyrillic == 0 {
		return address
	}
	if typed := replaceRunes(domain, keyboardBack); mailBookOf().domains[typed].main != "" {
		domain = typed
	}
	if scriptOf(domain)&latin != 0 && replaceable(domain, cyrillic, toLatin) {
		domain = replaceRunes(domain, toLatin)
	}
	if scriptOf(domain) == latin && replaceable(local, cyrillic, toLatin) {
		local = replaceRunes(local, toLatin)
	}
	return local + "@" + domain
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
	fillerLocals = foldedSet("no net none noemail nomail nomaile notmail null na nan нет нету test тест testtest 123 1234 12345 123456 aaa qwe qwerty asd xxx noname unknown fake non nein nope nety netu net_email otsutstvuet отсутствует неизвестно dummy nopost bezpochty nopochta email_net",
		"no email", "no mail", "no reply", "no name", "not mail", "e mail")
	fillerDomains = foldedSet("", "test ru", "test com", "no ru", "net ru", "no com", "none com", "noemail com", "a ru", "aa ru", "aaa ru", "test test", "mail", "email", "test", "no", "none", "mail mail", "нет рф", "email email", "nomail ru", "no no", "none none", "localhost localdomain", "123 ru")
)

func isFillerEmail(local, domain string) bool {
	return isFillerDomain(domain) || isFillerLocal(local, domain)
}

func isFillerDomain(domain string) bool {
	var buffer [128]byte
	return len(domain) < 24 && fillerDomains[string(appendFold(buffer[:0], domain))]
}

// fillerBegins tells names that are no fillers without folding them.
var fillerBegins = beginsOf(fillerLocals)

func isFillerLocal(local, domain string) bool {
	if isRepeated(local) && (len(local) > 2 || strings.HasPrefix(domain, local+".")) { // 1@1.ru
		return true
	}
	var buffer [128]byte
	return len(local) < 32 && fillerBegins.may(firstTwo(local)) && fillerLocals[string(appendFold(buffer[:0], local))]
}

// plainDomains remembers whether nothing is wrong with a domain.
var plainDomains Memo[bool]

func isPlainDomain(domain string) bool { return !isFillerDomain(domain) && mendDomain(domain) == "" }
