package standardize

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed dict/legalforms.txt
var legalFormsText string

// legalForm is one legal form of a written variant.
type legalForm struct {
	code, shown string
	trader      bool // a person who trades alone
	endsOnly    bool // also an ordinary word: taken at the end of a name only
}

// legalForms leads from folded variants to forms; starts holds their first words.
type legalFormTable struct {
	byVariant map[string]legalForm
	starts    map[string]int // first word → most words of a variant that begins with it
	ends      map[string]int // last word → the same
}

var legalForms = sync.OnceValue(func() *legalFormTable {
	t := &legalFormTable{map[string]legalForm{}, map[string]int{}, map[string]int{}}
	for line := range lines(legalFormsText) {
		fields := strings.SplitN(line, ";", 3)
		for variant := range strings.SplitSeq(fields[2], ",") {
			f := legalForm{code: fields[0], shown: strings.TrimSpace(fields[1]), trader: strings.Contains(variant, "!"), endsOnly: strings.Contains(variant, "~")}
			t.add(Fold(variant), f)
		}
	}
	return t
})

func (t *legalFormTable) add(variant string, f legalForm) {
	t.addOne(variant, f)
	if !strings.Contains(variant, " ") && len([]rune(variant)) > 2 && len([]rune(variant)) <= 6 && !f.endsOnly {
		t.addOne(strings.Join(strings.Split(variant, ""), " "), f) // О.О.О.
	}
}

func (t *legalFormTable) addOne(variant string, f legalForm) {
	if _, twice := t.byVariant[variant]; twice {
		return
	}
	t.byVariant[variant] = f
	words := strings.Fields(variant)
	t.starts[words[0]] = max(t.starts[words[0]], len(words))
	last := words[len(words)-1]
	t.ends[last] = max(t.ends[last], len(words)+1) // a lone & folds to nothing
}

// atStart finds the longest form that the words begin with; n is how many words it has.
func (t *legalFormTable) atStart(words []orgWord) (f legalForm, n int) {
	if len(words) == 0 {
		return f, 0
	}
	for k := min(t.starts[firstWord(words[0].folded)], len(words)); k > 0; k-- {
		if f, ok := t.byVariant[foldedPhrase(words[:k])]; ok && !f.endsOnly {
			return f, k
		}
	}
	return f, 0
}

// atEnd finds the longest form that the words end with.
func (t *legalFormTable) atEnd(words []orgWord) (f legalForm, n int) {
	if len(words) == 0 {
		return f, 0
	}
	for k := min(t.ends[lastWord(words[len(words)-1].folded)], len(words)); k > 0; k-- {
		if f, ok := t.byVariant[foldedPhrase(words[len(words)-k:])]; ok {
			return f, k
		}
	}
	return f, 0
}

func firstWord(s string) string {
	first, _, _ := strings.Cut(s, " ")
	return first
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

func foldedPhrase(words []orgWord) string {
	if len(words) == 1 {
		return words[0].folded
	}
	var b strings.Builder
	for i, w := range words {
		if i > 0 && w.folded != "" {
			b.WriteByte(' ')
		}
		b.WriteString(w.folded)
	}
	return b.String()
}
