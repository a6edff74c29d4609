package onec

import (
	"encoding/xml"
	"errors"
	"strings"
	"time"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// commerce walks through the Контрагент elements of a CommerceML file, wherever they stand: in
// Документ (directly below the root, or in Контейнер) or in Контрагенты of the root.
type commerce struct {
	d    *document
	t    *tables
	zone *time.Location

	path []string
	// of the document that is being read
	role, date, clock string
	waiting           []party
	ready             []connectors.Item
	seen              int64
}

// party is a Контрагент whose document is not read to its end: role and date may stand behind it.
type party struct {
	n      *node
	offset int64
}

func newCommerce(d *document, t *tables, zone *time.Location) *commerce {
	return &commerce{d: d, t: t, zone: zone}
}

// Close implements [connectors.Items].
func (c *commerce) Close() error { return c.d.close() }

// Next implements [connectors.Items].
func (c *commerce) Next(out *connectors.Item) error {
	for len(c.ready) == 0 {
		offset := c.d.dec.InputOffset()
		t, err := c.d.token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = c.start(t, offset)
		case xml.EndElement:
			c.path = c.path[:len(c.path)-1]
			if t.Name.Local == "Документ" {
				c.release()
			}
		}
		if err != nil {
			return err
		}
	}
	*out = c.ready[0]
	c.ready = c.ready[1:]
	return nil
}

func (c *commerce) start(t xml.StartElement, offset int64) error {
	name, parent := t.Name.Local, ""
	if len(c.path) > 0 {
		parent = c.path[len(c.path)-1]
	}
	switch {
	case name == "Документ":
		c.role, c.date, c.clock = "", "", ""
	case name == "Владелец":
		c.ready = append(c.ready, connectors.Item{Filtered: customer.FilteredOwn})
		return c.d.skip()
	case name == "Контрагент" && parent == "Контрагенты":
		return c.party(t, offset)
	case parent == "Документ" && (name == "Роль" || name == "Дата" || name == "Время"):
		n, err := c.d.object(t)
		if err != nil {
			return c.large(err, offset)
		}
		switch name {
		case "Роль":
			c.role = n.value()
		case "Дата":
			c.date = n.value()
		case "Время":
			c.clock = n.value()
		}
		return nil
	case name == "Товары":
		return c.d.skip()
	}
	c.path = append(c.path, name)
	return nil
}

func (c *commerce) party(t xml.StartElement, offset int64) error {
	n, err := c.d.object(t)
	if err != nil {
		return c.large(err, offset)
	}
	p := party{n, offset}
	for _, name := range c.path {
		if name == "Документ" {
			c.waiting = append(c.waiting, p)
			return nil
		}
	}
	c.ready = append(c.ready, c.item(p))
	return nil
}

// large turns an object that is too large into a reject.
func (c *commerce) large(err error, offset int64) error {
	if !errors.Is(err, errObject) {
		return err
	}
	c.seen++
	c.ready = append(c.ready, connectors.Item{Reject: c.t.in.Reject(customer.Place{Table: "Контрагенты", Row: c.seen, Offset: offset}, "",
		"row.length", "the element is larger than a customer can be; look at it in 1C", nil)})
	return nil
}

// release makes rows of the document's parties once its role and date are known.
func (c *commerce) release() {
	for _, p := range c.waiting {
		c.ready = append(c.ready, c.item(p))
	}
	c.waiting = nil
	c.role, c.date, c.clock = "", "", ""
}

func (c *commerce) item(p party) connectors.Item {
	c.seen++
	n := p.n
	if n.value("Роль") == "Продавец" && c.role != "Покупатель" {
		return connectors.Item{Filtered: customer.FilteredOwn} // the order's seller is the company itself
	}
	b := c.t.row("Контрагенты", p.offset)
	b.row.Key = id(n.value("Ид"))
	b.row.Observed = c.observed()
	if b.row.Key != "" {
		b.add("Ид", b.row.Key)
	}
	if n.value("ПометкаУдаления") == "true" || property(n, "ПометкаУдаления") == "true" {
		b.row.Op = customer.Delete
	}
	b.party(n)
	return connectors.Item{Row: b.row}
}

// observed is the time of the order, which is when the customer said these things.
func (c *commerce) observed() customer.Instant {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02"} {
		text := c.date
		if layout != "2006-01-02" && c.clock != "" {
			text += "T" + c.clock
		}
		if t, err := time.ParseInLocation(layout, text, c.zone); err == nil && t.Year() > 1 {
			return t.UTC()
		}
	}
	return customer.Instant{}
}

func property(n *node, name string) string {
	for _, p := range n.child("ЗначенияРеквизитов").list() {
		if p.value("Наименование") == name {
			return p.value("Значение")
		}
	}
	return ""
}

// list is the children; none of nil.
func (n *node) list() []*node {
	if n == nil {
		return nil
	}
	return n.children
}

// party reads a Контрагент by names, whatever their order: producers break it and mix the
// branches for persons and organizations.
func (b *building) party(n *node) {
	official, full, short := n.value("ОфициальноеНаименование"), n.value("ПолноеНаименование"), n.value("Наименование")
	last, first := n.value("Фамилия"), n.value("Имя")
	switch {
	case official != "":
		b.row.Kind = customer.Organization
	case last != "" || n.child("ДатаРождения") != nil || n.child("АдресРегистрации") != nil && full != "":
		b.row.Kind = customer.Person
	}
	switch {
	case official != "":
		b.add(colName, official)
	case last != "" && first != "":
		b.take(n, colLast, colFirst, colPatronymic)
	default:
		b.first(colName, full, strings.TrimSpace(last+" "+first+" "+n.value("Отчество")), short)
	}
	if short != "" && short != official && short != full {
		b.add(colShort, short)
	}
	b.take(n, "Роль", "ИНН", "КПП", "ОКПО", "ОГРН", "ЕГРПО", "МестоРождения", "Пол", "Обращение")
	b.date(n, "ДатаРождения")
	b.identity(n.child("УдостоверениеЛичности"))
	for _, name := range []string{"ЮридическийАдрес", "АдресРегистрации", "Адрес"} {
		if a := n.child(name); a != nil {
			b.first(name, a.value("Представление"), fields(a))
		}
	}
	var list []contact
	for _, c := range n.child("Контакты").list() {
		list = append(list, contact{c.value("Тип"), c.value("Значение"), c.value("Комментарий")})
	}
	b.contacts(list)
	for _, r := range n.child("Представители").list() {
		if name := r.value("Контрагент", "Наименование"); name != "" {
			b.add("Представитель", name)
		}
	}
}

// fields joins an address without a line of its own.
func fields(a *node) string {
	var parts []string
	for _, f := range a.children {
		if v := f.value("Значение"); f.name == "АдресноеПоле" && v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, ", ")
}

// identity tells a passport from other documents.
func (b *building) identity(n *node) {
	if n == nil {
		return
	}
	number := strings.TrimSpace(n.value("Серия") + " " + n.value("Номер"))
	if number == "" {
		return
	}
	sort := strings.ToLower(n.value("ВидДокумента"))
	if sort != "" && !strings.Contains(sort, "паспорт") || strings.Contains(sort, "заграничн") || strings.Contains(sort, "иностранн") {
		b.add(colOtherDocument, number)
		return
	}
	b.add(colPassport, number)
	if n.child("ДатаВыдачи") != nil {
		b.add(colPassportIssued, n.value("ДатаВыдачи"))
	}
}
