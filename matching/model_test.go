package matching

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"kartoteka/customer"
)

func TestModelReadsWhatItWrote(t *testing.T) {
	one, err := Shipped().JSON()
	if err != nil {
		t.Fatal(err)
	}
	m, err := ReadModel(one)
	if err != nil {
		t.Fatal(err)
	}
	if two, _ := m.JSON(); !bytes.Equal(one, two) {
		t.Error("a model changes by being written and read")
	}
}

func TestModelRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"OtherVersion": `{"version": 9}`,
		"UnknownField": `{"version": 1, "kins": {}}`,
		"NoJSON":       `m,u`,
		"MissingKind":  `{"version": 1, "kinds": {}}`,
		"NoChance":     `{"version": 1, "kinds": {"person": {"population": 1, "kinship": 1, "types": {"id": {"exact": {"m": 2, "u": 0.1}}}}}}`,
	} {
		if _, err := ReadModel([]byte(text)); !errors.Is(err, ErrModel) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadModel(f *testing.F) {
	f.Add([]byte(`{"version": 1, "kinds": {}}`))
	f.Add(shipped)
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := ReadModel(data); err == nil {
			if _, err := m.JSON(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestCompileNamesFaultAndCure(t *testing.T) {
	for want, lines := range map[string]KindSettings{
		`matching.person.compare[0]: the portrait has no attribute "surnam"`:          {Compare: [][]string{{"surnam"}}},
		`matching.person.compare[0]: "phone" and "email" cannot be one comparison`:    {Compare: [][]string{{"phone", "email"}}},
		`matching.person.candidates[0]: "lst" is no form of attribute "name"; it has`: {Candidates: [][]string{{"name.lst"}}},
		`matching.person.candidates[0]: the portrait has no attribute "passport_no"`:  {Candidates: [][]string{{"passport_no"}}},
	} {
		s := DefaultSettings()
		s.Kinds = map[customer.Kind]KindSettings{customer.Person: lines}
		if _, err := Compile(ruPortrait(t), s, Shipped(), ""); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestHashCoversModelAndSettings(t *testing.T) {
	hash := func(change func(*Settings, *Model)) string {
		s, m := DefaultSettings(), Shipped()
		change(&s, m)
		r, err := Compile(ruPortrait(t), s, m, "1")
		if err != nil {
			t.Fatal(err)
		}
		return r.Hash()
	}
	same := func(*Settings, *Model) {}
	if first, second := hash(same), hash(same); first != second {
		t.Error("one ruleset, two hashes")
	}
	if hash(same) == hash(func(s *Settings, _ *Model) { s.BlockLimit = 3 }) {
		t.Error("block_limit is not in the hash")
	}
	if hash(same) == hash(func(_ *Settings, m *Model) { m.Kinds[customer.Person].Population++ }) {
		t.Error("the model is not in the hash")
	}
}

func TestTrainingDoesNotDependOnOrder(t *testing.T) {
	reader := newScenario(shippedRules(t))
	var all []customer.Standard
	for i := range 600 {
		s, err := reader.standard(fmt.Sprintf(`name "%s Иван%d Петрович" birth_date "1%d.0%d.198%d" phone "+7 916 123-%02d-67" email "ivan%d@mail.ru"`,
			[]string{"Орлов", "Белов", "Седов"}[i%3], i%40, i%9, 1+i%8, i%7, i%90, i%200))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	train := func(step int) []byte {
		trainer := NewTrainer(reader.portrait, DefaultSettings())
		for i := range all {
			trainer.Add(&all[i*step%len(all)])
		}
		data, err := trainer.Model(Shipped()).JSON()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if one, two := train(1), train(7); !bytes.Equal(one, two) {
		t.Error("the model depends on the order of the records")
	}
}

func TestItemDependsOnContentOnly(t *testing.T) {
	reader := newScenario(shippedRules(t))
	a, err := reader.record(`name "Орлов Иван" phone "+7 916 123-45-67" phone "+7 916 123-45-68" email "x@mail.ru"`)
	if err != nil {
		t.Fatal(err)
	}
	b, err := reader.record(`email "x@mail.ru" phone "+7 916 123-45-68" name "Орлов Иван" phone "8 916 123 45 67"`)
	if err != nil {
		t.Fatal(err)
	}
	if a.Content != b.Content {
		t.Error("the order of values changes the content")
	}
}
