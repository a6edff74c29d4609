package standardize

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kartoteka/customer"
)

// parseDate reads a date in the ways that sources write one; the standard form is ISO 8601,
// shortened to what is known: 1985-04-12, 1985-04, 1985.
func parseDate(z *Standardizer, in *input, dst []customer.Value) []customer.Value {
	birth := in.attribute.Name == birthDate && in.raw.Format != LongAgo
	if isISODay(in.text) && in.raw.Format == "" && len(in.raw.Parts) < 2 && (!birth || lifetime(number2(in.text[:4]))) {
		return result(dst, customer.Valid, in.text, "")
	}
	d := z.readDate(in)
	if d.note == noteDateShape || d.year == 0 && d.month == 0 && d.day == 0 {
		if d.note == noteDateShape {
			return invalid(dst, d.note)
		}
		return filler(dst)
	}
	switch {
	case isFillerDate(d.reading):
		return filler(dst)
	case d.year < 1000 || d.year > 2200 || !exists(d.reading):
		return invalid(dst, noteCalendar)
	case birth && !lifetime(d.year):
		return invalid(dst, noteLifetime)
	}
	v := customer.Value{Verdict: customer.Valid, Standard: d.isoOf(in.text), Note: d.note}
	switch {
	case d.month == 0 || d.day == 0:
		v.Verdict, v.Note = customer.Plausible, notePartial
	case d.other != (reading{}) && exists(d.other) && d.other != d.reading:
		v.Verdict, v.Alternatives = customer.Ambiguous, []string{d.other.iso()}
	case d.note != "":
		v.Verdict = customer.Plausible
	}
	return append(dst, v)
}

// birthDate is the attribute whose dates must be of somebody who may be alive.
const birthDate = "birth_date"

// LongAgo is the format of birth dates of people of the past: of archives, registers of churches.
const LongAgo = "long_ago"

// lifetime reports a year in which a customer may have been born. What is later is as far in the
// future as a year of two digits is taken to be (there is no clock here); what is earlier is mistyped.
func lifetime(year int) bool { return year >= 1900 && year <= 2000+firstOfCentury }

// isISODay is the short way for a day that is written as the standard form.
func isISODay(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' || !isDigits(s[:4]) || !isDigits(s[5:7]) || !isDigits(s[8:]) {
		return false
	}
	r := reading{number2(s[:4]), number2(s[5:7]), number2(s[8:])}
	return r.sane() && r.month > 0 && r.day > 0 && !isFillerDate(r)
}

// reading is a date as numbers; 0 is unknown.
type reading struct{ year, month, day int }

func (r reading) iso() string {
	b := make([]byte, 0, 10)
	b = appendPadded(b, r.year, 4)
	if r.month > 0 {
		b = appendPadded(append(b, '-'), r.month, 2)
		if r.day > 0 {
			b = appendPadded(append(b, '-'), r.day, 2)
		}
	}
	return string(b)
}

// isoOf is iso, without new memory if the text is written so already.
func (r reading) isoOf(text string) string {
	if r.day > 0 && len(text) == 10 && text[4] == '-' && text[7] == '-' && isDigits(text[:4]) && isDigits(text[5:7]) && isDigits(text[8:]) &&
		number2(text[:4]) == r.year && number2(text[5:7]) == r.month && number2(text[8:]) == r.day {
		return text
	}
	return r.iso()
}

func appendPadded(b []byte, n, width int) []byte {
	for limit := 10; width > 1; width-- {
		if n < pow10(width-1, limit) {
			b = append(b, '0')
		}
	}
	return strconv.AppendInt(b, int64(n), 10)
}

func pow10(n, base int) int {
	p := 1
	for range n {
		p *= base
	}
	return p
}

