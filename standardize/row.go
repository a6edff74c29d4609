package standardize

import (
	"cmp"
	"slices"
	"strings"

	"kartoteka/customer"
)

// Row standardizes a mapped row. A row that is no customer at all comes with the reason; the
// empty reason keeps it. The kind is never left open: a row that tells nothing is a person.
func (z *Standardizer) Row(m *customer.Mapped) (customer.Standard, customer.FilterReason) {
	memory := scratches.Get().(*scratch)
	defer memory.release()
	return z.row(m, memory)
}

func (z *Standardizer) row(m *customer.Mapped, memory *scratch) (customer.Standard, customer.FilterReason) {
	m = plainText(m)
	s := customer.Standard{Kind: z.kind(m, memory), Observed: m.Observed, Relations: m.Relations}
	if s.Kind == "" {
		s.Kind = customer.Person
	}
	s.Values = memory.room(len(m.Values) + 1)
	for _, x := range z.inOrder(m, s.Kind, memory) {
		city := ""
		if x.attribute.Type == customer.TypePhone {
			city = z.city(m)
		}
		s.Values = z.appendValues(s.Values, x.attribute, x.raw, city, memory)
	}
	s.Values = tidy(s.Values)
	s.Consents = z.consents(m.Consents)
	s.Products = z.products(m.Products)
	return s, z.filter(m, &s)
}

// attributed is a raw value with its attribute.
type attributed struct {
	attribute *customer.Attribute
	raw       *customer.RawValue
}

// inOrder lists the raw values by attribute of the row's kind, those of one in the order of the source.
func (z *Standardizer) inOrder(m *customer.Mapped, kind customer.Kind, memory *scratch) []attributed {
	list := memory.raws[:0]
	for i := range m.Values {
		a, ok := z.attributeFor(m.Values[i].Attribute, kind)
		if !ok {
			continue
		}
		list = append(list, attributed{a, &m.Values[i]})
		for at := len(list) - 1; at > 0 && list[at-1].attribute.ID > a.ID; at-- {
			list[at-1], list[at] = list[at], list[at-1]
		}
	}
	memory.raws = list
	return list
}

// attributeFor is the attribute of the row's kind by the same name.
func (z *Standardizer) attributeFor(id customer.AttributeID, kind customer.Kind) (*customer.Attribute, bool) {
	a := z.portrait.Attribute(id)
	if a.Kind == kind {
		return a, true
	}
	if twin := z.twins[id]; twin >= 0 {
		return &z.portrait.Attributes[twin], true
	}
	return nil, false
}

// city is the row's own city, else that of a mapped address.
func (z *Standardizer) city(m *customer.Mapped) string {
	if m.City != "" {
		return m.City
	}
	for i := range m.Values {
		raw := &m.Values[i]
		if z.portrait.Attribute(raw.Attribute).Type != customer.TypeAddress || raw.Text == "" && raw.Parts == nil {
			continue
		}
		if len(raw.Parts) > customer.AddressCity {
			return raw.Parts[customer.AddressCity]
		}
		if z.needsCity(m) {
			var a postal
			a.ofText(clean(raw.Text))
			return a.part[customer.AddressCity]
		}
	}
	return ""
}

// needsCity reports whether the row has a phone short enough to lack its area code.
func (z *Standardizer) needsCity(m *customer.Mapped) bool {
	for i := range m.Values {
		raw := &m.Values[i]
		if z.portrait.Attribute(raw.Attribute).Type != customer.TypePhone || raw.Text == "" {
			continue
		}
		if countDigits(raw.Text) < 8 || strings.ContainsAny(raw.Text, ",;/\n") {
			return true
		}
	}
	return false
}

