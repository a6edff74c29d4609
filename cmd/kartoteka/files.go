package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

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
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("%w: write %s: %w", errSurroundings, path, errors.Join(err, os.Remove(f.Name())))
	}
	return failpoint.Pass("file.renamed")
}
