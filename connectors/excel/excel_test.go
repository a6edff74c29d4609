package excel

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

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"kartoteka/connectors"
	"kartoteka/connectors/connectortest"
	"kartoteka/customer"
)

// book writes a workbook; fill gets it with its first sheet called "Лист1".
func book(t testing.TB, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", "Лист1"); err != nil {
		t.Fatal(err)
	}
	fill(f)
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// put writes rows from a cell on.
func put(t testing.TB, f *excelize.File, sheet string, first int, rows ...[]any) {
	t.Helper()
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", first+i), &row); err != nil {
			t.Fatal(err)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func connector(t testing.TB, path string) connectors.Connector {
	t.Helper()
	c, err := New(&Settings{File: path, Header: "auto"})
	check(t, err)
	return c
}

// texts gives each row as "sheet row: column=text ...", in the order of the columns.
func texts(rows []customer.Row) []string {
	var out []string
	for _, r := range rows {
		s := fmt.Sprintf("%s %d:", r.Table.Name, r.Place.Row)
		for _, c := range r.Cells {
			s += fmt.Sprintf(" %s=%s", r.Table.Columns[c.Column], strings.TrimSpace(c.Text))
		}
		out = append(out, strings.TrimSpace(s))
	}
	return out
}

func TestExcelIsAConnector(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		put(t, f, "Лист1", 1, []any{"Список клиентов"}, []any{}, []any{"ФИО", "Телефон", "Город"})
		for i := range connectortest.Records {
			put(t, f, "Лист1", 4+i+i/3, []any{fmt.Sprintf("Клиент %c", 'А'+rune(i)), 79000000000 + i, "Город"})
		}
	})
	connectortest.Run(t, connectortest.Harness{
		New:    func(t *testing.T) connectors.Connector { return connector(t, path) },
		Denied: func(t *testing.T) connectors.Connector { return connector(t, filepath.Join(t.TempDir(), "none.xlsx")) },
		Broken: func(t *testing.T) connectors.Connector {
			return connector(t, book(t, func(f *excelize.File) {
				put(t, f, "Лист1", 1, []any{"ФИО", "Счет"}, []any{"а", 1}, []any{"б", 2}, []any{"в", 4.0817810099991e19}, []any{"г", 4})
			}))
		},
	})
}

func TestSamples(t *testing.T) {
	got := texts(connectortest.Rows(connectortest.Read(t, connector(t, "testdata/messy.xlsx"), "", 100)))
	want := []string{
		"2: ФИО=ковалев а.п. тел.=84950001234 Дата рожд=1985-04-12 ИНН=1234567887",
		"3: ФИО=Мария Сергеевна Иванова-Смирнова тел.=89000000002\n89000000003 (муж) Дата рожд=1 февраля 1990 г.",
		"4: ФИО=Алиев Ахмед Октай оглы тел.=9000000004 Дата рожд=28824"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	batches := connectortest.Read(t, connector(t, "testdata/1c-list.xlsx"), "", 100)
	want = []string{
		"8: Код=00-00000123 Наименование в программе=Ковалев Александр Петрович ИНН=001234567887 Контактная информация=8 (495) 000-12-34 доб. 12, kovalev@example.com Дата рождения=12.04.1985",
		"9: Код=00-00000124 Наименование в программе=Ромашка Тест ООО ИНН=0012345673 КПП=001201001 Контактная информация=+7 900 000-00-02"}
	if diff := cmp.Diff(want, texts(connectortest.Rows(batches))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[customer.FilterReason]int{"group": 1, "total": 1}, connectortest.Filtered(batches)); diff != "" {
		t.Error(diff)
	}
}

func TestCells(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		put(t, f, "Лист1", 1, []any{"Имя", "Дата", "Время", "Код", "Счет", "Сумма", "Ошибка", "Формула", "Текст"})
		put(t, f, "Лист1", 2, []any{"а", 31149, 31149.5, 1234567887, 79161234567.0, 0.1 + 0.2, nil, nil, "1\x022"})
		style := func(cell, format string) {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			check(t, err)
			check(t, f.SetCellStyle("Лист1", cell, cell, id))
		}
		style("B2", "dd/mm/yyyy;@")
		style("C2", `[$-419]d mmmm yyyy\ "г."\ h:mm;@`)
		style("D2", "000000000000")
		check(t, f.SetCellFormula("Лист1", "H2", "A2"))
	})
	sheet := edit(t, path, "xl/worksheets/sheet1.xml", func(s string) string {
		return strings.Replace(s, `<c r="F2"`, `<c r="G2" t="e"><v>#N/A</v></c><c r="F2"`, 1)
	})
	c := connector(t, sheet)
	got := texts(connectortest.Rows(connectortest.Read(t, c, "", 10)))
	if len(got) != 1 || !strings.HasPrefix(got[0], "2: Имя=а Дата=1985-04-12 Время=1985-04-12T12:00:00 Код=001234567887 Счет=79161234567 Сумма=0.3 Текст=") {
		t.Errorf("%q", got)
	}
	if notes := fmt.Sprint(c.(connectors.Noter).Notes()); !strings.Contains(notes, "1 formulas have no stored result") {
		t.Error(notes)
	}
}

