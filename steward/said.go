package steward

import (
	"regexp"
	"strings"
	"sync"

	"kartoteka/phrases"
)

// saying is a text that the hub says in English, with a phrase of its own.
type saying struct {
	form *regexp.Regexp
	key  string
}

// sayings are the phrases said.*: the English one is the pattern by which a text is known, {0} and … in it
// stand for whatever is there.
var sayings = sync.OnceValue(func() (out []saying) {
	gap := regexp.MustCompile(`\\\{\d\\\}|…`)
	for _, key := range phrases.Keys() {
		if strings.HasPrefix(key, "said.") {
			form := gap.ReplaceAllStringFunc(regexp.QuoteMeta(phrases.En.Sentence(key, "{0}", "{1}", "{2}")), func(g string) string {
				if g == "…" {
					return ".*?"
				}
				return `((?:[^:]|:\S)+?)`
			})
			out = append(out, saying{regexp.MustCompile(`(?s)(?:^|: )` + form + `$`), key})
		}
	}
	return out
})

// spoken is a text of the hub in a language, by the saying that explains most of it with the fewest gaps; the
// text itself in English. Ok is false where the language has no words for it.
func spoken(l phrases.Lang, text string) (out string, ok bool) {
	if l == phrases.En {
		return text, true
	}
	best, key := []int(nil), ""
	for _, s := range sayings() {
		if at := s.form.FindStringSubmatchIndex(text); at != nil && (best == nil || at[0] < best[0] || at[0] == best[0] && len(at) < len(best)) {
			best, key = at, s.key
		}
	}
	if best == nil {
		return "", false
	}
	var args []any
	for i := 2; i+1 < len(best); i += 2 {
		args = append(args, word(l, text[best[i]:best[i+1]]))
	}
	return l.Sentence(key, args...), true
}

// word speaks what stands in a gap: another saying, a right, an attribute, or what it is.
func word(l phrases.Lang, text string) string {
	if out, ok := spoken(l, text); ok {
		return out
	}
	if key := "steward.act." + text; l.Has(key) {
		return l.Sentence(key)
	}
	return l.Attribute(text)
}

// spokenEach is spoken of the parts of a text that are joined by semicolons.
func spokenEach(l phrases.Lang, text string) (string, bool) {
	if out, ok := spoken(l, text); ok || text == "" {
		return out, true
	}
	var out []string
	for part := range strings.SplitSeq(text, "; ") {
		x, ok := spoken(l, part)
		if !ok {
			return "", false
		}
		out = append(out, x)
	}
	return strings.Join(out, "; "), true
}

// spokenOr is a text of the hub in a language; where it has none, what kind of failure it is.
func spokenOr(l phrases.Lang, text string) string {
	if out, ok := spokenEach(l, text); ok {
		return out
	}
	for _, f := range failures {
		if strings.Contains(text, f.is.Error()) {
			return l.Sentence(f.key)
		}
	}
	return l.Sentence("steward.error.internal")
}

// because is why a column was understood so, in a language; "" where it has no words for it.
func because(l phrases.Lang, reason string) string {
	out, _ := spokenEach(l, reason)
	return out
}

// wrong says what is the matter with what was typed into a form.
func wrong(l phrases.Lang, err error) string {
	if l == phrases.En {
		return err.Error()
	}
	if out := told(l, err); out != "" {
		return out
	}
	_, key := failure(err)
	return l.Sentence(key)
}

// faultForm is a fault of a configuration: file and line, path, what is wrong and what to do.
var faultForm = regexp.MustCompile(`(?m)(?:^|: )[^\s:]*:?(\d+): (?:([\w.\[\]-]+): )?(.+)$`)

// faultsOf are the faults of settings that were typed, one for each line that has any.
func faultsOf(l phrases.Lang, err error) (out []string) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		m := faultForm.FindStringSubmatch(line)
		if m == nil {
			out = append(out, wrong(l, err))
			continue
		}
		what, known := spokenEach(l, m[3])
		if !known {
			what = l.Sentence("steward.rules.wrong.line")
		}
		if m[2] != "" {
			what = m[2] + ": " + what
		}
		out = append(out, l.Sentence("steward.rules.fault", m[1])+" "+what)
	}
	return out
}
