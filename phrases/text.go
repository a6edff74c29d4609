package phrases

import (
	"fmt"
	"strings"
	"time"
)

// Text writes one argument as the language does: numbers, shares, days, keys, lists of texts;
// everything else as it writes itself.
func (l Lang) Text(arg any) string {
	if n, ok := number(arg); ok {
		return l.Number(n)
	}
	switch x := arg.(type) {
	case nil:
		return ""
	case Key:
		return l.Sentence(string(x))
	case Phrase:
		return l.Sentence(x.Key, x.Args...)
	case Share:
		return l.share(float64(x))
	case time.Time:
		return l.Date(x)
	case time.Duration:
		return l.Number(x.Round(10*time.Millisecond).Seconds()) + "\u00a0" + l.Sentence("unit.second")
	case []string:
		return strings.Join(x, ", ")
	case string:
		return x
	default:
		return fmt.Sprint(x)
	}
}

func (l Lang) share(x float64) string {
	text := l.Number(float64(int(x*1000+0.5)) / 10)
	if l == Ru || l == Uk {
		return text + "\u00a0%"
	}
	return text + "%"
}

// months are in the form that stands after a day.
var months = map[Lang][]string{
	En: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	Ru: {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
	Uk: {"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"},
}

// Date writes a day: 5 March 2026, 5 марта 2026 г., 5 березня 2026 р.; nothing for the zero time.
func (l Lang) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	names := months[l]
	if names == nil {
		names = months[En]
	}
	text := fmt.Sprintf("%d %s %d", t.Day(), names[t.Month()-1], t.Year())
	switch l {
	case Ru:
		return text + "\u00a0г."
	case Uk:
		return text + "\u00a0р."
	default:
		return text
	}
}

// Match chooses a language from what a person asked for: a LANG variable (ru_UA.UTF-8), or an
// Accept-Language header (uk, ru;q=0.8), the first that the hub speaks; else English.
func Match(asked string) Lang {
	best, weight := En, 0.0
	for part := range strings.SplitSeq(asked, ",") {
		tag, options, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if text, ok := strings.CutPrefix(strings.TrimSpace(options), "q="); ok {
			if _, err := fmt.Sscanf(text, "%g", &q); err != nil {
				q = 0
			}
		}
		tag, _, _ = strings.Cut(strings.ToLower(tag), "_")
		tag, _, _ = strings.Cut(tag, "-")
		tag, _, _ = strings.Cut(tag, ".")
		for _, l := range Langs() {
			if string(l) == tag && q > weight {
				best, weight = l, q
			}
		}
	}
	return best
}
