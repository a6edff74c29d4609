package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kartoteka/matching"
)

// labeledRows are a small invented file and its truth: Kovalev thrice, Smirnova twice.
const labeledRows = `record_id,full_name,birth_date,phone,email
r1,Ковалёв Александр Петрович,1985-04-12,+79011234567,kovalev@example.ru
r2,КОВАЛЕВ Александр Петрович,12.04.1985,8 901 123-45-67,
r3,Kovalev Aleksandr,1985-04-12,,kovalev@example.ru
r4,Смирнова Анна Игоревна,1990-09-03,+79165556677,anna.s@example.ru
r5,Смирнова Анна Игоревна,1990-09-03,+79165556677,
r6,Иванов Пётр Сергеевич,1979-11-30,+79032223344,
r7,Иванова Мария Сергеевна,1982-01-15,+79032223344,maria@example.ru
r8,Гусев Олег Ильич,1971-02-02,+79120001122,gusev@example.ru
`

const labeledTruth = "record_id,entity_id\nr1,1\nr2,1\nr3,1\nr4,2\nr5,2\nr6,3\nr7,4\nr8,5\n"

// bench has the small labeled file in a directory of its own.
type bench struct {
	*testing.T
	dir, records, truth string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, dir: t.TempDir()}
	b.records, b.truth = b.file("records.csv", labeledRows), b.file("truth.csv", labeledTruth)
	return b
}

func (b *bench) file(name, text string) string {
	b.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// ok runs a verb that must succeed and gives what it printed for people.
func (b *bench) ok(args ...string) string {
	b.Helper()
	code, out, errs := cli(b.T, args...)
	if code != exitOK {
		b.Fatalf("%v: exit %d: %s%s", args, code, errs, out)
	}
	return out
}

// result runs a verb that must succeed and decodes its result.
func (b *bench) result(into any, args ...string) {
	b.Helper()
	var e struct{ Result json.RawMessage }
	if err := json.Unmarshal([]byte(b.ok(append(args, "--output", "json", "-q")...)), &e); err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(e.Result, into); err != nil {
		b.Fatal(err)
	}
}

func TestMatchBlocks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var r blocksResult
	b.result(&r, "match", "blocks", b.records, "--truth", b.truth)
	if r.Records != 8 || r.Truth == nil || r.Truth.Recall != 1 || len(r.Rules) == 0 || len(r.Worst) == 0 || len(r.Worst[0].Hash) != 16 {
		t.Errorf("%+v", r)
	}
	for _, lang := range []string{"en", "ru", "uk"} {
		text := b.ok("match", "blocks", b.records, "--lang", lang)
		for _, personal := range []string{"Ковал", "9011234567", "kovalev", "1985"} {
			if strings.Contains(text, personal) {
				t.Errorf("%s: personal data without --show-values: %s", lang, text)
			}
		}
	}
	if text := b.ok("match", "blocks", b.records, "--show-values"); !strings.Contains(text, "kovalev@example.ru") {
		t.Errorf("no values:\n%s", text)
	}
	if code, _, errs := cli(t, "match", "blocks", b.records, "--truth", b.records); code != exitInput || !strings.Contains(errs, "entity_id") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestMatchThreshold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	page, picture := filepath.Join(b.dir, "r.html"), filepath.Join(b.dir, "r.svg")
	var r thresholdResult
	b.result(&r, "match", "threshold", b.records, "--truth", b.truth, "--html", page, "--svg", picture, "--step", "2")
	if r.Estimated || r.Best == nil || r.Best.F1 < r.Own.F1 || len(r.Curve) != 10 || r.Calibration == nil || len(r.Bands) == 0 {
		t.Errorf("%+v", r)
	}
	for path, marks := range map[string][]string{page: {"<!DOCTYPE html>", "<svg", "own threshold 1.6", "best for the truth"}, picture: {"<svg", "</svg>"}} {
		text := string(b.read(path))
		for _, mark := range marks {
			if !strings.Contains(text, mark) {
				t.Errorf("%s lacks %q", filepath.Base(path), mark)
			}
		}
		if strings.Count(text, "<svg") != strings.Count(text, "</svg>") || strings.Contains(text, "NaN") || strings.Contains(text, "<script") {
			t.Errorf("%s is broken", filepath.Base(path))
		}
		if path == picture && xml.Unmarshal([]byte(text), new(any)) != nil {
			t.Error("the SVG is no XML")
		}
	}
}

