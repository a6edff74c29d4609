package connectors

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
)

// Item is one step through a file: exactly one of a row, a reject or a row that is no customer.
type Item struct {
	Row      customer.Row // valid when the other two are zero
	Reject   *customer.Reject
	Filtered customer.FilterReason
}

// Items walks through one open file. It must give the same items in the same order each time.
type Items interface {
	// Next fills the item, which comes zeroed; [io.EOF] at the end. The row must stay valid.
	Next(*Item) error
	Close() error
}

// OpenItems opens a format's walk through a file.
type OpenItems func(ctx context.Context, in *Input) (Items, error)

// FileReader makes a [Connector] of a walk through files: it counts items for the cursor,
// notices files that change while they are read, and reads several files by name.
type FileReader struct {
	pattern string
	open    OpenItems

	inputs  []*Input
	current int
	items   Items
	item    Item  // at hand
	done    int64 // items of all inputs so far
	ident   string
	notes   []Note
}

// NewFileReader reads the file of that path, or the files of a pattern (branch-*.xlsx) in order of name.
func NewFileReader(pattern string, open OpenItems) *FileReader {
	return &FileReader{pattern: pattern, open: open}
}

// Open implements [Connector].
func (f *FileReader) Open(ctx context.Context, after Cursor) error {
	f.inputs, f.current, f.done, f.notes = nil, 0, 0, nil
	paths, err := f.paths()
	if err != nil {
		return err
	}
	for _, path := range paths {
		in, err := OpenInput(path)
		if err != nil {
			return errors.Join(err, f.Close())
		}
		in.Note = func(code, text string) { f.notes = append(f.notes, Note{code, in.Name + ": " + text}) }
		f.inputs = append(f.inputs, in)
	}
	if f.ident, err = identity(f.inputs); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.begin(ctx); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.skip(ctx, after)
}

func (f *FileReader) paths() ([]string, error) {
	if f.pattern == "" {
		return nil, fmt.Errorf("%w: no file is named; set file", ErrInput)
	}
	if _, err := os.Lstat(f.pattern); err == nil || !strings.ContainsAny(f.pattern, "*?[") {
		return []string{f.pattern}, nil
	}
	paths, err := filepath.Glob(f.pattern)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is no file pattern; a pattern looks like branch-*.xlsx", ErrInput, f.pattern)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%w: no file matches %s", ErrInput, f.pattern)
	}
	sort.Strings(paths)
	return paths, nil
}

func (f *FileReader) begin(ctx context.Context) error {
	items, err := f.open(ctx, f.inputs[f.current])
	f.items = items
	return err
}

// skip walks to the cursor again: its count of items, if the files are still the same.
func (f *FileReader) skip(ctx context.Context, after Cursor) error {
	count, ident, _ := strings.Cut(string(after), "@")
	n, _ := strconv.ParseInt(count, 10, 64) // 0 of what is no cursor: the beginning
	if ident != f.ident {
		return nil
	}
	for f.done < n {
		var it Item
		switch err := f.next(ctx, &it); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

// maxBatch is how many bytes of values a batch holds at most, but for its last row.
const maxBatch = 8 << 20

// Read implements [Connector].
func (f *FileReader) Read(ctx context.Context, max int) (Batch, error) {
	var b Batch
	if f.items == nil {
		return b, io.EOF
	}
	for n, size := 0, 0; len(b.Rows)+len(b.Rejects) < max && size < maxBatch; n++ {
		f.item = Item{}
		err := f.next(ctx, &f.item)
		if errors.Is(err, io.EOF) && n > 0 {
			break
		}
		if err != nil {
			return Batch{}, err
		}
		b.add(&f.item, max)
		size += f.item.size()
		if n >= 100*max { // a file of blank rows still answers in time
			break
		}
	}
	b.Cursor = Cursor(strconv.FormatInt(f.done, 10) + "@" + f.ident)
	return b, nil
}

// size is how many bytes its values have.
func (it *Item) size() int {
	n := 0
	for i := range it.Row.Cells {
		n += len(it.Row.Cells[i].Text)
	}
	if it.Reject != nil {
		n += len(it.Reject.Raw)
	}
	return n
}

func (b *Batch) add(it *Item, max int) {
	switch {
	case it.Reject != nil:
		b.Rejects = append(b.Rejects, *it.Reject)
	case it.Filtered != "":
		if b.Filtered == nil {
			b.Filtered = map[customer.FilterReason]int{}
		}
		b.Filtered[it.Filtered]++
	default:
		if b.Rows == nil {
			b.Rows = make([]customer.Row, 0, min(max, 1024))
		}
		b.Rows = append(b.Rows, it.Row)
	}
}

func (f *FileReader) next(ctx context.Context, it *Item) error {
	if f.done%256 == 0 && ctx.Err() != nil {
		return ctx.Err()
	}
	for {
		err := f.items.Next(it)
		if err == nil {
			f.done++
			return nil
		}
		if !errors.Is(err, io.EOF) {
			return err
		}
		if err := f.inputs[f.current].unchanged(); err != nil {
			return err
		}
		if f.current+1 == len(f.inputs) {
			return io.EOF
		}
		if err := f.items.Close(); err != nil {
			return err
		}
		f.current++
		if err := f.begin(ctx); err != nil {
			return err
		}
	}
}

// Notes implements [Noter].
func (f *FileReader) Notes() []Note { return f.notes }

// Close implements [Connector].
func (f *FileReader) Close() error {
	var errs []error
	if f.items != nil {
		errs = append(errs, f.items.Close())
		f.items = nil
	}
	for _, in := range f.inputs {
		errs = append(errs, in.File.Close())
	}
	f.inputs = nil
	return errors.Join(errs...)
}

// identity tells the inputs apart from other ones: names, sizes, times and a sample of the bytes.
func identity(inputs []*Input) (string, error) {
	h := xxhash.New()
	var number [16]byte
	sample := make([]byte, 64<<10)
	for _, in := range inputs {
		binary.LittleEndian.PutUint64(number[:8], uint64(in.Size))
		binary.LittleEndian.PutUint64(number[8:], uint64(in.modified.UnixNano()))
		_, _ = h.WriteString(in.Name)
		_, _ = h.Write(number[:])
		for _, at := range []int64{0, max(0, in.Size-int64(len(sample)))} {
			n, err := in.File.ReadAt(sample, at)
			if err != nil && !errors.Is(err, io.EOF) {
				return "", fmt.Errorf("%w: %s: %w", ErrSurroundings, in.Name, cause(err))
			}
			_, _ = h.Write(sample[:n])
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// cause drops the path that os puts into its errors: the caller has named the file already.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
