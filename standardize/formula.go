package standardize

import (
	"regexp"
	"strings"
)

// computed matches what a spreadsheet computes or runs: a function, a call of another program.
var computed = regexp.MustCompile(`(?i)^[=+@-]\s*[\p{L}_.]+\s*(\(|\|)`)

// spreadsheetErrors are what a cell shows whose formula failed, in English and in Russian.
var spreadsheetErrors = foldedSet("#ref! #n/a #name? #value! #div/0! #num! #null! #spill! #calc! #getting_data #ссылка! #н/д #имя? #знач! #дел/0! #число! #пусто!")

// mayCompute reports texts that may be a formula or its failure.
func mayCompute(s string) bool {
	return len(s) > 1 && (s[0] == '=' || s[0] == '@' || s[0] == '#' || (s[0] == '+' || s[0] == '-') && strings.IndexByte(s, '|') > 0)
}

// withoutFormula gives what a formula shows, as far as it says so itself: ="0042" is 0042,
// =HYPERLINK("http://crm/7";"Иванов") is Иванов. A formula that would have to be computed, and a
// failure, show nothing.
func withoutFormula(s string) (text string, changed bool) {
	t := strings.TrimSpace(s)
	if !mayCompute(t) {
		return s, false
	}
	if t[0] == '#' {
		if spreadsheetErrors[Fold(t)] {
			return "", true
		}
		return s, false
	}
	if t[0] == '=' {
		if quoted := quotedTexts(t); len(quoted) > 0 && (t[1] == '"' || hyperlink(t)) {
			return strings.TrimPrefix(quoted[len(quoted)-1], "mailto:"), true
		}
	}
	if computed.MatchString(t) {
		return "", true
	}
	if t[0] == '=' {
		return strings.TrimSpace(t[1:]), true
	}
	return s, false
}

func hyperlink(s string) bool {
	name, _, _ := strings.Cut(strings.ToLower(s), "(")
	name = strings.TrimSpace(strings.TrimPrefix(name, "="))
	return name == "hyperlink" || name == "гиперссылка"
}

// quotedTexts are the texts in quotes, "" inside them for one quote.
func quotedTexts(s string) (out []string) {
	for {
		_, rest, found := strings.Cut(s, `"`)
		if !found {
			return out
		}
		end := 0
		for end < len(rest) && (rest[end] != '"' || end+1 < len(rest) && rest[end+1] == '"') {
			if rest[end] == '"' {
				end++
			}
			end++
		}
		if end >= len(rest) {
			return out
		}
		out = append(out, strings.ReplaceAll(rest[:end], `""`, `"`))
		s = rest[end+1:]
	}
}
