package standardize

import (
	"strings"

	"kartoteka/customer"
)

// genders are the ways of saying it, folded.
var genders = genderWords()

func genderWords() map[string]string {
	words := map[string]string{}
	for _, w := range strings.Fields("m м муж мужской мужчина мужск male man 1 чол чоловік чоловіча чоловічий mr мужчіна h mann männlich maennlich ер еркек г_н господин") {
		words[Fold(strings.ReplaceAll(w, "_", " "))] = "m"
	}
	for _, w := range strings.Fields("f ж жен женский женщина женск female woman w 2 жін жінка жіноча жіночий mrs ms miss frau weiblich әйел г_жа госпожа баба") {
		words[Fold(strings.ReplaceAll(w, "_", " "))] = "f"
	}
	return words
}

// parseGender gives m or f.
func parseGender(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	folded := Fold(in.text)
	if g := genders[folded]; g != "" {
		verdict := customer.Valid
		if folded == "1" || folded == "2" { // ISO/IEC 5218, and most systems' codes
			verdict = customer.Plausible
		}
		return result(dst, verdict, g, "")
	}
	switch folded {
	case "0", "9", "u", "x", "н", "unknown", "other":
		return filler(dst)
	}
	return invalid(dst, noteGender)
}

// parseText keeps a short text as it is; a number that a spreadsheet spoiled is mended.
func parseText(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	return result(dst, customer.Plausible, strings.ReplaceAll(in.text, "\n", " "), "")
}

// parseSet gives each member of a closed list that the text names.
func parseSet(_ *Standardizer, in *input, dst []customer.Value) []customer.Value {
	begin := len(dst)
	for word := range strings.FieldsFuncSeq(in.text, func(r rune) bool { return strings.ContainsRune(",;|/\n", r) }) {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		v := customer.Value{Verdict: customer.Invalid, Raw: word, Note: noteMember}
		for _, member := range in.attribute.Of {
			if Fold(member) == Fold(word) {
				v = customer.Value{Verdict: customer.Valid, Raw: word, Standard: member}
			}
		}
		dst = append(dst, v)
	}
	if len(dst) == begin {
		return filler(dst)
	}
	return dst
}
