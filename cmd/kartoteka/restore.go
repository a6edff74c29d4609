package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"kartoteka/customer"
	"kartoteka/failpoint"
	"kartoteka/feed"
	"kartoteka/golden"
	"kartoteka/resolve"
	"kartoteka/store"
)

type restoreCommand struct {
	From    restoreFromCommand    `cmd:"" default:"withargs" help:"Fill the hub with a backup."`
	Confirm restoreConfirmCommand `cmd:"" help:"Let a restored hub give codes and publish again."`
}

type restoreFromCommand struct {
	Dir     string `arg:"" placeholder:"DIR" help:"Directory that kartoteka backup made."`
	Replace bool   `help:"Drop what the hub has now."`
}

func (*restoreFromCommand) Help() string {
	return `Fills the hub's database with a backup. A hub that holds records is left alone unless --replace says to drop
it; no other process may use it meanwhile. Afterwards the hub answers, but gives no codes and publishes nothing until
you have looked at it and run kartoteka restore confirm.

Example:

    $ kartoteka restore /srv/backup/hub-2026-11-22
    $ kartoteka restore confirm`
}

type restoreSummary struct {
	Position int64   `json:"position"`
	Records  int64   `json:"records"`
	Codes    int64   `json:"codes"`
	Seconds  float64 `json:"seconds"`
}

func (c *restoreFromCommand) run(ctx context.Context, a *app) (output, error) {
	start := time.Now()
	m, err := readManifest(c.Dir)
	if err != nil {
		return output{}, err
	}
	if err := c.fill(ctx, a, m); err != nil {
		return output{}, err
	}
	s := restoreSummary{m.Position, m.Contents["record"], m.Contents["golden"], time.Since(start).Seconds()}
	return output{summary: s, result: m, human: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "restored the hub of %s: position %d, %d records, %d codes, %.1f s\nnothing is given or published until kartoteka restore confirm\n",
			m.At.Format(time.DateTime), s.Position, s.Records, s.Codes, s.Seconds)
		return err
	}}, nil
}

// fill replaces the database's content; what it was stays with the witness.
func (c *restoreFromCommand) fill(ctx context.Context, a *app, m *manifest) error {
	h, err := a.openHub(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = h.stopServer(ctx) }()
	url, err := c.emptied(ctx, a, h, m)
	if err == nil {
		err = h.Clear(ctx)
	}
	h.Store.Close()
	if err != nil {
		return err
	}
	if err := m.restore(ctx, url, c.Dir); err != nil {
		return err
	}
	if err := copyJournal(c.Dir, h.state); err != nil {
		return err
	}
	s, err := store.Open(ctx, url, golden.NewPermutation)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.MarkRestored(ctx, "the database was restored from a backup of "+m.At.Format(time.DateTime))
}

// emptied checks that the present database may go.
func (c *restoreFromCommand) emptied(ctx context.Context, a *app, h *hub, m *manifest) (url string, err error) {
	if url, err = a.databaseURL(ctx, h); err != nil {
		return "", err
	}
	major, err := h.ServerMajor(ctx)
	if err != nil {
		return "", err
	}
	if major < m.Server {
		return "", fmt.Errorf("%w: the backup is of PostgreSQL %d, the server is %d: restore into %d or later", errSurroundings, m.Server, major, m.Server)
	}
	live, err := h.CountLive(ctx)
	if err == nil && live > 0 && !c.Replace {
		err = fmt.Errorf("%w: the hub holds %d records; give --replace to drop them", errUsage, live)
	}
	return url, errors.Join(err, h.testify(ctx))
}

// copyJournal adds the erasures that a backup knows to those of the state directory.
func copyJournal(dir, state string) error {
	known, err := readJournal(state)
	if err != nil {
		return err
	}
	seen := map[customer.Code]bool{}
	for _, e := range known {
		seen[e.Code] = true
	}
	entries, err := readJournal(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !seen[e.Code] {
			if err := writeJournal(state, e.Code, e.Hashes); err != nil {
				return err
			}
		}
	}
	return nil
}