func TestDatesOf1904(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		yes := true
		check(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
		put(t, f, "Лист1", 1, []any{"Имя", "Дата"}, []any{"а", 29687})
		id, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		check(t, err)
		check(t, f.SetCellStyle("Лист1", "B2", "B2", id))
	})
	if got := texts(connectortest.Rows(connectortest.Read(t, connector(t, path), "", 10))); len(got) != 1 || got[0] != "2: Имя=а Дата=1985-04-12" {
		t.Errorf("%q", got)
	}
}

func TestSheetsAndTables(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		put(t, f, "Лист1", 1, []any{"ФИО", "Телефон", "Телефон"}, []any{"а", 1, 2}, []any{}, []any{"ФИО", "Телефон", "Телефон"}, []any{"б", 3})
		put(t, f, "Лист1", 8, []any{"Наименование", "ИНН"}, []any{"в", "0012345673"}, []any{"Итого:", 1})
		for _, name := range []string{"Скрытый", "Заметки", "Пустой", "Второй"} {
			_, err := f.NewSheet(name)
			check(t, err)
		}
		put(t, f, "Скрытый", 1, []any{"ФИО", "Телефон"}, []any{"нет", 9})
		check(t, f.SetSheetVisible("Скрытый", false))
		put(t, f, "Заметки", 1, []any{"позвонить 12.03 на 84950001234"})
		put(t, f, "Второй", 1, []any{"ФИО", "Город"}, []any{"г", "Москва"}, []any{nil, "Тула"})
		check(t, f.SetRowVisible("Второй", 2, false))
		check(t, f.MergeCell("Второй", "A2", "A3"))
	})
	c := connector(t, path)
	batches := connectortest.Read(t, c, "", 2)
	want := []string{"Лист1 2: ФИО=а Телефон=1 Телефон (2)=2", "Лист1 5: ФИО=б Телефон=3", "Лист1 (2) 9: Наименование=в ИНН=0012345673",
		"Второй 2: ФИО=г Город=Москва", "Второй 3: ФИО=г Город=Тула"}
	if diff := cmp.Diff(want, texts(connectortest.Rows(batches))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[customer.FilterReason]int{"header": 1, "total": 1, "blank": 3}, connectortest.Filtered(batches)); diff != "" {
		t.Error(diff)
	}
	notes := fmt.Sprint(c.(connectors.Noter).Notes())
	for _, part := range []string{"sheet.hidden", "sheet.skipped", "1 hidden rows"} {
		if !strings.Contains(notes, part) {
			t.Errorf("no %s in %s", part, notes)
		}
	}
	one, err := New(&Settings{File: path, Sheet: "Скрытый"})
	check(t, err)
	if got := texts(connectortest.Rows(connectortest.Read(t, one, "", 10))); len(got) != 1 || got[0] != "2: ФИО=нет Телефон=9" {
		t.Errorf("%q", got)
	}
	none, err := New(&Settings{File: path, Sheet: "Лист9"})
	check(t, err)
	if _, err := connectortest.TryRead(none, "", 10); !errors.Is(err, connectors.ErrInput) || !strings.Contains(err.Error(), "Второй") {
		t.Error(err)
	}
}

