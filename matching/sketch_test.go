package matching

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kartoteka/customer"
	"kartoteka/failpoint/raced"
	"kartoteka/standardize"
)

// TestNoPairWeighsMoreThanItsProspect holds every pair of all scenes against what its sketches
// allow, whichever values are generic.
func TestNoPairWeighsMoreThanItsProspect(t *testing.T) {
	raced.Skip(t)
	t.Parallel()
	rules, items := everyone(t)
	_, more := crowd(t)
	rng := rand.New(rand.NewPCG(1, 1))
	below := 0
	for _, list := range [][]*Item{items, more[:min(len(more), 800)]} {
		for i, a := range list {
			for _, b := range list[:i+1] {
				below += checkProspect(t, rules, masked(a, rng), masked(b, rng))
			}
		}
	}
	if below == 0 {
		t.Error("no pair was told apart by its sketches")
	}
}

func masked(it *Item, rng *rand.Rand) *Item {
	other := *it
	if rng.IntN(2) == 0 {
		other.Generic = rng.Uint32()
	}
	return &other
}

// checkProspect returns 1 if the sketches alone tell the pair apart.
func checkProspect(t *testing.T, rules *Ruleset, a, b *Item) int {
	t.Helper()
	if a.Kind != b.Kind {
		return 0
	}
	var ev Evidence
	rules.Compare(a, b, &ev)
	total := rules.Total(a.Kind, &ev)
	for _, pair := range [][2]*Item{{a, b}, {b, a}} {
		p := rules.Prospect(pair[0])
		if top := p.Most(rules.Sketch(pair[1])); top < total {
			t.Fatalf("the pair weighs %d, %d at most by its sketches:\n%s", total, top, described(rules, pair[0], pair[1]))
		}
		agree := agreeing(&ev)
		if top := p.Agreement(rules.Sketch(pair[1])); top < agree {
			t.Fatalf("what agrees weighs %d, %d at most by the sketches:\n%s", agree, top, described(rules, pair[0], pair[1]))
		}
	}
	p := rules.Prospect(a)
	if p.Most(rules.Sketch(b)) < rules.Link(a.Kind)-500 {
		return 1
	}
	return 0
}

func agreeing(ev *Evidence) (sum Weight) {
	for _, w := range ev[:MaxComparisons] {
		if w != Missing {
			sum += max(0, Weight(w))
		}
	}
	return sum
}

// TestSlipsAreNotFar weighs records against those that one made of them with slips of the pen, other
// values and none, under a model that knows the frequent words and under one that knows few.
func TestSlipsAreNotFar(t *testing.T) {
	raced.Skip(t)
	t.Parallel()
	p := scenePortrait(t)
	z := standardize.New(p, standardize.Settings{Country: "RU"})
	trainer := NewTrainer(p, DefaultSettings())
	rng := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		trainer.Add(somebody(rng, customer.Person).standard(p, z))
	}
	below := 0
	for _, model := range []*Model{Shipped(), trainer.Model(Shipped())} {
		rules, err := Compile(p, DefaultSettings(), model, "test")
		if err != nil {
			t.Fatal(err)
		}
		for n := range instances(15_000) {
			kind := []customer.Kind{customer.Person, customer.Person, customer.Person, customer.Organization}[n%4]
			a, b := somebody(rng, kind), somebody(rng, kind)
			x, y := rules.Item(a.standard(p, z)), rules.Item(b.like(a, rng).standard(p, z))
			below += checkProspect(t, rules, masked(x, rng), masked(y, rng))
		}
	}
	if below == 0 {
		t.Error("no pair was told apart by its sketches")
	}
}

