package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"kartoteka/failpoint"
)

func unmarshal(b []byte, into any) error { return json.Unmarshal(b, into) }

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	return writeFileAs(path, 0o644, write)
}

// writeFileAs is writeFile for a file that not everybody may read.
func writeFileAs(path string, mode os.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	err = errors.Join(write(f), f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = failpoint.Pass("file.written")
	}
	if err == nil {
		err = rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("%w: write %s: %w", errSurroundings, path, errors.Join(err, os.Remove(f.Name())))
	}
	return failpoint.Pass("file.renamed")
}

// rename gives a file or a directory its name, for good: the name is on the disk as well.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// syncDir brings the names in a directory to the disk. File systems that cannot do that for
// directories do it by themselves.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err = d.Sync(); errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
