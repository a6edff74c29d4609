package main

import (
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/failpoint/raced"
)

// clusters reads what match cluster wrote: the records in order, and the cluster of each.
func clusters(t *testing.T, path string) (keys []string, of map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("no clusters in %s: %v", path, err)
	}
	of = map[string]string{}
	for _, row := range rows[1:] {
		keys = append(keys, row[0])
		of[row[0]] = row[1]
	}
	return keys, of
}

// TestClusterAgreesWithEvaluate clusters a street by the streaming way and by that of match evaluate.
func TestClusterAgreesWithEvaluate(t *testing.T) {
	raced.Skip(t)
	records, _ := street(t, 200, 1)
	out := filepath.Join(t.TempDir(), "clusters.csv")
	if code, _, stderr := cli(t, "match", "cluster", records, "--clusters", out); code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	keys, got := clusters(t, out)
	e, err := prepareEvaluation(context.Background(), &app{out: io.Discard, err: io.Discard}, records, "record_id", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e.ids, keys); diff != "" {
		t.Errorf("not in the order of the file (-want +got):\n%s", diff)
	}
	run, want, least := e.partition(e.rules.matcher), map[string]string{}, map[int32]string{}
	for i, c := range run.Cluster {
		if least[c] == "" || e.ids[i] < least[c] {
			least[c] = e.ids[i]
		}
	}
	for i, c := range run.Cluster {
		want[e.ids[i]] = least[c]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("other clusters than match evaluate (-want +got):\n%s", diff)
	}
}

func TestClusterOfOddFiles(t *testing.T) {
	t.Parallel()
	same := ",Иванов Иван Иванович,12.04.1985,8 901 123-45-67\n"
	for _, c := range []struct{ name, text, says, want string }{
		{"RepeatedKeys", "record_id,ФИО,Дата рождения,Телефон\na" + same + "b" + same + "a,Петрова Анна Ильинична,01.02.1990,8 903 000-11-22\n", "1 with a record_id that came before", "a:a b:a"},
		{"OneRecord", "record_id,ФИО,Дата рождения,Телефон\na" + same, "", "a:a"},
		{"QuotedKeys", "record_id,ФИО,Дата рождения,Телефон\n\"b,\"\"1\"" + same + "a" + same, "", `b,"1:a a:a`},
		{"NoKeyColumn", "id,ФИО\n1,Иванов Иван\n", "record_id", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
			if err := os.WriteFile(in, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			code, _, stderr := cli(t, "match", "cluster", in, "--clusters", out)
			if !strings.Contains(stderr, c.says) {
				t.Errorf("want %q on stderr, got %s", c.says, stderr)
			}
			if c.want == "" {
				if code != exitInput {
					t.Errorf("exit %d, want %d", code, exitInput)
				}
				return
			}
			keys, of := clusters(t, out)
			var got []string
			for _, key := range keys {
				got = append(got, key+":"+of[key])
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
