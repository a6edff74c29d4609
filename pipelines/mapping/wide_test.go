package mapping

import (
	"fmt"
	"testing"
	"time"

	"kartoteka/customer"
)

func TestInferManagesFiveThousandColumns(t *testing.T) {
	table := &customer.Table{}
	texts := make([]string, 5000)
	for i := range texts {
		table.Columns = append(table.Columns, fmt.Sprintf("поле_%d_значение", i))
	}
	table.Columns[4321] = "Телефон"
	var rows []customer.Row
	for n := range 20 {
		for i := range texts {
			texts[i] = fmt.Sprintf("8 (495) %03d-%02d-%02d; текст", n, i%100, n%100)
		}
		rows = append(rows, textRow(table, texts...))
	}
	begin := time.Now()
	p := Infer(portrait(t), "", table, rows)
	if p.Columns[4321].Attribute != "phone" || len(p.Extra) > mostExtras*2 {
		t.Errorf("%+v, %d extras", p.Columns[4321], len(p.Extra))
	}
	t.Logf("5,000 columns in %v", time.Since(begin))
}

func TestInferBearsAnything(t *testing.T) {
	p := portrait(t)
	for name, c := range map[string]struct {
		columns []string
		rows    [][]string
	}{
		"nothing":               {nil, nil},
		"a header only":         {[]string{"ФИО", "Телефон", ""}, nil},
		"empty cells":           {[]string{"ФИО", "Телефон"}, [][]string{{"", ""}, {"", ""}}},
		"one name for all":      {[]string{"", "", ""}, [][]string{{"1", "2", "3"}}},
		"more cells than names": {[]string{"a"}, [][]string{{"1", "2", "3"}}},
	} {
		t.Run(name, func(t *testing.T) {
			table := &customer.Table{Columns: c.columns}
			var rows []customer.Row
			for _, texts := range c.rows {
				rows = append(rows, textRow(table, texts...))
			}
			got := Infer(p, "", table, rows)
			if len(got.Columns) != len(c.columns) {
				t.Errorf("%d columns", len(got.Columns))
			}
			m, err := Compile(p, &got.Mapping, table)
			if err != nil {
				t.Fatal(err)
			}
			var out customer.Mapped
			for i := range rows {
				m.Row(&rows[i], &out)
			}
		})
	}
}

func BenchmarkRow(b *testing.B) {
	p := portrait(b)
	table := &customer.Table{Columns: []string{"id", "last", "first", "middle", "birth", "phone", "email", "inn", "address", "note"}}
	r := textRow(table, "1", "Ковалёв", "Александр", "Петрович", "12.04.1985", "+74950001234", "kovalev@example.com", "001234567887", "Москва, ул. Примерная, 1", "")
	m, err := Compile(p, &customer.Mapping{Fields: []customer.Field{
		{Attribute: "name", Columns: []string{"last", "first", "middle"}, Parts: []string{"last", "first", "patronymic"}},
		{Attribute: "birth_date", Columns: []string{"birth"}}, {Attribute: "phone", Columns: []string{"phone"}}, {Attribute: "email", Columns: []string{"email"}},
		{Attribute: "inn", Columns: []string{"inn"}}, {Attribute: "address", Columns: []string{"address"}}}}, table)
	if err != nil {
		b.Fatal(err)
	}
	var out customer.Mapped
	b.Run("Row", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Row(&r, &out)
		}
	})
	b.Run("RawJSON", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			RawJSON(&r)
		}
	})
	b.Run("HashKey", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.HashKey(&r)
		}
	})
}