// tidy sorts by attribute, drops equal values of one attribute and kind, and an emptiness
// beside a value.
func tidy(values []customer.Value) []customer.Value {
	if allApart(values) {
		return values
	}
	if !slices.IsSortedFunc(values, byAttribute) {
		slices.SortStableFunc(values, byAttribute)
	}
	kept := values[:0]
	begin := 0
	for i := range values {
		v := values[i]
		if len(kept) > begin && kept[begin].Attribute != v.Attribute {
			begin = len(kept)
		}
		if at := equalValue(kept[begin:], &v); at >= 0 {
			better(&kept[begin+at], &v)
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// allApart reports whether each value is of an attribute behind that of the one before.
func allApart(values []customer.Value) bool {
	for i := 1; i < len(values); i++ {
		if values[i-1].Attribute >= values[i].Attribute {
			return false
		}
	}
	return true
}

func byAttribute(a, b customer.Value) int { return cmp.Compare(a.Attribute, b.Attribute) }

// equalValue finds a value that says the same, or one of the two that says nothing.
func equalValue(list []customer.Value, v *customer.Value) int {
	for i := range list {
		w := &list[i]
		if w.Kind != v.Kind && w.Kind != "" && v.Kind != "" {
			continue
		}
		switch {
		case w.Verdict == customer.Empty || v.Verdict == customer.Empty:
			return i
		case v.Verdict.Usable() && w.Verdict.Usable():
			if w.Standard == v.Standard && w.Part(customer.PhoneExtension) == v.Part(customer.PhoneExtension) {
				return i
			}
		case w.Verdict == v.Verdict && w.Raw == v.Raw:
			return i
		}
	}
	return -1
}

// better lets the fuller of two equal values stand.
func better(kept, v *customer.Value) {
	if v.Verdict > kept.Verdict || v.Verdict == kept.Verdict && kept.Kind == "" && v.Kind != "" {
		*kept = *v
	}
}

// consents reads addresses and times.
func (z *Standardizer) consents(raw []customer.RawConsent) []customer.Consent {
	var out []customer.Consent
	for _, c := range raw {
		out = append(out, customer.Consent{Purpose: strings.ToLower(c.Purpose), Channel: strings.ToLower(c.Channel), Address: z.contactPoint(c.Address), Given: c.Given, At: z.instant(c.At)})
	}
	return out
}

// contactPoint standardizes the phone or e-mail that a consent is about.
func (z *Standardizer) contactPoint(text string) string {
	text = clean(text)
	if text == "" {
		return ""
	}
	parse := parsePhone
	if strings.Contains(text, "@") {
		parse = parseEmail
	}
	raw := customer.RawValue{Text: text}
	for _, v := range parse(z, &input{attribute: &customer.Attribute{}, raw: &raw, text: text, scratch: new(scratch)}, nil) {
		if v.Verdict.Usable() {
			return v.Standard
		}
	}
	return text
}

func (z *Standardizer) products(raw []customer.RawProduct) []customer.Product {
	var out []customer.Product
	for _, p := range raw {
		if number := clean(p.Number); number != "" {
			out = append(out, customer.Product{Kind: clean(p.Kind), Number: number, Status: clean(p.Status), Opened: z.date(p.Opened), Closed: z.date(p.Closed)})
		}
	}
	return out
}

// date reads a date of a fact; the zero Date when there is none.
func (z *Standardizer) date(text string) customer.Date {
	if text = clean(text); text == "" || isPlaceholder(text) {
		return customer.Date{}
	}
	d := z.dateOf(text, "")
	if d.note == noteDateShape || isFillerDate(d.reading) || d.year < 1000 || d.year > 2200 || !exists(d.reading) {
		return customer.Date{}
	}
	return customer.Date{Year: int16(d.year), Month: int8(d.month), Day: int8(d.day)}
}

var (
	totalWords = foldedSet("итого всего total итог підсумок разом subtotal", "grand total", "общий итог", "итого по")
	groupWords = foldedSet("покупатели поставщики клиенты контрагенты прочие сотрудники физлица юрлица партнеры дилеры подрядчики покупці постачальники клієнти customers suppliers clients vendors",
		"физические лица", "юридические лица", "прочие контрагенты", "розничные покупатели", "оптовые покупатели", "фізичні особи", "юридичні особи")
	headerWords = foldedSet("фио наименование клиент контрагент имя фамилия покупатель заказчик піб найменування name surname customer client",
		"full name", "фио клиента", "наименование контрагента", "last name", "first name", "фио наименование", "полное имя", "полное наименование")
)

// filter tells rows that are no customers: blank ones, totals, a header repeated.
func (z *Standardizer) filter(m *customer.Mapped, s *customer.Standard) customer.FilterReason {
	present := false
	others := 0
	var name string
	for i := range s.Values {
		v := &s.Values[i]
		present = present || v.Verdict > customer.Filler
		switch z.portrait.Attribute(v.Attribute).Type {
		case customer.TypePersonName, customer.TypeOrgName:
			name, _ = unmarked(v.Raw)
		default:
			if v.Verdict.Usable() {
				others++
			}
		}
	}
	facts := len(s.Products) + len(s.Relations) + len(s.Consents)
	switch {
	case !present && facts == 0:
		return customer.FilteredBlank
	case others > 0 || name == "" || len(name) > 60:
		return ""
	}
	switch folded := Fold(name); {
	case totalWords[folded] || strings.HasPrefix(folded, "итого ") || strings.HasPrefix(folded, "всего "):
		return customer.FilteredTotal
	case groupWords[folded]:
		return customer.FilteredGroup
	case headerWords[folded]:
		return customer.FilteredHeader
	}
	return ""
}