type restoreConfirmCommand struct {
	feedFlags
	Reason      string `placeholder:"TEXT" help:"Why; kept with the operation."`
	Beyond      int64  `default:"100000000" placeholder:"N" help:"How many codes are skipped where no witness says how many were given after the restored state."`
	WithoutFeed bool   `help:"Do not ask the brokers how far the feed was."`
	KeepTokens  bool   `help:"Leave the tokens of programs as they were; only if none was revoked after the restored state."`
}

func (*restoreConfirmCommand) Help() string {
	return `Lets a restored or copied hub give codes and publish again. The epoch rises, so that consumers take what is
sent from now on for newer than all they have; positions and codes go on beyond all that were ever published; codes
that were given after the restored state are withdrawn; erasures are carried out again; the state of every code is
sent again. It goes on where it was cut off. How far the hub was, the witness in the state directory and the control
topic know.

Who signed in must sign in again, and tokens end, because one that was revoked after the restored state would be good
again: make new ones with kartoteka tokens add, or give --keep-tokens. Accounts are as they were then: look at
kartoteka users list, and disable again who left since.

Never confirm two copies of one hub: both would give the same codes.

Example:

    $ kartoteka restore confirm --reason "disk of the database server replaced"`
}

type confirmSummary struct {
	Epoch     int64   `json:"epoch"`
	Position  int64   `json:"position"`
	Reissued  int     `json:"codes_sent_again"`
	Withdrawn int64   `json:"codes_withdrawn"`
	Erased    int     `json:"codes_erased_again"`
	Tokens    int64   `json:"tokens_revoked"`
	Seconds   float64 `json:"seconds"`
}

func (c *restoreConfirmCommand) run(ctx context.Context, a *app) (output, error) {
	return a.withHub(ctx, func(h *hub) (output, error) {
		start := time.Now()
		now, restored, err := h.Standing(ctx)
		if err != nil {
			return output{}, err
		}
		if restored == "" {
			return output{}, fmt.Errorf("%w: the hub was neither restored nor copied; there is nothing to confirm", errUsage)
		}
		s := &confirmSummary{}
		if err := c.confirm(ctx, a, h, now, s); err != nil {
			return output{}, err
		}
		s.Seconds = time.Since(start).Seconds()
		return output{summary: s, human: func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "epoch %d begins at position %d: %d codes are sent again, %d withdrawn, %d erased again, %.1f s\n",
				s.Epoch, s.Position, s.Reissued, s.Withdrawn, s.Erased, s.Seconds)
			if err == nil && s.Tokens > 0 {
				_, err = fmt.Fprintf(w, "%d tokens were revoked; make new ones with kartoteka tokens add\n", s.Tokens)
			}
			return err
		}}, h.testify(ctx)
	})
}

// reissueBatch is how many codes one turn sends again.
const reissueBatch = 2000

