package standardize

import "strings"

// endings knows words by how they end; the endings stand by their last byte.
type endings [256][]string

func newEndings(list ...string) *endings {
	e := new(endings)
	for _, ending := range list {
		last := ending[len(ending)-1]
		e[last] = append(e[last], ending)
	}
	return e
}

// of reports whether a folded word has one of the endings, and more than a letter before it.
func (e *endings) of(word string) bool {
	if e == nil || word == "" {
		return false
	}
	for _, ending := range e[word[len(word)-1]] {
		if len(word) > len(ending)+1 && strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}

// Endings of patronymics; those that are sure by script.
var (
	sureEndings = [...]*endings{
		cyrillic:         newEndings("ович", "евич", "овна", "евна", "инична", "ьична", "йович", "івна", "ївна", "авіч", "евіч", "аўна", "еўна", "аич", "ьич", "мич", "кич", "тич", "нич", "вич", "ична"),
		latin:            newEndings("ovich", "evich", "ovna", "evna", "ievich", "yevich", "inichna", "ichna", "ovych", "evych", "ivna", "yivna", "ilich", "ilyich", "kuzmich", "nikitich", "lukich", "fomich", "ovitch", "evitch", "ovic", "evic"),
		latin | cyrillic: nil,
	}
	daughterEndings = newEndings("на", "ўна", "na", "кызы", "гызы", "қызы", "кизи", "қизи", "kyzy", "gyzy", "qizi")
	sonEndings      = newEndings("ич", "іч", "ich", "ych", "itch", "ic", "оглы", "огли", "оглу", "угли", "углы", "улы", "уулу", "ұлы", "ўғли", "ogly", "oglu", "uly", "ugli")
)

// Endings of surnames; those that are likely by script.
var (
	surnameEndings = [...]*endings{
		cyrillic:         newEndings("ов", "ова", "ев", "ева", "ин", "ина", "ын", "ына", "ский", "ская", "цкий", "цкая", "ской", "ко", "ук", "юк", "ян", "янц", "дзе", "швили", "их", "ых", "ович", "евич", "ський", "ська", "цький", "цька", "ів", "їв", "ев", "ёв", "ман", "берг", "ишин", "ишина", "ая"),
		latin:            newEndings("ov", "ova", "ev", "eva", "in", "ina", "yn", "yna", "sky", "skii", "skiy", "skaya", "skaia", "tskii", "enko", "chuk", "yuk", "iuk", "yan", "ian", "dze", "shvili", "ovich", "evich", "berg", "off", "aya", "aia"),
		latin | cyrillic: nil,
	}
	firmEndings  = newEndings("ов", "ова", "ев", "ева", "ский", "ская", "цкий", "цкая", "енко", "чук", "ицын", "ицына", "швили", "дзе", "ov", "ova", "ev", "eva", "skii", "skiy", "skaya", "skaia", "enko", "chuk", "itsyn", "itcyn", "shvili", "dze")
	womanEndings = newEndings("ова", "ева", "ина", "ына", "ская", "цкая", "ська", "цька", "ova", "eva", "skaya", "skaia", "ina")
	manEndings   = newEndings("ов", "ев", "ский", "цкий", "ський", "цький", "ин", "ын", "ov", "ev", "skii", "skiy", "sky")
)
