package mapping

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartoteka/customer"
)

func TestSourceNameDropsDatesCopiesVersions(t *testing.T) {
	for path, want := range map[string]customer.Source{
		"/srv/in/clients.csv": "clients", "clients (1).csv": "clients", "clients - Copy.xlsx": "clients", "Клиенты - копия.xlsx": "клиенты", "Копия Клиенты.xlsx": "клиенты",
		"clients_2026-03-01.csv": "clients", "clients_20260301.csv.gz": "clients", "01.03.2026 клиенты.csv": "клиенты", "clients-2026-03-01T10_00_00.jsonl": "clients",
		"clients_v2.csv": "clients", "clients_final_v3 (2).csv": "clients", "Выгрузка клиентов 2026.xlsx": "клиентов", "crm_export_2025.csv": "crm",
		"clients-semicolon-cp1251.csv": "clients-semicolon-cp1251", "1c-list.xlsx": "1c-list", "2026.csv": "file", "base 1.csv": "base-1", "records.csv.gz": "records",
		"new_clients.csv": "clients", "newton.csv": "newton",
	} {
		if got := SourceName(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestKeyColumnIsUniqueFilledAndSaysSo(t *testing.T) {
	many := func(texts ...[]string) [][]string { return texts }
	cases := []struct {
		name    string
		columns []string
		rows    [][]string
		want    string
	}{
		{"record_id", []string{"record_id", "name"}, many([]string{"r1", "a"}, []string{"r2", "b"}), "record_id"},
		{"never a counter", []string{"№ п/п", "name"}, many([]string{"1", "a"}, []string{"2", "b"}), ""},
		{"not unique", []string{"client_id"}, many([]string{"1"}, []string{"1"}), ""},
		{"not filled", []string{"client_id"}, many([]string{"1"}, []string{""}), ""},
		{"counted from nothing", []string{"id"}, many([]string{"0"}, []string{"1"}), "id"},
		{"nothing twice", []string{"id"}, many([]string{"0"}, []string{"0"}, []string{"1"}), ""},
		{"unique without a name for it", []string{"phone"}, many([]string{"1"}, []string{"2"}), ""},
		{"the record's before the code", []string{"Код", "ID записи", "Клиент_ID"}, many([]string{"1", "5", "7"}, []string{"2", "6", "8"}), "Клиент_ID"},
		{"a GUID first", []string{"id", "Ссылка"}, many([]string{"1", "b1d0c0de-0000-4000-8000-000000000001"}, []string{"2", "b1d0c0de-0000-4000-8000-000000000002"}), "Ссылка"},
		{"номер клиента", []string{"Номер клиента"}, many([]string{"1"}, []string{"2"}), "Номер клиента"},
	}
	for _, c := range cases {
		table := &customer.Table{Columns: c.columns}
		var rows []customer.Row
		for _, texts := range c.rows {
			rows = append(rows, textRow(table, texts...))
		}
		if got := KeyColumn(table, rows); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestKeysOfRows(t *testing.T) {
	mapping := customer.Mapping{Fields: []customer.Field{{Attribute: "phone", Columns: []string{"p"}}, {Attribute: "email", Columns: []string{"e"}}}}
	a := &customer.Table{Columns: []string{"n", "p", "e"}}
	b := &customer.Table{Columns: []string{"e", "p"}}
	mapper := func(t2 *customer.Table, m customer.Mapping) *Mapper {
		x, err := Compile(portrait(t), &m, t2)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	hash := func(t2 *customer.Table, cells ...string) string {
		r := rowOf(t2, cells...)
		k, ok := mapper(t2, mapping).Key(&r)
		if !ok {
			t.Fatal("no key")
		}
		return k
	}
	one := hash(a, "n=1", "p=123", "e=x")
	if other := hash(a, "n=2", "p= 123", "e=x"); other != one {
		t.Error("a column that is not mapped changes the key")
	}
	if other := hash(b, "e=x", "p=123"); other != one {
		t.Error("the order of columns changes the key")
	}
	if other := hash(a, "n=1", "p=124", "e=x"); other == one {
		t.Error("a changed value keeps the key")
	}
	if hash(a, "p=1", "e=") != hash(a, "p=1") {
		t.Error("an empty cell and none differ")
	}
	own := rowOf(a, "p=1")
	own.Key = "guid"
	if k, _ := mapper(a, mapping).Key(&own); k != "guid" {
		t.Error(k)
	}
	mapping.Key = []string{"p", "e"}
	both, none := rowOf(a, "p=1", "e=2"), rowOf(a, "n=1")
	if k, ok := mapper(a, mapping).Key(&both); k != "1/2" || !ok {
		t.Error(k, ok)
	}
	if _, ok := mapper(a, mapping).Key(&none); ok {
		t.Error("a row without its key has one")
	}
}

func TestRawJSONKeepsOrderAndRepetitions(t *testing.T) {
	table := &customer.Table{}
	r := rowOf(table, "b=1", `a "x"=tab	end`, "p=1", "p=2", "e=", "b=again")
	r.Cells = append(r.Cells, customer.Cell{Column: 1, Text: "nul\x00 bad\xff <&>\u2028"})
	const want = `{"b":["1","again"],"a \"x\"":["tab\tend","nul` + "\uFFFD bad\uFFFD <&>\u2028" + `"],"p":["1","2"],"e":""}`
	if got := string(RawJSON(&r)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestRawJSONIsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := &customer.Table{}
		for i, n := 0, rapid.IntRange(1, 5).Draw(t, "columns"); i < n; i++ {
			table.Columns = append(table.Columns, rapid.String().Draw(t, "name")+strconv.Itoa(i))
		}
		r := customer.Row{Table: table}
		want := map[string][]string{}
		for range rapid.IntRange(0, 8).Draw(t, "cells") {
			c := customer.Cell{Column: rapid.IntRange(0, len(table.Columns)-1).Draw(t, "column"), Text: rapid.String().Draw(t, "text")}
			r.Cells = append(r.Cells, c)
			want[safe(table.Columns[c.Column])] = append(want[safe(table.Columns[c.Column])], safe(c.Text))
		}
		var got map[string]any
		if err := json.Unmarshal(RawJSON(&r), &got); err != nil {
			t.Fatalf("%v: %s", err, RawJSON(&r))
		}
		back := map[string][]string{}
		for k, v := range got {
			switch v := v.(type) {
			case string:
				back[k] = []string{v}
			case []any:
				for _, x := range v {
					back[k] = append(back[k], x.(string))
				}
			}
		}
		if diff := cmp.Diff(want, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

func safe(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r == 0 || r == utf8.RuneError {
			out[i] = utf8.RuneError
		}
	}
	return string(out)
}

func FuzzRawJSON(f *testing.F) {
	f.Add("a", "x\x00\xff\"\\\n", "y")
	f.Fuzz(func(t *testing.T, name, a, b string) {
		r := customer.Row{Table: &customer.Table{Columns: []string{name}}, Cells: []customer.Cell{{Text: a}, {Text: b}}}
		if j := RawJSON(&r); !json.Valid(j) || !utf8.Valid(j) || slices.Contains(j, 0) {
			t.Fatalf("%q", j)
		}
	})
}

func FuzzNames(f *testing.F) {
	f.Add("Дата рожд.*\n", "clients (1) 2026-03-01.csv")
	f.Fuzz(func(t *testing.T, heading, path string) {
		words(heading)
		loadVocabulary().find(heading)
		telling(heading)
		ExtraName(heading)
		if SourceName(path) == "" {
			t.Fatal("a source without a name")
		}
	})
}
