package matching

import (
	"fmt"
	"testing"

	"kartoteka/customer"
)

// packable are records with every sort of value.
var packable = []string{
	`name "Ковалёв Александр Петрович" birth_date "12.04.1985" phone "+7 901 123-45-67" email "Kovalev@mail.ru" address "Москва, ул. Лесная, д. 12к3, кв. 5" inn "500100732259"`,
	`name "Smith-Jones Anna" birth_date "03/04/1990" phone "12345" phone "8 901 123-45-6" email "as@x.com" address "2 Fetehill Drive, Tavik, TA6 5LF"`,
	`organization name "ООО Ромашка и Ко" inn "7707083893" kpp "770701001" phone "+7 495 123-45-67" address "Казань, пр-т Победы, 48"`,
	`name "А. Б."`,
	`phone "нет" email "a@"`,
}

// TestFolderMakesTheItemOfTheRecord packs records and compares what the folder makes of the rows
// with the items of the records themselves.
func TestFolderMakesTheItemOfTheRecord(t *testing.T) {
	rules := shippedRules(t)
	reader := newScenario(rules)
	trainer := NewTrainer(rules.portrait, DefaultSettings())
	folder, texts := rules.NewFolder(), NewTexts()
	var got, want []*Item
	for range 200 { // more than one run of memory
		for _, text := range packable {
			s, err := reader.standard(text)
			if err != nil {
				t.Fatal(err)
			}
			it := folder.Item(texts, trainer.Pack(texts, 1, func(int) *customer.Standard { return &s }).Row(0))
			got, want = append(got, it), append(want, rules.Item(&s))
		}
	}
	for i := range want {
		if x, y := wholeItem(want[i]), wholeItem(got[i]); x != y {
			t.Fatalf("record %d:\nwant %s\ngot  %s", i, x, y)
		}
	}
}

// wholeItem tells all that an item holds; what is shared is one and the same.
func wholeItem(it *Item) string {
	return fmt.Sprintf("%+v", []any{it.Kind, it.Content, it.Signature(), it.Generic, it.gender, it.shared(new([]Shared)), new(keyMaker).keys(it), it.Firm, it.orgs,
		it.nameList(), it.placeList(), it.atomList()})
}

func TestPackIsNothingForAnUnknownKind(t *testing.T) {
	trainer := NewTrainer(ruPortrait(t), DefaultSettings())
	packed := trainer.Pack(NewTexts(), 1, func(int) *customer.Standard { return &customer.Standard{Kind: "ship"} })
	if len(packed.Row(0)) > 0 {
		t.Errorf("%d numbers", len(packed.Row(0)))
	}
}
