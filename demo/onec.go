package demo

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// guid makes the reference of an object; the same row has the same one in every file.
func (g *generator) guid(j job) string {
	d := throw(g.Seed, 12, uint64(j.what), uint64(j.index), uint64(j.copy))
	a, b := d.Uint64(), d.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}

const (
	onecHead = `<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns:msg="http://www.1c.ru/SSL/Exchange/Message" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
	<msg:Header>
		<msg:Format>http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8</msg:Format>
		<msg:CreationDate>2026-03-01T10:00:00</msg:CreationDate>
		<msg:Confirmation>
			<msg:ExchangePlan>СинхронизацияДанныхЧерезУниверсальныйФормат</msg:ExchangePlan>
			<msg:To>ХБ</msg:To><msg:From>УТ</msg:From><msg:MessageNo>1</msg:MessageNo><msg:ReceivedNo>0</msg:ReceivedNo>
		</msg:Confirmation>
		<msg:AvailableVersion>1.8</msg:AvailableVersion>
	</msg:Header>
	<Body xmlns="http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8">
`
	onecTail = "\t</Body>\n</Message>\n"
)

// writeOneC writes an EnterpriseData message with contractors, persons and contact persons.
func writeOneC(g *generator, s *source, out io.Writer, jobs []job) error {
	if _, err := io.WriteString(out, onecHead); err != nil {
		return err
	}
	var x element
	for _, j := range jobs {
		x.Reset()
		g.object(&x, s, j)
		if _, err := out.Write(x.Bytes()); err != nil {
			return err
		}
		if err := g.note(s, j, g.guid(j)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, onecTail)
	return err
}

// element is XML being written.
type element struct{ bytes.Buffer }

func (x *element) open(name string)  { x.WriteString("<" + name + ">") }
func (x *element) close(name string) { x.WriteString("</" + name + ">") }

// text writes <name>text</name>, nothing for an empty text.
func (x *element) text(name, text string) {
	if text == "" {
		return
	}
	x.open(name)
	_ = xml.EscapeText(&x.Buffer, []byte(text)) // a Buffer does not fail
	x.close(name)
}

func (g *generator) object(x *element, s *source, j job) {
	d := g.dice(s, j)
	name := "Справочник.Контрагенты"
	switch {
	case j.what == rowContact:
		name = "Справочник.КонтактныеЛица"
	case j.what == rowPlanted && g.planted[j.index].physical, j.what == rowPerson && d.chance(0.35):
		name = "Справочник.ФизическиеЛица"
	}
	x.WriteString("\t\t")
	x.open(name)
	switch {
	case j.what == rowContact:
		g.contactPerson(x, s, j, d)
	case name == "Справочник.ФизическиеЛица":
		g.physical(x, s, j, d)
	case j.what == rowCompany || j.what == rowPayer:
		g.legal(x, j, d)
	default:
		g.contractor(x, s, j, d)
	}
	x.close(name)
	x.WriteString("\n")
}

func (g *generator) legal(x *element, j job, d *dice) {
	c := g.company(j, d)
	x.open("КлючевыеСвойства")
	x.text("Ссылка", g.guid(j))
	x.text("Наименование", c.short)
	x.text("НаименованиеПолное", c.full)
	x.text("ИНН", c.inn)
	x.text("КПП", c.kpp)
	x.text("ЮридическоеФизическоеЛицо", "ЮридическоеЛицо")
	x.close("КлючевыеСвойства")
	x.contacts(d, contact{"ЮридическийАдрес", c.address.write(2, false)}, contact{"Телефон", phone(c.phone, d)}, contact{"АдресЭлектроннойПочты", c.email})
}

// contractor is a person who buys, sometimes as a sole trader.
func (g *generator) contractor(x *element, s *source, j job, d *dice) {
	p := g.sight(s, j, d)
	full := p.full()
	if j.what == rowPerson && d.chance(0.08) {
		full = "ИП " + full
	}
	short := strings.TrimSpace(p.last + " " + initial(p.first) + initial(p.patronymic))
	x.open("КлючевыеСвойства")
	x.text("Ссылка", g.guid(j))
	x.text("Наименование", short)
	if j.what == rowPlanted || d.chance(0.8) {
		x.text("НаименованиеПолное", full)
	}
	x.text("ИНН", p.inn)
	x.text("ЮридическоеФизическоеЛицо", "ФизическоеЛицо")
	x.close("КлючевыеСвойства")
	if p.passport.number != "" && d.chance(0.5) {
		x.text("ДокументУдЛичность", fmt.Sprintf("Паспорт гражданина РФ, серия: %s %s, № %s, выдан: %s года", p.passport.series[:min(2, len(p.passport.series))],
			p.passport.series[min(2, len(p.passport.series)):], p.passport.number, date(p.passport.issued, dotted)))
	}
	x.contacts(d, contact{"Телефон", phone(p.mobile, d)}, contact{"АдресЭлектроннойПочты", p.email}, contact{"ФактическийАдрес", p.address.write(2, p.ukrainian)})
}

// physical is a person of the list ФизическиеЛица, with the history of names.
func (g *generator) physical(x *element, s *source, j job, d *dice) {
	p := g.sight(s, j, d)
	x.open("КлючевыеСвойства")
	x.text("Ссылка", g.guid(j))
	x.text("ФИО", strings.TrimSpace(p.last+" "+p.first+" "+p.patronymic))
	x.text("Фамилия", p.last)
	x.text("Имя", p.first)
	x.text("Отчество", p.patronymic)
	x.text("ДатаРождения", date(p.birth, iso))
	x.text("ИНН", p.inn)
	x.close("КлючевыеСвойства")
	x.text("Пол", map[bool]string{true: "Женский", false: "Мужской"}[p.female])
	x.text("СтраховойНомерПФР", groupedSNILS(p.snils))
	x.contacts(d, contact{"Телефон", phone(p.mobile, d)}, contact{"ТелефонДомашний", phone(p.home, d)}, contact{"АдресЭлектроннойПочты", p.email},
		contact{"ПочтовыйАдрес", p.address.write(2, p.ukrainian)})
	if j.what == rowPerson {
		x.names(g.world.person(int(j.index)), &p)
	}
}

// names writes what a person was called before, if 1C knows it.
func (x *element) names(p *person, s *sight) {
	if p.maiden == "" || s.last != p.last {
		return
	}
	x.open("ДанныеФИО")
	for i, last := range []string{p.maiden, p.last} {
		x.open("Строка")
		x.text("Фамилия", last)
		x.text("Имя", s.first)
		x.text("Отчество", s.patronymic)
		x.text("НачалоПериода", date(p.birth.AddDate(24*i, 0, 0), iso))
		x.close("Строка")
	}
	x.close("ДанныеФИО")
}

// contactPerson speaks for a company.
func (g *generator) contactPerson(x *element, s *source, j job, d *dice) {
	p := g.sight(s, j, d)
	x.open("КлючевыеСвойства")
	x.text("Ссылка", g.guid(j))
	x.text("ФИО", p.full())
	x.open("Субъект")
	x.open("Контрагент")
	x.text("Ссылка", g.guid(job{rowCompany, 0, j.index}))
	x.close("Контрагент")
	x.close("Субъект")
	x.close("КлючевыеСвойства")
	x.text("ОписаниеДолжности", pick(d, []string{"Директор", "Главный бухгалтер", "Менеджер по закупкам"}))
	x.contacts(d, contact{"ТелефонРабочий", phone(p.mobile, d)}, contact{"АдресЭлектроннойПочты", p.email})
}

// contact is one line of КонтактнаяИнформация.
type contact struct{ kind, value string }

// contacts writes each line with escaped XML inside, as most releases do, or with JSON.
func (x *element) contacts(d *dice, list ...contact) {
	opened := false
	for _, c := range list {
		if c.value == "" {
			continue
		}
		if !opened {
			x.open("КонтактнаяИнформация")
			opened = true
		}
		x.open("Строка")
		x.text("ВидКонтактнойИнформации", c.kind)
		if d.chance(0.3) {
			x.text("Значение", c.json())
		} else {
			x.text("ЗначенияПолей", c.xml())
		}
		x.close("Строка")
	}
	if opened {
		x.close("КонтактнаяИнформация")
	}
}

func (c contact) json() string {
	kind := "Телефон"
	if strings.Contains(c.kind, "Адрес") {
		kind = "Адрес"
	}
	if c.kind == "АдресЭлектроннойПочты" {
		kind = "АдресЭлектроннойПочты"
	}
	b, _ := json.Marshal(struct { // plain strings cannot fail
		Value   string `json:"value"`
		Comment string `json:"comment"`
		Type    string `json:"type"`
	}{c.value, "", kind})
	return string(b)
}

func (c contact) xml() string {
	var value bytes.Buffer
	_ = xml.EscapeText(&value, []byte(c.value))
	inside := `<Состав xsi:type="НомерТелефона" КодСтраны="" КодГорода="" Номер="` + value.String() + `" Добавочный=""/>`
	if c.kind == "АдресЭлектроннойПочты" {
		inside = `<Состав xsi:type="ЭлектроннаяПочта" Значение="` + value.String() + `"/>`
	} else if strings.Contains(c.kind, "Адрес") {
		inside = `<Состав xsi:type="Адрес" Страна="РОССИЯ"><Состав xsi:type="xs:string">` + value.String() + `</Состав></Состав>`
	}
	return `<КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Представление="` +
		value.String() + `"><Комментарий/>` + inside + `</КонтактнаяИнформация>`
}
