package steward

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/steward/diff"
)

// longestShown is how many letters of a value a page shows.
const longestShown = 400

// functions are what templates say and write with.
func functions(l phrases.Lang, a *assets) template.FuncMap {
	return template.FuncMap{
		"t":               func(key any, args ...any) string { return l.Sentence(fmt.Sprint(key), args...) },
		"cure":            func(key string) string { return cure(l, key) },
		"n":               func(x any) string { return l.Text(x) },
		"round":           func(x float64) string { return l.Number(math.Round(x*10) / 10) },
		"date":            func(t time.Time) string { return l.Date(t) },
		"moment":          func(t time.Time) string { return moment(l, t) },
		"iso":             func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"attribute":       func(kind, name any) string { return l.AttributeOf(fmt.Sprint(kind), fmt.Sprint(name)) },
		"has":             l.Has,
		"share":           func(x float64) string { return l.Text(phrases.Share(x)) },
		"asset":           func(name string) string { return a.urls[name] },
		"dict":            dict,
		"list":            func(x ...any) []any { return x },
		"tongue":          tongue,
		"short":           short,
		"long":            func(s string) bool { return len(s) > longestShown },
		"latin":           diff.Latin,
		"points":          diff.Points,
		"keys":            KeyNames,
		"pieces":          func(s string) []diff.Piece { return diff.Marked(short(s), diff.Same) },
		"letter":          func(i int) string { return string(rune('A' + i%26)) },
		"commandsByScope": commandsByScope,
		"signed":          func(x any) string { return signed(l, float(x)) },
		"sentence":        func(x desk.Sentence) string { return sentence(l, x) },
		"capital":         capital,
		"ago":             func(then, now time.Time) string { return ago(l, now.Sub(then)) },
		"code":            func(c any) string { return fmt.Sprint(c) },
		"kindClass":       kindClass,
		"stateClass":      func(x desk.RowState) string { return stateClasses[x] },
		"stateSign":       func(x desk.RowState) string { return stateSigns[x] },
		"stamp":           func(t time.Time) string { return day(l, t.UTC()) + ", " + t.UTC().Format("15:04") + " UTC" },
		"day":             func(t time.Time) string { return day(l, t) },
		"dateOr":          func(s string) string { return dateText(l, s) },
		"userName":        func(a customer.Account) string { return strings.TrimPrefix(a.Actor(), "local:") },
		"hasRole":         func(list []string, r access.Role) bool { return contains(list, string(r)) },
		"english":         func() bool { return l == phrases.En },
		"spoken":          func(text string) string { return spokenOr(l, text) },
		"because":         func(reason string) string { return because(l, reason) },
		"sort": func(kind string) string {
			return sortOf(l, kind)
		},
		"clipped":   func(s string) string { return clip(s, 40) },
		"meaning":   func(c desk.ReadColumn) string { return meaning(l, c) },
		"planClass": func(state customer.PlanState) string { return planClasses[state] },
		"bits":      func(w int32) string { return signed(l, float64(w)/100) },
		"runClass":  func(state string) string { return runClasses[state] },
		"answer":    func(yes *bool) string { return "steward.answer." + fmt.Sprint(*yes) },
		"apart":     func(a *float64, b float64) bool { return a != nil && math.Abs(*a-b) >= 0.05 },
		"inc":       func(i int) int { return i + 1 },
	}
}

// float is a number of bits, or one that may be unknown.
func float(x any) float64 {
	switch x := x.(type) {
	case float64:
		return x
	case *float64:
		return *x
	}
	return math.NaN()
}

var errDict = errors.New("dict takes pairs")

// dict makes a map for a part of a page.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errDict
	}
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return out, nil
}

// tongue guesses the language of a value by its letters, for those who have it read to them; "" if
// it has none.
func tongue(s string) string {
	cyrillic, latin := false, false
	for _, r := range s {
		switch {
		case strings.ContainsRune("іїєґІЇЄҐ", r):
			return "uk"
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic = true
		case unicode.Is(unicode.Latin, r):
			latin = true
		}
	}
	switch {
	case cyrillic:
		return "ru"
	case latin:
		return "en"
	}
	return ""
}

