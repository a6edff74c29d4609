package matching

import (
	"testing"

	"kartoteka/customer"
)

func TestModelWithoutAPart(t *testing.T) {
	p := ruPortrait(t)
	whole := Shipped()
	whole.Kinds[customer.Person].Attributes = map[string]Levels{"name.last": {"exact": {M: 0.5, U: 0.1, Term: 1}}}
	whole.Kinds[customer.Person].Duplicates, whole.Kinds[customer.Person].Rules = 3, [][]string{{"phone"}}
	before, _ := whole.JSON()
	for _, part := range ModelParts {
		m, err := whole.Without(p, part)
		if err != nil {
			t.Fatal(err)
		}
		if part == "learned-m" && m.Kinds[customer.Person].Attributes["name.last"]["exact"] != (Level{M: 0.85, U: 0.1, Term: 1}) {
			t.Errorf("%s: %+v", part, m.Kinds[customer.Person].Attributes)
		}
		text, err := m.JSON()
		if err != nil || string(text) == string(before) {
			t.Errorf("%s changes nothing: %v", part, err)
		}
		if _, err := ReadModel(text); err != nil {
			t.Errorf("%s: %v", part, err)
		}
	}
	if after, _ := whole.JSON(); string(after) != string(before) {
		t.Error("the model that was given is changed")
	}
	if _, err := whole.Without(p, "prior"); err == nil {
		t.Error("an unknown part")
	}
}

func TestForgetScripts(t *testing.T) {
	reader := newScenario(shippedRules(t))
	weigh := func(forget bool, texts ...string) int16 {
		var items []*Item
		for _, text := range texts {
			s, err := reader.standard(text)
			if err != nil {
				t.Fatal(err)
			}
			it := reader.rules.Item(&s)
			if forget {
				ForgetScripts(it)
			}
			items = append(items, it)
		}
		var ev Evidence
		reader.rules.Compare(items[0], items[1], &ev)
		return ev[0]
	}
	across := []string{`name "Васильев Кирилл Маратович"`, `name "Vasilev Kirill Maratovich"`}
	if with, without := weigh(false, across...), weigh(true, across...); with < 1000 || without > -500 {
		t.Errorf("two scripts: %d, without transliteration %d", with, without)
	}
	one := []string{`name "Васильев Кирилл Маратович"`, `name "Василев Кирил М."`}
	if with, without := weigh(false, one...), weigh(true, one...); with != without {
		t.Errorf("one script: %d, without transliteration %d", with, without)
	}
}
