package excel

import (
	"fmt"
	"os"
	"sort"
	"unsafe"

	"kartoteka/connectors"
)

const (
	maxHeld    = 48 << 20 // bytes of shared texts in memory; what is beyond lies in a file without a name
	maxStrings = 1 << 30  // bytes of shared texts altogether
	maxCount   = 8 << 20  // shared texts: as many as a full sheet has rows, eight times
	chunkSize  = 1 << 20
)

// sharedTexts are the shared strings of a workbook, by number.
type sharedTexts struct {
	chunks [][]byte // the first ones, each text whole in one chunk
	starts []uint32 // number of the first text of each chunk
	ends   []uint32 // of a text, within its chunk or within the file
	file   *os.File // the texts beyond; nil if there are none
	first  int      // number of the first text in the file
	size   int64    // of the file
	held   int
	behind []byte // not written to the file yet
}

// add puts a text behind the others.
func (t *sharedTexts) add(s string) error {
	switch {
	case len(t.ends) >= maxCount || int64(t.held)+t.size+int64(len(t.behind)+len(s)) > maxStrings:
		return fmt.Errorf("%w: the workbook holds more than %d MiB or %d million different texts; split it, or save it as csv",
			connectors.ErrInput, maxStrings>>20, maxCount>>20)
	case t.file != nil || t.held+len(s) > maxHeld:
		return t.spill(s)
	}
	n := len(t.chunks)
	if n == 0 || len(t.chunks[n-1])+len(s) > cap(t.chunks[n-1]) {
		t.chunks = append(t.chunks, make([]byte, 0, max(chunkSize, len(s))))
		t.starts = append(t.starts, uint32(len(t.ends))) //nolint:gosec // at most maxCount
		n++
	}
	t.chunks[n-1] = append(t.chunks[n-1], s...)
	t.held += len(s)
	t.ends = append(t.ends, uint32(len(t.chunks[n-1]))) //nolint:gosec // a chunk is a text or a MiB
	return nil
}

// spill puts a text into the file, which has no name any more: nothing is left of it, however the
// hub ends.
func (t *sharedTexts) spill(s string) error {
	if t.file == nil {
		f, err := os.CreateTemp("", "kartoteka-texts-*")
		if err != nil {
			return fmt.Errorf("%w: no room for the texts of a large workbook: %w", connectors.ErrSurroundings, err)
		}
		if err := os.Remove(f.Name()); err != nil {
			return fmt.Errorf("%w: %w", connectors.ErrSurroundings, err)
		}
		t.file, t.first = f, len(t.ends)
	}
	t.behind = append(t.behind, s...)
	t.ends = append(t.ends, uint32(t.size+int64(len(t.behind)))) //nolint:gosec // at most maxStrings
	if len(t.behind) >= chunkSize {
		return t.flush()
	}
	return nil
}

// flush writes what is not in the file yet; it is called once more when all texts are there.
func (t *sharedTexts) flush() error {
	n, err := t.fileWrite()
	t.size += int64(n)
	t.behind = t.behind[:0]
	if err != nil {
		return fmt.Errorf("%w: no room for the texts of a large workbook: %w", connectors.ErrSurroundings, err)
	}
	return nil
}

func (t *sharedTexts) fileWrite() (int, error) {
	if t.file == nil {
		return 0, nil
	}
	return t.file.Write(t.behind)
}

// at returns the text of that number; a number that there is not is an error.
func (t *sharedTexts) at(i int) (string, bool, error) {
	switch {
	case i < 0 || i >= len(t.ends):
		return "", false, nil
	case t.file != nil && i >= t.first:
		return t.far(i)
	}
	c := sort.Search(len(t.starts), func(c int) bool { return int(t.starts[c]) > i }) - 1
	from := uint32(0)
	if i > int(t.starts[c]) {
		from = t.ends[i-1]
	}
	return view(t.chunks[c][from:t.ends[i]]), true, nil
}

// view shares the bytes, which never change again.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// far reads a text from the file.
func (t *sharedTexts) far(i int) (string, bool, error) {
	from := uint32(0)
	if i > t.first {
		from = t.ends[i-1]
	}
	b := make([]byte, t.ends[i]-from)
	if _, err := t.file.ReadAt(b, int64(from)); err != nil {
		return "", false, fmt.Errorf("%w: the texts of a large workbook: %w", connectors.ErrSurroundings, err)
	}
	return view(b), true, nil
}

// Close frees the file. It is safe to call twice.
func (t *sharedTexts) Close() error {
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	t.file, t.ends = nil, t.ends[:t.first]
	return err
}
