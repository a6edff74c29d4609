package config_test

import (
	"bytes"
	"os"
	"testing"
	"time"

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
	kyiv, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		f.Skip(err)
	}
	for _, every := range []string{"5m", "0 * * * *", "TZ=", "CRON_TZ=x", "@every 1s", "0 0 30 2 *", "*/0 * * * *", "1-0 * * * *", "0 0 29 2 *", "30 2 * * 0", "59 23 31 12 *"} {
		f.Add(every)
	}
	f.Fuzz(func(t *testing.T, every string) {
		s, err := config.ParseSchedule(every, kyiv)
		if err != nil {
			return
		}
		if s == nil {
			t.Fatal("neither a schedule nor an error")
		}
		for _, start := range []time.Time{time.Date(2026, 3, 29, 2, 59, 0, 0, kyiv), time.Date(2026, 10, 25, 3, 30, 0, 0, kyiv), time.Date(2096, 3, 1, 0, 0, 0, 0, time.UTC)} {
			if next := s.Next(start); !next.After(start) {
				t.Fatalf("%q after %s: %s", every, start, next)
			}
		}
	})
}
