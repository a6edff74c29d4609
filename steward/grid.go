package steward

import (
	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
	"kartoteka/steward/diff"
)

// Bounds of what a grid shows.
const (
	maxRecordColumns = 6
	maxItems         = 8
	maxPreviews      = 2
)

// gridView lays out the sides of a question attribute by attribute.
type gridView struct {
	l        phrases.Lang
	t        *desk.Task
	portrait *customer.Portrait
	said     *said
	records  []sideRecord
	after    []*resolve.CodePreview
}

// sideRecord is a record column.
type sideRecord struct {
	side   int
	record *desk.SourceRecord
}

func (v *gridView) columns() []column {
	var out []column
	for i := range v.t.Sides {
		s := &v.t.Sides[i]
		c := column{Name: sideName(i), Kind: "golden", Class: "side", Code: s.Code, More: s.Count}
		if s.Document == nil {
			c.Kind = "part"
		}
		if len(s.Records) > 0 {
			c.Source = s.Records[0].Source
		}
		out = append(out, c)
	}
	for i := range v.t.Sides {
		s := &v.t.Sides[i]
		for j := range s.Records {
			if len(v.records) == maxRecordColumns {
				break
			}
			r := &s.Records[j]
			v.records = append(v.records, sideRecord{i, r})
			out = append(out, column{Name: sideName(i), Kind: "record", Class: "rec side", Source: r.Source, Key: r.Key, When: r.Landed})
		}
	}
	for _, c := range v.previews() {
		out = append(out, column{Kind: "preview", Class: "preview", Code: c.Code, Note: "change." + string(c.Kind)})
	}
	return out
}

func sideName(i int) string { return string(rune('A' + i%26)) }

// previews are the golden records that an approval leaves, the first ones.
func (v *gridView) previews() []*resolve.CodePreview {
	if v.t.Preview == nil {
		return nil
	}
	for i := range v.t.Preview.Codes {
		c := &v.t.Preview.Codes[i]
		if c.After != nil && c.After.State == customer.CodeActive && len(v.after) < maxPreviews {
			v.after = append(v.after, c)
		}
	}
	return v.after
}

func (v *gridView) groups() []rowGroup {
	by := map[string][]row{}
	for i := range v.t.Rows {
		r := &v.t.Rows[i]
		key := groupOf(r.Type)
		by[key] = append(by[key], v.row(r))
	}
	var out []rowGroup
	for _, g := range groupsOf {
		if len(by[g.key]) > 0 {
			out = append(out, rowGroup{g.key, by[g.key]})
		}
	}
	if facts := v.facts(); len(facts) > 0 {
		out = append(out, rowGroup{"facts", facts})
	}
	return out
}

func (v *gridView) row(r *desk.AttributeRow) row {
	out := row{Attribute: r.Attribute, Label: v.l.AttributeOf(v.kind(), r.Attribute), State: r.State, Masked: r.Masked, Pick: !r.Masked && len(v.after) == 1}
	var anchors []string
	for i, values := range r.Sides {
		c := cell{Column: sideName(i), Class: "side"}
		for j := range values {
			if j == maxItems {
				break
			}
			it := v.golden(r, &values[j], anchors, out.Pick)
			if i < len(v.t.Sides) {
				it.More = moreOf(v.t.Sides[i].Code, values[j].Record, values[j].Value)
			}
			c.Items = append(c.Items, it)
		}
		if i == 0 {
			anchors = v.anchors(r, values)
		}
		out.Cells = append(out.Cells, c)
	}
	for _, x := range v.records {
		out.Cells = append(out.Cells, v.recordCell(r, x))
	}
	for _, p := range v.after {
		out.Cells = append(out.Cells, v.previewCell(r, p))
	}
	return out
}

func (v *gridView) kind() string {
	for i := range v.t.Sides {
		s := &v.t.Sides[i]
		if s.Document != nil {
			return string(s.Document.Kind)
		}
		if len(s.Records) > 0 {
			return string(s.Records[0].Kind)
		}
	}
	return ""
}

// anchors are the values that the other columns are compared with.
func (v *gridView) anchors(r *desk.AttributeRow, values []customer.DocumentValue) (out []string) {
	for i := range values {
		out = append(out, v.text(r, values[i].Value))
	}
	return out
}

func (v *gridView) text(r *desk.AttributeRow, value string) string {
	switch {
	case r.Type == customer.TypeDate:
		return dateText(v.l, value)
	case r.Type == customer.TypeGender && v.l.Has("gender."+value):
		return v.l.Sentence("gender." + value)
	}
	return short(value)
}

// compared fills an item with how a text differs from the closest anchor. Dates are compared part by part.
func (v *gridView) compared(it *item, value string, anchors []string, masked bool) {
	it.Lang = tongue(value)
	if latin := diff.Latin(it.Text); latin != it.Text {
		it.Latin = latin
	}
	if len(anchors) == 0 || masked {
		it.Pieces = diff.Marked(it.Text, diff.Same)
		return
	}
	best, cost := anchors[0], 1<<30
	for _, a := range anchors {
		n := 0
		for _, p := range diff.Against(a, it.Text) {
			if p.Kind != diff.Same {
				n += len(p.Text)
			}
		}
		if n < cost {
			best, cost = a, n
		}
	}
	if it.Pieces, it.Note = diff.Against(best, it.Text), diff.Explain(best, it.Text); it.date {
		it.Pieces = diff.Dates(best, it.Text)
	}
}

