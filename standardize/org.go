package standardize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kartoteka/customer"
)

// orgWord is one word of an organization's name.
type orgWord struct {
	text, folded string
	quote        bool // a quotation mark stands before it
	closed       bool // a quotation mark stands behind it
	comma        bool // a comma or a bracket stands behind it
	bracket      bool // it stands in brackets
	set          bool // written as it is shown
}

// parseOrg takes an organization's name apart: core, legal form, branch.
func parseOrg(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	text := in.text
	if parts := in.raw.Parts; len(parts) > 1 {
		return append(dst, orgOfParts(parts))
	}
	o := readOrg(text)
	if o.core == "" {
		return invalid(dst, noteOrgShape)
	}
	v := o.value()
	if o.person() {
		v.Note = noteOrgPerson
	}
	return append(dst, v)
}

// organization is a name taken apart.
type organization struct {
	core, branch string
	form         legalForm
	formAfter    bool
}

func (o *organization) value() customer.Value {
	parts := make([]string, customer.OrgParts)
	parts[customer.OrgCore], parts[customer.OrgForm], parts[customer.OrgBranch] = o.core, o.form.code, o.branch
	standard := spaced(o.form.shown, o.core)
	if o.form.shown != "" && scriptOf(o.form.shown) == latin {
		standard = spaced(o.core, o.form.shown)
	}
	if o.branch != "" {
		standard += ", " + o.branch
	}
	return customer.Value{Verdict: customer.Plausible, Standard: standard, Parts: parts}
}

// orgOfParts takes core, form and branch of columns.
func orgOfParts(columns []string) customer.Value {
	o := readOrg(clean(columns[customer.OrgCore]))
	if len(columns) > customer.OrgForm && o.form.code == "" {
		o.form, _ = legalForms().atStart(orgWords(clean(columns[customer.OrgForm])))
	}
	if len(columns) > customer.OrgBranch && o.branch == "" {
		o.branch = clean(columns[customer.OrgBranch])
	}
	if o.core == "" {
		return customer.Value{Verdict: customer.Invalid, Note: noteOrgShape}
	}
	return o.value()
}

func readOrg(text string) organization {
	words := cutNumbers(orgWords(text))
	var o organization
	words = o.takeBranch(words)
	words = o.takeForms(words)
	if len(words) == 0 { // nothing but a form: it is the name
		words, o.form = cutNumbers(orgWords(text)), legalForm{}
	}
	o.core = coreText(words)
	return o
}

// orgWords cuts a name into words of letters and digits; inner hyphens, points, apostrophes and & stay.
func orgWords(text string) []orgWord {
	words := make([]orgWord, 0, 8)
	quote, depth := false, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isLetter(r) || unicode.IsDigit(r) || r == '&' || r == '+':
			end := orgWordEnd(text, i)
			word := strings.TrimRight(text[i:end], ".-'’?")
			if strings.IndexByte(word, '?') > 0 {
				word = strings.ReplaceAll(word, "?", "'") // an apostrophe that an encoding lost
			}
			if word == "" {
				word = text[i:end]
			}
			words = append(words, orgWord{text: repair(word), folded: Fold(word), quote: quote, bracket: depth > 0})
			quote, size = false, end-i
		case isQuote(r):
			quote = true
			if len(words) > 0 {
				words[len(words)-1].closed = true
			}
		case r == '(' || r == '[':
			depth++
			markComma(words)
		case r == ')' || r == ']':
			depth = max(0, depth-1)
			markComma(words)
		case r == '/' && i > 0 && i+1 < len(text) && isASCIIDigit(rune(text[i-1])) && isASCIIDigit(rune(text[i+1])): // 1234/0056
		case r == ',' || r == ';' || r == '/' || r == '|' || r == '\n':
			markComma(words)
		}
		i += size
	}
	return words
}

func markComma(words []orgWord) {
	if len(words) > 0 {
		words[len(words)-1].comma = true
	}
}

func orgWordEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		inner := r == '?' && i > 0 && letterAt(s, i+1) || r == '.' || r == '-' || r == '\'' || r == '’' || r == '&' || r == '+'
		if !isLetter(r) && !unicode.IsDigit(r) && !inner && !isMark(r) {
			break
		}
		if (r == '\'' || r == '’') && !letterAt(s, i+size) {
			break // a closing quotation mark
		}
		i += size
	}
	return i
}

func letterAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[min(i, len(s)):])
	return isLetter(r)
}

func isQuote(r rune) bool { return strings.ContainsRune("\"«»„“”‟‚‘’'`<>", r) }

// cutNumbers cuts what follows "ИНН", "КПП", "ОГРН" and a number.
func cutNumbers(words []orgWord) []orgWord {
	for i := 1; i < len(words)-1; i++ {
		switch words[i].folded {
		case "инн", "кпп", "огрн", "inn", "едрпоу", "єдрпоу", "унп", "бин":
			if isDigits(words[i+1].folded) && len(words[i+1].folded) > 5 {
				return words[:i]
			}
		}
	}
	return words
}

