package standardize

import (
	"strings"

	"kartoteka/customer"
)

// number reads the signs of an identity number: Latin capitals and digits, without labels
// ("ИНН 77…"), blanks and dashes. lost says that a spreadsheet rounded it.
func number(text string) (signs string, lost bool) {
	if isDigits(text) {
		return text, false
	}
	if whole, ok, scientific := expand(text); scientific {
		return whole, !ok
	}
	text = dropLabel(text)
	text = strings.ToUpper(text)
	twins := toLatin
	if !replaceable(text, cyrillic, toLatin) {
		twins = toCyrillic
	}
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if t := twins[r]; t != 0 {
			r = t
		}
		if isASCIIDigit(r) || runeScript(r)&(latin|cyrillic) != 0 {
			out = append(out, string(r)...)
		}
	}
	return string(out), false
}

// dropLabel cuts a word in front of the number: "ИНН: 77…", "№ 5".
func dropLabel(text string) string {
	for _, label := range []string{"ИНН", "КПП", "ОГРНИП", "ОГРН", "СНИЛС", "INN", "УНП", "ИИН", "БИН", "IBAN", "ЄДРПОУ", "РНОКПП", "ІПН", "ЕДРПОУ"} {
		if len(text) > len(label) && strings.EqualFold(text[:len(label)], label) {
			return text[len(label):]
		}
	}
	return text
}

// expand writes a number that a spreadsheet spoiled, 7.707083893E+09 or 7707083893.0, in full;
// ok is false when digits are lost.
func expand(text string) (digits string, ok, spoiled bool) {
	text = strings.Replace(text, ",", ".", 1)
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eEеЕ"); i > 0 {
		mantissa, exponent = text[:i], exponentOf(text[i:])
		if exponent < 0 {
			return "", false, false
		}
		spoiled = true
	}
	whole, fraction, dot := strings.Cut(mantissa, ".")
	if !dot && !spoiled || !isDigits(whole) || fraction != "" && !isDigits(fraction) {
		return "", false, false
	}
	if !spoiled {
		return whole, true, strings.Trim(fraction, "0") == "" && len(whole) > 4 && len(fraction) < 4
	}
	if len(fraction) < exponent {
		padded := whole + fraction + strings.Repeat("0", exponent-len(fraction))
		return padded, exponent-len(fraction) <= 1, true
	}
	return whole + fraction[:exponent], true, true
}