// short cuts what nobody reads to its end.
func short(s string) string {
	if len(s) <= longestShown {
		return strings.ToValidUTF8(s, "�")
	}
	cut := longestShown
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.ToValidUTF8(s[:cut], "�") + "…"
}

// day writes a day shortly: 05.03.2026, or 2026-03-05.
func day(l phrases.Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return dateText(l, t.Format(time.DateOnly))
}

// unbroken keeps a day that stands in a sentence in one line.
func unbroken(day string) string { return strings.ReplaceAll(day, "-", "\u2011") }

// moment writes a day and a time of UTC.
func moment(l phrases.Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.Date(t.UTC()) + ", " + t.UTC().Format("15:04") + " UTC"
}

// keyMap is what the script needs of the registry.
func keyMap(p prefs, scope string) string {
	type key struct {
		ID   string `json:"id"`
		Keys string `json:"keys"`
		Goes string `json:"goes,omitempty"`
	}
	out := []key{}
	for i := range commands {
		if c := &commands[i]; c.Scope == scopeAny || c.Scope == scope {
			out = append(out, key{c.ID, p.keysFor(c), c.Goes})
		}
	}
	text, _ := json.Marshal(out) // strings only
	return string(text)
}

// ago says how long something is ago, in its greatest unit.
func ago(l phrases.Lang, d time.Duration) string {
	switch {
	case d < time.Minute:
		return l.Sentence("steward.ago.now")
	case d < time.Hour:
		return l.Sentence("steward.ago.minute", int(d.Minutes()))
	case d < 48*time.Hour:
		return l.Sentence("steward.ago.hour", int(d.Hours()))
	}
	return l.Sentence("steward.ago.day", int(d.Hours()/24))
}

// kindClass colors the kinds of questions: joins, splits, and what is wrong.
func kindClass(kind customer.TaskKind) string {
	switch kind {
	case customer.TaskPossibleMatch, customer.TaskHeldJoin:
		return "accent"
	case customer.TaskConflict, customer.TaskDisagreement, customer.TaskKeyReuse:
		return "bad"
	}
	return "warn"
}

var runClasses = map[string]string{"done": "good", "failed": "bad", "held": "warn", "running": "accent"}

var (
	stateClasses = map[desk.RowState]string{desk.Agree: "good", desk.AgreeGap: "good", desk.DifferGap: "warn", desk.Differ: "bad"}
	stateSigns   = map[desk.RowState]string{desk.Agree: "=", desk.AgreeGap: "≈", desk.DifferGap: "≉", desk.Differ: "≠"}
)

// cure says what to do about a problem, if there is something to say.
func cure(l phrases.Lang, key string) string {
	if key += ".cure"; l.Has(key) {
		return l.Sentence(key)
	}
	return ""
}

// planClasses color the states of a plan.
var planClasses = map[customer.PlanState]string{customer.PlanAsked: "quiet", customer.PlanReady: "warn", customer.PlanApproved: "quiet", customer.PlanApplied: "good", customer.PlanFailed: "bad", customer.PlanDropped: "quiet"}

// sortOf says what sort a value is, like mobile; one that nobody knows is called as the portrait calls it.
func sortOf(l phrases.Lang, kind string) string {
	if key := "steward.part." + kind; l.Has(key) {
		return l.Sentence(key)
	}
	return kind
}

// meaning says what a column is.
func meaning(l phrases.Lang, c desk.ReadColumn) string {
	if c.Attribute == "" {
		return l.Sentence("steward.run.raw")
	}
	text, is := strings.CutPrefix(c.Attribute, "-")
	if key := "steward.run." + text; is && l.Has(key) {
		text = l.Sentence(key)
	} else if !is {
		text = l.AttributeOf(string(customer.Person), text)
	}
	for _, more := range []string{c.Part, c.Kind} {
		if key := "steward.part." + more; more != "" && l.Has(key) {
			text += ", " + l.Sentence(key)
		}
	}
	return text
}
