package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"kartoteka/store"
)

// witness remembers outside the database how far it was: a database behind its witness was restored.
type witness struct {
	file  string
	mutex sync.Mutex
}

// testimony is what a witness file says. Its serial is the first that no code was reserved of.
type testimony struct {
	store.Standing
	Place string `json:"place,omitempty"` // of the private server's data, which a copy does not share
}

func witnessOf(state, hub string) *witness {
	return &witness{file: filepath.Join(state, "witness-"+hub+".json")}
}

// read returns what the witness says; absent is an error of fs.
func (w *witness) read() (t testimony, err error) {
	text, err := os.ReadFile(w.file)
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(text, &t); err != nil {
		return t, fmt.Errorf("%w: %s is damaged: %w; move it away, and run kartoteka restore confirm after a look at the database", errSurroundings, w.file, err)
	}
	return t, nil
}

// raise lets the witness know of more; it never forgets. Processes of one state directory take turns.
func (w *witness) raise(t testimony) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	guard, err := os.OpenFile(w.file+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	defer guard.Close() //nolint:errcheck // gives the lock back
	if err := syscall.Flock(int(guard.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("%w: %w", errSurroundings, err)
	}
	before, err := w.read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	t.Epoch, t.Position, t.Serial = max(t.Epoch, before.Epoch), max(t.Position, before.Position), max(t.Serial, before.Serial)
	if t.Place == "" {
		t.Place = before.Place
	}
	if t.Hub = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(w.file), "witness-"), ".json"); t == before {
		return nil
	}
	return writeFileAs(w.file, 0o600, func(out io.Writer) error { return json.NewEncoder(out).Encode(t) })
}

// attend compares the database with its witness, and lets the witness know of codes before they are given.
func (h *hub) attend(ctx context.Context, a *app) error {
	now, restored, err := h.Standing(ctx)
	if err != nil {
		return err
	}
	h.witness = witnessOf(h.state, now.Hub)
	place := h.place()
	said, err := h.witness.read()
	if err == nil { // once more: another process may have gone on, and told the witness
		if now, restored, err = h.Standing(ctx); err != nil {
			return err
		}
	}
	var why string
	switch {
	case errors.Is(err, fs.ErrNotExist) && (now.Position == 0 || restored != ""): // a hub that begins, or is known
	case errors.Is(err, fs.ErrNotExist) && place != "":
		why = "the private database has no witness in its state directory"
	case errors.Is(err, fs.ErrNotExist): // a state directory that never saw the hub
		if why, err = h.behind(ctx, a, a.brokersOf(h.conf)); err != nil {
			return err
		}
	case err != nil:
		return err
	case now.Position < said.Position || now.Epoch < said.Epoch:
		why = fmt.Sprintf("the database ends at position %d of epoch %d and its witness saw %d of epoch %d", now.Position, now.Epoch, said.Position, said.Epoch)
	case place != "" && said.Place != "" && said.Place != place:
		why = "the private database was copied or moved"
	}
	if why != "" {
		if err := h.MarkRestored(ctx, why); err != nil {
			return err
		}
	} else if restored == "" {
		if err := h.witness.raise(testimony{now, place}); err != nil {
			return err
		}
	}
	if k := a.brokersOf(h.conf); k != nil && restored == "" && why == "" {
		h.AskFirst(func(ctx context.Context) error { return h.known(ctx, a, k) })
	}
	h.ReserveBy(func(serial int64) error { return h.witness.raise(testimony{Standing: store.Standing{Serial: serial}}) })
	return nil
}

// testify lets the witness know where the database stands.
func (h *hub) testify(ctx context.Context) error {
	if h.witness == nil {
		return nil
	}
	now, restored, err := h.Standing(ctx)
	if err != nil || restored != "" {
		return err
	}
	now.Serial = 0 // what is reserved is known already
	return h.witness.raise(testimony{now, h.place()})
}

// place identifies the private server's data directory on this machine; "" for another server.
func (h *hub) place() string {
	if h.server == nil {
		return ""
	}
	info, err := os.Stat(filepath.Join(h.state, "postgres", "data"))
	if err != nil {
		return ""
	}
	machine, _ := os.ReadFile("/etc/machine-id")
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%s/%d", strings.TrimSpace(string(machine)), s.Ino)
	}
	return ""
}

// forgetWitnesses makes room for a hub that begins anew with the name that another one had.
func forgetWitnesses(state string) error {
	files, err := filepath.Glob(filepath.Join(state, "witness-*.json"))
	for _, file := range files {
		err = errors.Join(err, os.Remove(file))
	}
	return err
}
