package standardize

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed dict/orgwords.txt
var orgWordsText string

// linkWords stay small inside a name.
var linkWords = foldedSet("of the and for to at in on de la le du des und der die das и в на с по для та і з y e")

// orgPhrase is a word or a phrase and how it is written here.
type orgPhrase struct {
	words []string
	short string
}

// orgPhrases are the usual words and phrases of names with the one way in which they are written here.
var orgPhrases = sync.OnceValue(func() map[string][]orgPhrase {
	m := map[string][]orgPhrase{}
	for line := range lines(orgWordsText) {
		short, long, _ := strings.Cut(line, "=")
		for phrase := range strings.SplitSeq(long, ",") {
			words := strings.Fields(phrase)
			for i := range words {
				words[i] = Fold(words[i])
			}
			m[words[0]] = append(m[words[0]], orgPhrase{words, strings.TrimSpace(short)})
		}
	}
	return m
})

// shortWords writes the usual words and phrases of names in one way: "Торговый дом" as ТД, "Intl" as International.
func shortWords(words []orgWord) []orgWord {
	phrases := orgPhrases()
	for i := 0; i < len(words); i++ {
		for _, p := range phrases[words[i].folded] {
			if k := len(p.words); len(words) > k && i+k <= len(words) && samePhrase(words[i:], p.words) {
				words[i] = orgWord{text: p.short, folded: Fold(p.short), set: true, quote: words[i].quote, closed: words[i+k-1].closed, comma: words[i+k-1].comma}
				words = append(words[:i+1], words[i+k:]...)
				break
			}
		}
	}
	return words
}

func samePhrase(words []orgWord, phrase []string) bool {
	for i := range phrase {
		if words[i].folded != phrase[i] {
			return false
		}
	}
	return true
}

// person sees a person's name without a legal form: three words, a patronymic among them.
func (o *organization) person() bool {
	if o.form.code != "" || strings.Count(o.core, " ") != 2 {
		return false
	}
	for word := range strings.FieldsSeq(o.core) {
		if folded := Fold(word); hasAnySuffix(folded, "ович", "евич", "ич", "вна", "чна") && fatherKnown(folded) && len(folded) > 8 {
			return true
		}
	}
	return false
}
