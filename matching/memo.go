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
