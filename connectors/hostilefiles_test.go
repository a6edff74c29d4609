package connectors_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// made is a file in a folder of its own, filled by write.
func made(t *testing.T, name string, write func(w io.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	write(f)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func plain(text string) func(*testing.T) string {
	return func(t *testing.T) string {
		return made(t, "plain", func(w io.Writer) { _, _ = io.WriteString(w, text) })
	}
}

func gzipped(parts ...io.Reader) func(*testing.T) string {
	return func(t *testing.T) string {
		return made(t, "packed.gz", func(w io.Writer) {
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			_, _ = io.Copy(z, io.MultiReader(parts...))
			_ = z.Close()
		})
	}
}

// letters are n bytes that shrink about a hundred times, as many as a text may.
func letters(n int64) io.Reader {
	return io.LimitReader(&endless{block: block()}, n)
}

var block = sync.OnceValue(func() []byte {
	b := make([]byte, 20<<10)
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = 'a' + byte(dice.IntN(26))
	}
	return b
})

func same(text string, n int64) io.Reader {
	return io.LimitReader(&endless{block: bytes.Repeat([]byte(text), max(1, 4096/len(text)))}, n*int64(len(text)))
}

func str(text string) io.Reader { return strings.NewReader(text) }

// endless repeats a block.
type endless struct {
	block []byte
	at    int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.block[e.at:])
	e.at = (e.at + n) % len(e.block)
	return n, nil
}

// Parts of the smallest workbook.
const (
	wbBook    = `<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`
	wbRels    = `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`
	wbTypes   = `<Types></Types>`
	sheetName = "xl/worksheets/sheet1.xml"
	sheetHead = `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>ФИО</t></is></c><c r="B1" t="inlineStr"><is><t>Телефон</t></is></c></row>`
	sheetRow  = `<row r="2"><c r="A2" t="inlineStr"><is><t>а</t></is></c><c r="B2"><v>84950001234</v></c></row>`
	sheetTail = `</sheetData></worksheet>`
)

// part is one file of an archive.
type part struct {
	name string
	r    io.Reader
}

// workbook is the smallest one with parts replaced or added.
func workbook(parts ...part) func(*testing.T) string {
	return func(t *testing.T) string {
		return made(t, "book.xlsx", func(w io.Writer) { zipTo(w, append(smallest(parts), parts...)...) })
	}
}

func smallest(without []part) []part {
	all := []part{{"[Content_Types].xml", str(wbTypes)}, {"xl/workbook.xml", str(wbBook)}, {"xl/_rels/workbook.xml.rels", str(wbRels)},
		{sheetName, str(sheetHead + sheetRow + sheetTail)}}
	kept := all[:0]
	for _, p := range all {
		replaced := false
		for _, q := range without {
			replaced = replaced || q.name == p.name
		}
		if !replaced {
			kept = append(kept, p)
		}
	}
	return kept
}

func zipTo(w io.Writer, parts ...part) {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, p := range parts {
		to, _ := z.Create(p.name)
		_, _ = io.Copy(to, p.r)
	}
	_ = z.Close()
}

func archive(parts ...part) func(*testing.T) string {
	return func(t *testing.T) string {
		return made(t, "message.zip", func(w io.Writer) { zipTo(w, parts...) })
	}
}

// overlapping lists the sheet of a workbook a thousand times over the same bytes.
func overlapping(t *testing.T) string {
	return made(t, "book.xlsx", func(w io.Writer) {
		var b bytes.Buffer
		zipTo(&b, append(smallest([]part{{sheetName, nil}}), part{sheetName, io.MultiReader(str(sheetHead), letters(1<<20), str(sheetTail))})...)
		whole := b.Bytes()
		end := bytes.LastIndex(whole, []byte("PK\x05\x06"))
		last := bytes.LastIndex(whole[:end], []byte("PK\x01\x02"))
		entry, tail := whole[last:end], bytes.Clone(whole[end:])
		const copies = 1000
		binary.LittleEndian.PutUint16(tail[8:], binary.LittleEndian.Uint16(tail[8:])+copies)
		binary.LittleEndian.PutUint16(tail[10:], binary.LittleEndian.Uint16(tail[10:])+copies)
		binary.LittleEndian.PutUint32(tail[12:], binary.LittleEndian.Uint32(tail[12:])+uint32(copies*len(entry)))
		_, _ = w.Write(whole[:end])
		_, _ = w.Write(bytes.Repeat(entry, copies))
		_, _ = w.Write(tail)
	})
}

// crowded lists 200,000 files.
func crowded(t *testing.T) string {
	return made(t, "book.xlsx", func(w io.Writer) {
		z := zip.NewWriter(w)
		for i := range 200_000 {
			_, _ = z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("xl/media/picture%06d.png", i)})
		}
		_ = z.Close()
	})
}

// holed is good rows, then a line of that many bytes, then one more row. Between them is a hole of
// the file system: nothing of it is on the disk.
func holed(size int64) func(*testing.T) string {
	return func(t *testing.T) string {
		path := made(t, "holed.csv", func(w io.Writer) {
			_, _ = io.WriteString(w, "name;phone\n"+strings.Repeat("Анна Иванова;84950001234\n", 10_000))
		})
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		info, _ := f.Stat()
		if err := f.Truncate(info.Size() + size); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(f, "\nПётр Петров;84950001235\n")
		_ = f.Close()
		return path
	}
}

// stringParts are n shared strings and a sheet whose rows name each of them.
func stringParts(n int) []part {
	texts, texting := io.Pipe()
	cells, writing := io.Pipe()
	go func() {
		_, _ = io.WriteString(texting, "<sst>")
		for i := range n {
			_, _ = fmt.Fprintf(texting, "<si><t>Иванова Анна Петровна, город Москва, квартира %d</t></si>", i)
		}
		_, _ = io.WriteString(texting, "</sst>")
		_ = texting.Close()
	}()
	go func() {
		_, _ = io.WriteString(writing, sheetHead)
		for i := range n / 2 {
			_, _ = fmt.Fprintf(writing, `<row r="%d"><c t="s"><v>%d</v></c><c t="s"><v>%d</v></c></row>`, i+2, 2*i, 2*i+1)
		}
		_, _ = io.WriteString(writing, sheetTail)
		_ = writing.Close()
	}()
	return []part{{"xl/sharedStrings.xml", texts}, {sheetName, cells}}
}
