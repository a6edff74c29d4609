// Package sniff finds out what a file is by its bytes, never by its extension.
package sniff

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"kartoteka/connectors"
)

// Names of the formats that are read.
const (
	CSV            = "csv" // delimited text: comma, semicolon, tab, bar
	JSONLines      = "jsonl"
	JSONArray      = "json" // one top-level array of objects
	XLSX           = "xlsx"
	EnterpriseData = "1c-enterprisedata"
	CommerceML     = "1c-commerceml"
)

// Format is what a file is.
type Format struct {
	Name    string
	Charset string // of text formats
	Detail  string // for people: "gzip", "in zip: Message_UT_HUB.xml"
}

// headSize is how much of a file is looked at; a text that is plain ASCII so far is read on.
const headSize = 256 << 10

// Detect finds the format of a file. A format that is not read is an [connectors.ErrInput]
// that names it and says what to do.
func Detect(path string) (Format, error) {
	in, err := connectors.OpenInput(path)
	if err != nil {
		return Format{}, err
	}
	defer func() { _ = in.File.Close() }()
	return DetectInput(in)
}

// DetectInput is [Detect] for a file that is open already; it leaves the place of reading anywhere.
func DetectInput(in *connectors.Input) (Format, error) {
	r, err := in.Reader()
	if err != nil {
		return Format{}, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if n == 0 {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: %s is empty; export it anew", connectors.ErrInput, in.Name)
		}
		return Format{}, err
	}
	head = head[:n]
	f, advice := binaryFormat(in, head)
	if f.Name == "" && advice == (found{}) {
		f.Charset = charsetOn(head, r)
		f.Name, advice = textFormat(head, f.Charset)
	}
	if advice != (found{}) {
		return Format{}, fmt.Errorf("%w: %s is %s, which is not read: %s", connectors.ErrInput, in.Name, advice.what, advice.cure)
	}
	if packed(in) {
		f.Detail = "gzip"
	}
	return f, nil
}

// Expect checks that a file is one of the formats that the caller reads.
func Expect(in *connectors.Input, formats ...string) (Format, error) {
	f, err := DetectInput(in)
	if err != nil {
		return f, err
	}
	for _, want := range formats {
		if f.Name == want {
			return f, nil
		}
	}
	return f, fmt.Errorf("%w: %s is %s, not %s; set from: to the kind that reads %s",
		connectors.ErrInput, in.Name, f.Name, strings.Join(formats, " or "), f.Name)
}

// found is a format that is not read, and what to do about it.
type found struct{ what, cure string }

func packed(in *connectors.Input) bool {
	var magic [2]byte
	_, err := in.File.ReadAt(magic[:], 0)
	return err == nil && magic == [2]byte{0x1f, 0x8b}
}

// charsetOn judges the head, or, while that is plain ASCII, the first piece beyond it that is not.
func charsetOn(head []byte, r io.Reader) string {
	if !plain(head) || len(head) < headSize {
		return Charset(head)
	}
	buf := make([]byte, headSize)
	for {
		n, err := io.ReadFull(r, buf)
		if !plain(buf[:n]) {
			piece := buf[:n]
			for i, b := range piece { // begin at a whole line
				if b == '\n' {
					piece = piece[i+1:]
					break
				}
			}
			return Charset(piece)
		}
		if err != nil {
			return UTF8
		}
	}
}
