package matching

import (
	"encoding/binary"
	"strings"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// Texts are the texts of packed records, by number. Texts that come again (names, streets, towns,
// days) have one number each; those that hardly do (phones, e-mails) are not looked for, and two
// that are equal may have two. It grows in one goroutine, and is read by any number once it is
// complete; a text stays valid for good.
type Texts struct {
	list   []string
	slots  []uint64 // open addressing: the high half of a hash, and a number; 0 is free
	held   []byte   // memory for the texts of the list
	blocks [][]byte // texts that are not looked for, each behind its length
}

const (
	looseText  = 1 << 31 // marks the number of a text that is not looked for: its place in the blocks, in words of four bytes
	blockBits  = 16      // of the size of a block
	looseLimit = 1 << 12 // bytes of the longest text in a block
	firstSlots = 1 << 10
)

// NewTexts makes an empty list; the number of no text is 0.
func NewTexts() *Texts {
	return &Texts{list: []string{""}, slots: make([]uint64, firstSlots)}
}

// Text gives the text of a number. Equal texts of one number share their memory.
func (t *Texts) Text(n uint32) string {
	if n < looseText {
		return t.list[n]
	}
	place := uint64(n-looseText) << 2
	at := t.blocks[place>>blockBits][place&(1<<blockBits-1):]
	return unsafe.String(&at[2], int(binary.LittleEndian.Uint16(at)))
}

// of gives the number of a text that may come again; the hash is xxhash.
func (t *Texts) of(s string, hash uint64) uint32 {
	if s == "" {
		return 0
	}
	mask := uint64(len(t.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		slot := t.slots[at]
		if slot == 0 {
			t.slots[at] = hash&^(1<<32-1) | uint64(len(t.list))
			return t.add(s)
		}
		if n := uint32(slot); slot>>32 == hash>>32 && t.list[n] == s {
			return n
		}
	}
}

// soughtText is a text whose number is looked for.
type soughtText struct {
	text   string
	hash   uint64
	at     uint32 // its place in a row
	number uint32 // 0: not found
}

// seek finds the numbers of many texts, step by step for all of them: so the processor waits for
// many places of memory at a time.
func (t *Texts) seek(list []soughtText) {
	mask := uint64(len(t.slots) - 1)
	for i := range list {
		x := &list[i]
		if slot := t.slots[x.hash&mask]; slot>>32 == x.hash>>32 {
			x.number = uint32(slot)
		}
	}
	for i := range list {
		if x := &list[i]; x.number != 0 && len(t.list[x.number]) != len(x.text) {
			x.number = 0
		}
	}
	for i := range list {
		if x := &list[i]; x.number != 0 && t.list[x.number] != x.text {
			x.number = 0
		}
	}
}

// add puts a text behind the list.
func (t *Texts) add(s string) uint32 {
	n := uint32(len(t.list))
	t.list = append(t.list, t.keep(s))
	if 2*len(t.list) > len(t.slots) {
		t.grow()
	}
	return n
}

func (t *Texts) grow() {
	t.slots = make([]uint64, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for n, s := range t.list[1:] {
		h := xxhash.Sum64String(s)
		at := h & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = h&^(1<<32-1) | uint64(n+1)
	}
}

// keep copies a text.
func (t *Texts) keep(s string) string {
	if len(s) > looseLimit {
		return strings.Clone(s)
	}
	if len(s) > cap(t.held)-len(t.held) {
		t.held = make([]byte, 0, 1<<blockBits)
	}
	from := len(t.held)
	t.held = append(t.held, s...)
	return unsafe.String(&t.held[from], len(s))
}

// loose gives a number to a text that is not looked for.
func (t *Texts) loose(s string) uint32 {
	if s == "" {
		return 0
	}
	last := len(t.blocks) - 1
	if len(s) > looseLimit || last >= 1<<(31+2-blockBits) {
		return t.of(s, xxhash.Sum64String(s))
	}
	if last < 0 || len(t.blocks[last])+len(s)+2 > 1<<blockBits {
		t.blocks = append(t.blocks, make([]byte, 0, 1<<blockBits))
		last++
	}
	block := t.blocks[last]
	n := looseText + uint32(last<<blockBits+len(block))>>2
	block = append(binary.LittleEndian.AppendUint16(block, uint16(len(s))), s...)
	t.blocks[last] = block[:min(cap(block), (len(block)+3)&^3)]
	return n
}
