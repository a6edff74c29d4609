package demo

import "time"

// alikeClass is a way in which people look alike. A group is a list of people, each as they were
// at one time or another; records show the times in turn.
type alikeClass struct {
	name   string
	make   func(w *world, group int, d *dice) [][]person
	rare   int  // one group for so many of the others: its groups are large
	single bool // one record each: there is nobody behind them
}

func alikeClasses() []alikeClass {
	return []alikeClass{
		{name: "twins", make: twinPair, rare: 1},
		{name: "siblings", make: siblings, rare: 1},
		{name: "father_and_son", make: fatherSon, rare: 1},
		{name: "namesakes", make: namesakePair, rare: 1},
		{name: "childs_document", make: motherAndChild, rare: 1},
		{name: "spouses", make: spouses, rare: 1},
		{name: "household", make: houseOfFive, rare: 2},
		{name: "accountant", make: accountant, rare: 20},
		{name: "reregistered_phone", make: reregistered, rare: 1},
		{name: "filler", make: fillers, rare: 1},
		{name: "test_customers", make: testCustomers, rare: 5, single: true},
		{name: "changed_surname", make: changedSurname, rare: 1},
		{name: "moved", make: moved, rare: 1},
	}
}

// group makes people of no family, Russians, since the classes are about their names.
func (w *world) group(group, n int, female bool) []person {
	p := make([]person, n)
	for i := range p {
		p[i] = w.single(perGroup*group+i, female)
		w.become(&p[i], female)
	}
	return p
}

// once gives people who are shown as they are, with e-mail addresses.
func once(d *dice, people ...person) [][]person {
	out := make([][]person, len(people))
	for i, p := range people {
		if p.email == "" {
			p.email = email(&p, d)
		}
		out[i] = []person{p}
	}
	return out
}

func strangers(w *world, group int, d *dice) [][]person {
	return once(d, w.single(perGroup*group, d.chance(0.5)))
}

func twinPair(w *world, group int, d *dice) [][]person {
	p := w.group(group, 3, d.chance(0.5))
	w.become(&p[0], false)
	w.twins(&p[0], &p[1], &p[2], d)
	return once(d, p[1], p[2])
}

func siblings(w *world, group int, d *dice) [][]person {
	p := w.group(group, 3, d.chance(0.5))
	w.become(&p[0], false)
	for i := range p[1:] {
		w.child(&p[0], &p[i+1], d)
		p[i+1].home0, p[i+1].mobile = p[0].home0, p[0].mobile
	}
	for tries := 0; likeNamed(&p[1], &p[2]) && tries < 50; tries++ {
		p[2].given = w.givenName(p[2].female, d)
		p[2].first = p[2].given.ru
	}
	return once(d, p[1], p[2])
}

func fatherSon(w *world, group int, d *dice) [][]person {
	p := w.group(group, 2, false)
	w.fatherAndSon(&p[0], &p[1], d)
	return once(d, p[0], p[1])
}

// namesakePair are strangers, half of them of one town.
func namesakePair(w *world, group int, d *dice) [][]person {
	p := w.group(group, 2, d.chance(0.5))
	namesakes(&p[0], &p[1], d)
	if d.chance(0.5) {
		p[1].home0.town = p[0].home0.town
	}
	return once(d, p[0], p[1])
}

// motherAndChild share phone, e-mail and address; in a third of the groups the child's number
// stands on the mother's card as well.
func motherAndChild(w *world, group int, d *dice) [][]person {
	p := w.group(group, 3, d.chance(0.5))
	w.couple(&p[0], &p[1], d)
	mother, child := &p[1], &p[2]
	w.child(&p[0], child, d)
	child.birth = mother.birth.AddDate(d.between(19, 38), d.n(12), d.n(28))
	mother.email = email(mother, d)
	child.email, child.home0, child.mobile = mother.email, mother.home0, mother.mobile
	if d.chance(0.33) {
		mother.inn = child.inn
	}
	return once(d, *mother, *child)
}

func spouses(w *world, group int, d *dice) [][]person {
	p := w.group(group, 2, false)
	w.couple(&p[0], &p[1], d)
	p[0].email = email(&p[0], d)
	p[1].email, p[1].mobile = p[0].email, p[0].mobile
	return once(d, p[0], p[1])
}

func houseOfFive(w *world, group int, d *dice) [][]person {
	p := w.household(perGroup/5*group, d)
	return once(d, p[:]...)
}

// accountant writes her phone on forty customers.
func accountant(w *world, group int, d *dice) [][]person {
	var p []person
	for i := range 40 {
		p = append(p, w.single(perGroup*group+i, d.chance(0.5)))
		p[i].mobile, p[i].country = p[0].mobile, p[0].country
	}
	return once(d, p...)
}

// reregistered is a number that went from one to the other.
func reregistered(w *world, group int, d *dice) [][]person {
	p := []person{w.single(perGroup*group, d.chance(0.5)), w.single(perGroup*group+1, d.chance(0.5))}
	out := once(d, p...)
	before := out[0][0]
	before.mobile, before.country = p[1].mobile, p[1].country
	out[0] = append(out[0], before)
	return out
}

// fillers are namesakes whose second record holds what a clerk types to get on.
func fillers(w *world, group int, d *dice) [][]person {
	p := w.group(group, 2, d.chance(0.5))
	namesakes(&p[0], &p[1], d)
	out := once(d, p[0], p[1])
	for i := range out {
		filled := out[i][0]
		filled.mobile, filled.email, filled.inn = "0000000000", "no@no.ru", "000000000000"
		if d.chance(0.3) {
			filled.birth, filled.mobile = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), p[i].mobile
		}
		out[i] = append(out[i], filled)
	}
	return out
}

// testCustomers were made by people who tried a system out.
func testCustomers(w *world, group int, d *dice) [][]person {
	p := w.group(group, 4, false)
	for i := range p {
		name := pick(d, [][3]string{{"Тестов", "Тест", "Тестович"}, {"Тест", "Тест", ""}, {"Тестовый", "Клиент", ""}, {"йцукен", "фыва", ""}, {"Test", "Test", ""}})
		p[i].last, p[i].first, p[i].patronymic = name[0], name[1], name[2]
		p[i].email = pick(d, []string{"test@test.ru", "qwerty@mail.example", "dev@bank.example"})
		p[i].birth = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return once(d, p...)
}

// changedSurname is one woman before and after her marriage.
func changedSurname(w *world, group int, d *dice) [][]person {
	p := w.group(group, 1, true)
	out := once(d, p[0])
	married := out[0][0]
	married.last = gendered(w.surname(d), true)
	out[0] = append(out[0], married)
	return out
}

// moved is one person with another address, and another phone, or no e-mail address any more.
func moved(w *world, group int, d *dice) [][]person {
	out := strangers(w, group, d)
	later := out[0][0]
	later.home0 = w.address(&later, d)
	if d.chance(0.5) {
		later.mobile = later.oldMobile
	} else {
		later.email = ""
	}
	out[0] = append(out[0], later)
	return out
}
