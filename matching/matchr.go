package matching

import "github.com/antzucaro/matchr"

// phonetics is what is used of the library matchr: the sound of a Latin word, made once per
// record. Its distances allocate and one of them misses a swap of the first two letters, so
// the distances are our own; a test compares them.
type phonetics interface {
	Sound(latin string) string
}

// metaphone sounds words by Double Metaphone; what it gives nothing for sounds as it is written.
type metaphone struct{}

// Sound implements phonetics.
func (metaphone) Sound(latin string) string {
	sound, _ := matchr.DoubleMetaphone(spelled(latin))
	if sound == "" {
		return latin
	}
	return sound
}
