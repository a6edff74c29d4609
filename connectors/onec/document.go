package onec

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"kartoteka/connectors"
	"kartoteka/connectors/sniff"
)

// Limits of one document. An object is one customer; the text of one is never that long.
const (
	maxUnpacked = 16 << 30
	maxDepth    = 64
	maxNodes    = 20_000
	maxText     = 1 << 20
	maxObject   = 16 << 20
	maxToken    = 16 << 20 // one text, tag or comment, which the decoder holds whole
	maxAttrs    = 200_000  // of one tag: equality signs without a "<" between them
)

// node is an element of an object that was read whole, by local names.
type node struct {
	name     string
	attrs    []xml.Attr
	text     string
	written  []byte // becomes text at the end of the element
	children []*node
}

// document is an XML file read token by token.
type document struct {
	in    *connectors.Input
	dec   *xml.Decoder
	r     *printable
	close func() error
	depth int
}

func openDocument(in *connectors.Input, format sniff.Format) (*document, error) {
	d := &document{in: in, close: func() error { return nil }}
	var r io.Reader
	var err error
	if strings.HasPrefix(format.Detail, "in zip") {
		z, err := sniff.Unzip(in, maxUnpacked)
		if err != nil {
			return nil, err
		}
		d.close, r = z.Close, z
	} else {
		if format.Detail == "" {
			if err := complete(in, format.Charset); err != nil {
				return nil, err
			}
		}
		if r, err = in.Reader(); err != nil {
			return nil, err
		}
	}
	if r, err = sniff.Decode(format.Charset, r); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s: %w", connectors.ErrInput, in.Name, err), d.close())
	}
	d.r = &printable{r: r}
	d.dec = xml.NewDecoder(bufio.NewReaderSize(d.r, 64<<10))
	// The text is UTF-8 by now, whatever the declaration says.
	d.dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d, nil
}

var closing = regexp.MustCompile(`</[^<>]+>(\s|<!--.*-->)*$`)

// complete refuses a document that does not end in a closing tag of its root before anything
// of it is read.
func complete(in *connectors.Input, charset string) error {
	if charset == sniff.UTF16LE || charset == sniff.UTF16BE {
		return nil
	}
	tail := make([]byte, min(in.Size, 4096))
	if _, err := in.File.ReadAt(tail, in.Size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return in.Broken(err)
	}
	r, err := sniff.Decode(charset, bytes.NewReader(tail))
	if err != nil {
		return in.Broken(err)
	}
	decoded, _ := io.ReadAll(r)
	end := strings.TrimRight(string(decoded), " \t\r\n\x00\x1a")
	m := closing.FindString(end)
	for _, root := range []string{"Message>", "КоммерческаяИнформация>"} {
		if strings.HasSuffix(strings.TrimSpace(m), root) {
			return nil
		}
	}
	return in.Broken(io.ErrUnexpectedEOF)
}

// token reads on; the error names the file and, for a person, the line.
func (d *document) token() (xml.Token, error) {
	d.r.since = 0
	t, err := d.dec.Token()
	if err != nil {
		return nil, d.broken(err)
	}
	switch t.(type) {
	case xml.StartElement:
		if d.depth++; d.depth > maxDepth {
			return nil, fmt.Errorf("%w: %s is nested deeper than %d elements; it is no exchange file", connectors.ErrInput, d.in.Name, maxDepth)
		}
	case xml.EndElement:
		d.depth--
	case xml.Directive:
		return nil, fmt.Errorf("%w: %s has a DOCTYPE; remove it: entities are not expanded", connectors.ErrInput, d.in.Name)
	}
	return t, nil
}

func (d *document) broken(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF) && d.depth == 0:
		return io.EOF
	case errors.As(err, &syntax) && !strings.Contains(syntax.Msg, "unexpected EOF"):
		return fmt.Errorf("%w: %s is broken XML near line %d; let 1C write it anew", connectors.ErrInput, d.in.Name, syntax.Line)
	case errors.As(err, &syntax):
		err = io.ErrUnexpectedEOF
	}
	return d.in.Broken(err)
}

// errObject says that one object is too large; it was skipped to its end.
var errObject = errors.New("object too large")

