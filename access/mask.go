package access

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kartoteka/customer"
)

// Hidden stands for what a mask took away. Its length says nothing about the length of the value.
const Hidden = "•••"

// masks holds the mask of each type: what it leaves is a hint by which a person who
// knows the customer recognizes a value, and by which nobody else finds one.
var masks = map[customer.TypeName]func(string) string{
	customer.TypePersonName: initials,
	customer.TypeOrgName:    initials,
	customer.TypeDate:       year,
	customer.TypeGender:     nothing,
	customer.TypePhone:      tail(4),
	customer.TypeEmail:      mailbox,
	customer.TypeAddress:    locality,
	customer.TypeText:       tail(2),
	customer.TypeCategory:   nothing,
	customer.TypeSet:        nothing,
	customer.TypeRelation:   nothing,
	customer.TypeProduct:    tail(4),
	customer.TypeConsent:    nothing,
	customer.TypeINN:        tail(4),
	customer.TypeKPP:        tail(3),
	customer.TypeOGRN:       tail(4),
	customer.TypeSNILS:      tail(2), // the check number, which is printed apart
	customer.TypeRUPassport: tail(3),
	customer.TypeRNOKPP:     tail(3), // its first five digits are the birth date
	customer.TypeBYPersonal: tail(3), // so are its second to seventh
	customer.TypeEDRPOU:     tail(3),
	customer.TypeUAPassport: tail(3),
	customer.TypeUNP:        tail(3),
	customer.TypeIIN:        tail(4), // its first six digits are the birth date
	customer.TypeIBAN:       iban,
	customer.TypeNumber:     tail(3),
}

// Masks reports whether the type has a mask of its own.
func Masks(t customer.TypeName) bool { return masks[t] != nil }

// Mask hides a value of a type but for a hint, like the last digits of a number. An unknown type
// is hidden whole; an empty value stays empty, for that there is none is no secret of the mask.
func Mask(t customer.TypeName, s string) string {
	if s == "" {
		return ""
	}
	if mask := masks[t]; mask != nil {
		return mask(s)
	}
	return Hidden
}

func nothing(string) string { return Hidden }

// tail leaves the last n letters and digits, if more of them go than stay.
func tail(n int) func(string) string {
	return func(s string) string {
		signs := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, s)
		runes := []rune(signs)
		if len(runes) < 2*n+2 {
			return Hidden
		}
		return Hidden + string(runes[len(runes)-n:])
	}
}

// initials leaves the first letter of each word; words of one letter go whole.
func initials(s string) string {
	var out []string
	for _, word := range strings.Fields(s) {
		first, size := utf8.DecodeRuneInString(word)
		if size == len(word) || !unicode.IsLetter(first) {
			out = append(out, Hidden)
			continue
		}
		out = append(out, string(first)+Hidden)
	}
	if len(out) == 0 {
		return Hidden
	}
	return strings.Join(out, " ")
}

// year leaves the year of a date in its standard form, YYYY-MM-DD.
func year(s string) string {
	if len(s) > 5 && s[4] == '-' && digits(s[:4]) {
		return s[:4] + "-••-••"
	}
	return Hidden
}

// mailbox leaves the first letter and the domain; a mailbox of one letter goes whole, and so does what has none.
func mailbox(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 {
		return Hidden
	}
	first, size := utf8.DecodeRuneInString(s)
	if at <= size {
		return Hidden + s[at:]
	}
	return string(first) + Hidden + s[at:]
}

// locality leaves the first part of an address that is words alone: the region or the city,
// never a street, for a standard address has its parts from large to small. An address of one part goes whole.
func locality(s string) string {
	parts := strings.Split(strings.TrimRight(s, ", "), ",")
	for _, part := range parts[:len(parts)-1] {
		part = strings.TrimSpace(part)
		if part != "" && !strings.ContainsFunc(part, unicode.IsDigit) {
			return part + ", " + Hidden
		}
	}
	return Hidden
}

// iban leaves the country and the last four signs.
func iban(s string) string {
	if len(s) < 12 || !letters(s[:2]) {
		return Hidden
	}
	return s[:2] + tail(4)(s)
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func letters(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) || r >= utf8.RuneSelf })
}
