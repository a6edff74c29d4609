package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// labeled is a folder of sets that lies beside the repository and is none of it.
const labeled = "../../../shared/data"

// small are the sets that take about a second; larger ones are measured with KARTOTEKA_SLOW=1 and by make eval.
var (
	small  = []string{"febrl1", "restaurant", "rldata500", "ru_customers_dev_12k", "splink_fake_1000"}
	larger = []string{"dedupe_csv_chicago", "febrl2", "febrl3", "febrl4", "opencr_uganda", "rldata10000"}
)

// TestMatchingStaysAsGoodAsItWas measures the invented sets always and the small labeled ones
// where they are. It builds the program without the race detector, which would take minutes.
func TestMatchingStaysAsGoodAsItWas(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and measures it")
	}
	sets := append([]string{"demo", alikeName}, small...)
	if os.Getenv("KARTOTEKA_SLOW") != "" {
		sets = append(sets, larger...)
	}
	s := settings{program: filepath.Join(t.TempDir(), "kartoteka"), data: labeled, details: t.TempDir(), frozen: "baseline.csv", only: strings.Join(sets, ",")}
	if !exists(labeled) {
		t.Log("the labeled sets are not here: only the invented ones are measured")
	}
	if err := buildProgram(context.Background(), "../..", s.program); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err := evaluate(context.Background(), s, &out)
	t.Log(out.String())
	if err != nil {
		t.Error(err)
	}
}

func TestBaselineTellsWhatFell(t *testing.T) {
	b := baseline{"a": {1, 1, 0.9, 1}, "b": {1, 1, 0.9, 1}, "c": {1, 1, 0.9, 1}, "elsewhere": {1, 1, 1, 1}}
	got := b.fallen(map[string]figures{"a": {F1: 0.8971}, "b": {F1: 0.8969}, "c": {F1: 0.95}, "new": {F1: 0.1}})
	if diff := cmp.Diff([]string{"b: F1 0.8969, was 0.9000"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFrozenBaselineIsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline.csv")
	b, err := readBaseline(path)
	if err != nil || len(b) > 0 {
		t.Fatalf("a baseline that is not there: %v, %v", b, err)
	}
	b["elsewhere"] = kept{1, 1, 1, 1}
	if err := b.freeze(path, map[string]figures{"a (link only)": {Precision: 0.5, Recall: 0.25, F1: 0.33333, BlockingRecall: 1}}); err != nil {
		t.Fatal(err)
	}
	got, err := readBaseline(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(baseline{"elsewhere": {1, 1, 1, 1}, "a (link only)": {0.5, 0.25, 0.3333, 1}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBaselineEditedByHand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline.csv")
	write(t, path, "set,precision,recall,f1,blocking_recall\na,1,1,high,1\n")
	if _, err := readBaseline(path); err == nil || !strings.Contains(err.Error(), "a: ") {
		t.Errorf("%v", err)
	}
}

func TestBars(t *testing.T) {
	all, err := bars()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range all {
		if b.floor == 0 || b.aim < b.floor {
			t.Errorf("%s: floor %v, aim %v", name, b.floor, b.aim)
		}
	}
	b := bar{floor: 0.9, aim: 1}
	for f1, want := range map[float64]string{1: "aim", 0.99996: "aim", 0.9999: "floor", 0.9: "floor", 0.8999: "below"} {
		if got := b.verdict(f1); got != want {
			t.Errorf("%v: %s, want %s", f1, got, want)
		}
	}
}

func TestMovedPairs(t *testing.T) {
	dir := t.TempDir()
	s := set{name: "x", truth: filepath.Join(dir, "truth.csv")}
	write(t, s.truth, "record_id,entity_id\n1,a\n2,a\n3,b\n4,b\n5,c\n")
	write(t, filepath.Join(dir, baseClusters), "record_id,cluster\n1,1\n2,2\n3,3\n4,3\n5,3\n")
	write(t, filepath.Join(dir, nowClusters), "record_id,cluster\n1,1\n2,1\n3,1\n4,4\n5,5\n")
	write(t, filepath.Join(dir, nowPairs), "verdict,reason,left,right,bits,link,rules,found,vetoes,generic\nfalse,direct,3,1,+5.00,+4.00,phone,x,,\n")
	m, err := moved(s, dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("+1 -1 true, +2 -2 false", m.String()); diff != "" {
		t.Error(diff)
	}
	got, err := os.ReadFile(filepath.Join(dir, "moved.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`change,now,truth,left,right,reason,bits,link,rules,found,vetoes,generic
worse,joined,different,1,3,direct,+5.00,+4.00,phone,x,,
worse,joined,different,2,3,,,,,,,
worse,parted,same,3,4,,,,,,,
better,parted,different,3,5,,,,,,,
better,parted,different,4,5,,,,,,,
better,joined,same,1,2,,,,,,,
`, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsOfClasses(t *testing.T) {
	dir := t.TempDir()
	truth, clusters := filepath.Join(dir, "truth.csv"), filepath.Join(dir, "clusters.csv")
	write(t, truth, "record_id,entity_id,class,grp\n1,a,twins,0\n2,a,twins,0\n3,b,twins,0\n4,c,moved,1\n5,c,moved,1\n")
	write(t, clusters, "record_id,cluster\n1,1\n2,1\n3,1\n4,1\n5,5\n")
	c, err := readClustering(clusters, truth)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	writeClasses(&out, classesOf(c))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")[1:]
	for i, want := range []string{"moved 1 2 0 0 - 1 1 100.00% 3", "twins 2 3 2 2 100.00% 1 0 0.00% 3"} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestNamesOfSets(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"febrl4", "half", "other"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name, "records.csv.gz"), "")
		if name != "half" {
			write(t, filepath.Join(dir, name, "truth.csv.gz"), "")
		}
	}
	sets, err := folderSets(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range sets {
		names = append(names, s.name)
	}
	if diff := cmp.Diff([]string{"febrl4", "febrl4 (link only)", "other"}, names); diff != "" {
		t.Error(diff)
	}
	if got := named(sets, "febrl4"); len(got) != 2 || got[1].folder("eval") != "eval/febrl4_link_only" {
		t.Errorf("%+v", got)
	}
	if _, err := peopleSet("one.csv"); err == nil {
		t.Error("people without a truth")
	}
	if sets, err := folderSets(filepath.Join(dir, "nowhere")); err != nil || sets != nil {
		t.Errorf("%v, %v", sets, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
