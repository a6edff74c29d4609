package mapping

import (
	"strings"

	"kartoteka/customer"
)

// extraPrefix begins the names of attributes that were found by looking.
const extraPrefix = "x."

// local reports a column whose values mean something in their own source only: what its whole
// name calls a key or a running number, and plain numbers so short that those of two sources
// meet by chance, unless the name says which number of the customer they are.
func (f *inference) local(c *column) bool {
	h, known := loadVocabulary().find(c.heading)
	switch {
	case known && numbering(h):
		return h.confidence >= wholeName || c.plainNumbers()
	case known:
		return false
	}
	return c.plainNumbers()
}

// wholeName is how sure a name is that is known whole, and not but for words that say nothing.
const wholeName = 0.9

// numbering reports names of keys and running numbers: id, код, №.
func numbering(h hit) bool {
	return h.concept.attribute == "-key" || h.concept.attribute == "-counter"
}

// denseDigits is how many digits numbers given out one after the other may have: two sources with
// millions of rows have many of them in common.
const denseDigits = 8

func (c *column) plainNumbers() bool {
	return c.share(shapeNumber) > 0.9 && c.meanLength() <= denseDigits
}

// localName is the attribute of a column that belongs to one source alone.
func (f *inference) localName(c *column) string {
	return extraPrefix + ExtraName(string(f.source)+" "+c.heading)
}

// named finds the attribute that has the name of a column. What another source taught the hub
// takes no column that is a number of this source's own.
func (f *inference) named(c *column) (string, bool) {
	if own := f.localName(c); f.source != "" && f.roles.knows(own) {
		return own, true
	}
	name, ok := f.roles.direct[squash(words(c.heading))]
	if !ok || strings.HasPrefix(name, extraPrefix) && f.local(c) {
		return "", false
	}
	return name, true
}

// knows reports whether the portrait has an attribute for some kind.
func (r *roles) knows(name string) bool {
	for _, kind := range customer.Kinds() {
		if _, ok := r.portrait.Lookup(kind, name); ok {
			return true
		}
	}
	return false
}
