package chaos

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// LedgerVariable names the file of the ledger in the environment of its process.
const LedgerVariable = "KARTOTEKA_CHAOS_LEDGER"

// Entry is a line of the ledger.
type Entry struct {
	At     time.Time `json:"at"`
	Event  string    `json:"event"` // invoked, ok, failed, unknown, or fault
	Op     int       `json:"op,omitempty"`
	What   *Op       `json:"what,omitempty"` // of an operation that is invoked
	Detail string    `json:"detail,omitempty"`
}

// The outcomes of an operation. One whose outcome is unknown may have happened, wholly or in part.
const (
	ok      = "ok"
	failed  = "failed"
	unknown = "unknown"
	left    = "left out" // there was nobody to carry it out on; the ledger has nothing of it
)

// Ledger is the ledger's process: if the environment names its file, it appends each line of stdin
// to it, durably, before it answers with a line on stdout, and ends the program with stdin. A
// program that runs a [Run] calls it first of all.
func Ledger() {
	path := os.Getenv(LedgerVariable)
	if path == "" {
		return
	}
	if err := keepLedger(path, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ledger:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func keepLedger(path string, in io.Reader, out io.Writer) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if _, err := f.Write(append(lines.Bytes(), '\n')); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out); err != nil {
			return err
		}
	}
	return lines.Err()
}

// ledger is the other end of the ledger's process.
type ledger struct {
	path    string
	mu      sync.Mutex
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
}

func openLedger(path string) (*ledger, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l := &ledger{path: path, cmd: exec.Command(self)}
	l.cmd.Env = append(os.Environ(), LedgerVariable+"="+path)
	l.cmd.Stderr = os.Stderr
	if l.in, err = l.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	l.answers = bufio.NewReader(out)
	return l, l.cmd.Start()
}

// note returns when the entry is on disk.
func (l *ledger) note(e Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.At = time.Now()
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := l.in.Write(append(line, '\n')); err != nil {
		return err
	}
	_, err = l.answers.ReadByte()
	return err
}

func (l *ledger) close() error {
	_ = l.in.Close()
	return l.cmd.Wait()
}

func readLedger(path string) (entries []Entry, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	for d := json.NewDecoder(f); ; {
		var e Entry
		switch err := d.Decode(&e); err {
		case nil:
			entries = append(entries, e)
		case io.EOF:
			return entries, nil
		default:
			return nil, err
		}
	}
}