func (c *restoreConfirmCommand) confirm(ctx context.Context, a *app, h *hub, now store.Standing, s *confirmSummary) error {
	told, err := c.told(ctx, a, h, now)
	if err != nil {
		return err
	}
	beyond := c.beyond(h, now, told)
	op := resolve.Operation{Kind: "restore", Actor: actor(), Reason: c.Reason}
	if err := h.InLaneToConfirm(ctx, func(tx *store.Tx) error {
		if err := tx.Confirm(ctx, beyond.Standing); err != nil {
			return err
		}
		for _, r := range withdrawn(now.Serial, beyond.withdraw) {
			s.Withdrawn += r[1] - r[0]
			if err := tx.Withdraw(ctx, op, beyond.Epoch, r[0], r[1], func(code customer.Code) []byte {
				return golden.AppendJSON(nil, &customer.Document{Code: code, State: customer.CodeErased, Epoch: beyond.Epoch, Version: 1})
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := failpoint.Pass("restore.begun"); err != nil {
		return err
	}
	if err := h.compile(ctx); err != nil { // with the new epoch
		return err
	}
	if s.Erased, err = h.eraseAgain(ctx, op); err != nil {
		return err
	}
	if s.Reissued, err = reissue(ctx, h, op, beyond.Epoch); err != nil {
		return err
	}
	s.Epoch, s.Position = beyond.Epoch, beyond.Position
	return h.InLaneToConfirm(ctx, func(tx *store.Tx) (err error) {
		s.Tokens, err = tx.EndConfirm(ctx, c.KeepTokens)
		return err
	})
}

// withdrawnMost is how many codes are withdrawn at each end of a range.
const withdrawnMost = 1_000_000

// withdrawn lists, in pieces, the serials to take back of a range. Where it is very long an earlier
// confirmation skipped codes in it: those that were given lie at its two ends.
func withdrawn(from, to int64) (pieces [][2]int64) {
	const piece = 50_000
	for at := from; at < to; at += piece {
		if at-from >= withdrawnMost && to-at > withdrawnMost {
			at = to - withdrawnMost
		}
		pieces = append(pieces, [2]int64{at, min(at+piece, to)})
	}
	return pieces
}

// future is where a restored hub goes on: its serial is the first that may be given, and the codes
// of serials below withdraw may have been published.
type future struct {
	store.Standing
	withdraw int64
}

// beyond finds out how far the hub was before it was restored, by its witness and by its control
// record. A confirmation that was cut off is taken up: its epoch is above theirs already.
func (c *restoreConfirmCommand) beyond(h *hub, now store.Standing, told feed.Control) future {
	said, err := h.witness.read()
	epoch, serial := max(said.Epoch, told.Epoch), max(said.Serial, told.Serial)
	f := future{Standing: store.Standing{Epoch: max(now.Epoch, epoch) + 1, Position: max(now.Position, said.Position, told.Position), Serial: max(now.Serial, serial)}, withdraw: serial}
	if err == nil && now.Epoch > epoch {
		f.Epoch = now.Epoch
	}
	if err != nil || said.Epoch < told.Epoch || said.Serial < told.Serial {
		// No witness that knows all codes: leave room for what was given since the last control record.
		f.Serial, f.Position = f.Serial+c.Beyond, f.Position+c.Beyond
	}
	return f
}

// eraseAgain carries out the erasures of the journal that the restored state does not know.
func (h *hub) eraseAgain(ctx context.Context, op resolve.Operation) (n int, err error) {
	entries, err := readJournal(h.state)
	if err != nil || len(entries) == 0 || h.rules == nil {
		return 0, err
	}
	var hashes []string
	for _, e := range entries {
		hashes = append(hashes, e.Hashes...)
	}
	err = h.InLaneToConfirm(ctx, func(tx *store.Tx) error {
		missing, err := tx.ErasedHashes(ctx, hashes)
		if err != nil || len(missing) == 0 {
			return err
		}
		codes, err := tx.CodesOfHashes(ctx, missing)
		if err != nil {
			return err
		}
		o := h.oblivion(0, "erased before the restore")
		o.Journal = func(customer.Code, []string) error { return nil } // it stands there
		for _, o.Code = range codes {
			if _, err := resolve.Erase(ctx, h.rules.rules, tx, o); err != nil {
				return err
			}
			n++
		}
		operation, err := tx.LastOperation(ctx)
		if err != nil {
			return err
		}
		return tx.KeepErased(ctx, slices.Collect(maps.Keys(missing)), operation)
	})
	return n, err
}

// reissue sends the state of all codes again, turn by turn.
func reissue(ctx context.Context, h *hub, op resolve.Operation, epoch int64) (total int, err error) {
	for {
		n := 0
		err := h.InLaneToConfirm(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.Reissue(ctx, op, epoch, reissueBatch, func(row *customer.CodeRow) error {
				row.Document, err = golden.Renumber(row.Document, epoch, row.Version)
				return err
			})
			return err
		})
		if total += n; err != nil || n == 0 {
			return total, err
		}
		if err := failpoint.Pass("restore.turn"); err != nil {
			return total, err
		}
	}
}
