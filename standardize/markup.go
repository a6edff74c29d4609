package standardize

import (
	"html"
	"strings"

	"kartoteka/customer"
)

// plainText takes the marks of web pages and of spreadsheets' formulas out of the raw values of a row: <b>Иванов</b>&nbsp;Пётр
// is Иванов Пётр. What was received stays beside it. Rows without marks are given back as they are.
func plainText(m *customer.Mapped) *customer.Mapped {
	for i := range m.Values {
		if !marked(&m.Values[i]) {
			continue
		}
		out := *m
		out.Values = append([]customer.RawValue(nil), m.Values...)
		for j := range out.Values {
			unmark(&out.Values[j])
		}
		return &out
	}
	return m
}

// marked reports whether a raw value may hold tags or entities.
func marked(raw *customer.RawValue) bool {
	if mayMark(raw.Text) {
		return true
	}
	for _, part := range raw.Parts {
		if mayMark(part) {
			return true
		}
	}
	return false
}

func mayMark(s string) bool {
	return strings.IndexByte(s, '<') >= 0 || strings.IndexByte(s, '&') >= 0 || mayCompute(s)
}

// unmark takes the marks out of one raw value.
func unmark(raw *customer.RawValue) {
	if !marked(raw) {
		return
	}
	var memory scratch
	written := strings.Clone(memory.joinParts(raw))
	text, changed := unmarked(raw.Text)
	var parts []string
	for _, part := range raw.Parts {
		p, mended := unmarked(part)
		parts, changed = append(parts, p), changed || mended
	}
	if changed {
		raw.Text, raw.Parts, raw.Written = text, parts, written
	}
}

// deepest is how often text may have been written for the web over and over: &amp;nbsp;
const deepest = 3

// PlainText gives the text that a browser would show of a cell: without tags and entities.
func PlainText(s string) string {
	text, _ := unmarked(s)
	return text
}

// unmarked gives the text that a browser would show.
func unmarked(s string) (text string, changed bool) {
	if !mayMark(s) {
		return s, false
	}
	if shown, formula := withoutFormula(s); formula {
		return shown, true
	}
	for range deepest {
		next := withoutTags(withoutEntities(s))
		if next == s {
			break
		}
		s, changed = next, true
	}
	return s, changed
}

// withoutEntities decodes &nbsp;, &#1048; and the like; an ampersand without a semicolon is one.
func withoutEntities(s string) string {
	var b strings.Builder
	for {
		begin := strings.IndexByte(s, '&')
		if begin < 0 {
			break
		}
		end := strings.IndexByte(s[begin:min(len(s), begin+12)], ';')
		if end < 0 {
			b.WriteString(s[:begin+1])
			s = s[begin+1:]
			continue
		}
		end += begin + 1
		b.WriteString(s[:begin])
		if sign := html.UnescapeString(s[begin:end]); !strings.HasSuffix(sign, ";") {
			b.WriteString(sign)
		} else {
			b.WriteString(s[begin:end])
		}
		s = s[end:]
	}
	if b.Len() == 0 {
		return s
	}
	return b.String() + s
}

// tags are the elements that are met in texts; what stands in other angle brackets is text: a
// firm's <Ромашка>, Иванов <ivan@example.org>. "-" goes with all that it holds, " " parts words.
var tags = func() map[string]string {
	out := map[string]string{}
	for _, name := range strings.Fields("b i u s a em strong font span small big sub sup nobr ins del mark code tt abbr label bdi bdo img input") {
		out[name] = ""
	}
	for _, name := range strings.Fields("br p div td tr th table tbody li ul ol dl dt dd h1 h2 h3 h4 h5 h6 hr html body form center pre section article button option select") {
		out[name] = "\n"
	}
	for _, name := range strings.Fields("script style head title iframe object embed svg template textarea noscript") {
		out[name] = "-"
	}
	return out
}()

// withoutTags takes out tags, comments, and scripts with what they hold.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		begin := strings.IndexByte(s, '<')
		if begin < 0 {
			break
		}
		name, size := tagAt(s[begin:])
		what, known := tags[name]
		switch {
		case name == "!":
			what, known = "", true
		case known && what == "-" && s[begin+1] != '/':
			size, what = elementSize(s[begin:], name, size), " "
		case what == "-":
			what = ""
		}
		if !known || size == 0 {
			b.WriteString(s[:begin+1])
			s = s[begin+1:]
			continue
		}
		b.WriteString(s[:begin])
		b.WriteString(what)
		s = s[begin+size:]
	}
	if b.Len() == 0 {
		return s
	}
	return b.String() + s
}

// tagAt reads the tag that a text begins with: its name in lower case, "!" for a comment, and how
// long it is; 0 if it does not end.
func tagAt(s string) (name string, size int) {
	if strings.HasPrefix(s, "<!--") {
		if end := strings.Index(s, "-->"); end > 0 {
			return "!", end + 3
		}
		return "", 0
	}
	size = strings.IndexByte(s, '>') + 1
	if size == 0 {
		return "", 0
	}
	inside := strings.TrimPrefix(strings.TrimSuffix(s[1:size-1], "/"), "/")
	name, _, _ = strings.Cut(inside, " ")
	return strings.ToLower(strings.TrimSpace(name)), size
}

// elementSize is the size of an element to the end of its closing tag; without one, to the end.
func elementSize(s, name string, size int) int {
	lower := strings.ToLower(s)
	if len(lower) != len(s) {
		return size
	}
	at := strings.Index(lower[size:], "</"+name)
	if at < 0 {
		return len(s)
	}
	end := strings.IndexByte(s[size+at:], '>')
	if end < 0 {
		return len(s)
	}
	return size + at + end + 1
}
