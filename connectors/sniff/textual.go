package sniff

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strings"
)

// textFormat names the format of a decoded head, or says what it is that is not read.
func textFormat(head []byte, charset string) (string, found) {
	if ebcdic(head) {
		return "", found{"a mainframe file (EBCDIC, fixed width)", "convert it to delimited text by its copybook"}
	}
	r, err := Decode(charset, bytes.NewReader(head))
	if err != nil {
		return "", found{"text in charset " + charset, err.Error()}
	}
	decoded, _ := io.ReadAll(r)
	text := strings.TrimLeft(string(decoded), " \t\r\n\ufeff")
	if controls(text) {
		return "", found{"an unknown binary file", "ask for csv, xlsx or jsonl"}
	}
	switch {
	case text == "":
		return "", found{"blank", "export it anew"}
	case strings.HasPrefix(text, "<"):
		return markup(text)
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "[{"), bracket.MatchString(text):
		return object(text)
	}
	for _, k := range texts {
		if k.shape.MatchString(text) {
			return "", k.found
		}
	}
	return CSV, found{}
}

var bracket = regexp.MustCompile(`^\[\s*(\{|\])`)

// texts are plain text formats that are not read, by their first lines.
var texts = []struct {
	shape *regexp.Regexp
	found
}{
	{regexp.MustCompile(`^1CClientBankExchange`), found{"a 1C bank statement (1CClientBankExchange, kl_to_1c)", "load the customer list of the bank instead"}},
	{regexp.MustCompile(`(?i)^BEGIN:VCARD`), found{"a vCard file", "export the contacts as csv"}},
	{regexp.MustCompile(`(?i)^(version: *1\s+)?(#.*\s+)*dn::? `), found{"an LDIF file", "export the directory as csv"}},
	{regexp.MustCompile(`^[A-Z]+\d+_[A-Z]+\t`), found{"a credit bureau file (RUTDF)", "export the borrowers as csv"}},
	{regexp.MustCompile(`^MOXCEL`), found{"a 1C table document (mxl)", "save it from 1C as xlsx"}},
	{regexp.MustCompile(`^[\w.-]+=[^\s&]*(&[\w.-]+=[^\s&]*)+\s*$`), found{"a web form's body", "collect the forms as jsonl"}},
	{regexp.MustCompile(`(?s)^--\n-- PostgreSQL database dump`), found{"a PostgreSQL dump", "restore it and read the table with from: postgres"}},
}

// controls reports bytes that no text has; a few NULs are left for the parser to reject by row.
func controls(text string) bool {
	n := 0
	for i := range len(text) {
		if c := text[i]; c < 0x20 && !strings.ContainsRune("\t\n\r\f\x1a", rune(c)) {
			n++
		}
	}
	return n*20 > len(text)
}

// ebcdic: blanks are 0x40 there, and lines do not end in 0x0A.
func ebcdic(head []byte) bool {
	return bytes.Count(head, []byte{'@'})*5 > len(head) && bytes.IndexByte(head, '\n') < 0 && !plain(head)
}

var (
	prolog  = regexp.MustCompile(`(?s)^(\s|<\?.*?\?>|<!--.*?-->)*`)
	element = regexp.MustCompile(`^<(?:[\p{L}_][\p{L}\d._-]*:)?([\p{L}_][\p{L}\d._-]*)`)
)

// markup names an XML or HTML document by its root.
func markup(text string) (string, found) {
	text = text[len(prolog.FindString(text)):]
	if len(text) > 9 && strings.EqualFold(text[:9], "<!doctype") {
		if strings.Contains(strings.ToLower(text[:min(len(text), 40)]), "html") {
			return "", html
		}
		return "", found{"an XML document with a DOCTYPE", "remove the DOCTYPE: entities are not expanded"}
	}
	m := element.FindStringSubmatch(text)
	if m == nil {
		return "", found{"a broken XML document", "export it anew"}
	}
	start := text[:min(len(text), 4096)]
	switch root := m[1]; {
	case root == "КоммерческаяИнформация":
		return CommerceML, found{}
	case root == "Message" && (strings.Contains(start, "1c.ru/SSL/Exchange") || strings.Contains(start, "EnterpriseData")):
		return EnterpriseData, found{}
	case root == "ФайлОбмена":
		return "", found{"a 1C КД2 exchange file (ФайлОбмена)", "let 1C write EnterpriseData, or save the list as xlsx"}
	case root == "Workbook":
		return "", found{"an XML spreadsheet of 2003 (SpreadsheetML)", "save it as xlsx"}
	case htmlRoots[strings.ToLower(root)]:
		return "", html
	case root == "feed":
		return "", found{"an Atom feed (OData)", "export the list as csv, xlsx or jsonl"}
	case root == "SiebelMessage":
		return "", found{"a Siebel message", "export the contacts as csv"}
	case strings.HasPrefix(root, "DEBMAS"):
		return "", found{"an SAP IDoc (DEBMAS)", "export the customers as csv"}
	default:
		return "", found{"an XML document with the root " + root, "convert it to csv or jsonl; EnterpriseData and CommerceML are read"}
	}
}

var (
	html      = found{"an HTML page", "open it in Excel or LibreOffice and save it as xlsx"}
	htmlRoots = map[string]bool{"html": true, "table": true, "meta": true, "head": true, "body": true, "div": true, "style": true}
)

// object tells JSON Lines from other JSON.
func object(text string) (string, found) {
	if text[0] == '[' {
		return JSONArray, found{}
	}
	line, _, ended := strings.Cut(text, "\n")
	line = strings.TrimSpace(line)
	var first map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &first); err != nil {
		if ended && !strings.HasSuffix(line, "}") {
			return "", found{"one JSON document", "write one object a line (jsonl), or one array of objects"}
		}
		return JSONLines, found{} // a broken first line is a reject, a long one may go on
	}
	has := func(names ...string) bool {
		for _, n := range names {
			if _, ok := first[n]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("odata.metadata"), has("@odata.context"):
		return "", found{"a page of OData", "write its value list as jsonl"}
	case has("schema", "payload"), has("before", "after", "op"), has("key", "value"), has("__deleted"):
		return "", found{"a Debezium change stream", "export the table as csv, or read it with from: postgres"}
	}
	return JSONLines, found{}
}