var monthDays = [...]int{31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func exists(r reading) bool {
	if r.month < 0 || r.month > 12 || r.day < 0 || r.day > monthDays[r.month] || r.month == 0 && r.day != 0 {
		return false
	}
	leap := r.year%4 == 0 && (r.year%100 != 0 || r.year%400 == 0)
	return leap || r.month != 2 || r.day < 29
}

// isFillerDate knows first and last days of the calendars of well-known systems.
func isFillerDate(r reading) bool {
	switch r.year {
	case 1, 9999:
		return true
	case 0:
		return r.month == 0 && r.day == 0
	case 1111:
		return r.month == 11 && r.day == 11
	case 1753, 1901, 1904, 1970, 2100:
		return r.month == 1 && r.day == 1
	case 1899:
		return r.month == 12 && (r.day == 30 || r.day == 31)
	case 1900:
		return r.month == 0 || r.month == 1 && r.day <= 2
	case 2099, 2999, 3999:
		return r.month == 12 && r.day == 31
	}
	return false
}

// dated is a reading, what else it may be, and why.
type dated struct {
	reading
	other reading
	note  string
}

func noDate() dated { return dated{note: noteDateShape} }

func (z *Standardizer) readDate(in *input) dated {
	if parts := in.raw.Parts; len(parts) > 1 {
		return z.dateOfParts(parts)
	}
	return z.dateOf(in.text, strings.ToLower(in.raw.Format))
}

// dateOfParts reads year, month and day of three columns.
func (z *Standardizer) dateOfParts(parts []string) dated {
	var n [3]int
	for i, part := range parts[:min(len(parts), 3)] {
		part = strings.TrimSuffix(strings.TrimSpace(part), ".0")
		if part == "" {
			continue
		}
		value, err := strconv.Atoi(part)
		if err != nil && i == 1 {
			value = monthOf(part)
		} else if err != nil || value < 0 {
			return noDate()
		}
		n[i] = value
	}
	return z.century(dated{reading: reading{n[0], n[1], n[2]}}, n[0] < 100)
}

// dateOf reads one text; format is that of the mapping, "" to find out.
func (z *Standardizer) dateOf(text, format string) dated {
	if i := strings.IndexAny(text, "eE"); i > 0 || strings.HasSuffix(text, ".0") {
		if whole, ok, spoiled := expand(text); spoiled && ok {
			text = whole
		}
	}
	switch format {
	case "excel", "serial", "excel1900", "excel1904":
		return serial(text, format)
	}
	t, ok := splitDate(text)
	if mended := withSlips(text); !ok && mended != text { // 26.O4.l979, read by a scanner
		if t, ok = splitDate(mended); ok {
			return z.readTokens(t, format).noted(noteSlips)
		}
	}
	if !ok {
		return noDate()
	}
	return z.readTokens(t, format)
}

// noted gives a reading that has no note one.
func (d dated) noted(note string) dated {
	if d.note == "" {
		d.note = note
	}
	return d
}

// readTokens reads the numbers and the month of a date.
func (z *Standardizer) readTokens(t dateTokens, format string) dated {
	if t.month > 0 {
		return z.wordDate(t)
	}
	switch t.n {
	case 1:
		return z.compactDate(t.text[0], format)
	case 2:
		return z.twoNumbers(t)
	}
	return z.threeNumbers(t, format)
}

// dateTokens are the numbers of a date, in order, and the month written as a word.
type dateTokens struct {
	text      [3]string
	n         int
	month     int // 1..12 of a word
	wordFirst bool
	separator rune
}

func (t *dateTokens) value(i int) int {
	n, _ := strconv.Atoi(t.text[i])
	return n
}

// splitDate finds up to three numbers and a month's name; what follows them must be a time of day.
func splitDate(s string) (dateTokens, bool) {
	var t dateTokens
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isASCIIDigit(r):
			end := i + 1
			for end < len(s) && s[end] >= '0' && s[end] <= '9' {
				end++
			}
			if t.n == 3 || t.n+min(t.month, 1) == 3 || end < len(s) && s[end] == ':' {
				return t, isTime(s[i:]) && t.n > 0
			}
			t.text[t.n] = s[i:end]
			t.n++
			i = end
		case isLetter(r):
			end := wordEnd(s, i)
			word := Fold(trimDigits(s[i:end]))
			end = i + len(trimDigits(s[i:end]))
			switch month := monthOf(word); {
			case month > 0 && t.month == 0:
				t.month, t.wordFirst = month, t.n == 0
			case word == "t" && t.n == 3:
				return t, isTime(s[end:])
			case !dateWords[word]:
				return t, false
			}
			i = end
		default:
			if t.n == 1 && t.separator == 0 && r != ' ' {
				t.separator = r
			}
			i += size
		}
	}
	return t, t.n > 0 && len(t.text[0]) <= 14 && len(t.text[1]) <= 4 && len(t.text[2]) <= 4
}

