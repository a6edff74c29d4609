package sniff

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"kartoteka/connectors"
)

// magics are formats that begin with fixed bytes and are not read.
var magics = []struct {
	head string
	found
}{
	{"%PDF", found{"a PDF document", "ask for the table itself, as xlsx or csv"}},
	{"PAR1", found{"a Parquet file", "export it as csv or jsonl"}},
	{"Obj\x01", found{"an Avro file", "export it as jsonl"}},
	{"ORC", found{"an ORC file", "export it as csv or jsonl"}},
	{"SQLite format 3", found{"an SQLite database", "export the table as csv"}},
	{"PGDMP", found{"a PostgreSQL dump", "restore it and read the table with from: postgres"}},
	{"7z\xbc\xaf\x27\x1c", found{"a 7z archive", "unpack it"}},
	{"Rar!", found{"a RAR archive", "unpack it"}},
	{"BZh", found{"a bzip2 archive", "unpack it"}},
	{"\xfd7zXZ\x00", found{"an xz archive", "unpack it"}},
	{"\x28\xb5\x2f\xfd", found{"a zstd archive", "unpack it"}},
	{"\x89PNG", found{"a picture", "ask for the table itself"}},
	{"\xff\xd8\xff", found{"a picture", "ask for the table itself"}},
	{"{\\rtf", found{"an RTF document", "save its table as xlsx or csv"}},
	{"MOXCEL", found{"a 1C table document (mxl)", "save it from 1C as xlsx"}},
	{"\xef\xbb\xbfMOXCEL", found{"a 1C table document (mxl)", "save it from 1C as xlsx"}},
	{"\x7fELF", found{"a program", "name a file with customers"}},
	{"MZ\x90", found{"a program", "name a file with customers"}},
}

func binaryFormat(in *connectors.Input, head []byte) (Format, found) {
	for _, m := range magics {
		if strings.HasPrefix(string(head[:min(len(head), 16)]), m.head) {
			return Format{}, m.found
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipFormat(in)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return Format{}, oleFormat(in)
	case len(head) > 4 && head[0] == 9 && strings.IndexByte("\x08\x04\x02\x00", head[1]) >= 0 && head[2] <= 16 && head[3] == 0:
		return Format{}, xls
	case dbf(in, head):
		return Format{}, found{"a dBase table (dbf)", "save it as csv or xlsx"}
	}
	return Format{}, found{}
}

var xls = found{"an old Excel workbook (xls)", "open it in Excel or LibreOffice and save it as xlsx"}

// zipFormat looks at the names inside a zip archive.
func zipFormat(in *connectors.Input) (Format, found) {
	z, err := OpenZip(in)
	switch {
	case errors.Is(err, errFiles):
		return Format{}, found{"a zip archive of too many files", "unpack it and name the files in it"}
	case errors.Is(err, errSwollen):
		return Format{}, found{"a zip archive whose files overlap, like a zip bomb", "save it anew in the program that made it"}
	case err != nil:
		return Format{}, found{"a zip archive that is cut off or damaged", "copy or export it anew"}
	}
	var documents []*zip.File
	for _, f := range z.File {
		switch name := strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/")); {
		case name == "xl/workbook.xml":
			return Format{Name: XLSX}, found{}
		case name == "xl/workbook.bin":
			return Format{}, found{"a binary Excel workbook (xlsb)", "save it as xlsx"}
		case name == "word/document.xml":
			return Format{}, found{"a Word document", "save its table as xlsx or csv"}
		case name == "mimetype":
			if bytes.Contains(entryHead(f, 200), []byte("opendocument")) {
				return Format{}, found{"an OpenDocument file (ods)", "save it as xlsx"}
			}
		case strings.HasSuffix(name, ".xml"):
			documents = append(documents, f)
		}
	}
	if len(documents) != 1 {
		return Format{}, found{"a zip archive", "unpack it and name the files in it"}
	}
	head := entryHead(documents[0], headSize)
	if name, _ := textFormat(head, Charset(head)); name == EnterpriseData || name == CommerceML {
		return Format{Name: name, Charset: Charset(head), Detail: "in zip: " + documents[0].Name}, found{}
	}
	return Format{}, found{"a zip archive", "unpack it and name the files in it"}
}

