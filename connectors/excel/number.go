package excel

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// plainNumber writes a stored number without an exponent. lost reports a whole number of more
// than 15 digits: a spreadsheet keeps 15, the others are gone.
func plainNumber(v string) (s string, lost bool) {
	mantissa, exponent := v, 0
	if i := strings.IndexAny(v, "eE"); i >= 0 {
		n, err := strconv.Atoi(v[i+1:])
		if err != nil || n > 400 || n < -400 {
			return v, true
		}
		mantissa, exponent = v[:i], n
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	point := len(whole) + exponent
	digits, point = rounded(digits, point)
	switch {
	case point <= 0:
		s = "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		s = digits + strings.Repeat("0", point-len(digits))
	default:
		s = digits[:point] + "." + digits[point:]
	}
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s = strings.TrimLeft(s, "0"); s == "" || s[0] == '.' {
		s = "0" + s
	}
	return sign + s, point > 15 && strings.Trim(digits, "0") != ""
}

// rounded cuts the noise of binary fractions: 15 significant digits, as the program shows.
func rounded(digits string, point int) (string, int) {
	trimmed := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(trimmed)
	if len(trimmed) <= 15 || point > 15 {
		return trimmed, point
	}
	b := []byte(trimmed[:15])
	if trimmed[15] >= '5' {
		i := len(b) - 1
		for ; i >= 0 && b[i] == '9'; i-- {
			b[i] = '0'
		}
		if i < 0 {
			return "1" + string(b), point + 1
		}
		b[i]++
	}
	return string(b), point
}

// date writes a serial date as ISO 8601; false if the number is none. Day 60 of the 1900
// system is the 29th of February 1900, which never was.
func date(v string, from1904 bool) (string, bool) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f < 0 || f >= 2958466 {
		return "", false
	}
	seconds := math.Round(f * 86400)
	days := math.Floor(seconds / 86400)
	rest := time.Duration(seconds-days*86400) * time.Second
	clock := time.Time{}.Add(rest).Format("15:04:05")
	if f < 1 && rest != 0 {
		return clock, true
	}
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		days += 1462
	case days == 60 || days == 0:
		return "", false
	case days < 60:
		days++
	}
	day := start.AddDate(0, 0, int(days)).Format("2006-01-02")
	if rest == 0 {
		return day, true
	}
	return day + "T" + clock, true
}

// style is what a cell's format says about its number.
type style struct {
	date   bool
	zeros  int // at least so many digits: a format 0000000000
	indent int
}

// builtinDate are the numbers of formats that are dates without a text of their own.
func builtinDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// dateFormat reports whether a format shows a date or a time: outside of quotes and
// brackets it has a year, or a month and a day, or hours and seconds.
func dateFormat(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	var letters strings.Builder
	quoted, bracketed := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			bracketed = true
			if elapsed := strings.ToLower(code[i:min(len(code), i+2)]); elapsed == "[h" || elapsed == "[m" || elapsed == "[s" {
				letters.WriteString("hs")
			}
		case c == ']':
			bracketed = false
		case !bracketed:
			letters.WriteByte(c | 0x20)
		}
	}
	s := letters.String()
	has := func(part string) bool { return strings.Contains(s, part) }
	if has("general") || has("0") || has("#") {
		return false
	}
	return has("y") || has("m") && has("d") || has("h") && (has("s") || has("m"))
}

// zeroFormat is the width of a format of zeros alone, which shows leading ones.
func zeroFormat(code string) int {
	code, _, _ = strings.Cut(code, ";")
	if len(code) > 1 && strings.Trim(code, "0") == "" {
		return len(code)
	}
	return 0
}