// trimDigits ends a word where digits begin: "T00".
func trimDigits(word string) string {
	if i := strings.IndexFunc(word, isASCIIDigit); i > 0 {
		return word[:i]
	}
	return word
}

// isTime accepts 10:00, 00:00:00.000Z, +03:00.
func isTime(s string) bool {
	return strings.Contains(s, ":") && strings.Trim(s, "0123456789:.,+-TZ UCAPMapm") == ""
}

var dateWords = foldedSet("г год года др дата birth date geb geboren народження нар рожден родился родилась р рік року год род рожд рождения гр st nd rd th of от д born b жыл ж de ок около mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday пн вт ср чт пт сб вс")

// months are the beginnings of month names, in the languages met.
var months = map[string]int{"янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
	"січ": 1, "лют": 2, "бер": 3, "кві": 4, "тра": 5, "чер": 6, "лип": 7, "сер": 8, "вер": 9, "жов": 10, "лис": 11, "гру": 12,
	"сту": 1, "сак": 3, "кра": 4, "жні": 8, "кас": 10, "сне": 12,
	"қаң": 1, "ақп": 2, "нау": 3, "сәу": 4, "мам": 5, "мау": 6, "шіл": 7, "там": 8, "қыр": 9, "қаз": 10, "қар": 11, "жел": 12,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
	"mai": 5, "okt": 10, "dez": 12, "ian": 1, "iun": 6, "iul": 7, "avg": 8, "sen": 9, "noi": 11, "dek": 12,
	"sty": 1, "lut": 2, "kwi": 4, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
	"ene": 1, "abr": 4, "ago": 8, "dic": 12, "fév": 2, "avr": 4, "aoû": 8, "déc": 12, "gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10, "mär": 3,
	"oca": 1, "şub": 2, "nis": 4, "haz": 6, "tem": 7, "ağu": 8, "eyl": 9, "eki": 10, "kas": 11, "ara": 12}

// monthOf gives the number of a month by its folded name, 0 for none.
func monthOf(word string) int {
	n, end := 0, 0
	for i := range word {
		if n == 3 {
			end = i
			break
		}
		n++
	}
	if end == 0 {
		end = len(word)
	}
	if n < 3 || len(word) > 24 {
		return 0
	}
	return months[Fold(word[:end])]
}

// serial reads the day number of a spreadsheet.
func serial(text, format string) dated {
	whole, _, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || n > 110000 {
		return noDate()
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if format == "excel1904" {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	day := base.AddDate(0, 0, n)
	return dated{reading: reading{day.Year(), int(day.Month()), day.Day()}, note: noteSerial}
}

// instant reads a moment of a source that only the standardizer sees: a document's date, a consent's time.
func (z *Standardizer) instant(text string) customer.Instant {
	text = clean(text)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "02.01.2006 15:04:05", "02.01.2006 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	if text == "" {
		return customer.Instant{}
	}
	d := z.dateOf(text, "")
	if d.note == noteDateShape || d.month == 0 || d.day == 0 || d.year < 1900 || !exists(d.reading) || isFillerDate(d.reading) {
		return customer.Instant{}
	}
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
}
