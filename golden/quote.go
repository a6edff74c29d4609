package golden

import (
	"strconv"
	"unicode/utf8"

	"kartoteka/customer"
)

func optional(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendString(append(dst, name...), value)
}

func optionalInt(dst []byte, name string, n int64) []byte {
	if n == 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, name...), n, 10)
}

func optionalInstant(dst []byte, name string, t customer.Instant) []byte {
	if t.IsZero() {
		return dst
	}
	dst = append(append(dst, name...), '"')
	return append(t.AppendFormat(dst, "2006-01-02T15:04:05.999999999Z07:00"), '"')
}

// appendCode writes 4-4-4 without fmt; the zero code is an empty text.
func appendCode(dst []byte, c customer.Code) []byte {
	if c == 0 {
		return append(dst, `""`...)
	}
	buf := [16]byte{0: '"', 5: '-', 10: '-', 15: '"'}
	n := int64(c)
	for i := 14; i > 0; i-- {
		if i == 5 || i == 10 {
			continue
		}
		buf[i] = byte('0' + n%10)
		n /= 10
	}
	return append(dst, buf[:]...)
}

const hexDigits = "0123456789abcdef"

// appendString quotes s as encoding/json does: HTML-safe, invalid UTF-8 replaced.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if b >= ' ' && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&' {
				i++
				continue
			}
			dst = appendEscape(append(dst, s[start:i]...), b)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[start:i]...), `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029':
			dst = append(append(dst, s[start:i]...), `\u202`...)
			dst = append(dst, hexDigits[r&15])
			start = i + size
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
}
