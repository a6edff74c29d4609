package checkpoint

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Read returns the marks of a file, in their order, after checking that the key signed each and
// that none was taken out from between. A file that is not there has none. A last line without end
// was being written when the machine stopped: it is passed by.
func Read(path string, key ed25519.PublicKey) ([]Mark, error) {
	f, err := os.Open(path) //nolint:gosec // the user names it
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	var out []Mark
	var before []byte
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		m, err := parse(line, before, key)
		if err != nil {
			return nil, fmt.Errorf("checkpoints %s, line %d: %w", path, n, err)
		}
		out, before = append(out, m), line
	}
}

func parse(line, before []byte, key ed25519.PublicKey) (m Mark, err error) {
	if err := json.Unmarshal(line, &m); err != nil {
		return m, fmt.Errorf("%w: it is no checkpoint", ErrSignature)
	}
	if err := m.check(key); err != nil {
		return m, fmt.Errorf("%w the key %s: the line was altered, or another key signed it", err, KeyName(key))
	}
	if m.Before != hashOf(before) {
		return m, fmt.Errorf("%w the line before it: lines were taken out or moved", ErrSignature)
	}
	return m, nil
}

// Append adds a mark to the end of a file, made by sign of the line that stands there, and waits
// until it is on the disk. The file is made if it is not there, readable for everybody: it holds
// hashes and counts. A line that a crash cut short is taken away.
func Append(path string, sign func(before []byte) Mark) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644) //nolint:gosec // it holds no secrets
	if err != nil {
		return err
	}
	return errors.Join(appendTo(f, sign), f.Close())
}

func appendTo(f *os.File, sign func(before []byte) Mark) error {
	if err := lock(f); err != nil {
		return err
	}
	last, end, err := lastLine(f)
	if err != nil {
		return err
	}
	m := sign(last)
	line, err := m.line()
	if err != nil {
		return err
	}
	if err := f.Truncate(end); err != nil {
		return err
	}
	if _, err := f.WriteAt(line, end); err != nil {
		return err
	}
	return f.Sync()
}

// lastLine finds the last whole line and where it ends.
func lastLine(f *os.File) (line []byte, end int64, err error) {
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, 0, err
	}
	end = int64(bytes.LastIndexByte(text, '\n') + 1)
	if end == 0 {
		return nil, 0, nil
	}
	whole := text[:end-1]
	return whole[bytes.LastIndexByte(whole, '\n')+1:], end, nil
}