func entryHead(f *zip.File, n int64) []byte {
	r, err := f.Open()
	if err != nil {
		return nil
	}
	defer func() { _ = r.Close() }()
	head, _ := io.ReadAll(io.LimitReader(r, n))
	return head
}

// oleFormat looks for the names of streams, which stand in the container as UTF-16.
func oleFormat(in *connectors.Input) found {
	const piece = 4 << 20
	buf := make([]byte, min(in.Size, piece))
	var both []byte
	for _, at := range []int64{0, max(0, in.Size-piece)} {
		n, _ := in.File.ReadAt(buf, at)
		both = append(both, buf[:n]...)
	}
	has := func(name string) bool {
		var wide []byte
		for _, c := range []byte(name) {
			wide = append(wide, c, 0)
		}
		return bytes.Contains(both, wide)
	}
	switch {
	case has("EncryptedPackage"):
		return found{"an Excel workbook with a password (encrypted xlsx)", "save it without the password"}
	case has("Workbook"), has("Book"):
		return xls
	case has("WordDocument"):
		return found{"an old Word document", "save its table as xlsx or csv"}
	}
	return found{"an OLE document", "save its table as xlsx or csv"}
}

// dbf recognizes a dBase table by a header that fits the size of the file.
func dbf(in *connectors.Input, head []byte) bool {
	if len(head) < 33 || strings.IndexByte("\x02\x03\x30\x31\x43\x83\x8b\xf5", head[0]) < 0 || head[2] > 12 || head[3] > 31 {
		return false
	}
	n := int64(head[4]) | int64(head[5])<<8 | int64(head[6])<<16 | int64(head[7])<<24
	header, record := int64(head[8])|int64(head[9])<<8, int64(head[10])|int64(head[11])<<8
	want := header + n*record
	return header >= 33 && record > 1 && (in.Size >= want && in.Size <= want+2+512 || n == 0)
}

// Bomb reports an archived file that is larger than the limit, or shrunk as no table or message is.
func Bomb(f *zip.File, limit int64) bool {
	return f.UncompressedSize64 > uint64(limit) || connectors.Swollen(f.UncompressedSize64, f.CompressedSize64)
}

// maxDirectory is how much of an archive is read for its list of files, in bytes: about 80,000 files.
const maxDirectory = 8 << 20

// OpenZip opens an archive. One that lists far too many files, or the same bytes several times,
// is an error.
func OpenZip(in *connectors.Input) (*zip.Reader, error) {
	at := &limitedAt{r: in.File, left: maxDirectory}
	z, err := zip.NewReader(at, in.Size)
	if err == nil && overlapping(z, in.Size) {
		err = errSwollen
	}
	if err != nil {
		return nil, in.Broken(err)
	}
	at.open = true
	return z, nil
}

var (
	errFiles   = errors.New("it lists too many files")
	errSwollen = errors.New("its files overlap, like a zip bomb")
)

// overlapping reports files that claim more packed bytes than the archive has.
func overlapping(z *zip.Reader, size int64) bool {
	left := uint64(size)
	for _, f := range z.File {
		if f.CompressedSize64 > left {
			return true
		}
		left -= f.CompressedSize64
	}
	return false
}

// limitedAt reads only so much until the archive is open.
type limitedAt struct {
	r    io.ReaderAt
	left int64
	open bool
}

// ReadAt implements [io.ReaderAt].
func (l *limitedAt) ReadAt(p []byte, at int64) (int, error) {
	if !l.open {
		if l.left -= int64(len(p)); l.left < 0 {
			return 0, errFiles
		}
	}
	return l.r.ReadAt(p, at)
}

// Unzip opens the one document of a zip archive that holds a 1C message. A zip bomb is an error.
func Unzip(in *connectors.Input, limit int64) (io.ReadCloser, error) {
	z, err := OpenZip(in)
	if err != nil {
		return nil, err
	}
	for _, f := range z.File {
		if !strings.HasSuffix(strings.ToLower(f.Name), ".xml") {
			continue
		}
		if Bomb(f, limit) {
			return nil, fmt.Errorf("%w: %s unpacks to a multiple of its size, like a zip bomb; unpack it yourself if it is right", connectors.ErrInput, in.Name)
		}
		r, err := f.Open()
		if err != nil {
			return nil, in.Broken(err)
		}
		return r, nil
	}
	return nil, fmt.Errorf("%w: %s holds no xml document; name the message's own archive", connectors.ErrInput, in.Name)
}