func (v *gridView) golden(r *desk.AttributeRow, x *customer.DocumentValue, anchors []string, pick bool) item {
	it := item{Text: v.text(r, x.Value), Sort: x.Kind, date: r.Type == customer.TypeDate}
	v.compared(&it, x.Value, anchors, r.Masked)
	if r.Type == customer.TypePersonName && !r.Masked && it.Note == "" {
		it.Form = v.form(anchors, x.Value)
	}
	if x.Verdict != 0 && x.Verdict < customer.Plausible {
		it.Verdict = x.Verdict.String()
	}
	if pick && len(x.Value) <= longestShown {
		it.Value = x.Value
	}
	it.By = v.by(x)
	it.Tick = v.survives(r.Attribute, x.Value)
	it.Chosen = v.wasPicked(r.Attribute, x.Value)
	return it
}

// moreOf is the page of the record whose long value is shown by its beginning only.
func moreOf(code customer.Code, record customer.RecordID, value string) string {
	if len(value) <= longestShown || code == 0 || record == 0 {
		return ""
	}
	return "/customers/" + code.String() + "/records?after=" + text(int64(record)-1)
}

// form tells that a given name is another form of one that it is compared with.
func (v *gridView) form(anchors []string, value string) string {
	for _, a := range anchors {
		switch f := desk.SameGiven(a, short(value)); {
		case f.Short:
			return v.l.Sentence("steward.note.short", f.Left, f.Right)
		case f.Left != "":
			return v.l.Sentence("steward.note.form", f.Left, f.Right)
		}
	}
	return ""
}

func (v *gridView) survives(attribute, value string) bool {
	for _, p := range v.after {
		for i := range p.After.Attributes[attribute] {
			if p.After.Attributes[attribute][i].Value == value {
				return true
			}
		}
	}
	return false
}

func (v *gridView) wasPicked(attribute, value string) bool {
	if v.said == nil {
		return false
	}
	for _, p := range v.said.Picks {
		if p.Attribute == attribute && p.Value == value {
			return true
		}
	}
	return false
}

// by tells where a golden value comes from.
func (v *gridView) by(x *customer.DocumentValue) (out []string) {
	if x.Source != "" {
		out = append(out, string(x.Source))
	}
	if x.Agreement > 1 {
		out = append(out, v.l.Sentence("keep.agreement", x.Agreement))
	}
	if !x.Observed.IsZero() {
		out = append(out, unbroken(day(v.l, x.Observed)))
	}
	return out
}

func (v *gridView) recordCell(r *desk.AttributeRow, x sideRecord) cell {
	c := cell{Column: string(x.record.Source), Class: "rec side"}
	for i := range x.record.Values {
		value := &x.record.Values[i]
		if value.Attribute != r.Attribute || len(c.Items) == maxItems {
			continue
		}
		text := value.Standard
		if text == "" {
			text = value.Raw
		}
		it := item{Text: v.text(r, text), Sort: value.Kind, Said: value.Note, More: moreOf(x.record.Code, x.record.Record, text)}
		v.compared(&it, text, nil, r.Masked || value.Masked)
		if value.Raw != value.Standard {
			it.Raw = short(value.Raw)
		}
		if value.Verdict != 0 && value.Verdict < customer.Plausible {
			it.Verdict = value.Verdict.String()
		}
		c.Items = append(c.Items, it)
	}
	return c
}

func (v *gridView) previewCell(r *desk.AttributeRow, p *resolve.CodePreview) cell {
	c := cell{Column: v.l.Sentence("steward.task.preview"), Class: "preview"}
	values := p.After.Attributes[r.Attribute]
	for i := range values {
		if i == maxItems {
			break
		}
		x := &values[i]
		it := item{Text: v.text(r, x.Value), Sort: x.Kind, By: v.by(x)}
		v.compared(&it, x.Value, nil, r.Masked)
		if x.Rule != "" && x.Rule != string(customer.KeepAll) {
			it.By = append([]string{v.l.First([]string{"keep." + x.Rule})}, it.By...)
		}
		c.Items = append(c.Items, it)
	}
	return c
}

// facts are what is at stake beside the values: products and consents.
func (v *gridView) facts() []row {
	var out []row
	for _, f := range []struct {
		key   string
		count func(*customer.Document) int
	}{
		{"show.products", func(d *customer.Document) int { return len(d.Products) }},
		{"show.consents", func(d *customer.Document) int { return len(d.Consents) }},
		{"show.relations", func(d *customer.Document) int { return len(d.Relations) }},
	} {
		r, any := row{Label: capital(v.l.Sentence(f.key))}, false
		add := func(name, class string, d *customer.Document) {
			c := cell{Column: name, Class: class}
			if d != nil && f.count(d) > 0 {
				c.Items, any = []item{{Pieces: diff.Marked(v.l.Text(f.count(d)), diff.Same)}}, true
			}
			r.Cells = append(r.Cells, c)
		}
		for i := range v.t.Sides {
			add(sideName(i), "side", v.t.Sides[i].Document)
		}
		for range v.records {
			add("", "rec side", nil)
		}
		for _, p := range v.after {
			add(v.l.Sentence("steward.task.preview"), "preview", p.After)
		}
		if any {
			out = append(out, r)
		}
	}
	return out
}
