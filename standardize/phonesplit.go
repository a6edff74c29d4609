package standardize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// phonePiece is one number of a cell, taken apart.
type phonePiece struct {
	raw       string
	digits    string // without extension
	plus      bool
	extension string
	remark    string
	kind      string
	letters   bool // letters stand among the digits
}

// splitPhones cuts a cell into its numbers. Remarks in brackets or in words stay with their number.
func splitPhones(text string) []phonePiece {
	if digits, ok, spoiled := expand(text); spoiled {
		if !ok {
			return nil
		}
		text = digits
	}
	var pieces []phonePiece
	for raw := range strings.FieldsFuncSeq(unifySeparators(text), func(r rune) bool { return strings.ContainsRune(",;\n|", r) }) {
		raw = strings.TrimSpace(raw)
		if raw == "" || strings.Contains(raw, "@") { // e-mail addresses stand in the cells of some lists too
			continue
		}
		p := readPhone(raw)
		if len(p.digits) < 5 && len(pieces) > 0 && len(p.digits)+len(p.extension) < 5 {
			join(&pieces[len(pieces)-1], p) // ", доб. 12" or ", муж"
			continue
		}
		pieces = append(pieces, cutLong(p)...)
		if len(pieces) >= 20 {
			break
		}
	}
	return pieces
}

// join adds what stood behind a comma to the number before it.
func join(to *phonePiece, p phonePiece) {
	if to.extension == "" {
		to.extension = p.extension + p.digits
	}
	to.remark = strings.TrimSpace(to.remark + " " + p.remark)
	to.raw += ", " + p.raw
}

// unifySeparators writes "и", "та", "або" and slashes between numbers as commas.
func unifySeparators(s string) string {
	if strings.Contains(s, "/") {
		s = strings.ReplaceAll(s, "/", ",")
	}
	for _, word := range [...]string{" и ", " та ", " або ", " или ", " or ", " and "} {
		if strings.Contains(s, word) {
			s = strings.ReplaceAll(s, word, ", ")
		}
	}
	return s
}

// phoneLabels tell what sort of number follows; the value is a kind, "ext" for an extension, "-" for nothing.
var phoneLabels = map[string]string{"тел": "-", "телефон": "-", "phone": "-", "tel": "-", "т": "-", "ph": "-", "номер": "-", "конт": "-", "контактный": "-", "т ф": "-",
	"раб": "work", "рабочий": "work", "work": "work", "офис": "work", "служебный": "work", "р": "work", "роб": "work",
	"моб": "mobile", "мобильный": "mobile", "сот": "mobile", "сотовый": "mobile", "cell": "mobile", "mobile": "mobile", "mob": "mobile", "м": "mobile", "с": "mobile",
	"дом": "home", "домашний": "home", "home": "home", "д": "home", "факс": "fax", "fax": "fax", "ф": "fax",
	"доб": "ext", "добавочный": "ext", "вн": "ext", "внутр": "ext", "внутренний": "ext", "ext": "ext", "x": "ext", "х": "ext", "extension": "ext", "extn": "ext", "доп": "ext", "дод": "ext"}

// readPhone takes one number apart: digits, then an extension after a label or a sign, remarks.
func readPhone(raw string) phonePiece {
	p := phonePiece{raw: raw}
	var digits, extension, remark strings.Builder
	inExtension := false
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRuneInString(raw[i:])
		switch {
		case isASCIIDigit(r):
			if inExtension {
				extension.WriteByte(byte(r))
			} else {
				digits.WriteByte(byte(r))
			}
		case r == '+' && digits.Len() == 0:
			p.plus = true
		case (r == '#' || r == '*') && digits.Len() > 5:
			inExtension = true
		case r == '(' && digits.Len() > 4:
			inside, _, closed := strings.Cut(raw[i+1:], ")")
			if takeBracket(&p, inside, digits.Len(), &extension, &remark) {
				size = len(inside) + 1
				if closed {
					size++
				}
			}
		case isLetter(r):
			end := i + len(trimDigits(raw[i:wordEnd(raw, i)]))
			size = end - i
			word := raw[i:end]
			inExtension = inExtension || isWhole(digits.String()) && endsInFew(raw[end:])
			switch kind := phoneLabels[Fold(word)]; {
			case kind == "ext":
				p.letters = p.letters || !inExtension && digits.Len() > 0 && digits.Len() < 5
				inExtension = inExtension || digits.Len() > 4
			case kind == "-":
			case kind != "":
				p.kind = kind
			default:
				p.letters = p.letters || !inExtension && among(raw, i, end, digits.Len() > 0)
				remark.WriteString(" " + word)
			}
		}
		i += size
	}
	p.digits, p.extension, p.remark = digits.String(), extension.String(), strings.TrimSpace(remark.String()+p.remark)
	return p
}

// takeBracket reads a bracket behind digits: a remark when it has letters, an extension when the number before it is whole.
func takeBracket(p *phonePiece, inside string, before int, extension, remark *strings.Builder) bool {
	if strings.IndexFunc(inside, unicode.IsLetter) >= 0 {
		folded := Fold(inside)
		if kind := phoneLabels[folded]; kind != "" && kind != "-" && kind != "ext" {
			p.kind = kind
			return true
		}
		digitsInside := strings.Map(onlyDigits, inside)
		if strings.HasPrefix(folded, "доб") || strings.HasPrefix(folded, "вн") || strings.HasPrefix(folded, "ext") {
			extension.WriteString(digitsInside)
			return true
		}
		remark.WriteString(" " + strings.TrimSpace(inside))
		return true
	}
	if before >= 10 && before <= 12 {
		extension.WriteString(strings.Map(onlyDigits, inside))
		return true
	}
	return false
}

// isWhole reports whether nothing can follow these digits but an extension.
func isWhole(digits string) bool {
	return len(digits) == 11 && (digits[0] == '7' || digits[0] == '8') && digits[1] != '0'
}

// endsInFew reports whether a text has digits, but too few for a number: к. 12, IP 305.
func endsInFew(s string) bool {
	n := len(strings.Map(onlyDigits, s))
	return n > 0 && n < 6
}

func onlyDigits(r rune) rune {
	if isASCIIDigit(r) {
		return r
	}
	return -1
}

// cutLong cuts several numbers that only blanks part ("89000000004 89000000005").
func cutLong(p phonePiece) []phonePiece {
	if len(p.digits) <= 15 {
		return []phonePiece{p}
	}
	var pieces []phonePiece
	rest := p.digits
	for len(rest) > 0 {
		n := 10
		switch {
		case strings.HasPrefix(rest, "380") || strings.HasPrefix(rest, "375"):
			n = 12
		case rest[0] == '7' || rest[0] == '8':
			n = 11
		}
		if len(rest) < n {
			return []phonePiece{p}
		}
		pieces = append(pieces, phonePiece{raw: p.raw, digits: rest[:n], remark: p.remark, kind: p.kind})
		rest = rest[n:]
	}
	return pieces
}