// sketchPools are of what there is in sketches, some of it nearly alike.
var sketchPools = map[string][]string{
	"last":       {"Иванов", "Иванова", "Петров", "Петрова-Водкина", "Ковальчук", "Smirnov", "Смирнов", "Александров", "Анна"},
	"first":      {"Анна", "Аня", "Саша", "Александр", "Aleksandr", "А.", "Николай", "Иванов", "Наталья", ""},
	"patronymic": {"Петрович", "Петровна", "П.", "Александрович", "Алексеевич", "Алексеевна", "Иванович", "Ивановна", "Николаевич", "Ильич", "Ильинична", "", "Олег оглы"},
	"city":       {"Москва", "Моска", "Омск", "Томск", "Орёл", "Орел", "Новгород", "Нижний Новгород", "Санкт-Петербург", "Петербург", ""},
	"street":     {"ул. Лесная", "ул. Речная", "ул. Лесная 1-я", "ул. 2-я Лесная", "пр. Мира", "ул. Мирная", "North Main St", "Main Street", "ул. Большая Лесная", ""},
	"domain":     {"mail.ru", "mail.example", "inbox.example"},
	"core":       {"Ромашка", "Ромашка плюс", "Школа 5", "Школа 6", "Северный ветер"},
}

// cells are a customer as written, by attribute; several values of one are cut by |.
type cells struct {
	kind   customer.Kind
	values map[string]string
}

func somebody(rng *rand.Rand, kind customer.Kind) cells {
	of := func(pool string) string { return sketchPools[pool][rng.IntN(len(sketchPools[pool]))] }
	inn := fmt.Sprint(770000000000 + rng.Int64N(1e5))
	c := cells{kind, map[string]string{
		"name": of("last") + " " + of("first") + " " + of("patronymic"), "gender": []string{"", "", "м", "ж"}[rng.IntN(4)],
		"birth_date": fmt.Sprintf("19%02d-%02d-%02d", 50+rng.IntN(9), 1+rng.IntN(12), 1+rng.IntN(28)), "inn": inn,
		"phone":   fmt.Sprint("+7916", 1000000+rng.IntN(3e4)),
		"email":   fmt.Sprintf("%s%d@%s", []string{"ivanov", "petrova", "ab", "info.anna"}[rng.IntN(4)], rng.IntN(1e4), of("domain")),
		"address": fmt.Sprintf("%s, %s, д. %d, кв. %d", of("city"), of("street"), 1+rng.IntN(30), 1+rng.IntN(9)),
	}}
	if kind == customer.Organization {
		c.values["name"], c.values["kpp"], c.values["inn"] = "ООО "+of("core"), fmt.Sprintf("77%02d01001", rng.IntN(5)), inn[:10]
	}
	for name := range c.values {
		if rng.IntN(5) == 0 {
			c.values[name] = ""
		}
	}
	return c
}

// like takes most values from another one, many with a slip of the pen.
func (c cells) like(o cells, rng *rand.Rand) cells {
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		own, v := c.values[name], o.values[name]
		switch n := rng.IntN(10); {
		case n < 4:
			c.values[name] = v
		case n < 7 && v != "":
			c.values[name] = slip(v, rng)
		case n == 7:
			c.values[name] = own + "|" + v
		}
	}
	return c
}

func (c cells) standard(p *customer.Portrait, z *standardize.Standardizer) *customer.Standard {
	m := customer.Mapped{Kind: c.kind}
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		id, ok := p.Lookup(c.kind, name)
		for text := range strings.SplitSeq(c.values[name], "|") {
			if ok && text != "" {
				m.Values = append(m.Values, customer.RawValue{Attribute: id, Text: text})
			}
		}
	}
	out, _ := z.Row(&m)
	return &out
}

// slip changes, drops, doubles or swaps one letter.
func slip(s string, rng *rand.Rand) string {
	r := []rune(s)
	i := rng.IntN(max(1, len(r)-1))
	switch n := rng.IntN(4); {
	case n == 0:
		r[i] = r[rng.IntN(len(r))]
	case n == 1:
		r = slices.Delete(r, i, i+1)
	case n == 2 || i+1 >= len(r):
		r = slices.Insert(r, i, r[i])
	default:
		r[i], r[i+1] = r[i+1], r[i]
	}
	return string(r)
}
