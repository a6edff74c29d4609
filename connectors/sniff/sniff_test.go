package sniff

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"kartoteka/connectors"
)

func write(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.dat") // the name tells nothing
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: files[i], Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func wideText(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestFormatsThatAreRead(t *testing.T) {
	for name, want := range map[string]string{
		"clients-semicolon-cp1251.csv": "csv windows-1251", "clients-semicolon-koi8r.csv": "csv koi8-r", "clients-semicolon-cp866.csv": "csv cp866",
		"clients-comma-utf8-bom.csv": "csv utf-8", "clients-tab-utf16le-bom.txt": "csv utf-16le", "clients.jsonl": "jsonl utf-8",
	} {
		f, err := Detect(filepath.Join("testdata", name))
		if got := f.Name + " " + f.Charset; err != nil || got != want {
			t.Errorf("%s: %s %v, want %s", name, got, err, want)
		}
	}
	for content, want := range map[string]string{
		"[\n {\"a\": 1}]": JSONArray, "[]": JSONArray, "{\"a\":": JSONLines, "a;b\n1;2\n": CSV,
		"<?xml version=\"1.0\"?><!-- x --><КоммерческаяИнформация>":         CommerceML,
		"<v8:Message xmlns:msg=\"http://www.1c.ru/SSL/Exchange/Message\">":  EnterpriseData,
		zipped(t, "m.xml", "<КоммерческаяИнформация/>"):                     CommerceML,
		zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", ""): XLSX,
		wideText("Фамилия;Телефон\nКовалёв;+7 495 000-12-34\n"):             CSV,
	} {
		if f, err := Detect(write(t, content)); err != nil || f.Name != want {
			t.Errorf("%.30q: %s %v, want %s", content, f.Name, err, want)
		}
	}
}

func TestFormatsThatAreNamedOnly(t *testing.T) {
	ole := func(stream string) string {
		return "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 1000) + wideText(stream) + strings.Repeat("\x00", 1000)
	}
	dbf := "\x03\x7a\x03\x01\x01\x00\x00\x00\x41\x00\x0b\x00" + strings.Repeat("\x00", 20) + "NAME\x00\x00\x00\x00\x00\x00\x00C" + strings.Repeat("\x00", 20) + "\r" + " 1234567890"
	for content, want := range map[string]string{
		"%PDF-1.7": "PDF", "PAR1xx": "Parquet", "MOXCEL\x00": "mxl", "\xef\xbb\xbfMOXCEL": "mxl", "7z\xbc\xaf\x27\x1c": "7z",
		ole("Workbook"): "xls", ole("Book"): "xls", ole("EncryptedPackage"): "password", "\x09\x08\x10\x00\x00\x06": "xls", dbf: "dbf",
		zipped(t, "xl/workbook.bin", "x"):                                       "xlsb",
		zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"): "ods",
		zipped(t, "a.csv", "x", "b.csv", "y"):                                   "zip archive",
		"PK\x03\x04broken":                                                      "cut off",
		"BEGIN:VCARD\r\nVERSION:3.0":                                            "vCard",
		"version: 1\n\ndn: cn=x\n":                                              "LDIF",
		"1CClientBankExchange\r\nВерсияФормата=1.03":                            "1CClientBankExchange",
		"<html><body>":                         "HTML",
		"<table><tr><td>":                      "HTML",
		"<!DOCTYPE html><html>":                "HTML",
		"<!DOCTYPE x [<!ENTITY a \"b\">]><x/>": "DOCTYPE",
		"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns": "SpreadsheetML",
		"<ФайлОбмена ВерсияФормата=\"3.1\">":                                               "КД2",
		"<Clients><Client/></Clients>":                                                     "the root Clients",
		"{\n \"data\": [\n":                                                                "one JSON document",
		"{\"before\":null,\"after\":{},\"op\":\"c\"}\n":                                    "Debezium",
		"name=a&phone=%2B7900":                                                             "web form",
		"C1_NAME\tКовалёв\n":                                                               "RUTDF",
		strings.Repeat("\x01\x02\x03\x04", 100):                                            "unknown binary",
	} {
		_, err := Detect(write(t, content))
		if !errors.Is(err, connectors.ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30q: %v, want %s", content, err, want)
		}
	}
}

func TestCharsetsOfNames(t *testing.T) {
	ru := "Фамилия;Имя;Город\nИВАНОВА-СМИРНОВА;МАРИЯ;Санкт-Петербург\nКовалёв;Александр;Москва\n"
	ua := "Прізвище;Ім'я;Місто\nКовальов;Олександр;Київ\nЇжакевич;Євгенія;Ґрунт\n"
	la := "Nachname;Vorname;Stadt\nMüller;Jürgen;Köln\nGarcía;José;Málaga\n"
	for _, c := range []struct {
		text, want string
		page       *charmap.Charmap
	}{
		{ru, CP1251, charmap.Windows1251}, {ru, KOI8R, charmap.KOI8R}, {ru, CP866, charmap.CodePage866},
		{strings.ToUpper(ru), CP1251, charmap.Windows1251}, {strings.ToUpper(ru), KOI8R, charmap.KOI8R}, {strings.ToUpper(ru), CP866, charmap.CodePage866},
		{ua, CP1251, charmap.Windows1251}, {ua, KOI8U, charmap.KOI8U}, {la, CP1252, charmap.Windows1252},
	} {
		b, err := c.page.NewEncoder().String(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Charset([]byte(b)); got != c.want {
			t.Errorf("%.20q: %s, want %s", c.text, got, c.want)
		}
		r, err := Decode(c.want, iotestOne{strings.NewReader(b)})
		if err != nil {
			t.Fatal(err)
		}
		if back, _ := io.ReadAll(r); string(back) != c.text {
			t.Errorf("%s: %q", c.want, back)
		}
	}
	if got := Charset([]byte(wideText(ru))); got != UTF16LE {
		t.Error(got)
	}
	if got := Charset([]byte(ru)[:len(ru)-2]); got != UTF8 {
		t.Error(got)
	}
}

// iotestOne gives one byte at a time.
type iotestOne struct{ r io.Reader }

func (o iotestOne) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

func TestCharsetFarFromTheBeginning(t *testing.T) {
	text, err := charmap.Windows1251.NewEncoder().String(strings.Repeat("Ковалёв;1\n", 100))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Detect(write(t, "name;phone\n"+strings.Repeat("ascii;1\n", 80_000)+text))
	if err != nil || f.Charset != CP1251 {
		t.Errorf("%+v %v", f, err)
	}
}

func FuzzDetectNeverPanics(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("<?xml version='1.0'?><a>"))
	f.Add([]byte("\xff\xfea\x00;\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 0 {
			_, _ = Detect(write(t, string(b)))
		}
	})
}
