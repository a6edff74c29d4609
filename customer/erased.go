package customer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// KeyHash is the keyed hash that stands for a personal source key wherever the key itself may not
// stand: on topics, in the journal of erasures.
func KeyHash(secret []byte, ref Ref) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = fmt.Fprintf(mac, "%d %s %s", len(ref.Source), ref.Source, ref.Key)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

const erasedPrefix = "erased:"

// ErasedKey stands for the personal source key of an erased record: the keyed hash that the feed
// knows the key by, so that its entry in the crosswalk can still be withdrawn.
func ErasedKey(hash string) string { return erasedPrefix + hash }

// HashOfErased gives the keyed hash out of an [ErasedKey].
func HashOfErased(key string) (hash string, erased bool) { return strings.CutPrefix(key, erasedPrefix) }

// Erasure is what an erasure of a code is about.
type Erasure struct {
	Code     Code
	Live     []RecordID // members
	Former   []RecordID // members that were deleted at their source
	Keys     []Ref      // that must not come back: those of the members that still answer for their key
	Hashes   []string   // of the keys
	Sources  map[Source]int
	Pins     int
	Consents int
	Products int
	Rejects  int      // input that could not be read and holds a member's key or value
	Texts    []string // strong values of the members, by which rejects are found
}
