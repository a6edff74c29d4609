package connectors_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"kartoteka/connectors"
	"kartoteka/connectors/excel"
	"kartoteka/connectors/jsonl"
	"kartoteka/connectors/onec"
	"kartoteka/connectors/sniff"
	"kartoteka/connectors/text"
	"kartoteka/failpoint/raced"
)

// maxPeak is the memory that a reader of a hostile file may ever have, in bytes.
const maxPeak = 300 << 20

const fileVar = "KARTOTEKA_HOSTILE_FILE"

// TestMain is also the child that reads one file as the hub does and tells how it went.
func TestMain(m *testing.M) {
	if path := os.Getenv(fileVar); path != "" {
		_ = json.NewEncoder(os.Stdout).Encode(readWhole(path))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// outcome is what became of a file.
type outcome struct {
	Err     string
	Input   bool // the error is about the input
	Rows    int
	Rejects map[string]int
	Peak    uint64 // bytes
}

func readWhole(path string) outcome {
	o := outcome{Rejects: map[string]int{}}
	err := o.read(path)
	if err != nil {
		o.Err, o.Input = err.Error(), errors.Is(err, connectors.ErrInput)
	}
	o.Peak = peak()
	return o
}

func (o *outcome) read(path string) (err error) {
	format, err := sniff.Detect(path)
	if err != nil {
		return err
	}
	c, err := reader(format.Name, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.Open(context.Background(), ""); err != nil {
		return err
	}
	for {
		b, err := c.Read(context.Background(), 1000)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		o.Rows += len(b.Rows)
		for _, r := range b.Rejects {
			o.Rejects[r.Code]++
		}
	}
}

func reader(format, path string) (connectors.Connector, error) {
	for _, k := range []connectors.Kind{text.Kind(), excel.Kind(), jsonl.Kind(), onec.EnterpriseDataKind(), onec.CommerceMLKind()} {
		for _, f := range k.Formats {
			if f == format {
				return k.New(k.File(path))
			}
		}
	}
	return nil, fmt.Errorf("no connector reads %s", format)
}

// peak is the largest memory of this process so far: as the kernel counts, or, on a system without
// /proc, what the runtime took.
func peak() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return m.Sys
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _ := strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
	return kilobytes << 10
}

// hostile is a file that somebody made to harm, and what must become of it.
type hostile struct {
	make    func(*testing.T) string
	err     string // part of the error; "" for none
	rows    int
	rejects map[string]int
	slow    bool
}

const (
	xxe    = `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`
	laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	orders = `<?xml version="1.0" encoding="UTF-8"?>` + "\n<КоммерческаяИнформация>"
	ordend = "</КоммерческаяИнформация>"
)

const deep = 200_000

func hostiles() map[string]hostile {
	return map[string]hostile{
		"xxe":                        {make: plain(`<?xml version="1.0"?>` + xxe + `<КоммерческаяИнформация>&e;</КоммерческаяИнформация>`), err: "DOCTYPE"},
		"xxe inside":                 {make: plain(orders + xxe + "<Контрагенты><Контрагент><Ид>&e;</Ид></Контрагент>" + ordend), err: "DOCTYPE"},
		"billion laughs":             {make: plain(`<?xml version="1.0"?>` + laughs + `<КоммерческаяИнформация>&c;</КоммерческаяИнформация>`), err: "DOCTYPE"},
		"laughs behind a comment":    {make: plain(orders[:39] + "<!--" + strings.Repeat(" ", 300<<10) + "-->" + laughs + orders[39:] + ordend), err: "XML"},
		"an entity of nobody":        {make: plain(orders + "<Контрагенты><Контрагент><Ид>&lol9;</Ид></Контрагент>" + ordend), err: "broken XML"},
		"xxe in a sheet":             {make: workbook(part{sheetName, str(xxe + sheetHead + sheetRow + sheetTail)}), err: "DOCTYPE"},
		"laughs in shared strings":   {make: workbook(part{"xl/sharedStrings.xml", str(laughs + "<sst><si><t>&c;</t></si></sst>")}), err: "DOCTYPE"},
		"deep xml":                   {make: gzipped(str(orders), same("<a>", deep), same("</a>", deep), str(ordend)), err: "nested deeper"},
		"deep sheet":                 {make: workbook(part{sheetName, io.MultiReader(str(sheetHead), same("<a>", deep), same("</a>", deep), str(sheetTail))}), err: "nested too deep"},
		"deep json lines":            {make: gzipped(str(`{"a":"1"}`+"\n"+`{"a":`), same("[", deep), same("]", deep), str("}\n"), str(`{"a":`), same(`{"a":`, deep), same("}", deep), str("}\n")), rows: 1, rejects: map[string]int{"row.depth": 2}},
		"deep json array":            {make: gzipped(str(`[{"a":`), same("[", deep), same("]", deep), str("}]")), err: "broken JSON"},
		"gzip bomb":                  {make: gzipped(str("name;phone\n"), same("x", 70<<20)), err: "bomb"},
		"zip bomb":                   {make: archive(part{"m.xml", io.MultiReader(str(orders), same(" ", 70<<20), str(ordend))}), err: "bomb"},
		"workbook bomb":              {make: workbook(part{sheetName, io.MultiReader(str(sheetHead), same(" ", 70<<20), str(sheetTail))}), err: "bomb"},
		"overlapping parts":          {make: overlapping, err: "overlap"},
		"200,000 parts":              {make: crowded, err: "too many files"},
		"names that climb":           {make: workbook(part{"xl/_rels/workbook.xml.rels", str(strings.ReplaceAll(wbRels, "worksheets/sheet1.xml", "../../../../../../etc/passwd"))}, part{"../../../../../../tmp/evil", str("x")}, part{"..\\..\\evil.exe", str("x")}, part{"/etc/cron.d/evil", str("x")}), err: "no visible sheet"},
		"message whose name climbs":  {make: archive(part{"../../../../evil.xml", str(orders + "<Контрагенты><Контрагент><Ид>1</Ид><Наименование>а</Наименование></Контрагент></Контрагенты>" + ordend)}), rows: 1},
		"a text without an end":      {make: gzipped(str(orders+"<Контрагенты><Контрагент><Ид>"), letters(20<<20)), err: "longer than 16 MiB"},
		"a comment without an end":   {make: gzipped(str(orders+"<!--"), same("<> a=b", 3<<20), letters(20<<20)), err: "longer than 16 MiB"},
		"attributes without an end":  {make: gzipped(str(orders+"<Контрагенты><Контрагент"), same(` a=""`, 3<<20)), err: "attributes"},
		"a text of many pieces":      {make: gzipped(str(orders+"<Контрагенты><Контрагент><Ид>1</Ид><Комментарий>"), same("<![CDATA[x]]>", 200_000), str("</Комментарий></Контрагент></Контрагенты>"+ordend)), rows: 1},
		"an array's endless object":  {make: gzipped(str(`[{"a":"1"},{"a":"`), letters(20<<20)), err: "longer than 16 MiB"},
		"an array's endless blank":   {make: gzipped(str(`[{"a":"1"},`), letters(0), same(" \n\t ", 5<<20)), err: "longer than 16 MiB"},
		"names that are data":        {make: gzipped(jsonNames(4)), rows: 1, rejects: map[string]int{"row.fields": 4}},
		"many names that are data":   {make: gzipped(jsonNames(20)), rows: 1, rejects: map[string]int{"row.fields": 20}, slow: true},
		"rejects of 15 MB":           {make: gzipped(jsonJunk(3)...), rows: 1, rejects: map[string]int{"row.json": 3}},
		"many rejects of 15 MB":      {make: gzipped(jsonJunk(20)...), rows: 1, rejects: map[string]int{"row.json": 20}, slow: true},
		"rows of 7 MB":               {make: gzipped(longRows(4)...), rows: 4},
		"many rows of 7 MB":          {make: gzipped(longRows(40)...), rows: 40, slow: true},
		"separators only":            {make: gzipped(str("name;phone\nа;1\n"), same(";", 7<<20), str("\nб;2\n")), rows: 2, rejects: map[string]int{"row.columns": 1}},
		"a header of separators":     {make: gzipped(same("x;", 20_000), str("\nб;2\nв;3\n")), err: "columns"},
		"a line of 1 GB":             {make: holed(1 << 30), rows: 10_001, rejects: map[string]int{"row.length": 1}, slow: true},
		"a line of 40 MB":            {make: holed(40 << 20), rows: 10_001, rejects: map[string]int{"row.length": 1}},
		"a million shared strings":   {make: func(t *testing.T) string { return workbook(stringParts(1_000_000)...)(t) }, rows: 500_000, slow: true},
		"shared strings":             {make: func(t *testing.T) string { return workbook(stringParts(30_000)...)(t) }, rows: 15_000},
		"too many shared strings":    {make: workbook(part{"xl/sharedStrings.xml", io.MultiReader(str("<sst>"), letters(11<<20), same("<si/>", 17<<20), str("</sst>"))}), err: "different texts", slow: true},
		"a text of many runs":        {make: workbook(part{"xl/sharedStrings.xml", io.MultiReader(str("<sst><si>"), same("<r><t>x</t></r>", 200_000), str("</si></sst>"))}), rows: 1},
		"one long text in all cells": {make: longCells, rows: 1, rejects: map[string]int{"row.length": 20}},
		"cells without an end":       {make: workbook(part{sheetName, io.MultiReader(str(sheetHead+`<row r="2">`), same(`<c r="ZZZ1"><v>1</v></c>`, 200_000), str("</row>"+sheetTail))}), rejects: map[string]int{"row.columns": 1}},
		"formats without an end":     {make: workbook(part{"xl/styles.xml", io.MultiReader(str("<styleSheet><cellXfs>"), same("<xf/>", 2<<20), str("</cellXfs></styleSheet>"))}), rows: 1},
	}
}

func jsonNames(n int) io.Reader {
	parts := []io.Reader{str(`{"a":"1"}` + "\n")}
	for i := range n {
		parts = append(parts, str(fmt.Sprintf(`{"%d`, i)), letters(8<<20), str(`":1}`+"\n"))
	}
	return io.MultiReader(parts...)
}

func jsonJunk(n int) []io.Reader {
	parts := []io.Reader{str(`{"a":"1"}` + "\n")}
	for range n {
		parts = append(parts, str(`{"a":"1" `), letters(15<<20), str("}\n"))
	}
	return parts
}

func longRows(n int) []io.Reader {
	parts := []io.Reader{str("name" + strings.Repeat(";note", 7) + "\n")}
	for range n {
		parts = append(parts, str("Анна"))
		for range 7 {
			parts = append(parts, str(";"), letters(1<<20))
		}
		parts = append(parts, str("\n"))
	}
	return parts
}

// longCells is twenty rows of 4,000 cells that all point to one text of a MiB.
func longCells(t *testing.T) string {
	parts := []io.Reader{str(sheetHead + sheetRow)}
	for i := range 20 {
		parts = append(parts, str(fmt.Sprintf(`<row r="%d">`, i+3)), same(`<c t="s"><v>0</v></c>`, 4000), str("</row>"))
	}
	parts = append(parts, str(sheetTail))
	return workbook(part{"xl/sharedStrings.xml", io.MultiReader(str("<sst><si><t>"), letters(1<<20), str("</t></si></sst>"))}, part{sheetName, io.MultiReader(parts...)})(t)
}

// TestHostileFiles gives each file to a process of its own: it must be refused, or read with its bad
// rows rejected, within the memory, and nothing may be left behind.
func TestHostileFiles(t *testing.T) {
	raced.Skip(t)
	for name, h := range hostiles() {
		t.Run(name, func(t *testing.T) {
			if h.slow && os.Getenv("KARTOTEKA_SLOW") == "" {
				t.Skip("slow: set KARTOTEKA_SLOW=1")
			}
			path := h.make(t)
			begun := time.Now()
			got, left := child(t, path)
			t.Logf("%d MiB, %v: %d rows, %v, %s", got.Peak>>20, time.Since(begun).Round(time.Millisecond), got.Rows, got.Rejects, got.Err)
			if got.Peak > maxPeak {
				t.Errorf("%d MiB of memory, want below %d", got.Peak>>20, maxPeak>>20)
			}
			if len(left) > 0 {
				t.Errorf("files are left: %v", left)
			}
			h.compare(t, got)
		})
	}
}

func (h *hostile) compare(t *testing.T, got outcome) {
	t.Helper()
	if h.err == "" && got.Err != "" || !strings.Contains(got.Err, h.err) || h.err != "" && !got.Input {
		t.Errorf("error %q, want one of bad input with %q", got.Err, h.err)
	}
	if h.err != "" {
		return
	}
	if got.Rows != h.rows || fmt.Sprint(got.Rejects) != fmt.Sprint(h.rejects) {
		t.Errorf("%d rows and %v, want %d and %v", got.Rows, got.Rejects, h.rows, h.rejects)
	}
}

// child reads the file in another process; left are the files that are there afterwards.
func child(t *testing.T, path string) (got outcome, left []os.DirEntry) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fileVar+"="+path, "TMPDIR="+dir)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if left, err = os.ReadDir(dir); err != nil {
		t.Fatal(err)
	}
	return got, left
}
