package matching

import (
	"bytes"
	"fmt"
	"testing"

	"kartoteka/customer"
	"kartoteka/failpoint/raced"
)

// inn10 makes a tax number of an organization with a right check digit.
func inn10(n int) string {
	s := fmt.Sprintf("77%07d", n)
	sum := 0
	for i, weight := range []int{2, 4, 10, 3, 5, 9, 4, 6, 8} {
		sum += weight * int(s[i]-'0')
	}
	return s + fmt.Sprint(sum%11%10)
}

// payments is a file in which one payer stands thousands of times in a few spellings, beside
// others who stand once or twice, and hundreds of people who give one phone.
func payments(t *testing.T) (reader *scenario, standards []customer.Standard, payer int) {
	t.Helper()
	reader = newScenario(shippedRules(t))
	add := func(format string, args ...any) {
		s, err := reader.standard(fmt.Sprintf(format, args...))
		if err != nil {
			t.Fatal(err)
		}
		standards = append(standards, s)
	}
	spellings := []string{"ООО «Расчётный центр Поток»", "РАСЧЕТНЫЙ ЦЕНТР ПОТОК ООО", "ООО Расчетный центр Поток", "ООО Расчетный центр Потокк"}
	payer = 3000
	for i := range payer {
		add(`organization name %q inn %q kpp "77%02d01001"`, spellings[i%len(spellings)], inn10(1), i%40)
	}
	for i := range 400 {
		add(`organization name "ООО Ромашка %d" inn %q`, i/2, inn10(1000+i/2))
	}
	surnames := []string{"Орлов", "Белов", "Седов", "Громов", "Ершов", "Котов", "Зуев"}
	for i := range 700 {
		add(`name "%s%s Иван" birth_date "1%d.0%d.19%d" phone "+7 916 123-45-67" inn "000000000000"`, surnames[i%7],
			[]string{"", "ский", "енко"}[i%3], i%9, 1+i%8, 50+i%50)
	}
	return reader, standards, payer
}

func TestPayerDoesNotBreakTraining(t *testing.T) {
	raced.Skip(t)
	reader, standards, payer := payments(t)
	trainer := NewTrainer(reader.portrait, DefaultSettings())
	for i := range standards {
		trainer.Add(&standards[i])
	}
	model := trainer.Model(Shipped())
	for kind, k := range model.Kinds {
		shipped := Shipped().Kinds[kind].Types
		for _, name := range []string{"inn", "phone"} {
			if learned, of := k.levels(name, "id"), shipped["id"]; name == "inn" && learned["exact"].U > 2*strayed*of["exact"].U {
				t.Errorf("%s %s: chance agreement %g, shipped %g", kind, name, learned["exact"].U, of["exact"].U)
			}
		}
	}
	rules, err := Compile(reader.portrait, DefaultSettings(), model, "")
	if err != nil {
		t.Fatal(err)
	}
	var items []*Item
	var entries []Entry
	for i := range standards {
		items = append(items, rules.Item(&standards[i]))
		entries = append(entries, Entry{Ref: customer.Ref{Source: "s", Key: fmt.Sprint(i)}, Item: items[i]})
	}
	CountGeneric(items)
	if !Collapsible(rules, items[0]) {
		t.Errorf("a row of the payer weighs %d against itself, below the link", rules.SelfWeight(items[0]))
	}
	r := Partition(rules, entries, nil, Limits{Block: 200, Component: 200}, 1)
	for i := range payer {
		if r.Cluster[i] != r.Cluster[0] {
			t.Fatalf("row %d of the payer is another customer", i)
		}
	}
	for i := payer; i < payer+400; i += 2 {
		if r.Cluster[i] != r.Cluster[i+1] || i > payer && r.Cluster[i] == r.Cluster[i-1] {
			t.Fatalf("organizations %d and %d", i, i+1)
		}
	}
	people := map[int32]int{}
	for i := payer + 400; i < len(standards); i++ {
		people[r.Cluster[i]]++
	}
	for c, n := range people {
		if n > 12 { // namesakes of one day are one customer to anybody
			t.Errorf("%d people of one phone are one customer, with %s", n, entries[c].Ref.Key)
		}
	}
}

func TestRepeatsTeachNothing(t *testing.T) {
	raced.Skip(t)
	reader, standards, payer := payments(t)
	train := func(list []customer.Standard) []byte {
		trainer := NewTrainer(reader.portrait, Settings{BlockLimit: 200, ComponentLimit: 200, Expect: 1000})
		for i := range list {
			trainer.Add(&list[i])
		}
		m := trainer.Model(Shipped())
		m.Records, m.Kinds[customer.Organization].Records = 0, 0
		data, err := m.JSON()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if all, fewer := train(standards), train(standards[payer-200:]); !bytes.Equal(all, fewer) {
		t.Error("thousands of rows of one payer teach another model than two hundred")
	}
}

func TestTrainersMerge(t *testing.T) {
	reader, standards, _ := payments(t)
	one, two, whole := NewTrainer(reader.portrait, DefaultSettings()), NewTrainer(reader.portrait, DefaultSettings()), NewTrainer(reader.portrait, DefaultSettings())
	for i := range standards {
		whole.Add(&standards[i])
		if i%3 == 0 {
			one.Add(&standards[i])
		} else {
			two.Add(&standards[i])
		}
	}
	two.Merge(one)
	a, _ := two.Model(Shipped()).JSON()
	b, _ := whole.Model(Shipped()).JSON()
	if !bytes.Equal(a, b) {
		t.Error("what two trainers saw is not what one saw")
	}
}

func TestBagKeepsTheSmallestWhateverTheOrder(t *testing.T) {
	fill := func(step, parts int) *bag {
		bags := make([]*bag, parts)
		for i := range bags {
			bags[i] = newBag(100)
		}
		for i := range 1009 {
			n := uint64(i * step % 1009)
			bags[i%parts].offer(n/2, hashText(n/2, ""), &kept{content: n})
		}
		for _, b := range bags[1:] {
			bags[0].merge(b)
		}
		return bags[0]
	}
	want := fill(1, 1)
	for step := range 5 {
		got := fill(step*7+2, step+1)
		if got.bound != want.bound || len(got.kept) != len(want.kept) {
			t.Fatalf("step %d: bound %x of %d, want %x of %d", step, got.bound, len(got.kept), want.bound, len(want.kept))
		}
		for key, x := range want.kept {
			if got.kept[key].kept == nil || got.kept[key].content != x.content {
				t.Errorf("key %d differs", key)
			}
		}
	}
	if n := len(want.kept); n > 100 || n < 40 {
		t.Errorf("kept %d", n)
	}
}
