package standardize

import (
	"strings"

	"github.com/nyaruka/phonenumbers/v2"

	"kartoteka/customer"
)

// parsePhone reads one or several numbers of a cell, with remarks and extensions. The standard
// form is E.164. A number that cannot be placed keeps its digits, so that it can still be
// compared, and says so in its note.
func parsePhone(z *Standardizer, in *input, dst []customer.Value) []customer.Value {
	if digits, plus, ok := plainDigits(in.text); ok {
		if e164 := plainMobile(digits, plus, z.country); e164 != "" {
			return append(dst, customer.Value{Verdict: customer.Valid, Standard: e164, Parts: lineParts("mobile")})
		}
		return z.appendPhone(dst, phonePiece{digits: digits, plus: plus}, in.city)
	}
	begin := len(dst)
	for _, piece := range splitPhones(in.text) {
		dst = z.appendPhone(dst, piece, in.city)
	}
	switch len(dst) - begin {
	case 0:
		return invalid(dst, noteLength)
	case 1:
		dst[begin].Raw = ""
	}
	return dst
}

// plainDigits is the short way for what most cells hold: one number, in digits and the signs
// between them.
func plainDigits(s string) (digits string, plus, ok bool) {
	var b [16]byte
	n := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if n == len(b)-1 {
				return "", false, false
			}
			b[n] = c
			n++
		case c == '+' && i == 0, c == '-', c == ' ' && n > 0, c == '(' && n < 4, c == ')' && n < 8:
		default:
			return "", false, false
		}
	}
	switch plus = s[0] == '+'; {
	case n < 5:
		return "", false, false
	case n == len(s) || plus && n == len(s)-1:
		return s[len(s)-n:], plus, true
	}
	return string(b[:n]), plus, true
}

// plainMobile writes Russian and Ukrainian mobile numbers in E.164; "" for all others.
func plainMobile(d string, plus bool, country string) string {
	switch n := len(d); {
	case n == 11 && d[1] == '9' && (d[0] == '7' || d[0] == '8' && !plus), n == 10 && d[0] == '9' && !plus && country == "RU":
		if d = d[n-10:]; !isFillerPhone(d) {
			return "+7" + d
		}
	case n == 12 && strings.HasPrefix(d, "380") && ukrainianMobile(d[3:5]) && !isFillerPhone(d[3:]):
		return "+" + d
	}
	return ""
}

// lineParts are the parts of a number without extension and remark; nobody changes them.
func lineParts(line string) []string {
	switch line {
	case "mobile":
		return mobileParts
	case "fixed":
		return fixedParts
	case "toll_free":
		return tollFreeParts
	}
	return unknownParts
}

var (
	mobileParts   = []string{"", "mobile", ""}
	fixedParts    = []string{"", "fixed", ""}
	tollFreeParts = []string{"", "toll_free", ""}
	unknownParts  = []string{"", "", ""}
)

func ukrainianMobile(code string) bool {
	switch code {
	case "39", "50", "63", "66", "67", "68", "73", "75", "77", "91", "92", "93", "94", "95", "96", "97", "98", "99":
		return true
	}
	return false
}

func belarusianMobile(code string) bool {
	return code == "25" || code == "29" || code == "33" || code == "44"
}

// isFillerPhone sees a national number that nobody has: one digit over and over, seven zeros, 1234567890.
func isFillerPhone(national string) bool {
	if len(national) < 5 {
		return false
	}
	same := strings.Count(national, national[:1]) == len(national)
	return same || strings.HasSuffix(national, "0000000") || strings.HasPrefix("12345678901234", national) || strings.HasPrefix("0123456789", national) ||
		len(national) > 6 && strings.Trim(national[1:], "0") == ""
}

// appendPhone standardizes one number.
func (z *Standardizer) appendPhone(dst []customer.Value, p phonePiece, city string) []customer.Value {
	v := customer.Value{Raw: p.raw, Kind: p.kind}
	switch {
	case p.digits == "":
		v.Verdict, v.Note = customer.Invalid, noteLength
		return append(dst, v)
	case isFillerPhone(p.digits) || len(p.digits) > 10 && isFillerPhone(p.digits[len(p.digits)-10:]) && !p.plus:
		v.Verdict = customer.Filler
		return append(dst, v)
	}
	line := z.place(&v, p, city)
	switch {
	case v.Verdict != customer.Valid && (p.letters || v.Note != noteArea && p.remark != "" && strings.Contains(p.digits, "800")):
		if w := z.lettered(&p, city); p.letters || w.Verdict.Usable() {
			return append(dst, w)
		}
	}
	switch {
	case !v.Verdict.Usable():
	case p.extension == "" && p.remark == "":
		v.Parts = lineParts(line)
	default:
		v.Parts = []string{p.extension, line, p.remark}
	}
	return append(dst, v)
}

// place finds country and area of a number, and its sort of line.
func (z *Standardizer) place(v *customer.Value, p phonePiece, city string) (line string) {
	e164, note := z.international(p)
	if e164 == "" && len(p.digits) >= 5 && len(p.digits) <= 7 && !p.plus {
		e164, note = z.withArea(p.digits, city), noteArea
	}
	switch {
	case e164 != "":
		var known, filler bool
		line, known, filler = lineOf(e164)
		switch {
		case filler:
			v.Verdict = customer.Filler
			return ""
		case !known && note == "":
			note = notePlan
		}
		v.Standard, v.Note, v.Verdict = e164, note, customer.Plausible
		if note == "" {
			v.Verdict = customer.Valid
		}
		return line
	}
	return z.byLibrary(v, p)
}