func exponentOf(s string) int {
	s = strings.TrimLeft(s, "eEеЕ+")
	if !isDigits(s) || len(s) > 2 || s == "" {
		return -1
	}
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// isRepeated sees zeros, one digit over and over, and 123456789…
func isRepeated(s string) bool {
	same, rising := true, len(s) > 5
	for i := 1; i < len(s); i++ {
		same = same && s[i] == s[0]
		rising = rising && (s[i] == s[i-1]+1 || s[i-1] == '9' && s[i] == '0')
	}
	return same || rising
}

// rule is one type of identity number.
type rule struct {
	lengths []int
	min     int // shortest text that may have lost leading zeros; 0: never restored
	check   func(string) bool
	shape   func(string) bool // nil: digits only
	body    int               // digits before the check digits; a body of one digit over and over is a filler that passes the check
}

func (r *rule) fits(s string) bool {
	for _, n := range r.lengths {
		if len(s) == n {
			return r.shape == nil && isDigits(s) || r.shape != nil && r.shape(s)
		}
	}
	return false
}

// parse is the common way of all numbers but the ИНН.
func (r *rule) parse(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	s, lost := number(in.text)
	switch {
	case lost:
		return invalid(dst, noteLost)
	case s == "":
		return invalid(dst, noteShape)
	case isRepeated(s), r.fits(s) && r.body > 0 && isRepeated(s[:r.body]):
		return filler(dst)
	case r.fits(s):
		return r.judge(dst, s, "")
	}
	if mended := slipped(in.text); r.shape == nil && r.fits(mended) && r.check != nil && r.check(mended) {
		return result(dst, customer.Plausible, mended, noteSlips)
	}
	return r.restore(dst, s)
}

// slipped is the number with letters read as the digits that they look like; "" if there are none.
func slipped(text string) string {
	mended := withSlips(dropLabel(text))
	if mended == text {
		return ""
	}
	s, lost := number(mended)
	if lost {
		return ""
	}
	return s
}

func (r *rule) judge(dst []customer.Value, s, note string) []customer.Value {
	switch {
	case r.check == nil:
		return result(dst, customer.Plausible, s, note)
	case r.check(s):
		return result(dst, customer.Valid, s, note)
	}
	return result(dst, customer.Plausible, s, noteCheckDigit)
}

// restore puts leading zeros back where the check digit then fits.
func (r *rule) restore(dst []customer.Value, s string) []customer.Value {
	if r.min == 0 || len(s) < r.min || !isDigits(s) {
		return invalid(dst, noteShape)
	}
	var fitting []string
	for _, n := range r.lengths {
		if n < len(s) {
			continue
		}
		if full := strings.Repeat("0", n-len(s)) + s; r.fits(full) && (r.check == nil || r.check(full)) {
			fitting = append(fitting, full)
		}
	}
	if dst = readings(dst, fitting, noteRestored); r.check == nil && len(fitting) == 1 {
		dst[len(dst)-1].Verdict = customer.Plausible
	}
	return dst
}

// readings gives one value for the possible readings of a number, likeliest first.
func readings(dst []customer.Value, possible []string, note string) []customer.Value {
	switch len(possible) {
	case 0:
		return invalid(dst, noteShape)
	case 1:
		return result(dst, customer.Valid, possible[0], note)
	}
	return append(dst, customer.Value{Verdict: customer.Ambiguous, Standard: possible[0], Alternatives: possible[1:], Note: note})
}

// parseINN reads ten digits of an organization or twelve of a person. A spreadsheet drops
// leading zeros, so that a shorter number, or ten digits of a person, can have two readings.
func parseINN(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	text, _, _ := strings.Cut(in.text, "/") // ИНН/КПП in one cell
	s, lost := number(text)
	if mended := slipped(text); !isDigits(s) && isDigits(mended) && (len(mended) == 10 && checkINN10(mended) || len(mended) == 12 && checkINN12(mended)) {
		return result(dst, customer.Plausible, mended, noteSlips)
	}
	switch {
	case lost:
		return invalid(dst, noteLost)
	case !isDigits(s) || len(s) < 7 || len(s) > 12:
		if isDigits(s) && isRepeated(s) {
			return filler(dst)
		}
		return invalid(dst, noteShape)
	case isRepeated(s):
		return filler(dst)
	case len(s) == 12:
		if strings.HasPrefix(s, "00") && checkINN10(s[2:]) && !checkINN12(s) {
			return result(dst, customer.Valid, s[2:], noteRestored) // ten digits padded to twelve
		}
		return innINN12.judge(dst, s, "")
	}
	possible, note := innReadings(s, in.attribute.Kind)
	switch {
	case len(possible) > 0:
		return readings(dst, possible, note)
	case len(s) == 10:
		return result(dst, customer.Plausible, s, noteCheckDigit)
	}
	return invalid(dst, noteShape)
}

var innINN12 = rule{lengths: []int{12}, check: checkINN12}

// innReadings gives the readings of up to eleven digits whose check digits fit, the one of the kind first.
func innReadings(s string, kind customer.Kind) (possible []string, note string) {
	const zeros = "00000"
	person := zeros[:12-len(s)] + s
	if checkINN12(person) {
		possible, note = append(possible, person), noteRestored
	}
	if len(s) > 10 {
		return possible, note
	}
	organization := zeros[:10-len(s)] + s
	if !checkINN10(organization) {
		return possible, note
	}
	if len(s) < 10 {
		note = noteRestored
	}
	if kind == customer.Organization {
		if len(s) == 10 {
			return []string{organization}, ""
		}
		return append([]string{organization}, possible...), note
	}
	if len(possible) == 0 && note == "" {
		note = noteOtherKind
	}
	return append(possible, organization), note
}
