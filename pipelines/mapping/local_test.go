package mapping

import (
	"fmt"
	"testing"

	"kartoteka/config"
	"kartoteka/customer"
)

// table20 has a name and one more column in twenty rows.
func table20(heading string, value func(i int) string) (*customer.Table, []customer.Row) {
	t := &customer.Table{Columns: []string{heading, "name"}}
	var rows []customer.Row
	for i := range 20 {
		rows = append(rows, textRow(t, value(i), fmt.Sprintf("Anna Sample%c", 'a'+i)))
	}
	return t, rows
}

func TestNumbersOfASourceAreItsOwn(t *testing.T) {
	repeated := func(format string) func(int) string {
		return func(i int) string { return fmt.Sprintf(format, 100_000+i%17) }
	}
	unique := func(i int) string { return fmt.Sprint(100_000 + i) }
	for _, c := range []struct {
		name, heading string
		first         func(int) string
		learned       string // from source "dirty"
		second        func(int) string
		attribute     string // of the column in source "clean"
		key           bool
	}{
		{"AUniqueIDIsTheKey", "id", repeated("%d"), "x.dirty_id", unique, "-key", true},
		{"ARepeatedIDTeachesItsOwnSourceOnly", "id", repeated("%d"), "x.dirty_id", repeated("%d"), "x.clean_id", false},
		{"LettersDoNotMakeAnIDAnybodysElse", "код клиента", repeated("A%d"), "x.dirty_код_клиента", unique, "-key", true},
		{"PlainNumbersAreTheSourcesOwn", "points", repeated("%d"), "x.dirty_points", repeated("%d"), "x.clean_points", false},
		{"LongNumbersMeetByNoChance", "policy", repeated("7700%d"), "x.policy", repeated("7700%d"), "x.policy", false},
		{"AKeyMayBeAnAttributeToo", "Membership ID No", repeated("M-%d"), "x.membership_id_no", func(i int) string { return fmt.Sprintf("M-%d", i) }, "x.membership_id_no", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, rows := table20(c.heading, c.first)
			first := Infer(config.Default().Portrait, "dirty", table, rows)
			if len(first.Extra) == 0 || first.Extra[0].Name != c.learned {
				t.Fatalf("learned %+v, want %s", first.Extra, c.learned)
			}
			conf, err := config.WithExtras(config.Default(), first.Extra)
			if err != nil {
				t.Fatal(err)
			}
			table, rows = table20(c.heading, c.second)
			got := Infer(conf.Portrait, "clean", table, rows)
			if got.Columns[0].Attribute != c.attribute || (len(got.Mapping.Key) > 0) != c.key {
				t.Errorf("%+v, key %v", got.Columns[0], got.Mapping.Key)
			}
		})
	}
}

func TestASourceKeepsWhatItTaught(t *testing.T) {
	table, rows := table20("id", func(i int) string { return fmt.Sprint(100_000 + i%17) })
	first := Infer(config.Default().Portrait, "dirty", table, rows)
	conf, err := config.WithExtras(config.Default(), first.Extra)
	if err != nil {
		t.Fatal(err)
	}
	if got := Infer(conf.Portrait, "dirty", table, rows[:2]); got.Columns[0].Attribute != "x.dirty_id" {
		t.Errorf("%+v", got.Columns[0])
	}
}

func TestMarksOfWebPagesDoNotHideWhatAColumnIs(t *testing.T) {
	table := &customer.Table{Columns: []string{"Клиент", "Email"}}
	var rows []customer.Row
	for _, letter := range "абвгде" {
		rows = append(rows, textRow(table, "<b>Иванов</b> Пётр Сергеевич", fmt.Sprintf("&lt;ivan%d@example.org&gt;", letter)))
	}
	got := Infer(config.Default().Portrait, "crm", table, rows)
	if got.Columns[1].Attribute != "email" {
		t.Errorf("%+v", got.Columns)
	}
}