// object reads the element that was just opened, to its end.
func (d *document) object(start xml.StartElement) (*node, error) {
	root := &node{name: start.Name.Local, attrs: start.Copy().Attr}
	stack := []*node{root}
	nodes, size, tooLarge := 1, 0, false
	for {
		t, err := d.token()
		if err != nil {
			return nil, unexpected(err, d)
		}
		switch t := t.(type) {
		case xml.StartElement:
			nodes++
			tooLarge = tooLarge || nodes > maxNodes
			n := &node{name: t.Name.Local}
			if !tooLarge {
				n.attrs = t.Copy().Attr
				top := stack[len(stack)-1]
				top.children = append(top.children, n)
			}
			stack = append(stack, n)
		case xml.CharData:
			top := stack[len(stack)-1]
			size += len(t)
			if tooLarge = tooLarge || size > maxObject || len(top.written)+len(t) > maxText; !tooLarge {
				top.written = append(top.written, t...)
			}
		case xml.EndElement:
			top := stack[len(stack)-1]
			top.text, top.written = string(top.written), nil
			stack = stack[:len(stack)-1]
			if len(stack) > 0 {
				continue
			}
			if tooLarge {
				return nil, errObject
			}
			return root, nil
		}
	}
}

// unexpected turns an end inside an element into a cut file.
func unexpected(err error, d *document) error {
	if errors.Is(err, io.EOF) {
		return d.in.Broken(io.ErrUnexpectedEOF)
	}
	return err
}

// skip passes the element that was just opened.
func (d *document) skip() error {
	for depth := d.depth; d.depth >= depth; {
		if _, err := d.token(); err != nil {
			return unexpected(err, d)
		}
	}
	return nil
}

// child finds a direct child by local name; nil if there is none. It may be asked of nil.
func (n *node) child(path ...string) *node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		var found *node
		for _, c := range n.children {
			if c.name == name {
				found = c
				break
			}
		}
		n = found
	}
	return n
}

// value is the text without blanks around it; "" of nil.
func (n *node) value(path ...string) string {
	if c := n.child(path...); c != nil {
		return strings.TrimSpace(c.text)
	}
	return ""
}

func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// printable replaces control characters that legacy writers leave and XML forbids by blanks,
// also where they are written as references like &#x1;. It is read through a large buffer only.
// What would make the decoder hold too much, a token without an end, is an error.
type printable struct {
	r      io.Reader
	held   []byte
	err    error
	since  int // bytes since the last token began
	values int // of attributes, since the last tag or text began
}

var (
	errToken = fmt.Errorf("a text or tag is longer than %d MiB", maxToken>>20)
	errAttrs = fmt.Errorf("a tag has more than %d attributes", maxAttrs)
)

// bounded reports what is too much for one token.
func (p *printable) bounded(piece []byte) error {
	if p.since += len(piece); p.since > maxToken {
		return errToken
	}
	if i := bytes.LastIndexByte(piece, '<'); i >= 0 {
		p.values, piece = 0, piece[i:]
	}
	if p.values += bytes.Count(piece, []byte{'='}); p.values > maxAttrs {
		return errAttrs
	}
	return nil
}

var reference = regexp.MustCompile(`&#(?:x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));`)

func (p *printable) Read(b []byte) (int, error) {
	n := copy(b, p.held)
	p.held = p.held[:0]
	if p.err == nil {
		var m int
		m, p.err = p.r.Read(b[n:])
		if err := p.bounded(b[n : n+m]); err != nil {
			p.err = err
			return 0, err
		}
		n += m
	}
	for i, c := range b[:n] {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			b[i] = ' '
		}
	}
	if bytes.Contains(b[:n], []byte("&#")) {
		for _, at := range reference.FindAllIndex(b[:n], -1) {
			copy(b[at[0]:at[1]], bytes.Repeat([]byte{' '}, at[1]-at[0]))
		}
	}
	if i := bytes.LastIndexByte(b[max(0, n-12):n], '&'); i >= 0 && p.err == nil {
		i += max(0, n-12)
		if i > 0 && bytes.IndexByte(b[i:n], ';') < 0 { // a reference may be cut here
			p.held = append(p.held, b[i:n]...)
			n = i
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, p.err
}
