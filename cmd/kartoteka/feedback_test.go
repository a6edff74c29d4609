package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kartoteka/store"
	"kartoteka/store/storetest"
)

// oneCMessage is what 1C would write about two of the customers.
const oneCMessage = `<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns:msg="http://www.1c.ru/SSL/Exchange/Message">
	<msg:Header><msg:Format>http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8</msg:Format></msg:Header>
	<Body xmlns="http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8">
		<Справочник.Контрагенты><КлючевыеСвойства><Ссылка>b1d0c0de-0000-4000-8000-000000000001</Ссылка><Наименование>Ковалев А.П.</Наименование><НаименованиеПолное>Ковалёв Александр Петрович</НаименованиеПолное><ЮридическоеФизическоеЛицо>ФизическоеЛицо</ЮридическоеФизическоеЛицо></КлючевыеСвойства></Справочник.Контрагенты>
		<Справочник.Контрагенты><КлючевыеСвойства><Ссылка>b1d0c0de-0000-4000-8000-000000000003</Ссылка><Наименование>Ромашка Тест ООО</Наименование><НаименованиеПолное>Общество с ограниченной ответственностью "Ромашка Тест"</НаименованиеПолное><ИНН>0012345673</ИНН><ЮридическоеФизическоеЛицо>ЮридическоеЛицо</ЮридическоеФизическоеЛицо></КлючевыеСвойства></Справочник.Контрагенты>
	</Body>
</Message>
`

// bankDoor is a company whose sources take their codes back: a table, a CSV file, and 1C.
func bankDoor(t *testing.T) (d *door, bank *pgx.Conn) {
	t.Helper()
	d = openDoor(t)
	url := storetest.New(t, nil)
	bank, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bank.Close(t.Context()) })
	if _, err := bank.Exec(t.Context(), `
		CREATE TABLE client (id int PRIMARY KEY, name text, born text, phone text);
		CREATE TABLE client_code (key int PRIMARY KEY, code text NOT NULL);
		INSERT INTO client VALUES (1, 'Ковалёв Александр Петрович', '12.04.1985', '+7 901 123-45-67'), (2, 'Смирнова Анна Игоревна', '03.09.1990', '+7 916 555-66-77')`); err != nil {
		t.Fatal(err)
	}
	exchange := filepath.Join(d.dir, "exchange")
	if err := os.Mkdir(exchange, 0o700); err != nil {
		t.Fatal(err)
	}
	d.file("exchange/Message_UT.xml", oneCMessage)
	d.file("kartoteka.yaml", fmt.Sprintf(`version: 1
sources:
  bank: {from: postgres, with: {url: %q, table: client}, map: {name: name, birth_date: born, phone: phone}}
  crm: {from: csv, with: {file: %q, key: id}}
  1c: {from: 1c-enterprisedata, with: {file: %q}, map: standard}
feed:
  back:
    bank: {to: table, url: %q, table: client_code}
    crm: {to: file, format: csv, folder: %q}
    1c: {to: file, format: 1c-enterprisedata, folder: %q}
`, url, d.file("crm.csv", crmRows), filepath.Join(exchange, "Message_*.xml"), url, exchange, exchange))
	return d, bank
}

