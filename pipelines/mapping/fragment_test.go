package mapping

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/config"
	"kartoteka/customer"
)

func TestFragmentIsReadByConfig(t *testing.T) {
	want := customer.Mapping{
		Key: []string{"Код", "Лист"}, Observed: "Изменён", City: "Город",
		Kind: &customer.KindRule{Column: "Тип", Person: []string{"ФЛ", "ИП"}, Organization: []string{"ЮЛ"}},
		Fields: []customer.Field{
			{Attribute: "name", Columns: []string{"Фамилия", "Имя"}, Parts: []string{"last", "first"}},
			{Attribute: "name", Columns: []string{"ФИО\nклиента *"}},
			{Attribute: "name", Columns: []string{"a", "b"}},
			{Attribute: "birth_date", Columns: []string{"ДР"}, Format: "dd.mm.yyyy"},
			{Attribute: "passport", Columns: []string{"Серия", "Номер"}, Parts: []string{"series", "number"}, Issued: "Выдан", When: map[string]string{"Вид": "21"}},
			{Attribute: "phone", Columns: []string{"Телефон"}},
			{Attribute: "phone", Columns: []string{"yes"}, ValueKind: "work"},
			{Attribute: "address", Columns: []string{"1"}, ValueKind: "registration"},
			{Attribute: "x.карта", Columns: []string{"Карта: №"}},
		},
		Consents: []customer.ConsentField{{Purpose: "marketing", Channels: []string{"sms", "email"}, Column: "ADV", Yes: []string{"Y", "1"}, No: []string{"no"}, At: "ADV_DT"}},
		Products: []customer.ProductField{{Kind: "loan", Number: "Кредит", Status: "st", Opened: "o", Closed: "c"}, {Kind: "sim", Number: "msisdn"}},
		Links:    []customer.RelationField{{Attribute: "employer", TargetSource: "hr", TargetKey: "boss", Role: "=work", From: "f", To: "t"}},
	}
	extras := []customer.Attribute{{Kind: customer.Person, Name: "x.карта", Type: customer.TypeText, Holds: customer.One, SharedBy: 1}}
	base := config.Default()
	text, err := Fragment(base.Portrait, "филиал-7", &want, extras)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "map.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.LoadFragments(base, path)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(&want, got.Source("филиал-7").Mapping); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	a, ok := got.Portrait.Lookup(customer.Person, "x.карта")
	if !ok || got.Portrait.Attribute(a).Holds != customer.One || got.Portrait.Attribute(a).SharedBy != 1 {
		t.Errorf("the extra attribute is not in the portrait\n%s", text)
	}
}

func TestFragmentOfEachGoldenFileIsReadByConfig(t *testing.T) {
	paths, _ := filepath.Glob("testdata/*.txt")
	base := config.Default()
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			table, rows := tableOf(t, path, beforeWant(string(text)))
			p := Infer(base.Portrait, "", table, rows)
			m := p.WithExtra()
			fragment, err := Fragment(base.Portrait, "s", &m, p.Extra)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "map.yaml")
			if err := os.WriteFile(file, fragment, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := config.LoadFragments(base, file)
			if err != nil {
				t.Fatalf("%v\n%s", err, fragment)
			}
			if diff := cmp.Diff(regrouped(m), *got.Source("s").Mapping); diff != "" {
				t.Errorf("%s\n%s", diff, fragment)
			}
		})
	}
}
