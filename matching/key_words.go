package matching

import "strings"

// Forms for what is half written: one word of a name, the beginning of a word, a part of a date.

// byWord gives the sounds of surname and given name, each by itself: one may stand in the place of the other.
func byWord(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		n := &f.it.nameList()[i]
		if n.sound != 0 {
			into.add(n.sound, 0)
		}
		if n.firstSound != 0 {
			into.add(n.firstSound, 0)
		}
	}
}

// byLastHead gives the first letters of the surname.
func byLastHead(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		if n := &f.it.nameList()[i]; n.stem != none {
			into.add(n.lastHead, 0)
		}
	}
}

// byFirstHead gives the first letters of the given name.
func byFirstHead(f *folding, _ *plan, into *partValues) {
	for i := range f.it.nameList() {
		if n := &f.it.nameList()[i]; n.first != none && n.firstMarks&firstInitial == 0 {
			into.add(n.firstHead, 0)
		}
	}
}

// byWordHead gives both, each by itself.
func byWordHead(f *folding, pl *plan, into *partValues) {
	byLastHead(f, pl, into)
	byFirstHead(f, pl, into)
}

// byMonth gives year and month.
func byMonth(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if a := &f.atomsOf(pl)[i]; a.marks&markPart == 0 {
			into.add(mix(5, a.exact/100), 0)
		}
	}
}

// byYearDay gives year and day of the month.
func byYearDay(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if a := &f.atomsOf(pl)[i]; a.marks&markPart == 0 {
			into.add(mix(6, a.exact/10000*100+a.exact%100), 0)
		}
	}
}

// byCityHead gives the first letters of the city.
func byCityHead(f *folding, _ *plan, into *partValues) {
	for i := range f.it.placeList() {
		if w := f.it.placeList()[i].city; w.text != none {
			into.add(hashText(7, headOf(w.text)), 0)
		}
	}
}

// byArea gives the first half of the postcode.
func byArea(f *folding, _ *plan, into *partValues) {
	for i := range f.it.placeList() {
		if w := f.it.placeList()[i].postcode; len(w.text) >= 4 {
			into.add(hashText(8, w.text[:(len(w.text)+1)/2]), 0)
		}
	}
}

// byLocalHead gives the first half of what stands before the @; a slip of the pen spares one half.
func byLocalHead(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if local, _, _ := strings.Cut(f.atomsOf(pl)[i].text, "@"); len(local) >= halved {
			into.add(hashText(9, local[:(len(local)+1)/2]), 0)
		}
	}
}

// byLocalTail gives the second half.
func byLocalTail(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if local, _, _ := strings.Cut(f.atomsOf(pl)[i].text, "@"); len(local) >= halved {
			into.add(hashText(10, local[len(local)/2:]), 0)
		}
	}
}

// byHost gives what stands behind the @.
func byHost(f *folding, pl *plan, into *partValues) {
	for i := range f.atomsOf(pl) {
		if _, host, _ := strings.Cut(f.atomsOf(pl)[i].text, "@"); host != "" {
			into.add(hashText(11, host), 0)
		}
	}
}
