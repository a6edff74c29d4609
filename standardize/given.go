package standardize

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// nameForms leads from each written form of a given name to the full names it may stand for.
type nameForms struct {
	byForm  map[string][]string // folded form → folded full names
	bySound map[string][]string // Latin skeleton of a Cyrillic form → folded full names
	gender  map[string]byte     // folded full name → m, f, u
}

var givenForms = sync.OnceValue(func() *nameForms {
	f := &nameForms{map[string][]string{}, map[string][]string{}, map[string]byte{}}
	f.read(formsCyrillic, true)
	f.read(formsLatin, false)
	f.readSounds(givenCyrillic)
	return f
})

func (f *nameForms) read(text string, sounds bool) {
	for line := range lines(text) {
		fields := strings.SplitN(line, ":", 3)
		full := Fold(fields[0])
		f.gender[full] = strings.TrimSpace(fields[1])[0]
		for _, form := range append(strings.Fields(fields[2]), full) {
			form = Fold(form)
			addOnce(f.byForm, form, full)
			if sounds {
				addOnce(f.bySound, Latin(form), full)
			}
		}
	}
}

// readSounds lets a Latin spelling of any known Cyrillic name stand for that name.
func (f *nameForms) readSounds(text string) {
	for line := range lines(text) {
		_, names, _ := strings.Cut(line, ":")
		for name := range strings.FieldsSeq(names) {
			if f.byForm[name] == nil {
				addOnce(f.bySound, Latin(name), name)
			}
		}
	}
}

func addOnce(m map[string][]string, key, value string) {
	if !slices.Contains(m[key], value) {
		m[key] = append(m[key], value)
	}
}

// GivenForms returns the folded full given names that a written given name may stand for:
// "Саша" gives александр and александра, "Олександр" александр, "Bill" william. A name that
// is in no dictionary stands for itself; an initial stands for nothing. The caller must not
// change the list.
func GivenForms(first string) []string {
	folded := Fold(first)
	if utf8.RuneCountInString(folded) < 2 {
		return nil
	}
	forms := givenForms()
	known := forms.byForm[folded]
	if scriptOf(folded)&latin != 0 {
		for _, full := range forms.bySound[Latin(folded)] {
			if !slices.Contains(known, full) {
				known = append(known[:len(known):len(known)], full)
			}
		}
	}
	if known == nil {
		return []string{folded}
	}
	return known
}
