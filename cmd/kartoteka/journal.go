package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
)

// journalEntry is one erasure in the journal: a code and keyed hashes, nothing about a person.
type journalEntry struct {
	Code   customer.Code `json:"code"`
	At     time.Time     `json:"at"`
	Hashes []string      `json:"hashes"`
}

func journalFile(state string) string { return filepath.Join(state, "erasures.journal") }

// writeJournal appends an erasure and returns when it is on the disk.
func writeJournal(state string, code customer.Code, hashes []string) error {
	line, err := json.Marshal(journalEntry{code, time.Now().UTC().Truncate(time.Second), hashes})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(journalFile(state), os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		if err = cutTorn(f); err == nil {
			_, err = f.Write(append(line, '\n'))
		}
		err = errors.Join(err, f.Sync(), f.Close(), syncDir(state))
	}
	if err != nil {
		return fmt.Errorf("%w: the journal of erasures cannot be written, so nothing was erased: %w", errSurroundings, err)
	}
	return failpoint.Pass("erase.journaled")
}

// cutTorn takes away a last line that was cut off while it was written: what is appended to it could
// not be read again.
func cutTorn(f *os.File) error {
	text, err := io.ReadAll(f)
	if whole := bytes.LastIndexByte(text, '\n') + 1; err == nil && whole < len(text) {
		err = f.Truncate(int64(whole))
	}
	return err
}

// readJournal reads all erasures. A last line that was cut off while it was written is left out:
// nothing was erased then.
func readJournal(state string) ([]journalEntry, error) {
	f, err := os.Open(journalFile(state))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSurroundings, err)
	}
	defer f.Close() //nolint:errcheck // read only
	var list []journalEntry
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errSurroundings, err)
		}
		var e journalEntry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%w: %s: line %d is damaged: %w; restore the journal from a copy", errSurroundings, journalFile(state), n, err)
		}
		list = append(list, e)
	}
}
