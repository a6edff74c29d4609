package standardize

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed dict/given_cyrillic.txt
var givenCyrillic string

//go:embed dict/given_latin.txt
var givenLatin string

// givenName is what the dictionaries know about a given name.
type givenName struct {
	gender byte  // m, f, u
	class  uint8 // 1 rare to 10 common; 0: not in the dictionaries
}

// givenNames leads from folded given names, short forms among them, to what is known.
var givenNames = sync.OnceValue(func() map[string]givenName {
	m := map[string]givenName{}
	readGiven(m, givenCyrillic)
	readGiven(m, givenLatin)
	forms := givenForms()
	for form, full := range forms.byForm {
		if len([]rune(form)) > 2 { // the lists of registered names are unsure about short forms
			m[form] = givenName{sharedGender(forms, full), max(m[form].class, 5)}
		}
	}
	return m
})

// givenSounds leads from Latin skeletons of Cyrillic given names to what is known.
var givenSounds = sync.OnceValue(func() map[string]givenName {
	m := map[string]givenName{}
	for name, g := range givenNames() {
		sound := Latin(name)
		known := m[sound]
		switch {
		case scriptOf(name) != cyrillic || len(sound) <= 2 || g.class < known.class:
		case g.class == known.class && g.gender != known.gender: // Мина and Минна sound alike: no order of names decides
			m[sound] = givenName{'u', g.class}
		default:
			m[sound] = g
		}
	}
	return m
})

func readGiven(m map[string]givenName, text string) {
	for line := range lines(text) {
		head, names, _ := strings.Cut(line, ":")
		gender, class := head[0], head[2]-'0'
		for name := range strings.FieldsSeq(names) {
			if name = Fold(name); m[name].class < class+1 {
				m[name] = givenName{gender, class + 1}
			}
		}
	}
}

// sharedGender is the gender of all the names that a form stands for, u when they differ.
func sharedGender(forms *nameForms, full []string) byte {
	gender := byte(0)
	for _, name := range full {
		switch g := forms.gender[name]; {
		case gender == 0:
			gender = g
		case gender != g:
			return 'u'
		}
	}
	return gender
}

// givenOf looks a folded word up, a Latin one by its sound too.
func givenOf(folded string, s script) givenName {
	g, known := givenNames()[folded]
	if !known && s&latin != 0 {
		var buffer [64]byte
		g = givenSounds()[string(appendLatin(buffer[:0], folded))]
	}
	return g
}
