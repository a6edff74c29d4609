package matching

import (
	"strings"

	"kartoteka/customer"
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
	if strings.IndexAny(skeleton, "SCZ") < 0 {
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

// personName folds one value of a name.
func (k *kindRules) personName(v *customer.Value) personName {
	var n personName
	n.gender = genderOf(v.Part(customer.NameGender))
	k.foldLast(&n, v.Part(customer.NameLast), v.Part(customer.NameMaiden))
	k.foldFirst(&n, v.Part(customer.NameFirst))
	k.foldPatronymic(&n, v.Part(customer.NamePatronymic))
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

func (k *kindRules) foldLast(n *personName, last, maiden string) {
	s := skeleton(last)
	stem := stemOf(s)
	n.last, n.stem, n.maiden = intern(s), intern(stem), intern(stemOf(skeleton(maiden)))
	n.lastRarity = k.lastNames.of(stem)
	if strings.IndexByte(s, ' ') > 0 {
		n.marks |= doubleLast
	}
}

func (k *kindRules) foldFirst(n *personName, first string) {
	s := skeleton(first)
	n.first = intern(s)
	if s == "" {
		return
	}
	if isInitial(first) {
		n.marks |= firstInitial
		return
	}
	forms := standardize.GivenForms(first)
	n.firstRarity = k.firstNames.rare
	for i, form := range forms {
		form = skeleton(form)
		if i < len(n.forms) {
			n.forms[i] = intern(form)
		}
		r := k.firstNames.of(form)
		if i == 0 || r < n.firstRarity {
			n.firstRarity = r
		}
	}
	if isKnown(forms, first, s) || k.firstNames.listed(s) {
		n.marks |= firstKnown
	}
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

func isInitial(s string) bool {
	n := 0
	for _, r := range s {
		if r != '.' && r != ' ' {
			n++
		}
	}
	return n == 1
}

func (k *kindRules) foldPatronymic(n *personName, patronymic string) {
	s := skeleton(patronymic)
	if s == "" {
		return
	}
	if isInitial(patronymic) {
		n.marks |= patronymicInitial
		n.patronymic = intern(s)
		return
	}
	stem, gender := patronymicOf(s)
	n.patronymic, n.patronymicGender = intern(stem), gender
	n.patronymicRarity = k.patronymics.of(stem)
}
