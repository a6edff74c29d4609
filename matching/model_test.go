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

// editedModel is the shipped model with something of its persons changed.
func editedModel(t *testing.T, change func(*Model, *KindModel)) string {
	t.Helper()
	m := Shipped()
	change(m, m.Kinds[customer.Person])
	text, err := m.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestModelRefuses(t *testing.T) {
	text := func(old, new string) string { // the first such piece of the file
		return strings.Replace(editedModel(t, func(*Model, *KindModel) {}), old, new, 1)
	}
	level := func(change func(*Level)) string {
		return editedModel(t, func(_ *Model, k *KindModel) {
			l := k.Types["person_name.last"]["exact"]
			change(&l)
			k.Types["person_name.last"]["exact"] = l
		})
	}
	kind := func(change func(*KindModel)) string {
		return editedModel(t, func(_ *Model, k *KindModel) { change(k) })
	}
	for name, c := range map[string]struct{ text, says string }{
		"OtherVersion":       {`{"version": 9}`, "version 9; this program reads version 1"},
		"UnknownField":       {`{"version": 1, "kins": {}}`, "kins"},
		"NoJSON":             {`m,u`, "invalid character"},
		"Empty":              {``, "EOF"},
		"Null":               {`null`, "version 0"},
		"Truncated":          {string(shipped[:len(shipped)/2]), "EOF"},
		"Twice":              {string(shipped) + string(shipped), "behind the model"},
		"NotANumber":         {text(`"m": 0`, `"m": NaN`), "invalid character"},
		"Infinite":           {text(`"m": 0`, `"m": 1e999, "u": 0`), "cannot unmarshal number"},
		"Text":               {text(`"m": 0`, `"m": "a", "u": 0`), "cannot unmarshal string"},
		"MissingKind":        {`{"version": 1, "kinds": {}}`, "kinds.person needs population and kinship"},
		"OtherKind":          {editedModel(t, func(m *Model, k *KindModel) { m.Kinds["robot"] = k }), "kinds.robot"},
		"NoKind":             {editedModel(t, func(m *Model, _ *KindModel) { m.Kinds[customer.Person] = nil }), "kinds.person needs"},
		"MoreThanOne":        {level(func(l *Level) { l.M = 1.85 }), "kinds.person.person_name.last.exact: m and u"},
		"Negative":           {level(func(l *Level) { l.U = -0.85 }), "kinds.person.person_name.last.exact: m and u"},
		"Zero":               {level(func(l *Level) { l.M = 0 }), "m and u must lie above 0"},
		"NegativeKin":        {level(func(l *Level) { l.Kin = -0.5 }), "kin and term"},
		"GreatTerm":          {level(func(l *Level) { l.Term = 500 }), "kin and term"},
		"UnknownType":        {kind(func(k *KindModel) { k.Types["phoen"] = k.Types["phone"] }), "types.phoen: there is no such type"},
		"UnknownLevel":       {kind(func(k *KindModel) { k.Types["phone"]["lsat7"] = Level{M: .5, U: .5} }), "phone.lsat7: there is no such level"},
		"LevelOfAttribute":   {kind(func(k *KindModel) { k.Attributes = map[string]Levels{"x": {"perfect": {M: .5, U: .5}}} }), "x.perfect: there is no such level"},
		"NobodyThere":        {kind(func(k *KindModel) { k.Population = 0 }), "needs population"},
		"MoreThanTheWorld":   {kind(func(k *KindModel) { k.Population = 1e18 }), "not be above"},
		"NegativeKinship":    {kind(func(k *KindModel) { k.Kinship = -1 }), "needs population and kinship"},
		"AllKin":             {kind(func(k *KindModel) { k.Kinship = 1e300 }), "kinship not above"},
		"NegativeFrequency":  {kind(func(k *KindModel) { k.Frequencies["phone"].Rare = -1 }), "rare and average"},
		"NoFrequency":        {kind(func(k *KindModel) { k.Frequencies["phone"] = nil }), "rare and average"},
		"FrequencyAboveOne":  {kind(func(k *KindModel) { k.Frequencies["phone"].Values = map[string]float64{"ivanov": 3} }), "values: each"},
		"FrequencyBelowZero": {kind(func(k *KindModel) { k.Frequencies["phone"].Values = map[string]float64{"ivanov": -3} }), "values: each"},
	} {
		_, err := ReadModel([]byte(c.text))
		if !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %s", name, err, c.says)
		}
		if err != nil && strings.Contains(err.Error(), "ivanov") {
			t.Errorf("%s: tells a name: %v", name, err)
		}
	}
}

// TestCompileRefusesModel: which levels a model must have is known only from the portrait.
func TestCompileRefusesModel(t *testing.T) {
	for want, change := range map[string]func(*KindModel){
		`phone lacks the level "last7"`: func(k *KindModel) { delete(k.Types["phone"], "last7") },
		`phone lacks the level "exact"`: func(k *KindModel) { delete(k.Types, "phone") },
	} {
		m, err := ReadModel([]byte(editedModel(t, func(_ *Model, k *KindModel) { change(k) })))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = Compile(ruPortrait(t), DefaultSettings(), m, ""); !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
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
