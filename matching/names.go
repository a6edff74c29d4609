package matching

import (
	"strings"

	"kartoteka/customer"
	"kartoteka/matching/naming"
	"kartoteka/standardize"
)

// skeleton is a text in one script, small differences of writing gone.
func skeleton(s string) string {
	if s == "" {
		return ""
	}
	return standardize.Latin(standardize.Fold(s))
}

// spelled undoes the single letters that a skeleton has for sh, ch, zh, kh.
func spelled(skeleton string) string {
	if !strings.ContainsAny(skeleton, "SCZ") {
		return skeleton
	}
	return sounds.Replace(skeleton)
}

var sounds = strings.NewReplacer("S", "sh", "C", "ch", "Z", "zh")

// stemOf cuts the ending of gender off the skeleton of a surname: ivanova as ivanov, gorskaia as gorsk.
func stemOf(s string) string {
	if len(s) < 5 {
		return s
	}
	for _, e := range [...]struct{ ending, stem string }{
		{"skaia", "sk"}, {"ckaia", "ck"}, {"skaa", "sk"}, {"ska", "sk"}, {"cka", "ck"}, {"ski", "sk"}, {"cki", "ck"}, {"skoi", "sk"},
		{"ova", "ov"}, {"eva", "ev"}, {"ina", "in"}, {"aia", ""}, {"oi", ""}, {"ei", "e"}, {"i", ""}} {
		if strings.HasSuffix(s, e.ending) && len(s)-len(e.ending)+len(e.stem) >= 3 {
			return s[:len(s)-len(e.ending)] + e.stem
		}
	}
	return s
}

// patronymicOf cuts the ending off the skeleton of a patronymic and tells the gender by it.
func patronymicOf(s string) (stem string, gender byte) {
	for _, e := range [...]struct {
		ending string
		gender byte
	}{{"ovna", 'f'}, {"evna", 'f'}, {"ivna", 'f'}, {"iniCna", 'f'}, {"iCna", 'f'}, {"oviC", 'm'}, {"eviC", 'm'}, {"iviC", 'm'}, {"iC", 'm'}} {
		if strings.HasSuffix(s, e.ending) && len(s) > len(e.ending)+1 {
			return s[:len(s)-len(e.ending)], e.gender
		}
	}
	return s, 0
}

// What a name has that lacks a part.
var (
	noLast       lastName
	noGiven      givenName
	noPatronymic patronymicName
)

// personName folds one value of a name.
func (f *folding) personName(v *value) personName {
	n := personName{lastName: &noLast, givenName: &noGiven, patronymicName: &noPatronymic, maiden: &noLast,
		gender: genderOf(f.text(v.part(customer.NameGender))), ordinal: ordinalOf(f.text(v.part(customer.NameSuffix)))}
	if last := v.part(customer.NameLast); !last.isEmpty() {
		n.lastName = recall(f, last, &f.memos.last, f.foldLast)
	}
	if first := v.part(customer.NameFirst); !first.isEmpty() {
		n.givenName = recall(f, first, &f.memos.given, f.foldFirst)
	}
	if patronymic := v.part(customer.NamePatronymic); !patronymic.isEmpty() {
		n.patronymicName = recall(f, patronymic, &f.memos.patronymic, f.foldPatronymic)
	}
	if maiden := v.part(customer.NameMaiden); !maiden.isEmpty() {
		n.maiden = recall(f, maiden, &f.memos.last, f.foldLast)
	}
	if n.gender == 0 {
		n.gender = n.patronymicGender
	}
	return n
}

func genderOf(s string) byte {
	switch s {
	case "m", "f":
		return s[0]
	}
	return 0
}

func (k *kindRules) foldLast(written string) *lastName {
	n := new(lastName)
	s := skeleton(written)
	if s == "" {
		return n
	}
	stem := stemOf(s)
	n.last, n.stem, n.written, n.lastRarity = s, stem, standardize.Fold(written), k.lastNames.of(stem)
	n.lastMask, n.stemMask, n.cyrillic = letters(s), letters(stem), naming.IsCyrillic(n.written)
	n.sound, n.stemHash, n.lastHead = hashText(0, k.sounds.Sound(stem)), hashText(0, stem), hashText(0, headOf(stem))
	if one, two, double := strings.Cut(s, " "); double {
		n.halves = [2]word{stemOf(one), stemOf(two)}
	}
	return n
}

func (k *kindRules) foldFirst(written string) *givenName {
	n := new(givenName)
	s := skeleton(written)
	n.first = s
	if s == "" {
		return n
	}
	if isInitial(written) {
		n.firstMarks = firstInitial
		return n
	}
	n.written = standardize.Fold(written)
	n.firstMask, n.cyrillic = letters(s), naming.IsCyrillic(n.written)
	forms := standardize.GivenForms(written)
	n.firstRarity = k.firstNames.rare
	for i, form := range forms {
		form = skeleton(form)
		if i < len(n.forms) {
			n.forms[i] = form
		}
		if r := k.firstNames.of(form); i == 0 || r < n.firstRarity {
			n.firstRarity = r
		}
	}
	for i, form := range n.forms {
		n.formHashes[i] = hashText(0, form)
	}
	if form := n.forms[0]; form != none {
		n.firstSound, n.firstHead = hashText(0, k.sounds.Sound(form)), hashText(0, headOf(form))
	}
	if isKnown(forms, written, s) || k.firstNames.established(s) {
		n.firstMarks = firstKnown
	}
	return n
}

// isKnown reports whether the dictionary of given names has a name: it is a short form, or
// its sound leads to a name in another script.
func isKnown(forms []string, first, skeleton string) bool {
	if len(forms) != 1 || forms[0] != standardize.Fold(first) {
		return len(forms) > 0
	}
	written := spelled(skeleton)
	other := standardize.GivenForms(written)
	return len(other) > 1 || len(other) == 1 && other[0] != written
}

// headOf is how a word begins.
func headOf(s word) word { return s[:min(3, len(s))] }

func isInitial(s string) bool {
	n := 0
	for _, r := range s {
		if r != '.' && r != ' ' {
			n++
		}
	}
	return n == 1
}

func (k *kindRules) foldPatronymic(written string) *patronymicName {
	s := skeleton(written)
	if s == "" {
		return new(patronymicName)
	}
	if isInitial(written) {
		return &patronymicName{patronymicMarks: patronymicInitial, patronymic: s}
	}
	stem, gender := patronymicOf(s)
	return &patronymicName{patronymic: stem, patronymicHash: hashText(0, stem), patronymicGender: gender, patronymicRarity: k.patronymics.of(stem)}
}
