package demo

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"
)

// writeBranch writes the sheet that a branch keeps by hand: titles above the header, merged
// headings, numbers where texts belong, remarks in cells, a line with the total.
func writeBranch(g *generator, s *source, out io.Writer, jobs []job) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	if err := book.SetSheetName("Sheet1", "Клиенты"); err != nil {
		return err
	}
	dates, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		return err
	}
	w, err := book.NewStreamWriter("Клиенты")
	if err != nil {
		return err
	}
	if err := g.sheet(s, w, jobs, dates); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = book.WriteTo(out)
	return err
}

func (g *generator) sheet(s *source, w *excelize.StreamWriter, jobs []job, dates int) error {
	head := [][]any{
		{"Клиенты отделения «Заречное»"},
		{"по состоянию на 01.03.2026, заполняется вручную"},
		{},
		{nil, "Клиент", nil, "Контакты", nil, "Место жительства", nil, nil},
		{"Код клиента", "ФИО", "ДР", "Телефон", "Почта", "Город", "Адрес", "Примечание"},
	}
	for i, row := range head {
		if err := w.SetRow("A"+itoa(i+1), row); err != nil {
			return err
		}
	}
	for i, j := range jobs {
		key := fmt.Sprintf("ФЛ-%05d", i+1)
		if err := w.SetRow("A"+itoa(i+6), append([]any{key}, g.client(s, j, dates)...)); err != nil {
			return err
		}
		if err := g.note(s, j, key); err != nil {
			return err
		}
	}
	if err := w.SetRow("A"+itoa(len(jobs)+6), []any{"Итого:", nil, nil, nil, nil, nil, nil, len(jobs)}); err != nil {
		return err
	}
	return errors.Join(w.MergeCell("A1", "H1"), w.MergeCell("B4", "C4"), w.MergeCell("D4", "E4"), w.MergeCell("F4", "G4"))
}

func (g *generator) client(s *source, j job, dates int) []any {
	d := g.dice(s, j)
	p := g.sight(s, j, d)
	remark := any(nil)
	if d.chance(0.15) {
		remark = pick(d, []string{"перезвонить", "не звонить до 10", "VIP", "документы в архиве", "просил скидку"})
	}
	mail := any(p.email)
	if p.email == "" {
		mail = pick(d, []any{nil, "нет", "-"})
	}
	town := any(nil)
	if p.address.town != nil {
		town = p.address.town.ru
	}
	return []any{p.full(), birthCell(p.birth, dates, d), phoneCell(&p, d), mail, town, p.address.write(3, p.ukrainian), remark}
}

// birthCell is a serial date, a text, or a year.
func birthCell(birth time.Time, style int, d *dice) any {
	if birth.IsZero() {
		return nil
	}
	switch d.n(10) {
	case 0:
		return birth.Format("02.01.06")
	case 1, 2, 3:
		return birth.Format(dotted)
	case 4:
		return birth.Format("2006")
	default:
		if birth.Year() <= 1900 {
			return birth.Format(dotted)
		}
		return excelize.Cell{StyleID: style, Value: birth}
	}
}

// phoneCell is a number, a text, or several numbers with remarks.
func phoneCell(p *sight, d *dice) any {
	first := phone(p.mobile, d)
	switch {
	case p.mobile == "" && p.home == "":
		return pick(d, []any{nil, "нет", "—"})
	case p.mobile == "":
		return phone(p.home, d)
	case p.home != "" && d.chance(0.7):
		return first + pick(d, []string{", ", "; ", "\n", " / "}) + phone(p.home, d) + pick(d, []string{" (дом.)", "", " дом", " (раб.)"})
	case d.chance(0.35):
		if n, err := strconv.ParseInt(p.mobile, 10, 64); err == nil {
			return n
		}
	case d.chance(0.1):
		return first + pick(d, []string{" (жена)", " не звонить", " WhatsApp"})
	}
	return first
}
