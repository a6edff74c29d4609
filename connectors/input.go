package connectors

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kartoteka/customer"
)

// Input is one regular file, open for reading.
type Input struct {
	File *os.File
	Path string
	Name string // base name, for places and messages
	Size int64
	Note func(code, text string) // tells the person who loads what was found out

	modified time.Time
}

// OpenInput opens a regular file. Whatever stands in the way is named: no such file,
// a directory, no permission, an empty file.
func OpenInput(path string) (*Input, error) {
	in := &Input{Path: path, Name: filepath.Base(path), Note: func(string, string) {}}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s: no such file; check the path", ErrInput, path)
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w", ErrSurroundings, path, cause(err))
	case info.IsDir():
		return nil, fmt.Errorf("%w: %s is a directory; name the files in it, like %s", ErrInput, path, filepath.Join(path, "*.csv"))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: %s is not a regular file; save it to one first", ErrInput, path)
	case info.Size() == 0:
		return nil, fmt.Errorf("%w: %s is empty; export it anew", ErrInput, path)
	}
	if in.File, err = os.Open(path); err != nil {
		return nil, fmt.Errorf("%w: %s: %w; let the hub's user read it", ErrSurroundings, path, cause(err))
	}
	in.Size, in.modified = info.Size(), info.ModTime()
	return in, nil
}

// Reader reads the file from its beginning, unpacked if it is gzip.
func (in *Input) Reader() (io.Reader, error) {
	if _, err := in.File.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSurroundings, in.Name, cause(err))
	}
	r := bufio.NewReaderSize(in.File, 256<<10)
	if head, _ := r.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return r, nil
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, in.Broken(err)
	}
	return &unpacked{in: in, z: z}, nil
}

// Swollen reports an unpacked size that no table or message has: those shrink 10 to 50 times.
func Swollen(unpacked, packed uint64) bool {
	const small, ratio = 64 << 20, 300
	return unpacked > small && unpacked/max(packed, 1) > ratio
}

// unpacked names the file when its compressed data are damaged, or swell like a bomb.
type unpacked struct {
	in   *Input
	z    io.Reader
	size uint64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	u.size += uint64(n)
	if Swollen(u.size, uint64(u.in.Size)) {
		return 0, fmt.Errorf("%w: %s unpacks to a multiple of its size, like a bomb; unpack it yourself if it is right", ErrInput, u.in.Name)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = u.in.Broken(err)
	}
	return n, err
}

// Broken is the error for a file whose bytes are damaged or cut off.
func (in *Input) Broken(err error) error {
	if errors.Is(err, ErrInput) || errors.Is(err, ErrSurroundings) {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %s is cut off before its end; copy or export it anew", ErrInput, in.Name)
	}
	return fmt.Errorf("%w: %s is damaged: %w; copy or export it anew", ErrInput, in.Name, err)
}

// maxRaw is how much of a rejected row is kept for a person to look at.
const maxRaw = 64 << 10

// Reject is a reject at a place of this file; a code is stable, a reason has the cure. Of a long
// row its beginning is kept.
func (in *Input) Reject(place customer.Place, field, code, reason string, raw []byte) *customer.Reject {
	place.File = in.Name
	return &customer.Reject{Place: place, Field: field, Code: code, Reason: reason, Raw: append([]byte(nil), raw[:min(len(raw), maxRaw)]...)}
}

// unchanged reports a file that was written to since it was opened.
func (in *Input) unchanged() error {
	info, err := os.Stat(in.Path)
	if err != nil {
		return fmt.Errorf("%w: %s is gone while it was read; load it again", ErrInput, in.Name)
	}
	if info.Size() != in.Size || !info.ModTime().Equal(in.modified) {
		return fmt.Errorf("%w: %s changed while it was read; load it again once it is complete", ErrInput, in.Name)
	}
	return nil
}
