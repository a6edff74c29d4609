package matching

import "kartoteka/standardize"

// skeletons are shared by all rulesets: they depend on the text alone.
var skeletons standardize.Memo[word]

// skeletonWord is the interned skeleton of a text that is likely to come again.
func skeletonWord(s string) word {
	if s == "" {
		return none
	}
	return skeletons.Of(s, skeleton)
}

// Forget lets go of what is remembered of words, after the last of many items was made. The items
// stay as they are; of those that come next no word is one with theirs.
func (r *Ruleset) Forget() {
	skeletons.Forget()
	for _, k := range r.kinds {
		k.memos.last.Forget()
		k.memos.given.Forget()
		k.memos.patronymic.Forget()
		for i := range k.plans {
			for _, part := range k.plans[i].parts {
				if part != nil {
					part.words.Forget()
				}
			}
		}
	}
}