// international writes the numbers of Russia, Ukraine, Belarus and Kazakhstan in E.164, with the
// habits that the library does not know; "" leaves the number to the library.
func (z *Standardizer) international(p phonePiece) (e164, note string) {
	d := p.digits
	if strings.HasPrefix(d, "810") && len(d) > 12 {
		d, p.plus = d[3:], true
	}
	if strings.HasPrefix(d, "00") && len(d) > 11 {
		d, p.plus = d[2:], true
	}
	switch n := len(d); {
	case n == 12 && (d[:3] == "380" || d[:3] == "375"):
		return "+" + d, ""
	case n == 13 && d[:4] == "3800", n == 13 && d[:4] == "3750": // +38 (0 044)…
		return "+" + d[:3] + d[4:], ""
	case n == 12 && d[:2] == "78": // +7 8 916…
		return "+7" + d[2:], ""
	case n == 11 && d[0] == '7', n == 11 && d[0] == '8' && d[1] != '0' && !p.plus && z.country != "UA":
		return "+7" + d[1:], ""
	case n == 11 && d[:2] == "80" && !p.plus:
		return z.eightZero(d[2:])
	case n == 12 && d[:3] == "380":
		return "+" + d, ""
	case p.plus:
		return "", ""
	case n == 11 && d[:3] == "800":
		return "+7" + d[1:], ""
	}
	return z.national(d), ""
}

// eightZero reads 8 0XX XXX-XX-XX: Ukraine's and Belarus's trunk call; 8 00… is no area of theirs.
func (z *Standardizer) eightZero(nine string) (e164, note string) {
	switch {
	case nine[0] == '0':
		return "+780" + nine, ""
	case z.country == "BY", z.country != "UA" && belarusianMobile(nine[:2]) && nine[:2] != "44":
		return "+375" + nine, ""
	}
	return "+380" + nine, ""
}

// national reads a number without the country's code.
func (z *Standardizer) national(d string) string {
	switch n := len(d); z.country {
	case "RU", "KZ":
		if n == 10 && d[0] != '0' && d[0] != '1' && d[0] != '2' && d[0] != '5' && d[0] != '6' {
			return "+7" + d
		}
	case "UA":
		if n == 10 && d[0] == '0' {
			return "+38" + d
		}
		if n == 9 && d[0] != '0' {
			return "+380" + d
		}
	case "BY":
		if n == 9 && d[0] != '0' {
			return "+375" + d
		}
		if n == 10 && d[0] == '0' {
			return "+375" + d[1:]
		}
	}
	return ""
}

// withArea puts the area code of the row's city before a local number.
func (z *Standardizer) withArea(local, city string) string {
	if city == "" {
		return ""
	}
	folded := Fold(city)
	country := z.country
	code := z.cities[folded]
	if code == "" {
		a := areaCodes()[folded]
		country, code = a.country, a.code
	}
	prefix, length := map[string]string{"RU": "+7", "KZ": "+7", "UA": "+380", "BY": "+375"}[country], 9
	if prefix == "+7" {
		length = 10
	}
	if prefix == "" || code == "" || len(code)+len(local) != length {
		return ""
	}
	return prefix + code + local
}

// byLibrary asks Google's metadata.
func (z *Standardizer) byLibrary(v *customer.Value, p phonePiece) (line string) {
	e164, kind, ok := numberOf(p.digits, p.plus, z.country)
	if !ok {
		e164, kind, ok = askLibrary(p.digits, p.plus, z.country)
	}
	switch {
	case ok && kind != phonenumbers.UNKNOWN:
		v.Verdict, v.Standard = customer.Valid, e164
		line = lineName(kind)
	case ok && p.plus && len(p.digits) > 6:
		v.Verdict, v.Standard, v.Note = customer.Plausible, e164, notePlan
	case len(p.digits) >= 5 && len(p.digits) <= 7:
		v.Verdict, v.Standard, v.Note = customer.Plausible, p.digits, noteNoArea
	case len(p.digits) >= 8 && len(p.digits) <= 15:
		v.Verdict, v.Standard, v.Note = customer.Plausible, p.digits, noteUnplaced
	default:
		v.Verdict, v.Note = customer.Invalid, noteLength
	}
	return line
}

// askLibrary reads digits; the kind of a number that is not given out is UNKNOWN.
func askLibrary(digits string, plus bool, region string) (e164 string, kind phonenumbers.PhoneNumberType, ok bool) {
	if plus {
		digits = "+" + digits
	}
	number, err := phonenumbers.Parse(digits, region)
	if err != nil {
		return "", 0, false
	}
	kind = phonenumbers.UNKNOWN
	if phonenumbers.IsValidNumber(number) {
		kind = phonenumbers.GetNumberType(number)
	}
	return phonenumbers.Format(number, phonenumbers.E164), kind, true
}

func lineName(kind phonenumbers.PhoneNumberType) string {
	switch kind {
	case phonenumbers.MOBILE:
		return "mobile"
	case phonenumbers.FIXED_LINE, phonenumbers.VOIP:
		return "fixed"
	case phonenumbers.TOLL_FREE:
		return "toll_free"
	}
	return ""
}
