package checkpoint

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kartoteka/customer"
)

func head(operation int64) customer.AuditHead {
	return customer.AuditHead{AuditMark: customer.AuditMark{Operation: operation, Hash: []byte{1, byte(operation)}}, Hub: []byte{9}, Epoch: 1, Position: 10 * operation, At: time.Unix(1700000000+operation, 0)}
}

// file makes a file of four checkpoints.
func file(t *testing.T) (path string, key ed25519.PrivateKey) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "audit")
	key, err := Key(dir)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "checkpoints.jsonl")
	for i := range int64(4) {
		if err := Append(path, func(before []byte) Mark { return Sign(key, head(i+1), before) }); err != nil {
			t.Fatal(err)
		}
	}
	return path, key
}

func TestMarksAreRead(t *testing.T) {
	path, key := file(t)
	public, err := PublicKey(filepath.Dir(path))
	if err != nil || !public.Equal(key.Public()) {
		t.Fatal(err)
	}
	marks, err := Read(path, public)
	if err != nil || len(marks) != 4 || marks[3].Operation != 4 || !marks[3].Covers([]byte{1, 4}) || marks[3].Covers([]byte{1, 3}) || !marks[0].Of(head(7)) {
		t.Errorf("%v %+v", err, marks)
	}
	again, err := Key(filepath.Dir(path))
	if err != nil || !again.Equal(key) {
		t.Errorf("another key: %v", err)
	}
	info, err := os.Stat(filepath.Join(filepath.Dir(path), privateFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestFalsifiedFilesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		falsify func(lines []string) []string
		want    string // in the error; "" is accepted
		left    int    // marks that are read
	}{
		{"nothing", func(l []string) []string { return l }, "", 4},
		{"a hash altered", func(l []string) []string { l[1] = strings.Replace(l[1], `"hash":"01`, `"hash":"02`, 1); return l }, "line 2", 0},
		{"an operation altered", func(l []string) []string { l[3] = strings.Replace(l[3], `"operation":4`, `"operation":5`, 1); return l }, "line 4", 0},
		{"a line taken out", func(l []string) []string { return append(l[:1], l[2:]...) }, "line 2", 0},
		{"the first line taken out", func(l []string) []string { return l[1:] }, "line 1", 0},
		{"lines swapped", func(l []string) []string { l[1], l[2] = l[2], l[1]; return l }, "line 2", 0},
		{"a line that is none", func(l []string) []string { l[2] = "hello\n"; return l }, "line 3", 0},
		{"a line cut short by a crash", func(l []string) []string { l[3] = l[3][:20]; return l }, "", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, key := file(t)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(strings.Join(c.falsify(strings.SplitAfter(strings.TrimSuffix(string(text), ""), "\n")), "")), 0o600); err != nil {
				t.Fatal(err)
			}
			marks, err := Read(path, publicOf(key))
			if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, ErrSignature) || !strings.Contains(err.Error(), c.want)) || err == nil && len(marks) != c.left {
				t.Errorf("%v, %d marks", err, len(marks))
			}
		})
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	path, _ := file(t)
	other, err := Key(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, publicOf(other)); !errors.Is(err, ErrSignature) {
		t.Error(err)
	}
}

func TestKeyThatOthersCanReadIsRefused(t *testing.T) {
	path, _ := file(t)
	if err := os.Chmod(filepath.Join(filepath.Dir(path), privateFile), 0o644); err != nil { //nolint:gosec // the fault
		t.Fatal(err)
	}
	if _, err := Key(filepath.Dir(path)); !errors.Is(err, os.ErrPermission) {
		t.Error(err)
	}
}

func TestCutLineIsWrittenOver(t *testing.T) {
	path, key := file(t)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0) //nolint:gosec // the test's
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(`{"hub":"09`)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if err := Append(path, func(before []byte) Mark { return Sign(key, head(5), before) }); err != nil {
		t.Fatal(err)
	}
	if marks, err := Read(path, publicOf(key)); err != nil || len(marks) != 5 {
		t.Error(len(marks), err)
	}
}

func TestManyWritersOfOneFile(t *testing.T) {
	path, key := file(t)
	var wg sync.WaitGroup
	for i := range int64(8) {
		wg.Go(func() {
			for range 5 {
				if err := Append(path, func(before []byte) Mark { return Sign(key, head(i+10), bytes.Clone(before)) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if marks, err := Read(path, publicOf(key)); err != nil || len(marks) != 44 {
		t.Error(len(marks), err)
	}
}
