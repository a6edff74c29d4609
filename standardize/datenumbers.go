package standardize

import "strings"

// firstOfCentury parts two-digit years: below it they are 20yy (and perhaps 19yy), else 19yy.
const firstOfCentury = 30

// century completes a year of two digits.
func (z *Standardizer) century(d dated, short bool) dated {
	if !short || d.year >= 100 || d.year == 0 && d.month == 0 && d.day == 0 {
		return d
	}
	if d.note == "" {
		d.note = noteCentury
	}
	if d.year >= firstOfCentury {
		d.year += 1900
		if d.other != (reading{}) {
			d.other.year += 1900
		}
		return d
	}
	d.year += 2000
	if d.other == (reading{}) {
		d.other = d.reading
		d.other.year -= 100
	} else {
		d.other.year += 2000
	}
	return d
}

// wordDate reads "12 апреля 1985", "April 12, 1985", "апрель 1985", "1985 апр 12".
func (z *Standardizer) wordDate(t dateTokens) dated {
	switch {
	case t.n == 1 && len(t.text[0]) == 4:
		return dated{reading: reading{t.value(0), t.month, 0}}
	case t.n == 2 && len(t.text[0]) == 4:
		return dated{reading: reading{t.value(0), t.month, t.value(1)}}
	case t.n == 2:
		return z.century(dated{reading: reading{t.value(1), t.month, t.value(0)}}, len(t.text[1]) < 4)
	}
	return noDate()
}

// compactDate reads digits without separators: a year, yyyymmdd, ddmmyyyy, a serial.
func (z *Standardizer) compactDate(s, format string) dated {
	n := dateTokens{text: [3]string{s}}
	switch len(s) {
	case 1:
		return dated{reading: reading{n.value(0), 0, 0}}
	case 4:
		return dated{reading: reading{n.value(0), 0, 0}}
	case 5:
		if v := n.value(0); v >= 7000 && v <= 60000 { // 1919 to 2064
			return serial(s, "")
		}
	case 6:
		ymd := dated{reading: reading{number2(s[:4]), number2(s[4:]), 0}}
		if v := ymd.year; v > 1850 && v < 2060 && ymd.month >= 1 && ymd.month <= 12 {
			return ymd
		}
		return z.century(dated{reading: reading{number2(s[4:]), number2(s[2:4]), number2(s[:2])}}, true)
	case 8:
		return eightDigits(s, format)
	case 14: // yyyymmddhhmmss
		return eightDigits(s[:8], "yyyymmdd")
	}
	return noDate()
}

func eightDigits(s, format string) dated {
	ymd := dated{reading: reading{number2(s[:4]), number2(s[4:6]), number2(s[6:])}}
	dmy := dated{reading: reading{number2(s[4:]), number2(s[2:4]), number2(s[:2])}}
	if strings.HasPrefix(format, "d") || !ymd.sane() && dmy.sane() {
		return dmy
	}
	return ymd
}

// sane reports whether the day exists in a year of our era's records.
func (r reading) sane() bool { return r.year > 1000 && r.year < 2200 && exists(r) }

// number2 is the value of ASCII digits.
func number2(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + digitAt(s, i)
	}
	return n
}

// twoNumbers reads month and year.
func (z *Standardizer) twoNumbers(t dateTokens) dated {
	switch {
	case len(t.text[0]) == 4 && len(t.text[1]) <= 2:
		return dated{reading: reading{t.value(0), t.value(1), 0}}
	case len(t.text[1]) == 4 && len(t.text[0]) <= 2:
		return dated{reading: reading{t.value(1), t.value(0), 0}}
	}
	return noDate()
}

// threeNumbers reads the order of year, month and day from format, shape and habit.
func (z *Standardizer) threeNumbers(t dateTokens, format string) dated {
	a, b, c := t.value(0), t.value(1), t.value(2)
	short := len(t.text[2]) < 4
	switch {
	case len(t.text[0]) > 4 || len(t.text[1]) > 2:
		return noDate()
	case len(t.text[0]) == 4 || strings.HasPrefix(format, "yy"):
		d := dated{reading: reading{a, b, c}}
		if b > 12 && c <= 12 {
			d = dated{reading: reading{a, c, b}, note: noteMonth}
		}
		return z.century(d, len(t.text[0]) < 4)
	case len(t.text[0]) == 3 || len(t.text[2]) == 3:
		return noDate()
	case strings.HasPrefix(format, "d"):
		return z.century(dated{reading: reading{c, b, a}}, short)
	case strings.HasPrefix(format, "m"):
		return z.century(dated{reading: reading{c, a, b}}, short)
	}
	return z.byHabit(a, b, c, short, t.separator)
}

// byHabit orders a day and a month of two digits each. With points the day always comes
// first; with slashes where the country does so, and the other order stays possible.
func (z *Standardizer) byHabit(a, b, c int, short bool, separator rune) dated {
	dayFirst, monthFirst := reading{c, b, a}, reading{c, a, b}
	d := dated{reading: dayFirst, other: monthFirst, note: noteDayMonth}
	if z.country == "US" && separator != '.' {
		d.reading, d.other = monthFirst, dayFirst
	}
	switch {
	case separator == '.' && b <= 12:
		d = dated{reading: dayFirst}
	case !exists(d.reading) && exists(d.other):
		d = dated{reading: d.other, note: noteMonth}
		if z.country == "US" {
			d.note = ""
		}
	case !exists(d.other) || a == b:
		d = dated{reading: d.reading}
	case separator == '-' && z.country != "US":
		d = dated{reading: dayFirst}
	}
	return z.century(d, short)
}
