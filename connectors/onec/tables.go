package onec

import (
	"strings"

	"kartoteka/connectors"
	"kartoteka/customer"
)

const zeroGUID = "00000000-0000-0000-0000-000000000000"

// tables are the types of objects that are read, one table each.
type tables struct {
	in     *connectors.Input
	byName map[string]*rowTable
}

type rowTable struct {
	table *customer.Table
	index map[string]int
	rows  int64
}

func newTables(in *connectors.Input) *tables {
	return &tables{in: in, byName: map[string]*rowTable{}}
}

func (t *tables) of(name string) *rowTable {
	rt := t.byName[name]
	if rt == nil {
		rt = &rowTable{table: &customer.Table{Name: name}, index: map[string]int{}}
		t.byName[name] = rt
	}
	return rt
}

// row begins a row of the table at a place in the file.
func (t *tables) row(name string, offset int64) *building {
	rt := t.of(name)
	rt.rows++
	return &building{rt: rt, row: customer.Row{Table: rt.table,
		Place: customer.Place{File: t.in.Name, Table: name, Row: rt.rows, Offset: offset}}}
}

// building is a row whose cells are being added.
type building struct {
	rt  *rowTable
	row customer.Row
}

// add delivers a value; 1C's ways to say "none" become explicitly empty.
func (b *building) add(column, text string) {
	text = strings.TrimSpace(text)
	if text == zeroGUID || strings.HasPrefix(text, "0001-01-01") {
		text = ""
	}
	i, known := b.rt.index[column]
	if !known {
		i = len(b.rt.table.Columns)
		b.rt.index[column] = i
		b.rt.table.Columns = append(b.rt.table.Columns, column)
	}
	b.row.Cells = append(b.row.Cells, customer.Cell{Column: i, Text: text})
}

// take delivers a child element under its own name, if it is there.
func (b *building) take(n *node, names ...string) {
	for _, name := range names {
		if c := n.child(name); c != nil && len(c.children) == 0 {
			b.add(name, c.text)
		}
	}
}

// first delivers the first text that is not empty under a column.
func (b *building) first(column string, texts ...string) {
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			b.add(column, s)
			return
		}
	}
}

// date delivers a date or a time without its empty clock.
func (b *building) date(n *node, name string) {
	if c := n.child(name); c != nil {
		b.add(name, strings.TrimSuffix(strings.TrimSpace(c.text), "T00:00:00"))
	}
}

// id is a reference, "" if it is the empty one.
func id(s string) string {
	if s = strings.TrimSpace(s); s == zeroGUID {
		return ""
	}
	return s
}

// standardMapping maps the columns that both formats share to the shipped portraits.
func standardMapping() *customer.Mapping {
	m := &customer.Mapping{
		Fields: []customer.Field{
			{Attribute: "name", Columns: []string{colLast, colFirst, colPatronymic, colPreviousLast}, Parts: []string{"last", "first", "patronymic", "maiden"}},
			{Attribute: "name", Columns: []string{colName}},
			{Attribute: "birth_date", Columns: []string{"ДатаРождения"}},
			{Attribute: "gender", Columns: []string{"Пол"}},
			{Attribute: "inn", Columns: []string{"ИНН"}},
			{Attribute: "kpp", Columns: []string{"КПП"}},
			{Attribute: "ogrn", Columns: []string{"ОГРН"}},
			{Attribute: "snils", Columns: []string{"СтраховойНомерПФР"}},
			{Attribute: "passport", Columns: []string{colDocument}},
			{Attribute: "passport", Columns: []string{colPassport}, Issued: colPassportIssued},
			{Attribute: "email", Columns: []string{colEmail}},
		},
		Links: []customer.RelationField{{Attribute: "employer", TargetKey: colEmployer, Role: "ОписаниеДолжности"}},
	}
	for _, c := range contactColumns {
		if c.attribute != "email" {
			m.Fields = append(m.Fields, customer.Field{Attribute: c.attribute, Columns: []string{c.column}, ValueKind: c.kind})
		}
	}
	return m
}

// Columns that the rows of both formats have; those of contacts stand in contactColumns.
const (
	colName           = "ПолноеНаименование" // the best whole name: full, else short
	colShort          = "Наименование"       // the short one, when a full one is there as well
	colLast           = "Фамилия"
	colFirst          = "Имя"
	colPatronymic     = "Отчество"
	colPreviousLast   = "ПрежняяФамилия"
	colPreviousName   = "ПрежнееФИО"
	colDocument       = "ДокументУдЛичность"
	colPassport       = "Паспорт"
	colPassportIssued = "ПаспортДатаВыдачи"
	colOtherDocument  = "ДругойДокумент"
	colEmail          = "ЭлектроннаяПочта"
	colEmployer       = "Субъект"
)
