package demo

import (
	"fmt"
	"strings"
	"time"
)

// phone writes E.164 digits in one of the ways that people do.
func phone(e164 string, d *dice) string {
	if e164 == "" {
		return ""
	}
	if !strings.HasPrefix(e164, "7") || len(e164) != 11 {
		return pick(d, []string{"+" + e164, e164})
	}
	n := e164[1:]
	switch d.n(6) {
	case 0:
		return "+7" + n
	case 1:
		return "8" + n
	case 2:
		return n
	case 3:
		return fmt.Sprintf("8-%s-%s-%s-%s", n[:3], n[3:6], n[6:8], n[8:])
	case 4:
		return fmt.Sprintf("8 %s %s %s", n[:3], n[3:6], n[6:])
	default:
		return fmt.Sprintf("+7 (%s) %s-%s-%s", n[:3], n[3:6], n[6:8], n[8:])
	}
}

func date(t time.Time, format string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(format)
}

// The layouts of dates in the files.
const (
	dotted = "02.01.2006"
	iso    = "2006-01-02"
)

// write writes an address in the style of a number; 0 is the bank's full one.
func (a address) write(style int, inUkrainian bool) string {
	if a.town == nil {
		return ""
	}
	if inUkrainian && a.town.uk != "" {
		return fmt.Sprintf("м. %s, вул. %s, буд. %s, кв. %d", a.town.uk, a.street.uk, a.number("к"), a.flat)
	}
	switch style {
	case 0:
		return fmt.Sprintf("%s%03d, г. %s, ул. %s, д. %s, кв. %d", a.town.post, a.house%1000, a.town.ru, a.street.ru, a.number(", корп. "), a.flat)
	case 1:
		return fmt.Sprintf("г %s, ул %s, %s-%d", a.town.ru, a.street.ru, a.number("к"), a.flat)
	case 2:
		return fmt.Sprintf("%s г, %s ул, дом № %s, кв.%d", a.town.ru, a.street.ru, a.number(", корпус "), a.flat)
	default:
		return fmt.Sprintf("ул. %s, %s, кв. %d", withoutYo(a.street.ru), a.number("/"), a.flat)
	}
}

func (a address) number(building string) string {
	if a.building == 0 {
		return itoa(a.house)
	}
	return itoa(a.house) + building + itoa(a.building)
}

// groupedSNILS writes 112-233-445 95.
func groupedSNILS(s string) string {
	if len(s) != 11 {
		return s
	}
	return s[:3] + "-" + s[3:6] + "-" + s[6:9] + " " + s[9:]
}
