package config_test

import (
	"bytes"
	"os"
	"testing"

	"kartoteka/config"
)

// FuzzParse asks for no panic, faults with a place, and that what loads is printed and
// loads again with the same fingerprint.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"good_*.yaml", "bad_*.yaml"} {
		for _, path := range fixtures(f, pattern) {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Add([]byte("sources: {a: {from: x, every: 'TZ= '}}"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := config.Parse("k.yaml", text, env())
		if err != nil {
			if len(config.AllFaults(err)) == 0 {
				t.Fatalf("no faults in %v", err)
			}
			return
		}
		var printed bytes.Buffer
		if err := c.Print(&printed); err != nil {
			t.Fatal(err)
		}
		again, err := config.Parse("k.yaml", printed.Bytes(), env())
		if err != nil {
			t.Fatalf("%v\n%s", err, printed.String())
		}
		if again.Fingerprint() != c.Fingerprint() {
			t.Fatalf("another fingerprint of\n%s", printed.String())
		}
	})
}

func FuzzSchedule(f *testing.F) {
	for _, every := range []string{"5m", "0 * * * *", "TZ=", "CRON_TZ=x", "@every 1s", "0 0 30 2 *", "*/0 * * * *", "1-0 * * * *"} {
		f.Add(every)
	}
	f.Fuzz(func(t *testing.T, every string) {
		if s, err := config.ParseSchedule(every, nil); err == nil && s == nil {
			t.Error("neither a schedule nor an error")
		}
	})
}
