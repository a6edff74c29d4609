// Package jsonl reads JSON Lines: one object a line, or one top-level array of objects.
package jsonl

import (
	"context"
	"fmt"
	"io"
	"strings"

	"kartoteka/connectors"
	"kartoteka/connectors/sniff"
	"kartoteka/customer"
)

// Settings of a JSON Lines source.
type Settings struct {
	File    string `yaml:"file" doc:"path of the file, or a pattern like /srv/in/leads-*.jsonl"`
	Deleted string `yaml:"deleted" doc:"a field that is true when the record was deleted at its source"`
}

// Kind declares the connector.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:     "jsonl",
		Summary:  "JSON Lines, or one JSON array: nested fields become columns with dots, lists become repeated values.",
		Example:  "file: /srv/in/leads-*.jsonl\ndeleted: deleted\n",
		Formats:  []string{sniff.JSONLines, sniff.JSONArray},
		Settings: func() any { return &Settings{Deleted: "deleted"} },
		New:      func(s any) (connectors.Connector, error) { return New(s.(*Settings)) },
		File:     func(path string) any { return &Settings{File: path, Deleted: "deleted"} },
	}
}

// New makes the connector; the file is looked at by Open.
func New(s *Settings) (connectors.Connector, error) {
	settings := *s
	return connectors.NewFileReader(s.File, func(_ context.Context, in *connectors.Input) (connectors.Items, error) {
		return open(in, settings.Deleted)
	}), nil
}

func open(in *connectors.Input, deleted string) (connectors.Items, error) {
	format, err := sniff.Expect(in, sniff.JSONLines, sniff.JSONArray)
	if err != nil {
		return nil, err
	}
	if format.Name == sniff.JSONArray {
		if err := complete(in, format); err != nil {
			return nil, err
		}
	}
	r, err := in.Reader()
	if err != nil {
		return nil, err
	}
	if r, err = sniff.Decode(format.Charset, r); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", connectors.ErrInput, in.Name, err)
	}
	t := newTabler(deleted)
	if format.Name == sniff.JSONArray {
		return newArray(in, r, t)
	}
	return newLines(in, r, t), nil
}

// complete refuses an array whose closing bracket is missing before anything of it is read.
func complete(in *connectors.Input, format sniff.Format) error {
	if format.Detail != "" || format.Charset != sniff.UTF8 {
		return nil // packed files say so themselves
	}
	tail := make([]byte, min(in.Size, 4096))
	if _, err := in.File.ReadAt(tail, in.Size-int64(len(tail))); err != nil && err != io.EOF {
		return in.Broken(err)
	}
	if s := strings.TrimRight(string(tail), " \t\r\n\x00"); !strings.HasSuffix(s, "]") {
		return in.Broken(io.ErrUnexpectedEOF)
	}
	return nil
}

// place of the n-th record, which begins at a line.
func place(in *connectors.Input, row, offset int64) customer.Place {
	return customer.Place{File: in.Name, Row: row, Offset: offset}
}