var branchWords = foldedSet("филиал філія філіал branch представительство представництво подразделение підрозділ оп допофис отделение відділення осб допофіс")

// takeBranch takes off the words about a branch, and what stands in brackets otherwise: a contact.
func (o *organization) takeBranch(words []orgWord) []orgWord {
	if len(words) < 2 {
		return words
	}
	kept := make([]orgWord, 0, len(words))
	for begin := 0; begin < len(words); {
		end := begin
		for end < len(words)-1 && !words[end].comma {
			end++
		}
		segment := words[begin : end+1]
		switch at := branchAt(segment); {
		case at >= 0 && o.branch == "" && (len(kept) > 0 || end < len(words)-1):
			o.branch = joinText(segment)
		case at >= 0 && o.branch == "":
			kept = append(kept, o.splitBranch(segment, at)...)
		case segment[0].bracket && len(kept) > 0:
			if f, n := legalForms().atStart(segment); n == len(segment) && o.form.code == "" {
				o.form = f
			}
		default:
			kept = append(kept, segment...)
		}
		begin = end + 1
	}
	if len(kept) == 0 {
		return words
	}
	return kept
}

func branchAt(words []orgWord) int {
	for i := range words {
		if i+1 < len(words) && words[i+1].folded == "офис" && (words[i].folded == "доп" || words[i].folded == "дополнительный") {
			return i
		}
		if branchWords[words[i].folded] && (words[i].folded != "оп" || i > 0) && words[i].folded != "отделение" || words[i].folded == "отделение" && i > 0 {
			return i
		}
	}
	return -1
}

// splitBranch parts "Филиал ООО «Ромашка» в г. Казань" and "ООО «Ромашка» филиал в Казани": the quoted
// or first words behind the form are the name.
func (o *organization) splitBranch(words []orgWord, at int) []orgWord {
	if at > 0 {
		if f, n := legalForms().atStart(words); f.code != "" && at <= n || at == 1 && !words[0].closed {
			o.branch = ""
			return words // nothing else to be the name
		}
		o.branch = joinText(words[at:])
		return words[:at]
	}
	for i := 1; i < len(words); i++ {
		f, n := legalForms().atStart(words[i:])
		if f.code == "" {
			continue
		}
		end := i + n
		for end < len(words) && !words[end].closed {
			end++
		}
		end = min(end+1, len(words))
		o.branch = joinText(append(append([]orgWord(nil), words[:i]...), words[end:]...))
		return words[i:end]
	}
	return words
}

func joinText(words []orgWord) string {
	list := make([]string, len(words))
	for i := range words {
		list[i] = words[i].text
	}
	return strings.Join(list, " ")
}

// takeForms takes legal forms off both ends; the first met counts, the one at the start before the one at the end.
func (o *organization) takeForms(words []orgWord) []orgWord {
	forms := legalForms()
	for range 3 {
		f, n := forms.atStart(words)
		if n == 0 || n == len(words) && o.form.code != "" {
			break
		}
		if o.form.code == "" {
			o.form = f
		}
		words = words[n:]
	}
	for range 2 {
		f, n := forms.atEnd(words)
		if n == 0 || n == len(words) && o.form.code != "" {
			break
		}
		if o.form.code == "" {
			o.form, o.formAfter = f, true
		}
		words = words[:len(words)-n]
	}
	return words
}

// coreText writes the core: capitals become title case unless they look like an abbreviation.
func coreText(words []orgWord) string {
	for len(words) > 1 && words[len(words)-1].folded == "" {
		words = words[:len(words)-1]
	}
	words = shortWords(dropArticle(words))
	shout := true
	long := false
	for i := range words {
		w := words[i].text
		shout = shout && (words[i].set || strings.ToUpper(w) == w)
		long = long || utf8.RuneCountInString(w) > 4
	}
	list := make([]string, 0, len(words))
	for i := range words {
		w := words[i].text
		switch {
		case !shout || !long || words[i].set:
		case utf8.RuneCountInString(w) > 3:
			w = capitalize(w)
		case i > 0 && linkWords[words[i].folded]:
			w = strings.ToLower(w)
		}
		if len(list) == 0 && w != "" && strings.ToLower(w) == w {
			w = upperFirst(w)
		}
		list = append(list, w)
	}
	return strings.Join(list, " ")
}

// dropArticle leaves out "the" at either end: "Palm, The".
func dropArticle(words []orgWord) []orgWord {
	if len(words) > 1 && words[0].folded == "the" {
		return words[1:]
	}
	if n := len(words); n > 1 && words[n-1].folded == "the" {
		return words[:n-1]
	}
	return words
}

func upperFirst(w string) string {
	r, size := utf8.DecodeRuneInString(w)
	return string(unicode.ToUpper(r)) + w[size:]
}

// legalFormOf finds the form of a text of unknown kind: at its start, or at its end.
func legalFormOf(text string) legalForm {
	words := orgWords(text)
	if f, n := legalForms().atStart(words); n > 0 && n < len(words) {
		return f
	}
	if f, n := legalForms().atEnd(words); n > 0 && n < len(words) {
		return f
	}
	return legalForm{}
}
