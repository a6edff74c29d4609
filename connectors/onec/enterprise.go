package onec

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"kartoteka/connectors"
	"kartoteka/customer"
)

// enterprise walks through the objects of an EnterpriseData message.
type enterprise struct {
	d       *document
	t       *tables
	inside  bool           // of Body
	skipped map[string]int // objects that are no customers, by type
	seen    int64
}

func newEnterprise(d *document, t *tables) *enterprise {
	return &enterprise{d: d, t: t, skipped: map[string]int{}}
}

// Close implements [connectors.Items].
func (e *enterprise) Close() error { return e.d.close() }

// Next implements [connectors.Items].
func (e *enterprise) Next(out *connectors.Item) error {
	for {
		offset := e.d.dec.InputOffset()
		t, err := e.d.token()
		if errors.Is(err, io.EOF) {
			e.tell()
			return io.EOF
		}
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		switch {
		case !ok:
			continue
		case !e.inside:
			e.inside = start.Name.Local == "Body"
			continue
		}
		e.seen++
		done, err := e.element(start, offset, out)
		if done || err != nil {
			return err
		}
	}
}

// element reads one object of the body; false if it is no customer.
func (e *enterprise) element(start xml.StartElement, offset int64, out *connectors.Item) (bool, error) {
	name := strings.TrimPrefix(start.Name.Local, "Справочник.")
	switch name {
	case "Контрагенты", "ФизическиеЛица", "КонтактныеЛица", "УдалениеОбъекта":
	case "Организации":
		out.Filtered = customer.FilteredOwn
		return true, e.d.skip()
	default:
		e.skipped[start.Name.Local]++
		return false, e.d.skip()
	}
	n, err := e.d.object(start)
	if errors.Is(err, errObject) {
		out.Reject = e.t.in.Reject(customer.Place{Table: name, Row: e.seen, Offset: offset}, "", "row.length",
			"the object is larger than a customer can be; look at it in 1C", nil)
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if name == "УдалениеОбъекта" {
		return e.deletion(n, offset, out), nil
	}
	b := e.t.row(name, offset)
	keys := n.child("КлючевыеСвойства")
	b.row.Key = id(keys.value("Ссылка"))
	if b.row.Key == "" {
		out.Reject = e.t.in.Reject(b.row.Place, "Ссылка", "key.missing", "the object has no Ссылка; let 1C write it anew", nil)
		return true, nil
	}
	b.add("Ссылка", b.row.Key)
	switch name {
	case "Контрагенты":
		b.counterparty(n, keys)
	case "ФизическиеЛица":
		b.person(n, keys)
	case "КонтактныеЛица":
		b.contactPerson(n, keys)
	}
	var list []contact
	if info := n.child("КонтактнаяИнформация"); info != nil {
		for _, r := range info.children {
			list = append(list, contactRow(r))
		}
	}
	b.contacts(list)
	out.Row = b.row
	return true, nil
}

// deletion reads УдалениеОбъекта/СсылкаНаОбъект/СсылкаНаОбъект/<Имя>Ссылка.
func (e *enterprise) deletion(n *node, offset int64, out *connectors.Item) bool {
	inner := n.child("СсылкаНаОбъект")
	if deeper := inner.child("СсылкаНаОбъект"); deeper != nil {
		inner = deeper
	}
	if inner == nil {
		return false
	}
	for _, ref := range inner.children {
		name := strings.TrimSuffix(ref.name, "Ссылка")
		switch key := id(ref.text); {
		case key == "":
		case name == "Контрагенты" || name == "ФизическиеЛица" || name == "КонтактныеЛица":
			b := e.t.row(name, offset)
			b.row.Key, b.row.Op = key, customer.Delete
			b.add("Ссылка", key)
			out.Row = b.row
			return true
		default:
			e.skipped["УдалениеОбъекта "+name]++
		}
	}
	return false
}

func (b *building) counterparty(n, keys *node) {
	switch keys.value("ЮридическоеФизическоеЛицо") {
	case "ЮридическоеЛицо":
		b.row.Kind = customer.Organization
	case "ФизическоеЛицо":
		b.row.Kind = customer.Person
	}
	if keys.value("ИндивидуальныйПредприниматель") == "true" {
		b.row.Kind = customer.Person
	}
	full, short := keys.value("НаименованиеПолное"), keys.value("Наименование")
	b.first(colName, full, short)
	if full != "" && short != "" && full != short {
		b.add(colShort, short)
	}
	b.take(keys, "ИНН", "КПП", "ЮридическоеФизическоеЛицо", "РегистрационныйНомер", "НалоговыйНомерНерезидента", "GLN", "ИндивидуальныйПредприниматель", "Самозанятый")
	if country := keys.value("СтранаРегистрации", "КлассификаторСтран", "Наименование"); country != "" {
		b.add("СтранаРегистрации", country)
	}
	b.take(n, "ОКПО", colDocument)
	if ref := guid(n.child("ФизическоеЛицо")); ref != "" {
		b.add("ФизическоеЛицо", ref)
	}
	if ref := guid(n.child("ГоловнойКонтрагент")); ref != "" {
		b.add("ГоловнойКонтрагент", ref)
	}
	b.add("Комментарий", n.value("ОбщиеСвойстваОбъектовФормата", "Комментарий"))
	if last := len(b.row.Cells) - 1; b.row.Cells[last].Text == "" {
		b.row.Cells = b.row.Cells[:last]
	}
}

// guid finds the GUID in a reference, however deep it is wrapped.
func guid(n *node) string {
	if n == nil {
		return ""
	}
	if len(n.children) == 0 {
		return id(n.text)
	}
	if ref := n.child("Ссылка"); ref != nil {
		return id(ref.text)
	}
	for _, c := range n.children {
		if ref := guid(c); ref != "" {
			return ref
		}
	}
	return ""
}

func (b *building) person(n, keys *node) {
	b.row.Kind = customer.Person
	b.personName(keys)
	b.take(keys, "ИНН", "КодВПрограмме")
	b.date(keys, "ДатаРождения")
	b.take(n, "Пол", "СтраховойНомерПФР", "МестоРождения", "Гражданство", "УточнениеНаименования", colDocument)
	b.history(n.child("ДанныеФИО"), keys.value("Фамилия"))
}

// personName delivers the parts if there are any, else the whole name.
func (b *building) personName(keys *node) {
	last, first := keys.value("Фамилия"), keys.value("Имя")
	if last != "" && first != "" {
		b.take(keys, colLast, colFirst, colPatronymic)
		return
	}
	b.first(colName, keys.value("ФИО"), strings.TrimSpace(last+" "+first+" "+keys.value("Отчество")), keys.value("Наименование"))
}

// history delivers earlier names: the last surname that differs from the present one, and each
// whole earlier name.
func (b *building) history(names *node, present string) {
	if names == nil || present == "" {
		return
	}
	rows := append([]*node(nil), names.children...)
	sort.SliceStable(rows, func(i, j int) bool {
		return rows[i].value("НачалоПериода") > rows[j].value("НачалоПериода")
	})
	first := true
	for _, r := range rows {
		last := r.value("Фамилия")
		if last == "" || strings.EqualFold(last, present) {
			continue
		}
		if first {
			b.add(colPreviousLast, last)
			first = false
		}
		b.add(colPreviousName, strings.Join(strings.Fields(last+" "+r.value("Имя")+" "+r.value("Отчество")), " "))
	}
}

func (b *building) contactPerson(n, keys *node) {
	b.row.Kind = customer.Person
	b.personName(keys)
	b.take(n, "ОписаниеДолжности", "Роль")
	subject := n.child("Субъект")
	if subject == nil {
		subject = keys.child("Субъект")
	}
	if org := guid(subject.child("Контрагент")); org != "" {
		b.add(colEmployer, org)
	} else if person := guid(subject.child("ФизическоеЛицо")); person != "" {
		b.add("Субъект.ФизическоеЛицо", person)
	} else if other := guid(subject); other != "" {
		b.add(colEmployer, other)
	}
}

// tell notes what was passed by.
func (e *enterprise) tell() {
	var names []string
	for name := range e.skipped {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		e.t.in.Note("onec.skipped", fmt.Sprintf("%s: %d objects are no customers", name, e.skipped[name]))
	}
	e.skipped = map[string]int{}
}