func TestMatchThresholdWithoutTruth(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	page := filepath.Join(b.dir, "r.html")
	var r thresholdResult
	b.result(&r, "match", "threshold", b.records, "--html", page, "--lang", "uk")
	if !r.Estimated || r.Best != nil || r.Calibration != nil || len(r.Curve) == 0 || r.Bands[0].True != nil {
		t.Errorf("%+v", r)
	}
	if text := string(b.read(page)); !strings.Contains(text, "оцінки за ймовірностями") {
		t.Error("the page does not say that it estimates")
	}
	if text := b.ok("match", "threshold", b.records); !strings.Contains(text, "estimates") {
		t.Errorf("does not say that it estimates:\n%s", text)
	}
	for _, bad := range [][]string{{"--step", "0"}, {"--above", "-3"}, {"--step", "NaN"}, {"--above", "1e9"}} {
		if code, _, _ := cli(t, append([]string{"match", "threshold", b.records}, bad...)...); code != exitInput {
			t.Errorf("%v: exit %d", bad, code)
		}
	}
}

func (b *bench) read(path string) []byte {
	b.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

func TestMatchCompare(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	model := filepath.Join(b.dir, "model.json")
	b.ok("match", "train", b.records, "--out", model, "-q")
	m, err := matching.ReadModel(b.read(model))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range m.Kinds {
		for _, types := range []map[string]matching.Levels{k.Types, k.Attributes} {
			for _, levels := range types {
				for key, l := range levels {
					l.U, l.Term = l.M, 0 // agreement says nothing
					levels[key] = l
				}
			}
		}
	}
	text, err := m.JSON()
	if err != nil {
		t.Fatal(err)
	}
	doubting := b.file("doubting.json", string(text))
	var r compareResult
	b.result(&r, "match", "compare", model, model, b.records)
	if len(r.Changes) != 0 {
		t.Errorf("a model differs from itself: %+v", r)
	}
	b.result(&r, "match", "compare", model, doubting, b.records, "--limit", "1")
	if len(r.Changes) != 1 || r.Left != 1 || r.Changes[0].Kind != matching.ChangeSplit || len(r.Changes[0].Before[0]) != 3 {
		t.Errorf("%+v", r)
	}
	for lang, word := range map[string]string{"en": "split", "ru": "разделятся", "uk": "розділяться"} {
		if text := b.ok("match", "compare", model, doubting, b.records, "--lang", lang); !strings.Contains(text, word) || !strings.Contains(text, "r1 r2 r3") {
			t.Errorf("%s: %s", lang, text)
		}
	}
	if code, _, errs := cli(t, "match", "compare", model, b.records, b.records); code != exitInput || !strings.Contains(errs, "model") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestMatchEstimate(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for lang, word := range map[string]string{"en": "estimates", "ru": "оценки", "uk": "оцінки"} {
		if text := b.ok("match", "estimate", b.records, "--lang", lang); !strings.Contains(text, word) {
			t.Errorf("%s does not say that it estimates:\n%s", lang, text)
		}
	}
	sample := filepath.Join(b.dir, "sample.csv")
	var r estimateResult
	b.result(&r, "match", "estimate", b.records, "--sample", "20", "--out", sample)
	if r.Sample == nil || r.Sample.Pairs < 4 || r.Linked != 4 || r.Precision.Low > r.Precision.Estimate {
		t.Errorf("%+v", r)
	}
	if info, err := os.Stat(sample); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the sample: %v %v", info, err)
	}
	text := string(b.read(sample))
	if !strings.Contains(text, "full_name (a),full_name (b)") || !strings.Contains(text, "Смирнова Анна Игоревна,Смирнова Анна Игоревна") {
		t.Errorf("%s", text)
	}
	var blank, judged estimateResult
	b.result(&blank, "match", "estimate", b.records, "--judged", sample)
	if j := blank.Judged; j == nil || j.Pairs != 0 || j.Blank != int64(r.Sample.Pairs) {
		t.Errorf("%+v", j)
	}
	answered := b.file("answered.csv", strings.ReplaceAll(strings.ReplaceAll(text, "\n,linked", "\nДа,linked"), "\n,apart", "\nno,apart"))
	b.result(&judged, "match", "estimate", b.records, "--judged", answered)
	if j := judged.Judged; j.Pairs != int64(r.Sample.Pairs) || j.Precision.Estimate < 0.99 || j.Precision.Low < 0.4 || j.Precision.High > 1 {
		t.Errorf("%+v", j)
	}
}

func TestMatchEstimateRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const header = "same,stratum,linked,stratum_pairs\n"
	for _, c := range []struct {
		name, says string
		args       []string
	}{
		{"NoOut", "--out", []string{"--sample", "5"}},
		{"Negative", "--sample", []string{"--sample", "-5", "--out", "x"}},
		{"NoSample", "no column", []string{"--judged", b.records}},
		{"NoPairs", "no pairs", []string{"--judged", b.file("a.csv", header)}},
		{"Perhaps", "row 2", []string{"--judged", b.file("b.csv", header+"perhaps,linked from 10,true,3\n")}},
		{"NoNumber", "stratum_pairs", []string{"--judged", b.file("c.csv", header+"yes,linked from 10,true,many\n")}},
	} {
		if code, _, errs := cli(t, append([]string{"match", "estimate", b.records}, c.args...)...); code != exitInput || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d: %s", c.name, code, errs)
		}
	}
}
