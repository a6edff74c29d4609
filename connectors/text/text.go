// Package text reads delimited text: comma, semicolon, tab or bar, in any usual charset.
package text

import (
	"context"
	"fmt"
	"strings"

	"kartoteka/connectors"
	"kartoteka/connectors/sniff"
)

// Settings of a text source. Each is found out when it is left empty.
type Settings struct {
	File      string `yaml:"file" doc:"path of the file, or a pattern like /srv/in/branch-*.csv"`
	Charset   string `yaml:"charset" doc:"utf-8, utf-16le, utf-16be, windows-1251, koi8-r, koi8-u, cp866 or windows-1252; found out by default"`
	Separator string `yaml:"separator" doc:"one character, or tab; found out by default"`
	Header    string `yaml:"header" doc:"auto, none (columns are called column 1, column 2, ...) or first (the first row)"`
	Quotes    string `yaml:"quotes" doc:"auto: a field may stand in double quotes; none: a double quote is a character like any other"`
	Empty     string `yaml:"empty" doc:"what a field without text and quotes means: absent (not delivered) or empty (explicitly empty)"`
}

// Kind declares the connector.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:    "csv",
		Summary: "Delimited text (CSV, TSV): charset, separator and header are found out.",
		Example: "file: /srv/in/clients-*.csv\n",
		Formats: []string{sniff.CSV},
		Settings: func() any {
			return &Settings{Header: "auto", Quotes: "auto", Empty: "absent"}
		},
		New:  func(s any) (connectors.Connector, error) { return New(s.(*Settings)) },
		File: func(path string) any { return &Settings{File: path, Header: "auto", Quotes: "auto", Empty: "absent"} },
	}
}

// New checks the settings; the file is looked at by Open.
func New(s *Settings) (connectors.Connector, error) {
	for _, c := range []struct {
		name, value string
		allowed     []string
	}{
		{"header", s.Header, []string{"", "auto", "none", "first"}},
		{"quotes", s.Quotes, []string{"", "auto", "none"}},
		{"empty", s.Empty, []string{"", "absent", "empty"}},
	} {
		if !contains(c.allowed, c.value) {
			return nil, fmt.Errorf("%s: %q is not known; use one of %s", c.name, c.value, strings.Join(c.allowed[1:], ", "))
		}
	}
	if s.Charset != "" {
		if _, err := sniff.Decode(s.Charset, nil); err != nil {
			return nil, fmt.Errorf("charset: %w", err)
		}
	}
	if _, err := separator(s.Separator); err != nil {
		return nil, err
	}
	settings := *s
	return connectors.NewFileReader(s.File, func(ctx context.Context, in *connectors.Input) (connectors.Items, error) {
		return open(in, &settings)
	}), nil
}

func separator(s string) (byte, error) {
	switch {
	case s == "":
		return 0, nil
	case s == "tab" || s == `\t`:
		return '\t', nil
	case len(s) == 1 && s[0] < 0x80 && s != `"` && s != "\n" && s != "\r":
		return s[0], nil
	}
	return 0, fmt.Errorf("separator: %q is not one plain character; use one like ; , | or the word tab", s)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// open finds out the charset, the dialect and the header.
func open(in *connectors.Input, s *Settings) (connectors.Items, error) {
	format, err := sniff.Expect(in, sniff.CSV)
	if err != nil {
		return nil, err
	}
	charset := s.Charset
	if charset == "" {
		charset = format.Charset
	}
	r, err := in.Reader()
	if err != nil {
		return nil, err
	}
	if r, err = sniff.Decode(charset, r); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", connectors.ErrInput, in.Name, err)
	}
	sc := newScanner(r)
	sep, _ := separator(s.Separator)
	d, err := sc.dialect(sep, s.Quotes != "none")
	if err != nil {
		return nil, in.Broken(err)
	}
	sc.dialectIs(d)
	items := &items{in: in, sc: sc, decoded: charset != sniff.UTF8, keepEmpty: s.Empty == "empty"}
	in.Note("text.charset", "charset "+charset)
	in.Note("text.separator", "separator "+d.name())
	return items, items.findHeader(s.Header)
}
