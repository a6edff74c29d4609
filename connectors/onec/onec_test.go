package onec

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"kartoteka/connectors"
	"kartoteka/connectors/connectortest"
	"kartoteka/connectors/sniff"
	"kartoteka/customer"
)

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func connector(t testing.TB, path, format string) connectors.Connector {
	t.Helper()
	c, err := newConnector(&Settings{File: path, TimeZone: "Europe/Moscow"}, format)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const head = `<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns:msg="http://www.1c.ru/SSL/Exchange/Message"><msg:Header><msg:Format>http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.21</msg:Format></msg:Header>
<Body xmlns="http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.21">`

func message(body string) string { return head + body + "</Body></Message>\n" }

func enterpriseData(t testing.TB, body string) connectors.Connector {
	return connector(t, write(t, "m.xml", []byte(message(body))), sniff.EnterpriseData)
}

func counterparty(n int, inside string) string {
	return fmt.Sprintf(`<Справочник.Контрагенты><КлючевыеСвойства><Ссылка>b1d0c0de-0000-4000-8000-%012d</Ссылка><Наименование>Клиент %d</Наименование>`+
		`<ЮридическоеФизическоеЛицо>ФизическоеЛицо</ЮридическоеФизическоеЛицо></КлючевыеСвойства>%s</Справочник.Контрагенты>`, n, n, inside)
}

func commerceML(t testing.TB, body string) connectors.Connector {
	text := `<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.10">` + body + "</КоммерческаяИнформация>"
	return connector(t, write(t, "c.xml", []byte(text)), sniff.CommerceML)
}

func TestEnterpriseDataIsAConnector(t *testing.T) {
	var body strings.Builder
	for i := range connectortest.Records {
		body.WriteString(counterparty(i+1, "") + "<Справочник.Номенклатура/>")
	}
	path := write(t, "m.xml", []byte(message(body.String())))
	connectortest.Run(t, connectortest.Harness{
		New:    func(t *testing.T) connectors.Connector { return connector(t, path, sniff.EnterpriseData) },
		Denied: func(t *testing.T) connectors.Connector { return connector(t, t.TempDir(), sniff.EnterpriseData) },
		Broken: func(t *testing.T) connectors.Connector {
			keyless := strings.Replace(counterparty(0, ""), "b1d0c0de-0000-4000-8000-000000000000", zeroGUID, 1)
			return enterpriseData(t, counterparty(1, "")+counterparty(2, "")+keyless+counterparty(4, ""))
		},
	})
}

func TestCommerceMLIsAConnector(t *testing.T) {
	var body strings.Builder
	for i := range connectortest.Records {
		fmt.Fprintf(&body, "<Документ><Контрагенты><Контрагент><Ид>%d</Ид><Наименование>Клиент</Наименование></Контрагент></Контрагенты></Документ>", i)
	}
	path := write(t, "c.xml", []byte("<КоммерческаяИнформация>"+body.String()+"</КоммерческаяИнформация>"))
	party := "<Контрагент><Ид>1</Ид></Контрагент>"
	large := "<Контрагент><Ид>3</Ид><Комментарий>" + strings.Repeat("x", 10<<20) + "</Комментарий></Контрагент>"
	connectortest.Run(t, connectortest.Harness{
		New: func(t *testing.T) connectors.Connector { return connector(t, path, sniff.CommerceML) },
		Broken: func(t *testing.T) connectors.Connector {
			return commerceML(t, "<Контрагенты>"+party+party+large+party+"</Контрагенты>")
		},
	})
}

func TestEnterpriseDataSample(t *testing.T) {
	rows := connectortest.Rows(connectortest.Read(t, connector(t, "testdata/1c-enterprisedata-1.8.xml", sniff.EnterpriseData), "", 100))
	if len(rows) != 4 {
		t.Fatal(len(rows))
	}
	person := connectortest.Named(&rows[0])
	for column, want := range map[string]string{"ПолноеНаименование": "Ковалёв Александр Петрович", "Наименование": "Ковалев А.П.", "ИНН": "001234567887",
		"Телефон": "+7 (495) 000-12-34 доб. 12", "ЭлектроннаяПочта": "kovalev@example.com",
		"ДокументУдЛичность": "Паспорт гражданина РФ, серия: 45 00, № 000001, выдан: 20 апреля 2005 года, ОВД"} {
		if got := strings.Join(person[column], "|"); got != want {
			t.Errorf("%s: %q, want %q", column, got, want)
		}
	}
	maria := connectortest.Named(&rows[2])
	for column, want := range map[string]string{"Фамилия": "Иванова-Смирнова", "ПрежняяФамилия": "Смирнова", "ПрежнееФИО": "Смирнова Мария Сергеевна",
		"ДатаРождения": "1990-02-01", "СтраховойНомерПФР": "999-000-111 20"} {
		if got := strings.Join(maria[column], "|"); got != want {
			t.Errorf("%s: %q, want %q", column, got, want)
		}
	}
	kinds := []customer.Kind{rows[0].Kind, rows[1].Kind, rows[2].Kind}
	if diff := cmp.Diff([]customer.Kind{customer.Person, customer.Organization, customer.Person}, kinds); diff != "" {
		t.Error(diff)
	}
	if rows[3].Op != customer.Delete || rows[3].Key != "b1d0c0de-0000-4000-8000-000000000008" {
		t.Errorf("%+v", rows[3])
	}
}

func TestCommerceMLSample(t *testing.T) {
	rows := connectortest.Rows(connectortest.Read(t, connector(t, "testdata/1c-commerceml-orders-cp1251.xml", sniff.CommerceML), "", 100))
	if len(rows) != 2 || rows[0].Key != "17#sasha#Саша Ковалев" || rows[0].Kind != customer.Person || rows[1].Kind != customer.Organization {
		t.Fatalf("%+v", rows)
	}
	if want := time.Date(2026, 2, 28, 7, 0, 0, 0, time.UTC); !rows[0].Observed.Equal(want) {
		t.Errorf("observed %v, want %v", rows[0].Observed, want)
	}
	want := map[string][]string{"Ид": {"b1d0c0de-0000-4000-8000-000000000003"}, "ПолноеНаименование": {`ООО "Ромашка Тест"`}, "Наименование": {"Ромашка Тест ООО"},
		"Роль": {"Плательщик"}, "ИНН": {"0012345673"}, "КПП": {"001201001"}, "ЮридическийАдрес": {"г. Москва"}}
	if diff := cmp.Diff(want, connectortest.Named(&rows[1])); diff != "" {
		t.Error(diff)
	}
}

func TestContactForms(t *testing.T) {
	row := func(sort, inside string) string {
		return "<Строка><ВидКонтактнойИнформации>" + sort + "</ВидКонтактнойИнформации>" + inside + "</Строка>"
	}
	xml := `<ЗначенияПолей>&lt;КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Представление="101000, Москва"&gt;&lt;Состав xsi:type="Адрес"/&gt;&lt;/КонтактнаяИнформация&gt;</ЗначенияПолей>`
	body := "<КонтактнаяИнформация>" +
		row("ТелефонРабочий", `<Значение>{"value":"+7 (495) 000-12-34","type":"Телефон","comment":"муж","countryCode":"+7","areaCode":"495","number":"000-12-34","extNumber":"12"}</Значение>`+xml) +
		row("ФактическийАдрес", xml) +
		row("ПользовательскаяКИ_1", "<НаименованиеКонтактнойИнформации>Мобильный жены</НаименованиеКонтактнойИнформации><Представление>8 900 000 00 02</Представление>") +
		row("Телефон", "<ЗначенияПолей>&lt;broken</ЗначенияПолей><Представление>8 900 000 00 03</Представление>") +
		row("Skype", "<Представление>kovalev</Представление>") + "</КонтактнаяИнформация><ФизическоеЛицо><Ссылка>" + zeroGUID + "</Ссылка></ФизическоеЛицо>"
	got := connectortest.Named(&connectortest.Rows(connectortest.Read(t, enterpriseData(t, counterparty(1, body)), "", 10))[0])
	for _, column := range []string{"Ссылка", "ПолноеНаименование", "ЮридическоеФизическоеЛицо"} {
		delete(got, column)
	}
	want := map[string][]string{"ТелефонРабочий": {"+7 (495) 000-12-34 доб. 12 (муж)"}, "ФактическийАдрес": {"101000, Москва"},
		"ТелефонМобильный": {"8 900 000 00 02"}, "Телефон": {"8 900 000 00 03"}, "Skype": {"kovalev"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestContactPersonAndOwnOrganization(t *testing.T) {
	body := `<Справочник.КонтактныеЛица><КлючевыеСвойства><Ссылка>b1d0c0de-0000-4000-8000-000000000011</Ссылка><ФИО>Петров Пётр Петрович</ФИО></КлючевыеСвойства>` +
		`<Субъект><Контрагент><Ссылка>b1d0c0de-0000-4000-8000-000000000003</Ссылка></Контрагент></Субъект><ОписаниеДолжности>Директор</ОписаниеДолжности></Справочник.КонтактныеЛица>` +
		`<Справочник.Организации><КлючевыеСвойства/></Справочник.Организации><Документ.Счет/>` +
		`<Справочник.ФизическиеЛица><КлючевыеСвойства><Ссылка>b1d0c0de-0000-4000-8000-000000000012</Ссылка><ФИО>Иванов</ФИО><ДатаРождения>0001-01-01</ДатаРождения></КлючевыеСвойства></Справочник.ФизическиеЛица>` +
		`<УдалениеОбъекта><СсылкаНаОбъект><СсылкаНаОбъект><НоменклатураСсылка>b1d0c0de-0000-4000-8000-000000000009</НоменклатураСсылка></СсылкаНаОбъект></СсылкаНаОбъект></УдалениеОбъекта>`
	c := enterpriseData(t, body)
	batches := connectortest.Read(t, c, "", 10)
	rows := connectortest.Rows(batches)
	want := map[string][]string{"Ссылка": {"b1d0c0de-0000-4000-8000-000000000011"}, "ПолноеНаименование": {"Петров Пётр Петрович"},
		"Субъект": {"b1d0c0de-0000-4000-8000-000000000003"}, "ОписаниеДолжности": {"Директор"}}
	if diff := cmp.Diff(want, connectortest.Named(&rows[0])); diff != "" || rows[0].Kind != customer.Person {
		t.Error(rows[0].Kind, diff)
	}
	if birth := connectortest.Named(&rows[1])["ДатаРождения"]; len(birth) != 1 || birth[0] != "" {
		t.Errorf("empty date: %q", birth)
	}
	if connectortest.Filtered(batches)[customer.FilteredOwn] != 1 || len(rows) != 2 {
		t.Errorf("%v, %d rows", connectortest.Filtered(batches), len(rows))
	}
	if notes := fmt.Sprint(c.(connectors.Noter).Notes()); !strings.Contains(notes, "Документ.Счет") || !strings.Contains(notes, "Номенклатура") {
		t.Error(notes)
	}
}

func TestCommerceMLPlaces(t *testing.T) {
	party := func(id, role, more string) string {
		return "<Контрагент><Ид>" + id + "</Ид><Наименование>Н</Наименование>" + more + "<Роль>" + role + "</Роль></Контрагент>"
	}
	body := "<Классификатор><Владелец><Ид>own</Ид></Владелец></Классификатор><Контрагенты>" + party("1", "", "<ПометкаУдаления>true</ПометкаУдаления>") + "</Контрагенты>" +
		"<Контейнер><Документ><Контрагенты>" + party("2", "Покупатель", `<Имя>Ковалёв Пётр</Имя><УдостоверениеЛичности><ВидДокумента>Паспорт гражданина РФ</ВидДокумента><Серия>45 00</Серия><Номер>000001</Номер><ДатаВыдачи>2005-04-20</ДатаВыдачи></УдостоверениеЛичности>`) +
		party("own", "Продавец", "") + "</Контрагенты><Роль>Продавец</Роль></Документ></Контейнер>" +
		"<Документ><Роль>Покупатель</Роль><Контрагенты>" + party("3", "Продавец", "") + "</Контрагенты></Документ>" +
		"<Документ><Контрагенты>" + party("2", "Покупатель", "") + "</Контрагенты></Документ>"
	batches := connectortest.Read(t, commerceML(t, body), "", 10)
	var keys []string
	rows := connectortest.Rows(batches)
	for _, r := range rows {
		keys = append(keys, r.Key+string(r.Op))
	}
	if got := strings.Join(keys, ","); got != "1delete,2,3,2" {
		t.Error(got)
	}
	if n := connectortest.Filtered(batches)[customer.FilteredOwn]; n != 2 {
		t.Errorf("%d own", n)
	}
	cells := connectortest.Named(&rows[1])
	if cells["ПолноеНаименование"][0] != "Ковалёв Пётр" || cells["Паспорт"][0] != "45 00 000001" || cells["ПаспортДатаВыдачи"][0] != "2005-04-20" {
		t.Errorf("%q", cells)
	}
}

func TestMappingHasItsColumns(t *testing.T) {
	m := EnterpriseDataKind().Standard
	seen := map[string]bool{}
	for _, f := range m.Fields {
		if len(f.Parts) != 0 && len(f.Parts) != len(f.Columns) {
			t.Errorf("%s: %d parts of %d columns", f.Attribute, len(f.Parts), len(f.Columns))
		}
		for _, c := range f.Columns {
			if seen[c] {
				t.Errorf("%s is mapped twice", c)
			}
			seen[c] = true
		}
	}
	if diff := cmp.Diff(m, CommerceMLKind().Standard); diff != "" {
		t.Error(diff)
	}
}

func TestZippedMessage(t *testing.T) {
	pack := func(content string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create("Message_UT_HUB.xml")
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	rows := connectortest.Rows(connectortest.Read(t, connector(t, write(t, "m.zip", pack(message(counterparty(1, "")))), sniff.EnterpriseData), "", 10))
	if len(rows) != 1 {
		t.Error(len(rows))
	}
	whole := pack(message(strings.Repeat(counterparty(1, ""), 1000)))
	if _, err := connectortest.TryRead(connector(t, write(t, "m.zip", whole[:len(whole)-100]), sniff.EnterpriseData), "", 10); !errors.Is(err, connectors.ErrInput) {
		t.Error(err)
	}
}

func TestBrokenMessagesGiveNothing(t *testing.T) {
	good := message(counterparty(1, ""))
	for name, c := range map[string]struct{ text, part string }{
		"cut":            {good[:len(good)*2/3], "cut off"},
		"cut at the end": {strings.Replace(good, "</Message>", "", 1), "cut off"},
		"doctype":        {strings.Replace(good, "<Message", `<!DOCTYPE Message [<!ENTITY x "y">]><Message`, 1), "DOCTYPE"},
		"late doctype":   {strings.Replace(good, "<Body", "<!DOCTYPE x><Body", 1), "DOCTYPE"},
		"deep":           {message(strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)), "deeper"},
		"crossed tags":   {message("<a><b></a></b>"), "broken XML near line 3"},
		"КД2":            {"<ФайлОбмена ВерсияФормата=\"3.1\"></ФайлОбмена>", "КД2"},
		"CommerceML":     {"<КоммерческаяИнформация></КоммерческаяИнформация>", "1c-commerceml, not 1c-enterprisedata"},
	} {
		t.Run(name, func(t *testing.T) {
			batches, err := connectortest.TryRead(connector(t, write(t, "m.xml", []byte(c.text)), sniff.EnterpriseData), "", 10)
			if !errors.Is(err, connectors.ErrInput) || !strings.Contains(err.Error(), c.part) || len(batches) > 0 {
				t.Errorf("%d batches, %v", len(batches), err)
			}
		})
	}
}

func TestControlCharactersAndWrongDeclaration(t *testing.T) {
	text := message(counterparty(1, "<ОКПО>1&#x1;2\x023</ОКПО>"))
	rows := connectortest.Rows(connectortest.Read(t, connector(t, write(t, "m.xml", []byte(text)), sniff.EnterpriseData), "", 10))
	if got := strings.Join(strings.Fields(connectortest.Named(&rows[0])["ОКПО"][0]), " "); got != "1 2 3" {
		t.Errorf("%q", got)
	}
	// It says UTF-8 and is windows-1251.
	wrong, err := charmap.Windows1251.NewEncoder().String(message(counterparty(1, "")))
	if err != nil {
		t.Fatal(err)
	}
	rows = connectortest.Rows(connectortest.Read(t, connector(t, write(t, "m.xml", []byte(wrong)), sniff.EnterpriseData), "", 10))
	if got := connectortest.Named(&rows[0])["ПолноеНаименование"]; len(got) != 1 || got[0] != "Клиент 1" {
		t.Errorf("%q", got)
	}
}

func FuzzEnterpriseDataNeverPanics(f *testing.F) {
	f.Add([]byte(message(counterparty(1, "<КонтактнаяИнформация><Строка/></КонтактнаяИнформация>"))))
	f.Add([]byte(message("<УдалениеОбъекта><СсылкаНаОбъект/></УдалениеОбъекта>")))
	fuzz(f, sniff.EnterpriseData)
}

func FuzzCommerceMLNeverPanics(f *testing.F) {
	f.Add([]byte("<КоммерческаяИнформация><Документ><Контрагенты><Контрагент/></Контрагенты></Документ></КоммерческаяИнформация>"))
	fuzz(f, sniff.CommerceML)
}

func fuzz(f *testing.F, format string) {
	path := filepath.Join(f.TempDir(), "f.xml")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = connectortest.TryRead(connector(t, path, format), "", 7)
	})
}

func TestKinds(t *testing.T) {
	connectortest.Kind(t, EnterpriseDataKind())
	connectortest.Kind(t, CommerceMLKind())
}