func TestStrayBlanksMakeNoGroup(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		put(t, f, "Лист1", 1, []any{"ФИО", "Телефон", "Город"}, []any{"а", "84950001234"}, []any{"    б", "84950001235"}, []any{"в"}, []any{" г"})
	})
	if rows := connectortest.Rows(connectortest.Read(t, connector(t, path), "", 100)); len(rows) != 4 {
		t.Errorf("%q", texts(rows))
	}
}

func TestGroupsOfAReport(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		put(t, f, "Лист1", 1, []any{"Контрагент", "ИНН", "Телефон"}, []any{"Покупатели"}, []any{"а", "1", "2"}, []any{"Оптовые"}, []any{"б", "3", "4"}, []any{"в"})
		check(t, f.SetRowOutlineLevel("Лист1", 3, 1))
		check(t, f.MergeCell("Лист1", "A4", "C4"))
	})
	batches := connectortest.Read(t, connector(t, path), "", 100)
	want := []string{"3: Контрагент=а ИНН=1 Телефон=2", "5: Контрагент=б ИНН=3 Телефон=4", "6: Контрагент=в"}
	if diff := cmp.Diff(want, texts(connectortest.Rows(batches))); diff != "" {
		t.Error(diff)
	}
	if n := connectortest.Filtered(batches)[customer.FilteredGroup]; n != 2 {
		t.Errorf("%d groups", n)
	}
}

// edit copies a workbook with one part changed.
func edit(t testing.TB, path, part string, change func(string) string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	check(t, err)
	defer func() { _ = z.Close() }()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		check(t, err)
		content, err := io.ReadAll(r)
		check(t, err)
		if f.Name == part {
			content = []byte(change(string(content)))
		}
		to, err := w.Create(f.Name)
		check(t, err)
		_, err = to.Write(content)
		check(t, err)
	}
	check(t, w.Close())
	copied := filepath.Join(t.TempDir(), "edited.xlsx")
	check(t, os.WriteFile(copied, out.Bytes(), 0o600))
	return copied
}

func TestBrokenWorkbooks(t *testing.T) {
	good := book(t, func(f *excelize.File) { put(t, f, "Лист1", 1, []any{"ФИО", "ИНН"}, []any{"а", "1"}) })
	whole, err := os.ReadFile(good)
	check(t, err)
	write := func(content []byte) string {
		path := filepath.Join(t.TempDir(), "x.xlsx")
		check(t, os.WriteFile(path, content, 0o600))
		return path
	}
	sheet := "xl/worksheets/sheet1.xml"
	for name, c := range map[string]struct{ path, part string }{
		"cut zip":   {write(whole[:len(whole)/2]), "cut off"},
		"cut sheet": {edit(t, good, sheet, func(s string) string { return s[:len(s)/2] }), "cut off"},
		"doctype":   {edit(t, good, sheet, func(s string) string { return strings.Replace(s, "<worksheet", "<!DOCTYPE x><worksheet", 1) }), "DOCTYPE"},
		"deep":      {edit(t, good, sheet, func(s string) string { return strings.Replace(s, "<sheetData>", strings.Repeat("<a>", 100), 1) }), "deep"},
		"bomb": {edit(t, good, sheet, func(s string) string {
			return strings.Replace(s, "<sheetData>", "<sheetData>"+strings.Repeat(" ", 65<<20), 1)
		}), "bomb"},
		"a csv":     {write([]byte("name;phone\n")), "csv, not xlsx"},
		"no sheets": {book(t, func(*excelize.File) {}), "no visible sheet"},
	} {
		t.Run(name, func(t *testing.T) {
			batches, err := connectortest.TryRead(connector(t, c.path), "", 10)
			if !errors.Is(err, connectors.ErrInput) || !strings.Contains(err.Error(), c.part) || len(batches) > 0 {
				t.Errorf("%d batches, %v", len(batches), err)
			}
		})
	}
}

