package matching

import (
	"runtime"
	"slices"
	"strings"
	"sync"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// tally counts the values of one attribute's part.
type tally struct {
	words   map[word]int64
	total   int64
	years   map[uint64]int64       // of dates
	holders map[uint64][]Signature // of numbers: who carries each
}

// folded is what the sample of one kind shows: counts of values, and items to pair.
type folded struct {
	counts    map[string]*tally
	items     []sampled
	strangers []*Item

	met      int // records whose meetings were noted
	meetings []meeting
}

// lessonPage is a kept record and what it is kept for.
type lessonPage struct {
	*kept
	counts, pairs, meets, stranger bool
}

// foldAll folds the samples of all kinds, by all processors.
func (t *Trainer) foldAll() map[customer.Kind]*folded {
	out := map[customer.Kind]*folded{}
	for kind, l := range t.lessons {
		pages := l.pages()
		workers := runtime.GOMAXPROCS(0)
		parts := make([]*folded, workers)
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() { parts[w] = t.foldPages(l, pages[len(pages)*w/workers:len(pages)*(w+1)/workers]) })
		}
		wg.Wait()
		out[kind] = parts[0]
		for _, p := range parts[1:] {
			out[kind].merge(p)
		}
	}
	return out
}

// pages lists the kept records, each once, by content.
func (l *lesson) pages() []lessonPage {
	byContent := make(map[uint64]*lessonPage, len(l.related.kept))
	page := func(x *kept) *lessonPage {
		p := byContent[x.content]
		if p == nil {
			p = &lessonPage{kept: x}
			byContent[x.content] = p
		}
		return p
	}
	for _, x := range l.customers.kept {
		page(x.kept).counts = true
	}
	for _, x := range l.related.kept {
		page(x.kept).pairs = true
	}
	out := make([]lessonPage, 0, len(byContent))
	for _, p := range byContent {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(x, y lessonPage) int { return compareHash(x.content, y.content) })
	for i, n := 0, 0; i < len(out) && n < sampleMeetings; i++ {
		if out[i].counts {
			out[i].meets = true
			out[i].stranger = n < strangers
			n++
		}
	}
	return out
}

func compareHash(x, y uint64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func (t *Trainer) foldPages(l *lesson, pages []lessonPage) *folded {
	out := &folded{counts: map[string]*tally{}}
	blocked := newWrittenRules(l.kindRules)
	f := newFolding(l.kindRules)
	for _, p := range pages {
		it := new(Item)
		f.row(p.texts, p.row)
		f.fold(it)
		if p.counts {
			out.count(f)
		}
		if p.meets {
			out.meet(f)
		}
		if p.pairs || p.stranger {
			f.settle()
		}
		if p.pairs {
			if keys := l.taughtKeys(p.kept, blocked, it.Keys); len(keys) > 0 {
				out.items = append(out.items, sampled{it, keys, it.Keys})
			}
		}
		if p.stranger {
			out.strangers = append(out.strangers, it)
		}
		f.forget()
	}
	return out
}

func (o *folded) merge(other *folded) {
	o.items = append(o.items, other.items...)
	o.met += other.met
	o.meetings = append(o.meetings, other.meetings...)
	o.strangers = append(o.strangers, other.strangers...)
	for name, c := range other.counts {
		to := o.tally(name)
		to.total += c.total
		for w, n := range c.words {
			to.words[w] += n
		}
		for y, n := range c.years {
			to.years[y] += n
		}
		for v, list := range c.holders {
			to.holders[v] = append(to.holders[v], list...)
		}
	}
}

func (o *folded) tally(name string) *tally {
	c := o.counts[name]
	if c == nil {
		c = &tally{words: map[word]int64{}, years: map[uint64]int64{}, holders: map[uint64][]Signature{}}
		o.counts[name] = c
	}
	return c
}

// count counts the values of one record.
func (o *folded) count(f *folding) {
	for i := range f.names {
		o.name(f, &f.names[i])
	}
	for i := range f.orgs {
		for _, token := range f.orgs[i].tokens {
			o.word(f.named+".core", token.text)
		}
	}
	for i := range f.values {
		if v := &f.values[i]; f.plans[v.attribute].compared && v.verdict.Usable() {
			o.value(f, v)
		}
	}
}

func (o *folded) word(name string, w word) {
	if w != none {
		c := o.tally(name)
		c.words[w]++
		c.total++
	}
}

func (o *folded) name(f *folding, n *personName) {
	o.word(f.named+".last", n.stem)
	if n.firstMarks&firstInitial == 0 {
		o.word(f.named+".first", n.forms[0])
	}
	if n.patronymicMarks&patronymicInitial == 0 {
		o.word(f.named+".patronymic", n.patronymic)
	}
}

func (o *folded) value(f *folding, v *value) {
	pl := &f.plans[v.attribute]
	text := f.text(v.written())
	switch pl.role {
	case rolePlace:
		words := f.placeWords(pl, v)
		for i, part := range placeParts {
			o.word(pl.name+"."+part, words[i].text)
		}
	case roleDate:
		if n, part := dateNumber(text); !part && v.verdict != customer.Ambiguous {
			o.word(pl.name, text)
			o.tally(pl.name).years[n/10000]++
		}
	case roleEmail:
		local, _, _ := strings.Cut(standardize.Mailbox(strings.ToLower(text)), "@")
		o.word(pl.name+".local", local)
	case roleText, roleCategory:
		o.word(pl.name, skeletonWord(text))
	case roleID:
		c := o.tally(pl.name)
		number := hashText(0, compact(text))
		c.holders[number] = append(c.holders[number], f.signature())
		c.total++
	}
}
