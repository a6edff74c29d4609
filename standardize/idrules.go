package standardize

import (
	"slices"
	"strings"

	"kartoteka/customer"
)

// The rules of the numbers, by type.
var (
	ruleKPP        = rule{lengths: []int{9}, min: 7, shape: shapeKPP}
	ruleOGRN       = rule{lengths: []int{13, 15}, check: checkOGRN, shape: shapeOGRN}
	ruleSNILS      = rule{lengths: []int{11}, min: 8, check: checkSNILS, body: 9}
	ruleRNOKPP     = rule{lengths: []int{10}, min: 9, check: checkRNOKPP}
	ruleEDRPOU     = rule{lengths: []int{8}, min: 6, check: checkEDRPOU}
	ruleUNP        = rule{lengths: []int{9}, check: checkUNP, shape: shapeUNP}
	ruleBYPersonal = rule{lengths: []int{14}, check: checkBYPersonal, shape: shapeBYPersonal}
	ruleIIN        = rule{lengths: []int{12}, min: 10, check: checkIIN, shape: shapeIIN}
)

func shapeKPP(s string) bool {
	return isDigits(s[:4]) && isDigits(s[6:]) && strings.Trim(s[4:6], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func shapeOGRN(s string) bool {
	return isDigits(s) && (len(s) == 13 && s[0] != '3' || len(s) == 15 && s[0] == '3')
}

func shapeUNP(s string) bool {
	letters := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZ", s[0]) >= 0 && strings.IndexByte("ABCEHKMOPT", s[1]) >= 0
	return isDigits(s[2:]) && (letters || isDigits(s[:2]))
}

// shapeBYPersonal wants sex and century (1 to 6), the birth date as ddmmyy, the letter of a
// region, three digits, and the citizenship in two letters.
func shapeBYPersonal(s string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return isDigits(s[:7]) && s[0] >= '1' && s[0] <= '6' && s[1:3] >= "01" && s[1:3] <= "31" && s[3:5] >= "01" && s[3:5] <= "12" &&
		strings.IndexByte(letters, s[7]) >= 0 && isDigits(s[8:11]) && strings.Trim(s[11:13], letters) == "" && isDigits(s[13:])
}

// shapeIIN wants a month: of birth, or of registration in a БИН.
func shapeIIN(s string) bool { return isDigits(s) && s[2:4] >= "01" && s[2:4] <= "12" }

// parseKPP also reads the second half of "ИНН/КПП".
func parseKPP(z *Standardizer, in *input, dst []customer.Value) []customer.Value {
	if _, kpp, both := strings.Cut(in.text, "/"); both {
		in.text = strings.TrimSpace(kpp)
	}
	return ruleKPP.parse(z, in, dst)
}

// parseRUPassport reads series (4) and number (6), perhaps followed by who issued it and when.
func parseRUPassport(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	s := leadingDigits(in.text, 10)
	if whole, lost := number(in.text); isDigits(whole) && len(whole) <= 10 {
		if lost {
			return invalid(dst, noteLost)
		}
		s = whole
	}
	note := ""
	if mended := slipped(in.text); len(s) != 10 && len(mended) == 10 && isDigits(mended) {
		s, note = mended, noteSlips
	}
	if len(s) == 9 { // 0405… lost its zero
		s, note = "0"+s, noteRestored
	}
	switch {
	case len(s) != 10:
		return otherDocument(in, dst)
	case isRepeated(s), isRepeated(s[4:]) && s[4] == '0':
		return filler(dst)
	}
	return result(dst, customer.Plausible, s[:4]+" "+s[4:], note)
}

// otherDocument keeps a passport of another country, or an old one (IV-БА 123456), as it is.
func otherDocument(in *input, dst []customer.Value) []customer.Value {
	s, lost := number(in.text)
	if isDigits(s) && isRepeated(s) {
		return filler(dst)
	}
	if lost || len(s) < 5 || len(s) > 20 || strings.IndexFunc(s, isASCIIDigit) < 0 {
		return invalid(dst, noteShape)
	}
	return result(dst, customer.Plausible, s, noteOtherDocument)
}

func isASCIIDigit(r rune) bool { return r >= '0' && r <= '9' }

// leadingDigits gathers up to n digits of the text, ended by the first word after them.
func leadingDigits(text string, n int) string {
	out := make([]byte, 0, n)
	for _, r := range text {
		switch {
		case isASCIIDigit(r) && len(out) < n:
			out = append(out, byte(r))
		case len(out) > 4 && runeScript(r)&(latin|cyrillic) != 0:
			return string(out)
		}
	}
	return string(out)
}

// parseUAPassport reads two letters with six digits (written in Cyrillic here), or the nine digits of a card.
func parseUAPassport(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	s, lost := number(in.text)
	switch {
	case lost:
		return invalid(dst, noteLost)
	case s == "":
		return invalid(dst, noteShape)
	case isRepeated(s):
		return filler(dst)
	case len(s) == 9 && isDigits(s):
		return result(dst, customer.Plausible, s, "")
	}
	letters := strings.TrimRight(s, "0123456789")
	if number := s[len(letters):]; len(number) == 6 && len([]rune(letters)) == 2 {
		return result(dst, customer.Plausible, replaceRunes(letters, toCyrillic)+number, "")
	}
	return otherDocument(in, dst)
}

// ibanLengths are the lengths of the countries met most; others are checked by the remainder alone.
var ibanLengths = map[string]int{"UA": 29, "BY": 28, "KZ": 20, "NO": 15, "DE": 22, "GB": 22, "FR": 27, "PL": 28, "LT": 20, "LV": 21, "EE": 20,
	"GE": 22, "MD": 24, "AZ": 28, "TR": 26, "IT": 27, "ES": 24, "NL": 18, "AT": 20, "CH": 21, "BE": 16, "CZ": 24, "FI": 18, "SE": 24, "DK": 18}

func parseIBAN(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	s, lost := number(in.text)
	if s = strings.TrimPrefix(s, "IBAN"); lost || !shapeIBAN(s) {
		return invalid(dst, noteShape)
	}
	if isRepeated(s[4:]) {
		return filler(dst)
	}
	length := ibanLengths[s[:2]]
	if length != 0 && length != len(s) || !checkIBAN(s) {
		return result(dst, customer.Plausible, s, noteCheckDigit)
	}
	return result(dst, customer.Valid, s, "")
}

func shapeIBAN(s string) bool {
	return len(s) >= 15 && len(s) <= 34 && scriptOf(s)&cyrillic == 0 && scriptOf(s[:2]) == latin && isDigits(s[2:4])
}

// parseNumber reads a number of a document of no known rule.
func parseNumber(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	s, lost := number(in.text)
	switch {
	case lost:
		return invalid(dst, noteLost)
	case s == "":
		return invalid(dst, noteShape)
	case isDigits(s) && isRepeated(s):
		return filler(dst)
	}
	return result(dst, customer.Plausible, s, "")
}

// numberKind tells the kind of customer that a number belongs to, "" when it does not tell.
func numberKind(t customer.TypeName, s string) customer.Kind {
	switch t {
	case customer.TypeINN:
		switch {
		case len(s) == 12 && checkINN12(s):
			return customer.Person
		case len(s) == 10 && checkINN10(s):
			return customer.Organization
		}
	case customer.TypeIIN:
		if len(s) == 12 && checkIIN(s) {
			return map[bool]customer.Kind{true: customer.Organization, false: customer.Person}[strings.IndexByte("45", s[4]) >= 0]
		}
	case customer.TypeOGRN:
		return map[int]customer.Kind{13: customer.Organization, 15: customer.Person}[len(s)]
	case customer.TypeKPP, customer.TypeEDRPOU:
		return customer.Organization
	case customer.TypeSNILS, customer.TypeRUPassport, customer.TypeRNOKPP, customer.TypeUAPassport, customer.TypeBYPersonal:
		return customer.Person
	}
	return ""
}

// isIdentity reports whether the type is an identity number.
func isIdentity(t customer.TypeName) bool {
	return slices.Contains(identityTypes, t)
}

var identityTypes = []customer.TypeName{customer.TypeINN, customer.TypeKPP, customer.TypeOGRN, customer.TypeSNILS, customer.TypeRUPassport, customer.TypeRNOKPP,
	customer.TypeEDRPOU, customer.TypeUAPassport, customer.TypeUNP, customer.TypeBYPersonal, customer.TypeIIN, customer.TypeIBAN, customer.TypeNumber}
