package matching

import "kartoteka/standardize"

// ordinal is what a suffix says of its bearer: the first of the name, the second, ...; 0 is nothing.
type ordinal uint8

// ordinalWords are the suffixes as explanations show them.
var ordinalWords = [...]word{none, "Sr", "Jr", "III", "IV"}

// ordinalOf reads Jr and II, мл. and Junior alike: they are the second of a name.
func ordinalOf(suffix string) ordinal {
	if suffix == "" {
		return 0
	}
	switch standardize.Fold(suffix) {
	case "sr", "snr", "senior", "i", "1st", "ст", "старший":
		return 1
	case "jr", "jnr", "junior", "ii", "2nd", "мл", "младший", "молодший":
		return 2
	case "iii", "3rd":
		return 3
	case "iv", "4th":
		return 4
	}
	return 0
}

// suffixOf weighs what tells father and son of one name apart. A name without a suffix says nothing.
func (c *nameComparison) suffixOf(x, y *personName, t *trace) finding {
	if x.ordinal == 0 || y.ordinal == 0 || c.suffix == nil {
		return finding{}
	}
	at := 0
	if x.ordinal != y.ordinal {
		at = 1
	}
	return t.note("suffix", &c.suffix[at], 0, 0, ordinalWords[x.ordinal], ordinalWords[y.ordinal])
}