func TestCodesReturnAndChangeNothing(t *testing.T) {
	t.Parallel()
	d, bank := bankDoor(t)
	config := []string{"--config", filepath.Join(d.dir, "kartoteka.yaml")}
	do := func(args ...string) string { return d.ok(append(args, config...)...) }
	do("run", "-q")
	do("feed", "back")
	var status struct{ Back []store.BackStatus }
	d.json(exitOK, nil, &status, append([]string{"feed", "status"}, config...)...)
	if len(status.Back) != 3 {
		t.Fatalf("%+v", status)
	}
	for _, b := range status.Back {
		if b.Live == 0 || b.Delivered != b.Live || b.Lag != 0 {
			t.Errorf("%+v", b)
		}
	}
	codes := d.crosswalk()
	d.table(bank, codes)
	text, err := os.ReadFile(filepath.Join(d.dir, "exchange", "crm.csv"))
	if err != nil || !strings.Contains(string(text), "key,code\n1,"+codes["crm/1"]+"\n") || strings.Count(string(text), "\n") != 6 {
		t.Errorf("%v %s", err, text)
	}
	// The written messages lie where 1C's own lie, and are read with them.
	var counts struct{ Read, Accepted, Unchanged int64 }
	d.json(exitOK, &counts, nil, append([]string{"run"}, config...)...)
	if counts.Accepted != 0 || counts.Unchanged != 9 || counts.Read != 9 {
		t.Errorf("after the codes returned a reload changes something: %+v", counts)
	}
	if got := do("feed", "back"); !strings.Contains(got, "2 of 2 records") {
		t.Error(got)
	}
}

// table holds the bank's table against the crosswalk.
func (d *door) table(bank *pgx.Conn, codes map[string]string) {
	d.Helper()
	rows, err := bank.Query(d.Context(), `SELECT key, code FROM client_code ORDER BY key`)
	if err != nil {
		d.Fatal(err)
	}
	n := 0
	var key int
	var code string
	if _, err := pgx.ForEachRow(rows, []any{&key, &code}, func() error {
		n++
		if want := codes[fmt.Sprintf("bank/%d", key)]; code != want {
			d.Errorf("key %d has %s, not %s", key, code, want)
		}
		return nil
	}); err != nil {
		d.Fatal(err)
	}
	if n != 2 {
		d.Errorf("%d rows", n)
	}
}

func TestCodesThatMoveReturnAgain(t *testing.T) {
	t.Parallel()
	d, bank := bankDoor(t)
	config := []string{"--config", filepath.Join(d.dir, "kartoteka.yaml")}
	d.ok(append([]string{"run", "-q"}, config...)...)
	d.ok(append([]string{"feed", "back"}, config...)...)
	before := d.crosswalk()
	d.ok(append([]string{"decide", "same", "crm/2", "crm/1", "--reason", "test"}, config...)...)
	if after := d.crosswalk(); after["bank/1"] == before["bank/1"] && after["bank/2"] == before["bank/2"] {
		t.Fatal("nothing moved")
	}
	var status struct{ Back []store.BackStatus }
	d.json(exitOK, nil, &status, append([]string{"feed", "status"}, config...)...)
	if b := status.Back[0]; b.Source != "bank" || b.Delivered >= b.Live || b.Lag == 0 {
		t.Errorf("codes moved, and the coverage is %+v", b)
	}
	d.ok(append([]string{"feed", "back"}, config...)...)
	d.table(bank, d.crosswalk())
}

func TestCodesCannotReturn(t *testing.T) {
	t.Parallel()
	d, bank := bankDoor(t)
	config := []string{"--config", filepath.Join(d.dir, "kartoteka.yaml")}
	d.ok(append([]string{"run", "-q"}, config...)...)
	for _, c := range []struct{ spoil, want string }{
		{`DROP TABLE client_code`, "CREATE TABLE client_code (key text PRIMARY KEY"},
		{`CREATE TABLE client_code (key text, code text)`, "CREATE UNIQUE INDEX ON client_code (key)"},
		{`ALTER TABLE client_code RENAME code TO kartoteka`, "no columns key and code"},
	} {
		if _, err := bank.Exec(t.Context(), c.spoil); err != nil {
			t.Fatal(err)
		}
		p := d.json(exitSurroundings, nil, nil, append([]string{"feed", "back", "bank"}, config...)...)
		if p == nil || !strings.Contains(p.Message, c.want) {
			t.Errorf("%+v, want %s", p, c.want)
		}
	}
	p := d.json(exitInput, nil, nil, append([]string{"feed", "back", "nobody"}, config...)...)
	if p == nil || !strings.Contains(p.Message, "it has bank, crm, 1c") {
		t.Errorf("%+v", p)
	}
}
