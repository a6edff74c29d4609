package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/store"
	"kartoteka/store/checkpoint"
)

type auditCheckpointCommand struct {
	Checkpoint []string `placeholder:"FILE" help:"Write the checkpoint to this file as well, best on another machine's disk; may repeat."`
}

func (*auditCheckpointCommand) Help() string {
	return `Walks the audit chain from the last checkpoint on, signs where it ends, and adds that to
STATE/audit/checkpoints.jsonl. The key (Ed25519) is made at the first time, in STATE/audit; who may read the
state directory may sign, so keep copies of the file elsewhere. A chain that does not hold is not signed.
kartoteka serve does this on schedule.

Example:

    $ kartoteka audit checkpoint
    $ kartoteka audit checkpoint --checkpoint /mnt/safe/kartoteka.jsonl`
}

func (c *auditCheckpointCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		m, err := h.checkpoint(ctx, c.Checkpoint)
		return output{summary: m, human: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "signed: operation %d, position %d, epoch %d\n", m.Operation, m.Position, m.Epoch)
			return err
		}}, err
	})
}

// auditDir is where the key and the checkpoints are.
func (h *hub) auditDir() string { return filepath.Join(h.state, "audit") }

// checkpointFile is where checkpoints are written in any case.
func (h *hub) checkpointFile() string { return filepath.Join(h.auditDir(), "checkpoints.jsonl") }

// checkpoint signs where the audit chain ends, if what was added since the last checkpoint holds.
func (h *hub) checkpoint(ctx context.Context, more []string) (m checkpoint.Mark, err error) {
	key, err := checkpoint.Key(h.auditDir())
	if err != nil {
		return m, fmt.Errorf("%w: the key of checkpoints: %w", errSurroundings, err)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return m, errors.New("the key of checkpoints is none")
	}
	marks, err := checkpoint.Read(h.checkpointFile(), public)
	if err != nil {
		return m, err
	}
	trail := auditTrail{marks: marks, quick: true}
	if err := h.InSnapshot(ctx, func(tx *store.Tx) error { return trail.walk(ctx, tx) }); err != nil {
		return m, err
	}
	if len(trail.faults) > 0 {
		f := &trail.faults[0]
		return m, fmt.Errorf("%w: %s %s; nothing is signed, kartoteka audit verify tells more", errViolated, f.Place(), f.What)
	}
	for _, path := range append([]string{h.checkpointFile()}, more...) {
		if err := failpoint.Pass("checkpoint.checked"); err != nil {
			return m, err
		}
		if err := checkpoint.Append(path, func(before []byte) checkpoint.Mark {
			m = checkpoint.Sign(key, trail.head, before)
			return m
		}); err != nil {
			return m, fmt.Errorf("%w: checkpoint: %w", errSurroundings, err)
		}
	}
	return m, failpoint.Pass("checkpoint.written")
}

// marks reads the checkpoints of the state directory, if there are any, and of other files.
func (h *hub) marks(more []string, keyFile string) (marks []checkpoint.Mark, err error) {
	if keyFile == "" {
		keyFile = h.auditDir()
	}
	key, err := checkpoint.PublicKey(keyFile)
	if errors.Is(err, fs.ErrNotExist) && len(more) == 0 && keyFile == h.auditDir() {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the public key of checkpoints: %w", errInput, err)
	}
	files := more
	if keyFile == h.auditDir() {
		files = append([]string{h.checkpointFile()}, more...)
	}
	for _, path := range files {
		part, err := checkpoint.Read(path, key)
		if err != nil {
			return nil, err
		}
		marks = append(marks, part...)
	}
	return marks, nil
}

// auditTrail holds the audit chain against signed checkpoints.
type auditTrail struct {
	marks    []checkpoint.Mark
	quick    bool // begin behind the last checkpoint that holds
	progress func(rows int64)

	head     customer.AuditHead
	rows     int64
	held     int // checkpoints that the chain agrees with
	foreign  int // of another hub
	ended    int // of a history that a restore ended
	faults   []customer.AuditFault
	restored int64 // the last restore that was passed
	visits   int64
}

// mostAuditFaults bounds what is kept; the first one tells most.
const mostAuditFaults = 100

func (t *auditTrail) add(f customer.AuditFault) {
	if len(t.faults) < mostAuditFaults {
		t.faults = append(t.faults, f)
	}
}
