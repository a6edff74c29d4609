package phrases

import (
	"math"
	"strconv"
	"strings"
)

// Form is a plural form as CLDR names it.
type Form string

// The forms that the hub's languages have.
const (
	One   Form = "one"   // 1 запись, 21 запись
	Few   Form = "few"   // 2 записи
	Many  Form = "many"  // 5 записей, 11 записей
	Other Form = "other" // 1,5 записи; English: everything but 1
)

// Forms lists the forms of whole and broken numbers that a language has.
func (l Lang) Forms() []Form {
	if l == Ru || l == Uk {
		return []Form{One, Few, Many, Other}
	}
	return []Form{One, Other}
}

// Form gives the plural form of a number by CLDR's cardinal rules, which are the same for
// ru and uk. A number with a fraction is Other.
func (l Lang) Form(n float64) Form {
	if n != math.Trunc(n) || math.IsInf(n, 0) {
		return Other
	}
	ten, hundred := math.Mod(math.Abs(n), 10), math.Mod(math.Abs(n), 100)
	switch {
	case l != Ru && l != Uk:
		if math.Abs(n) == 1 {
			return One
		}
		return Other
	case ten == 1 && hundred != 11:
		return One
	case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
		return Few
	default:
		return Many
	}
}

// formOf gives the form of an argument, if it is a number.
func (l Lang) formOf(arg any) (Form, bool) {
	n, ok := number(arg)
	return l.Form(n), ok
}

// number reads the numbers of Go; a code or a date is none.
func number(arg any) (float64, bool) {
	switch n := arg.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case int32:
		return float64(n), true
	case int16:
		return float64(n), true
	case uint64:
		return float64(n), true
	case uint32:
		return float64(n), true
	case float64:
		return n, true
	case float32:
		return float64(n), true
	default:
		return 0, false
	}
}

// group is what stands between thousands: a blank that does not break in ru and uk.
func (l Lang) group() string {
	if l == Ru || l == Uk {
		return "\u00a0"
	}
	return ","
}

func (l Lang) point() string {
	if l == Ru || l == Uk {
		return ","
	}
	return "."
}

// Number writes a number as the language does: 12,345.6 or 12 345,6, with at most two places.
func (l Lang) Number(n float64) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "—"
	}
	if n = math.Round(n*100) / 100; n == 0 {
		n = 0 // of which there are two
	}
	text := strconv.FormatFloat(n, 'f', -1, 64)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "−", text[1:] // U+2212, as wide as a digit
	}
	whole, fraction, broken := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + l.group() + whole[i:]
	}
	if broken {
		whole += l.point() + fraction
	}
	return sign + whole
}