func TestWideAndLongRows(t *testing.T) {
	wide := make([]any, 5000)
	for i := range wide {
		wide[i] = "x"
	}
	path := book(t, func(f *excelize.File) {
		put(t, f, "Лист1", 1, []any{"ФИО", "ИНН"}, []any{"а", "1"}, wide, []any{"б", "2"})
	})
	long := edit(t, path, "xl/worksheets/sheet1.xml", func(s string) string {
		return strings.Replace(s, "</sheetData>", `<row r="9"><c r="A9" t="inlineStr"><is><t>`+strings.Repeat("y", 10<<20)+`</t></is></c></row></sheetData>`, 1)
	})
	batches := connectortest.Read(t, connector(t, long), "", 10)
	var rejects []string
	for _, r := range connectortest.Rejects(batches) {
		rejects = append(rejects, fmt.Sprintf("%d %s %s", r.Place.Row, r.Field, r.Code))
	}
	if diff := cmp.Diff([]string{"3 column FAO row.columns", "9 ФИО cell.length"}, rejects); diff != "" {
		t.Error(diff)
	}
	if n := len(connectortest.Rows(batches)); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func TestPlainNumber(t *testing.T) {
	for v, want := range map[string]string{"7.9161234567E10": "79161234567", "0": "0", "-0.50": "-0.5", "1E-3": "0.001", "12.340000000000002": "12.34",
		"999999999999999": "999999999999999", "1E+15": "lost", "4.0817810099991E+19": "lost", "12345678901234567": "lost", "0.99999999999999999": "1", "1e9999": "lost"} {
		got, lost := plainNumber(v)
		if lost {
			got = "lost"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", v, got, want)
		}
	}
}

func TestDate(t *testing.T) {
	for v, want := range map[string]string{"31149": "1985-04-12", "1": "1900-01-01", "59": "1900-02-28", "60": "", "61": "1900-03-01",
		"0.5": "12:00:00", "2958465": "9999-12-31", "-1": "", "3000000": "", "31149.999999": "1985-04-13"} {
		if got, _ := date(v, false); got != want {
			t.Errorf("%s: %q, want %q", v, got, want)
		}
	}
	for code, want := range map[string]bool{"dd/mm/yyyy;@": true, `[$-419]d mmmm yyyy;@`: true, "[h]:mm:ss": true, `0.00" дней"`: false, "General": false,
		"#,##0.00": false, `"day" 0`: false, "mmm yy": true, "@": false} {
		if got := dateFormat(code); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}

func FuzzSheetNeverPanics(f *testing.F) {
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c t="inlineStr"><is><t>x&#x41;</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		w := &workbook{in: &connectors.Input{Name: "f"}, styles: []style{{date: true}}}
		check(t, w.texts.add("x"))
		rs := &rows{w: w, s: newScan(bytes.NewReader(b))}
		for {
			if _, err := rs.next(); err != nil {
				return
			}
		}
	})
}

func BenchmarkExcel(b *testing.B) {
	const count = 100_000
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	check(b, err)
	header := []any{"Код", "Фамилия", "Имя", "Отчество", "Дата рождения", "ИНН", "СНИЛС", "Телефон", "E-mail", "Адрес", "Город", "Пол", "Паспорт", "Комментарий", "Группа"}
	check(b, w.SetRow("A1", header))
	for i := range count {
		check(b, w.SetRow(fmt.Sprintf("A%d", i+2), []any{i, "Ковалёв", "Александр", "Петрович", 31149 + i%1000, fmt.Sprintf("%012d", i), fmt.Sprintf("%011d", i),
			79000000000 + i, fmt.Sprintf("c%d@example.com", i), fmt.Sprintf("г Москва, ул Примерная, д %d", i), "Москва", "м", fmt.Sprintf("4500 %06d", i), "без комментария", "Розница"}))
	}
	check(b, w.Flush())
	path := filepath.Join(b.TempDir(), "bench.xlsx")
	check(b, f.SaveAs(path))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		n := 0
		for _, batch := range connectortest.Read(b, connector(b, path), "", 1000) {
			n += len(batch.Rows)
		}
		if n != count {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func TestKind(t *testing.T) { connectortest.Kind(t, Kind()) }
