package sniff

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kartoteka/connectors"
)

func TestSamples(t *testing.T) {
	for name, want := range map[string]string{
		"clients-semicolon-cp1251.csv": "csv windows-1251", "clients-semicolon-koi8r.csv": "csv koi8-r", "clients-semicolon-cp866.csv": "csv cp866",
		"clients-comma-utf8-bom.csv": "csv utf-8", "clients-tab-utf16le-bom.txt": "csv utf-16le", "clients.jsonl": "jsonl utf-8",
	} {
		f, err := Detect(filepath.Join("testdata", name))
		if got := f.Name + " " + f.Charset; err != nil || got != want {
			t.Errorf("%s: %s %v, want %s", name, got, err, want)
		}
	}
}

var _ = errors.Is
var _ = os.Stdout
var _ = strings.Fields
var _ connectors.Cursor
